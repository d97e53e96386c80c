import { sql } from 'drizzle-orm'
import { conditions } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { TokenQuery } from '../db/token-query.ts'

/** Of how many documents there are, how many a query finds: what tells how much its words tell (Robertson and Spärck Jones 1976). */
export type Statistics = { total: number; found: Map<string, number> }

type Kept = { total: number; found: number }
/** Counts of a database, kept while it grows little: they are asked for at every search, and only their logarithms matter. */
const counts = new WeakMap<object, Map<string, Kept>>()
const maxKept = 50_000
const growth = 1.01

/** The key of a query in `Statistics.found`. */
export const keyOf = (query: TokenQuery): string => (query.op === 'term' ? query.term : JSON.stringify(query))

/** Counts of `queries`, drafts and the trash among them; as it was when the database was up to a hundredth smaller. */
export async function statisticsOf(db: Db, queries: readonly TokenQuery[]): Promise<Statistics> {
  const total = await lastNumbers(db)
  const kept = counts.get(db.tables) ?? new Map<string, Kept>()
  counts.set(db.tables, kept)
  const found = new Map<string, number>()
  for (const query of queries) {
    const key = keyOf(query)
    const known = kept.get(key)
    if (known && total >= known.total && total <= known.total * growth) found.set(key, known.found)
    else {
      const counted = await count(db, query)
      if (kept.size >= maxKept) kept.clear()
      kept.set(key, { total, found: counted })
      found.set(key, counted)
    }
  }
  return { total, found }
}

/** Robertson and Spärck Jones' weight of what `found` of `total` documents have, as Lucene writes it: never negative. */
export const inverseFrequency = ({ total, found }: Statistics, query: TokenQuery): number => {
  const n = Math.min(found.get(keyOf(query)) ?? 0, total)
  return Math.log(1 + (total - n + 0.5) / (n + 0.5))
}

async function count(db: Db, query: TokenQuery): Promise<number> {
  const c = conditions('n')
  const { shape, documents } = db.dialect.match(query, null, c.bind)
  const prepared = db.prepared(`count found ${shape}`, q => q.select({ n: sql<number>`count(*)`.mapWith(Number) }).from(sql`${documents} as found`))
  const [row] = await prepared.execute(c.values())
  return row?.n ?? 0
}

/** As many documents as there have been, which costs nothing to tell. */
async function lastNumbers(db: Db): Promise<number> {
  const { articles, people, places } = db.tables
  const last = (table: typeof articles | typeof people | typeof places) => sql`coalesce((select max(${table.seq}) from ${table}), 0)`
  const prepared = db.prepared('last numbers', q =>
    q.select({ n: sql<number>`n`.mapWith(Number) }).from(sql`(select ${last(articles)} + ${last(people)} + ${last(places)} as n) as numbers`),
  )
  const [row] = await prepared.execute()
  return Math.max(1, row?.n ?? 0)
}
