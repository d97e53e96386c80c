// A database that is looked at and not changed, in one snapshot, with what it keeps beside its tables: full text and boxes.
import type { Words } from './copy-shape.ts'
import type { Db } from './store.ts'
import { countTerms, readCounts, shownCounts, type TermCount } from './term-counts.ts'

/** The first place where the index of full text has something else than it should: `where` is a column of the index, or `row`. */
export type WordsFault = { doc: number; where: string; expected: string; found: string }

/** What is wrong with the index for documents from one number to another. */
export type WordsCheck = {
  /** Takes what documents should have in the index. */
  expect(words: readonly Words[]): Promise<void>
  /** Once all were given: how many documents differ, those that nobody gave with them, and the first `limit` of them. */
  faults(limit: number): Promise<{ count: number; told: WordsFault[] }>
}

/** A place whose box is not its point; `id` is that of the place, or the number of a box that is nobody's. */
export type BoxFault = { id: string; expected: string; found: string }

export type Inspection = Pick<Db, 'sql' | 'tables'> & {
  /** What the database itself says is wrong with it, at most `limit` sentences. */
  faults(limit: number): Promise<string[]>
  /** Looks at the index for documents of numbers from `first` up to, but not including, `end`; one at a time. */
  words(first: number, end: number): Promise<WordsCheck>
  /** The greatest number of a document in the index; 0 for none. */
  lastDocument(): Promise<number>
  boxFaults(): AsyncIterable<BoxFault>
}

/** A database that cannot be checked; the message is a sentence that says what to do. */
export class InspectionError extends Error {}

/** Refuses a database that this program does not know the tables of. `has` is its newest migration, undefined where it has none. */
export function refuseOtherAge(name: string, has: number | undefined, knows: number): void {
  if (has === undefined) throw new InspectionError(`${name} is no database of Dateline: set DATABASE_URL to one`)
  if (has < knows)
    throw new InspectionError(
      `${name} is at migration ${has}, older than this version of Dateline (${knows}): run \`dateline migrate\` first, or check it with the version that made it`,
    )
  if (has > knows)
    throw new InspectionError(
      `${name} is at migration ${has}, newer than this version of Dateline (${knows}): check it with the version that made it`,
    )
}

const maxShownCharacters = 60

/** A value in a sentence: JSON, shortened. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}…` : text
}

/** The first token that two lists do not share, with its place. */
export function firstDifference(expected: readonly string[], found: readonly string[]): { at: number; expected: string; found: string } | undefined {
  const at = Array.from({ length: Math.max(expected.length, found.length) }, (_, n) => n).find(n => expected[n] !== found[n])
  return at === undefined ? undefined : { at, expected: shownValue(expected[at]), found: shownValue(found[at]) }
}

/** What is wrong with the counts of a document that should have these words; `termOf` tells the term of a number. */
export function countsFault(
  { doc, ...words }: Words,
  found: Uint8Array | undefined,
  termOf: (number: number) => string | undefined,
): WordsFault | undefined {
  if (!found) return { doc, where: 'counts', expected: 'a row', found: 'none' }
  const counts: [string, TermCount][] = []
  readCounts(found, (number, inTitle, inText) => counts.push([termOf(number) ?? `number ${number}`, { inTitle, inText }]))
  const difference = firstDifference(shownCounts(countTerms(words)), shownCounts(counts))
  return difference && { doc, where: `counts, term ${difference.at + 1}`, expected: difference.expected, found: difference.found }
}

/** The numbers in counts, each once. */
export function numbersIn(counts: readonly Uint8Array[]): number[] {
  const numbers = new Set<number>()
  for (const bytes of counts) readCounts(bytes, number => numbers.add(number))
  return [...numbers]
}

/** Counts of a document that the index has not. */
export const looseCount = (doc: number): WordsFault => ({ doc, where: 'counts', expected: 'none, as the index has no such document', found: 'a row' })
