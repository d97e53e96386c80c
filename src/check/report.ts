// What was found, counted by aspect, with the first lines of each.
export const aspects = [
  'integrity',
  'words',
  'languages',
  'spellings',
  'boxes',
  'columns',
  'containers',
  'phrases',
  'slugs',
  'revisions',
  'mentions',
  'links',
  'shown',
  'counts',
  'suggestions',
] as const
export type Aspect = (typeof aspects)[number]

/** `id` is that of a row, or what else names it; `what` a field, or what it is about. */
export type Difference = { table: string; id: string; what: string; expected: string; found: string }
export type Found = { aspect: Aspect; count: number; told: Difference[] }

/** Differences of one aspect that are told; of the others, how many there are. */
export const maxTold = 100

export type Report = {
  note(aspect: Aspect, difference: Difference): void
  /** Others, which are only counted. */
  more(aspect: Aspect, count: number): void
  /** Aspects with a difference, in their order. */
  found(): Found[]
}

export function createReport(): Report {
  const all = aspects.map((aspect): Found => ({ aspect, count: 0, told: [] }))
  const of = (aspect: Aspect) => all.find(found => found.aspect === aspect)
  return {
    note(aspect, difference) {
      const found = of(aspect)
      if (!found) return
      found.count += 1
      if (found.told.length < maxTold) found.told.push(difference)
    },
    more(aspect, count) {
      const found = of(aspect)
      if (found) found.count += count
    },
    found: () => all.filter(({ count }) => count > 0),
  }
}

/** A difference as a line. */
export const lineOf = ({ table, id, what, expected, found }: Difference) => `${table} ${id}: ${what}: expected ${expected}, found ${found}`
