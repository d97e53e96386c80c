// How often each term stands in a document, for a ranking that looks at the best documents one by one.
import { tokensOf } from './token-query.ts'

export type TermCount = { inTitle: number; inText: number }

/** Told of a term once, by its number in the vocabulary. */
export type EachTerm = (number: number, inTitle: number, inText: number) => void

/** Stands between two titles or texts; no term. */
const separator = '_'

/** The terms of a document, in the order in which they come. */
export function countTerms({ title, body }: { title: string; body: string }): Map<string, TermCount> {
  const counts = new Map<string, TermCount>()
  const count = (tokens: string[], column: keyof TermCount) => {
    for (const token of tokens) {
      if (token === separator) continue
      const known = counts.get(token)
      if (known) known[column] += 1
      else counts.set(token, { inTitle: 0, inText: 0, [column]: 1 })
    }
  }
  count(tokensOf(title), 'inTitle')
  count(tokensOf(body), 'inText')
  return counts
}

export type Numbered = readonly [number: number, count: TermCount]

/** No term has this number. */
export const unknown = 0

/** Counts by the numbers of their terms, in the order of those; terms without a number are added to `lacking`. */
export function numbered(counts: ReadonlyMap<string, TermCount>, numbers: ReadonlyMap<string, number>, lacking?: Set<string>): Numbered[] {
  const all: Numbered[] = []
  for (const [term, count] of counts) {
    const number = numbers.get(term) ?? unknown
    if (number === unknown) lacking?.add(term)
    all.push([number, count])
  }
  return all
}

/** The bytes that are written to before they are copied. */
let scratch = Buffer.allocUnsafe(4_096)

/**
 * Counts as a database keeps them, in the order of their numbers, as integers of 7 bits a byte (LEB128): twice what a number has more than the one before, plus
 * 1 where the term stands once in the text and not in the title. Else follow twice the count in the text, plus 1 where the one in the title follows.
 */
export function writeCounts(counts: readonly Numbered[]): Buffer {
  const mostBytes = counts.length * 3 * maxBytesOfInteger
  if (scratch.length < mostBytes) scratch = Buffer.allocUnsafe(mostBytes)
  const order = Float64Array.from(counts, ([number], n) => number * placesAtMost + n).sort() // many times faster than by a function
  let at = 0
  const put = (value: number) => {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) scratch[at++] = (rest % 0x80) | 0x80
    scratch[at++] = rest
  }
  let last = 0
  for (const numberAndPlace of order) {
    const number = Math.floor(numberAndPlace / placesAtMost)
    const [, { inTitle, inText }] = counts[numberAndPlace - number * placesAtMost] ?? nothing
    const isSingle = inTitle === 0 && inText === 1
    put((number - last) * 2 + Number(isSingle))
    last = number
    if (isSingle) continue
    put(inText * 2 + Number(inTitle > 0))
    if (inTitle > 0) put(inTitle)
  }
  return Buffer.from(scratch.subarray(0, at))
}
const nothing: Numbered = [0, { inTitle: 0, inText: 0 }]
/** More than a document has terms; with a number of PostgreSQL's `integer` before it a place is a whole number that a double holds. */
const placesAtMost = 2 ** 20
/** Of a whole number that a double holds. */
const maxBytesOfInteger = 8

/** Reads what `writeCounts` wrote. */
export function readCounts(bytes: Uint8Array, each: EachTerm): void {
  let at = 0
  const next = () => {
    let [value, unit] = [0, 1]
    for (;;) {
      const byte = bytes[at++] ?? 0
      if (byte < 0x80) return value + byte * unit
      value += (byte - 0x80) * unit
      unit *= 0x80
    }
  }
  for (let number = 0; at < bytes.length; ) {
    const step = next()
    number += Math.floor(step / 2)
    if (step % 2 === 1) each(number, 0, 1)
    else {
      const text = next()
      each(number, text % 2 === 1 ? next() : 0, Math.floor(text / 2))
    }
  }
}

/** Counts for people who compare them, by their terms: `term=2` twice in the text, `term=1,2` once in the title as well. */
export const shownCounts = (counts: Iterable<readonly [term: string, count: TermCount]>): string[] =>
  [...counts].map(([term, { inTitle, inText }]) => `${term}=${inTitle > 0 ? `${inTitle},` : ''}${inText}`).sort()
