// The terms of the index by their numbers, and how often they stand in documents, as a second look of a ranking reads them.
import { sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { Db } from '../db/store.ts'
import { keyOfLeaf, type Leaf } from './rescore.ts'

/** Terms by their numbers, which never change: some 5 MB. */
const maxNamed = 50_000
const named = new WeakMap<object, LRUCache<number, string>>()

/** Counts of documents, as `readCounts` reads them. */
export async function countsOf(db: Db, docs: readonly number[]): Promise<Map<number, Uint8Array>> {
  const query = db.prepared('counts of documents', q =>
    q
      .select({ doc: sql<number>`doc`.mapWith(Number), counts: sql<Uint8Array>`counts` })
      .from(sql`search_terms`)
      .where(sql`doc in (select cast(value as bigint) from ${db.dialect.listed(sql.placeholder('docs'))})`),
  )
  const rows = await query.execute({ docs: JSON.stringify(docs) })
  return new Map(rows.map(({ doc, counts }) => [doc, counts]))
}

/** Numbers of the terms that each leaf of a query stands for, by `keyOfLeaf`; none where no document has one. */
export async function numbersOf(db: Db, leaves: readonly Leaf[]): Promise<Map<string, readonly number[]>> {
  const terms = leaves.filter(({ op }) => op === 'term').map(({ term }) => term)
  const query = db.prepared('numbers of terms', q =>
    q
      .select({ term: sql<string>`term`, number: sql<number>`number`.mapWith(Number) })
      .from(sql`search_vocabulary`)
      .where(sql`term in (select value from ${db.dialect.listed(sql.placeholder('terms'))})`),
  )
  const numbers = new Map<string, readonly number[]>()
  for (const { term, number } of await query.execute({ terms: JSON.stringify(terms) })) numbers.set(keyOfLeaf({ op: 'term', term }), [number])
  for (const leaf of leaves) if (leaf.op === 'prefix') numbers.set(keyOfLeaf(leaf), await numbersBegunWith(db, leaf.term))
  return numbers
}

/** As one text: there may be many. */
async function numbersBegunWith(db: Db, start: string): Promise<number[]> {
  const query = db.prepared('numbers of terms that begin alike', q =>
    q
      .select({ numbers: sql<string | null>`string_agg(cast(number as text), ',')` })
      .from(sql`search_vocabulary`)
      .where(sql`term >= ${sql.placeholder('start')} and term < ${sql.placeholder('end')}`),
  )
  const [row] = await query.execute({ start, end: `${start}\u{10ffff}` })
  return row?.numbers?.split(',').map(Number) ?? []
}

/** The terms of numbers. */
export async function termsOf(db: Db, numbers: Iterable<number>): Promise<Map<number, string>> {
  const known = named.get(db.tables) ?? new LRUCache<number, string>({ max: maxNamed })
  named.set(db.tables, known)
  const terms = new Map<number, string>()
  const lacking: number[] = []
  for (const number of numbers) {
    const term = known.get(number)
    if (term === undefined) lacking.push(number)
    else terms.set(number, term)
  }
  if (lacking.length === 0) return terms
  const query = db.prepared('terms of numbers', q =>
    q
      .select({ number: sql<number>`number`.mapWith(Number), term: sql<string>`term` })
      .from(sql`search_vocabulary`)
      .where(sql`number in (select cast(value as integer) from ${db.dialect.listed(sql.placeholder('numbers'))})`),
  )
  for (const { number, term } of await query.execute({ numbers: JSON.stringify(lacking) })) {
    known.set(number, term)
    terms.set(number, term)
  }
  return terms
}
