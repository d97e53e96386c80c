import { and, getTableColumns, sql } from 'drizzle-orm'
import { z } from 'zod'
import { beyond, type Fetch, orderBy, slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import { cursorNumber, cursorText } from '../http/page.ts'
import { farthestMetres, haversineOf, metresOf, type Point } from '../lib/geo.ts'
import { compileNameQuery } from '../search/store.ts'
import { areas, away, conditionsOf, countOf, type PlacesFilter, widestBoxMetres } from './filter.ts'
import type { PlaceListing, PlaceRow } from './store.ts'

const nearestMetres = 5_000
const growth = 4

/**
 * Circles to look in, each wider than the one before, until a page is full: who is near is found without a look at everyone.
 * `from` is the distance of the border that the page begins at, `widest` the last circle; metres.
 */
export function circles(from: number, widest: number): number[] {
  const radii: number[] = []
  for (let metres = Math.max(nearestMetres, from * 1.5); metres < Math.min(widest, widestBoxMetres); metres *= growth) radii.push(metres)
  return [...radii, widest]
}

type Away = PlaceRow & { away: number }

/** Places by their distance from a point, the nearest first. Distances are compared, and kept in cursors, as haversines, exactly as the database computed them. */
export async function listNear(db: Db, filter: PlacesFilter & { near: Point }): Promise<PlaceListing> {
  const { places } = db.tables
  const { near, within: reach } = filter
  const query = filter.q === undefined ? undefined : await compileNameQuery(db, filter.q)
  const c = await conditionsOf(db, { ...filter, within: undefined }, query)
  const distance = away(db.tables, c, near)
  const order = { columns: [distance, places.id], descending: false }
  const { around } = areas(db)

  const look: (metres: number, ...ask: Parameters<Fetch<Away>>) => Promise<Away[]> = async (metres, bound, backwards, limit) => {
    const border = bound && beyond(order, bound.values, bound.inclusive, backwards)
    return db.sql
      .select({ ...getTableColumns(places), away: distance.mapWith(Number) })
      .from(places)
      .where(and(c.where(), around(near, metres), sql`${distance} <= ${haversineOf(metres)}`, border))
      .orderBy(...orderBy(order, backwards))
      .limit(limit)
      .prepare()
      .execute(c.values())
  }
  const fetch: Fetch<Away> = async (bound, backwards, limit) => {
    const from = bound ? metresOf(Number(bound.values[0])) : 0
    const widest = reach ?? farthestMetres
    if (backwards) return look(Math.min(widest, from + 1), bound, backwards, limit)
    let rows: Away[] = []
    for (const metres of circles(from, widest)) {
      rows = await look(metres, bound, backwards, limit)
      if (rows.length >= limit) break
    }
    return rows
  }
  return {
    values: z.tuple([cursorNumber.min(0).max(2), cursorText]),
    page: (from, limit) => slice(from, limit, row => [row.away, row.id], fetch),
    async total() {
      const all = await conditionsOf(db, filter, query)
      return countOf(db, and(all.where(), reach === undefined ? undefined : around(near, reach)), all.values())
    },
  }
}
