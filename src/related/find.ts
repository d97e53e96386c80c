// A page of what is related, from its question to its rows: plain data in and out, as it may run in a thread.
import type { SummaryRow } from '../articles/store.ts'
import { type Slice, slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { type Cursor, slicePositions } from '../http/page.ts'
import { type Origin, relatedArticles, relatedIds } from './articles.ts'
import { relatedSubjects, type SubjectRow, valuesOfSubject } from './store.ts'

type Asked = { from: Cursor | undefined; limit: number; count: boolean }
type Found<Row> = Slice<Row> & { total: number | null }

/** A page of the articles that are related to one, the most closely first. */
export async function articlesRelatedTo(db: Db, { article, from, limit, count }: Asked & { article: Origin }): Promise<Found<SummaryRow>> {
  const ids = await relatedIds(db, article)
  const { rows, ...borders } = slicePositions(from, limit, ids)
  return { rows: await relatedArticles(db, rows), ...borders, total: count ? ids.length : null }
}

/** A page of the people and places that are named together with one, most often first. */
export async function subjectsRelatedTo(
  db: Db,
  { kind, id, kinds, from, limit, count }: Asked & { kind: EntityKind; id: string; kinds: readonly EntityKind[] },
): Promise<Found<SubjectRow>> {
  const related = relatedSubjects(db, kind, id, kinds)
  return { ...(await slice(from, limit, valuesOfSubject, related.fetch)), total: count ? await related.total() : null }
}
