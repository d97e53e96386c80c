// A page of people, from the question to the rows: plain data in and out, as it may run in a thread.
import { slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import { decodeCursor, type Page, pageOf, positionValues, slicePositions } from '../http/page.ts'
import type { PersonSort } from './schema.ts'
import { listPeople, type PeopleFilter, type PersonRow, peopleBySeq, rankPeople } from './store.ts'

type Question = { filter: PeopleFilter; sort: PersonSort; limit: number; cursor: string | undefined; count: boolean }

/** A page of people; 400 for a cursor of another list. */
export async function findPeople(db: Db, { filter, sort, limit, cursor, count }: Question): Promise<{ rows: PersonRow[]; page: Page }> {
  const query = { path: '/v1/people', sort, filters: filter }
  if (sort === 'relevance') {
    const found = await rankPeople(db, filter)
    const { rows, ...borders } = slicePositions(decodeCursor(query, cursor, positionValues), limit, found)
    const seqs = rows.map(hit => hit.seq)
    return { rows: await peopleBySeq(db, seqs), page: pageOf(query, limit, borders, count ? found.length : null) }
  }
  const list = await listPeople(db, filter, sort)
  const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
  return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
}
