/** What a mark is to the functions here; kept apart from the schemas, which import them. */
type Range = { start: number; end: number; type: string; href?: string }

type MarkIssue = { code: 'mark_out_of_range' | 'mark_splits_character'; path: (string | number)[]; input: unknown; message: string }

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** True where a cut at `offset` would part the halves of a surrogate pair. */
export const splitsPair = (text: string, offset: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(offset - 1, 0), offset + 1))

/** Everything wrong with the offsets of `{text, marks}`, with paths from there. Takes what failed its schema too, and is silent on what the schema reports. */
export function markIssues(value: unknown): MarkIssue[] {
  if (!isRecord(value) || typeof value.text !== 'string' || !Array.isArray(value.marks)) return []
  const { text, marks } = value
  return marks.flatMap((mark, index) => {
    if (!isRecord(mark) || typeof mark.start !== 'number' || typeof mark.end !== 'number') return []
    return offsetIssues(text, mark.start, mark.end).map(issue => ({ ...issue, path: ['marks', index, ...issue.path] }))
  })
}

function offsetIssues(text: string, start: number, end: number): MarkIssue[] {
  if (end > text.length) {
    const message = `is behind the end of the text; must be at most ${text.length}, its length in UTF-16 code units`
    return [{ code: 'mark_out_of_range', path: ['end'], input: end, message }]
  }
  if (start >= end) return [{ code: 'mark_out_of_range', path: ['end'], input: end, message: `must be greater than start, which is ${start}` }]
  return [
    { name: 'start', offset: start },
    { name: 'end', offset: end },
  ].flatMap(({ name, offset }): MarkIssue[] => {
    if (!splitsPair(text, offset)) return []
    const message = `falls inside a character that takes two UTF-16 code units; must be ${offset - 1} or ${offset + 1}`
    return [{ code: 'mark_splits_character', path: [name], input: offset, message }]
  })
}

const hrefOf = (mark: Range) => mark.href ?? ''
const order = (a: string, b: string) => (a < b ? -1 : Number(a > b))
const byPlace = (a: Range, b: Range) => a.start - b.start || a.end - b.end || order(a.type, b.type) || order(hrefOf(a), hrefOf(b))

/** The same ranges in normal form: sorted by start, end, type and href; marks of one type and href that overlap or touch are one. */
export function joinMarks<M extends Range>(marks: readonly M[]): M[] {
  const last = new Map<string, { mark: M; end: number }>()
  const joined: { mark: M; end: number }[] = []
  for (const mark of marks.toSorted(byPlace)) {
    const key = `${mark.type} ${hrefOf(mark)}`
    const before = last.get(key)
    if (before && mark.start <= before.end) before.end = Math.max(before.end, mark.end)
    else {
      const run = { mark, end: mark.end }
      last.set(key, run)
      joined.push(run)
    }
  }
  return joined.map(({ mark, end }) => ({ ...mark, end })).sort(byPlace)
}
