// What two articles share, weighed: the rarer, the more. Pure. Weights are whole numbers, as a sum of fractions depends on its order.

/** Articles, by `seq`, that have something in common; `hold` says how far that alone holds two articles together: 2 are needed. */
export type Shared = { seqs: readonly number[]; weight: number; hold: 1 | 2 }

export type Candidate = { seq: number; weight: number }

const weightUnits = 1_000
const holdNeeded = 2

/** The weight of what `count` of `all` articles have: inverse document frequency. Above nought, also where `all` is only the least that there may be. */
export const weightOf = (all: number, count: number, times = 1): number => Math.round(weightUnits * times * Math.log(1 + all / count))

/** The articles that share most, at most `most`, without the one that they share it with; the later made first among equals. */
export function candidatesOf(shared: readonly Shared[], self: number, most: number): Candidate[] {
  const sums = new Map<number, { seq: number; weight: number; hold: number }>()
  for (const { seqs, weight, hold } of shared)
    for (const seq of seqs) {
      const sum = sums.get(seq)
      if (sum) {
        sum.weight += weight
        sum.hold += hold
      } else if (seq !== self) sums.set(seq, { seq, weight, hold })
    }
  return [...sums.values()]
    .filter(({ hold }) => hold >= holdNeeded)
    .sort((a, b) => b.weight - a.weight || b.seq - a.seq)
    .slice(0, most)
    .map(({ seq, weight }) => ({ seq, weight }))
}

export type Ranked = { id: string; published: string; weight: number }

/** The order of related articles: the weightiest first, then the newest. */
export const closestFirst = (a: Ranked, b: Ranked): number => b.weight - a.weight || compare(b.published, a.published) || compare(b.id, a.id)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
