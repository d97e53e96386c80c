import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import { articleOf } from '../articles/store.ts'
import { actOnTime } from '../articles/write.ts'
import { recordAudit } from '../audit/store.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { Instant } from '../lib/instant.ts'
import type { Writer } from '../nouns/writer.ts'

const articlesALook = 100

/** Articles that are to go out or to come back by now, the longest overdue first; what lies in the trash stays there. */
export async function dueArticles({ sql, tables: { articles } }: Db, now: Instant): Promise<string[]> {
  const out = await sql
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.status, 'scheduled'), lte(articles.publishAt, now), isNull(articles.trashedAt)))
    .orderBy(asc(articles.publishAt), asc(articles.id))
    .limit(articlesALook)
  const back = await sql
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.status, 'published'), lte(articles.unpublishAt, now), isNull(articles.trashedAt)))
    .orderBy(asc(articles.unpublishAt), asc(articles.id))
    .limit(articlesALook)
  return [...out, ...back].map(({ id }) => id)
}

/** Acts on one article, if it is still due and nobody else is at it. */
export async function actOnOne(db: WriteDb, id: string, writer: Writer): Promise<void> {
  const { articles } = db.tables
  const free = db.sql
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.id, id), isNull(articles.trashedAt)))
  if ((await db.dialect.claiming(free)).length === 0) return
  const before = await articleOf(db, id)
  const done = before && (await actOnTime(db, before, writer))
  if (!done || done.at === null) return
  const action = done.row.status === 'published' ? 'publishOnTime' : 'archiveOnTime'
  await recordAudit(db, { at: writer.now, keyId: null, requestId: null, action, kind: 'article', entityId: id, details: { due: done.at } })
}
