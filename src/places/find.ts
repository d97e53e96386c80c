// A page of places, from the question to the rows: plain data in and out, as it may run in a thread.
import type { Db } from '../db/store.ts'
import { decodeCursor, type Page, pageOf, positionValues, slicePositions } from '../http/page.ts'
import { listNear } from './near.ts'
import type { Ordered } from './order.ts'
import { listPlaces, type PlaceRow, placesBySeq, rankPlaces } from './store.ts'

type Question = { order: Ordered; limit: number; cursor: string | undefined; count: boolean }

/** A page of places; 400 for a cursor of another list. */
export async function findPlaces(db: Db, { order, limit, cursor, count }: Question): Promise<{ rows: PlaceRow[]; page: Page }> {
  const query = { path: '/v1/places', sort: order.sort, filters: order.filter }
  if (order.sort === 'relevance') {
    const found = await rankPlaces(db, order.filter)
    const { rows, ...borders } = slicePositions(decodeCursor(query, cursor, positionValues), limit, found)
    const seqs = rows.map(hit => hit.seq)
    return { rows: await placesBySeq(db, seqs), page: pageOf(query, limit, borders, count ? found.length : null) }
  }
  const list = order.sort === 'distance' ? await listNear(db, order.filter) : await listPlaces(db, order.filter, order.sort)
  const { rows, ...borders } = await list.page(decodeCursor(query, cursor, list.values), limit)
  return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
}
