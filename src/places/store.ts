import { and, isNull, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { boundLimit, inPadded, padded } from '../db/conditions.ts'
import { type Bound, beyond, type Fetch, type Order, orderBy, type Slice, slice } from '../db/keyset.ts'
import type { Db, Sql } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { naturalKey } from '../http/by-source.ts'
import { keysetValues } from '../http/page.ts'
import { notFound } from '../lib/errors.ts'
import { Moved } from '../lib/moved.ts'
import { heirOf } from '../merges/store.ts'
import { keyed } from '../nouns/key.ts'
import { rank } from '../search/rank.ts'
import type { Ranked } from '../search/ranked.ts'
import { compileNameQuery } from '../search/store.ts'
import { areas, conditionsOf, countOf, type PlacesFilter } from './filter.ts'
import type { ColumnSort } from './order.ts'

export type PlaceRow = Tables['places']['$inferSelect']

/** The place of a key, wherever it is; undefined where nobody has it. */
export async function placeOf(db: Db, key: string): Promise<PlaceRow | undefined> {
  const { places } = db.tables
  const { by, where, values } = keyed(places, key)
  const query = db.prepared(`one place by ${by}`, q => q.select().from(places).where(where).limit(1))
  return (await query.execute(values))[0]
}

/** The place that a PUT replaces; undefined for a natural key that nobody has, or one in the trash: it is made, or refused as taken. */
export async function placeToPut(db: Db, key: string): Promise<PlaceRow | undefined> {
  if (!naturalKey(key)) return needPlace(db, key)
  const row = await placeOf(db, key)
  if (!row) await refuseFormer(db, key, false)
  return row?.trashedAt === null ? row : undefined
}

/** The place of a key, untrashed unless `trashedToo`. A former slug, or a key of what was merged into it, throws Moved, anything else that is not there a 404. */
export async function needPlace(db: Db, key: string, trashedToo = false): Promise<PlaceRow> {
  const row = await placeOf(db, key)
  if (row && (trashedToo || row.trashedAt === null)) return row
  if (!row) await refuseFormer(db, key, trashedToo)
  throw notFound('place', key)
}

async function refuseFormer(db: Db, key: string, trashedToo: boolean) {
  const id = await heirOf(db, 'place', key)
  if (id !== undefined) throw new Moved((await needPlace(db, id, trashedToo)).slug)
}

/** Places of ids, untrashed, in the order of the ids. */
export async function placesOf(db: Db, ids: readonly string[]): Promise<PlaceRow[]> {
  if (ids.length === 0) return []
  const { places } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`places of ${size}`, q =>
    q
      .select()
      .from(places)
      .where(and(inPadded(places.id, size), isNull(places.trashedAt))),
  )
  const rows = new Map((await query.execute(values)).map(row => [row.id, row]))
  return ids.map(id => rows.get(id)).filter(row => row !== undefined)
}

/** A list in one order: the schema of its borders, a page from any of them, and how many there are. */
export type PlaceListing = {
  values: z.ZodType<(string | number)[]>
  page(from: (Bound & { direction: 'next' | 'prev' }) | undefined, limit: number): Promise<Slice<PlaceRow>>
  total(): Promise<number>
}

type Key = 'sortKey' | 'updatedAt' | 'articleCount' | 'populationKey' | 'populationAscKey'

/** What each order sorts by; a population that is not known has a twin for each direction, as nulls come last in both. */
const keys: Record<ColumnSort, Key> = {
  name: 'sortKey',
  '-name': 'sortKey',
  updatedAt: 'updatedAt',
  '-updatedAt': 'updatedAt',
  articleCount: 'articleCount',
  '-articleCount': 'articleCount',
  population: 'populationAscKey',
  '-population': 'populationKey',
}

/** Places by one of their columns. */
export async function listPlaces(db: Db, filter: PlacesFilter, sort: ColumnSort): Promise<PlaceListing> {
  const { places } = db.tables
  const query = filter.q === undefined ? undefined : await compileNameQuery(db, filter.q)
  const c = await conditionsOf(db, filter, query)
  const key = keys[sort]
  const order: Order = { columns: [places[key], places.id], descending: sort.startsWith('-') }
  const area = areaOf(db, filter)
  const fetch: Fetch<PlaceRow> = async (bound, backwards, limit) => {
    const build = (q: Sql) => {
      const border: SQL | undefined = bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1')], bound.inclusive, backwards)
      return q
        .select()
        .from(places)
        .where(and(c.where(), area, border))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit'))
    }
    const name = `places ${sort} ${c.shape()} ${backwards} ${bound ? bound.inclusive : 'end'}`
    const prepared = area ? build(db.sql).prepare() : db.prepared(name, build)
    return prepared.execute({ ...c.values(), b0: bound?.values[0], b1: bound?.values[1], limit })
  }
  return {
    values: keysetValues[key === 'sortKey' ? 'text' : key === 'updatedAt' ? 'instant' : 'int'],
    page: (from, limit) => slice(from, limit, row => [row[key], row.id], fetch),
    total: () => countOf(db, and(c.where(), area), c.values()),
  }
}

function areaOf(db: Db, { bbox, near, within }: PlacesFilter): SQL | undefined {
  const { around, inside } = areas(db)
  return and(bbox && inside(bbox), near && within !== undefined ? around(near, within) : undefined)
}

/** Places that a query finds, best first. */
export async function rankPlaces(db: Db, filter: PlacesFilter & { q: string }): Promise<Ranked[]> {
  const c = await conditionsOf(db, filter, undefined)
  return rank(db, await compileNameQuery(db, filter.q), { kinds: ['place'], conditions: c, rows: { place: c.where() }, order: 'relevance' })
}

/** Rows of seqs, in their order. */
export async function placesBySeq(db: Db, seqs: readonly number[]): Promise<PlaceRow[]> {
  const { places } = db.tables
  if (seqs.length === 0) return []
  const rows = await db.sql
    .select()
    .from(places)
    .where(
      sql`${places.seq} in (${sql.join(
        seqs.map(seq => sql`${seq}`),
        sql`, `,
      )})`,
    )
  const bySeq = new Map(rows.map(row => [row.seq, row]))
  return seqs.map(seq => bySeq.get(seq)).filter(row => row !== undefined)
}
