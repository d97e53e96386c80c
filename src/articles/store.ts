import { and, asc, eq, getTableColumns, gte, isNull, lt, sql } from 'drizzle-orm'
import { inPadded, inPaddedNumbers, padded } from '../db/conditions.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { type Caller, may } from '../http/auth.ts'
import { naturalKey } from '../http/by-source.ts'
import { notFound } from '../lib/errors.ts'
import { isUuid } from '../lib/id.ts'
import { Moved } from '../lib/moved.ts'
import { keyed } from '../nouns/key.ts'
import type { Source } from '../nouns/schema.ts'
import { ownerOfSlug } from '../slugs/store.ts'
import type { Block } from './blocks.ts'

export type ArticleRow = Omit<Tables['articles']['$inferSelect'], 'body'> & { body: Block[] }
type StoredRow = Tables['articles']['$inferSelect']

/** The column holds blocks that `blocks.ts` has checked on their way in; this is the one place that takes its word for it. */
const typed = (row: StoredRow): ArticleRow => row as ArticleRow
const typedBody = (body: StoredRow['body']): Block[] => body as Block[]

/** A row without its body: lists never read bodies. */
export type SummaryRow = Omit<ArticleRow, 'body'>

/** The one predicate that decides who sees an article: published and untrashed ones everybody, other untrashed ones keys with `content:read`. */
export const sees = (caller: Caller, row: { visible: boolean; trashedAt: string | null }): boolean =>
  row.visible || (row.trashedAt === null && may(caller, 'content:read'))

/** Columns of a summary. */
export function summaryColumns({ articles }: Tables) {
  const { body, ...columns } = getTableColumns(articles)
  return columns
}

/** The article of a key, wherever it is and whoever asks. */
export async function articleOf(db: Db, key: string): Promise<ArticleRow | undefined> {
  const { articles } = db.tables
  const { by, where, values } = keyed(articles, key)
  const [row] = await db.prepared(`one article by ${by}`, q => q.select().from(articles).where(where).limit(1)).execute(values)
  return row && typed(row)
}

/** The article of a key that this caller sees; a former slug throws Moved, anything else a 404 that does not tell a draft from nothing. */
export const needArticle = (db: Db, key: string, caller: Caller): Promise<ArticleRow> => need(db, key, row => sees(caller, row))

/** The article of a key for a writer: every one that is not in the trash, and those too with `trashedToo`. */
export const needToWrite = (db: Db, key: string, trashedToo = false): Promise<ArticleRow> =>
  need(db, key, row => trashedToo || row.trashedAt === null)

/** The article that a PUT replaces; undefined for a natural key that nobody has, or one in the trash: it is made, or refused as taken. */
export async function articleToPut(db: Db, key: string): Promise<ArticleRow | undefined> {
  if (!naturalKey(key)) return needToWrite(db, key)
  const row = await articleOf(db, key)
  return row?.trashedAt === null ? row : undefined
}

async function need(db: Db, key: string, seen: (row: ArticleRow) => boolean): Promise<ArticleRow> {
  const row = await articleOf(db, key)
  if (row && seen(row)) return row
  const owner = row || isUuid(key) ? undefined : await ownerOfSlug(db, 'article', key)
  const present = owner && (await articleOf(db, owner.entityId))
  if (present && seen(present)) throw new Moved(present.slug)
  throw notFound('article', key)
}

/** The natural key of a source as one string; undefined where it is none. */
export const naturalKeyOf = (source: Source | null): string | undefined =>
  source?.externalId == null ? undefined : `${source.name}/${source.externalId}`

/** Those of some sources that are on record, in the trash or out of it, by their natural keys. */
export async function articlesBySource(db: Db, sources: readonly (Source | null)[]): Promise<Map<string, { id: string; trashedAt: string | null }>> {
  const { articles } = db.tables
  const byName = new Map<string, string[]>()
  for (const source of sources) if (source?.externalId != null) byName.set(source.name, [...(byName.get(source.name) ?? []), source.externalId])
  const found = new Map<string, { id: string; trashedAt: string | null }>()
  for (const [name, externalIds] of byName) {
    const { size, values } = padded(externalIds)
    const query = db.prepared(`${size} articles by source`, q =>
      q
        .select({ id: articles.id, trashedAt: articles.trashedAt, externalId: articles.sourceExternalId })
        .from(articles)
        .where(and(eq(articles.sourceName, sql.placeholder('name')), inPadded(articles.sourceExternalId, size))),
    )
    for (const { externalId, ...row } of await query.execute({ name, ...values })) found.set(`${name}/${externalId}`, row)
  }
  return found
}

/** Inserts articles and gives them with their numbers. */
export async function insertArticles(db: WriteDb, rows: readonly Omit<ArticleRow, 'seq'>[]): Promise<ArticleRow[]> {
  const numbers = await db.insert(db.tables.articles, rows)
  return rows.flatMap((row, n) => {
    const seq = numbers[n]
    return seq === undefined ? [] : [{ ...row, seq }]
  })
}

/** Bodies of articles, by id. */
export async function bodiesOf(db: Db, ids: readonly string[]): Promise<Map<string, Block[]>> {
  if (ids.length === 0) return new Map()
  const { articles } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`bodies of ${size}`, q =>
    q.select({ id: articles.id, body: articles.body }).from(articles).where(inPadded(articles.id, size)),
  )
  return new Map((await query.execute(values)).map(row => [row.id, typedBody(row.body)]))
}

/** Articles whose `seq` lies from `from` up to, but not including, `end`, in its order, at most `limit`. */
export async function articlesIn(
  { sql: q, tables: { articles } }: Pick<Db, 'sql' | 'tables'>,
  { from, end }: { from: number; end: number },
  limit: number,
) {
  const mine = and(gte(articles.seq, from), lt(articles.seq, end))
  return (await q.select().from(articles).where(mine).orderBy(asc(articles.seq)).limit(limit)).map(typed)
}

/** Summaries of seqs, in their order. */
export async function articlesBySeq(db: Db, seqs: readonly number[]): Promise<SummaryRow[]> {
  if (seqs.length === 0) return []
  const { articles } = db.tables
  const { size, values } = padded(seqs.map(String))
  const query = db.prepared(`articles by seq ${size}`, q =>
    q.select(summaryColumns(db.tables)).from(articles).where(inPaddedNumbers(articles.seq, size)),
  )
  const rows = new Map((await query.execute(values)).map(row => [row.seq, row]))
  return seqs.map(seq => rows.get(seq)).filter(row => row !== undefined)
}

/** The id of an article reference (id, slug or source/externalId), untrashed; undefined where nobody has it. */
export async function articleIdOf(db: Db, reference: string): Promise<string | undefined> {
  const { articles } = db.tables
  const slash = reference.indexOf('/')
  if (slash < 0) {
    const id = isUuid(reference) ? reference.toLowerCase() : (await ownerOfSlug(db, 'article', reference))?.entityId
    return id
  }
  const [row] = await db.sql
    .select({ id: articles.id })
    .from(articles)
    .where(
      and(eq(articles.sourceName, reference.slice(0, slash)), eq(articles.sourceExternalId, reference.slice(slash + 1)), isNull(articles.trashedAt)),
    )
  return row?.id
}
