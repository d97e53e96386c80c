import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm'
import { boundLimit, conditions, inPadded, padded } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { keysetValues } from '../http/page.ts'
import { notFound } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { Draft } from './link.ts'

export type MentionRow = Tables['mentions']['$inferSelect']

/** All mentions of an article in reading order, those of the trash and rejected ones with them. */
export async function mentionsOfArticle(db: Db, articleId: string): Promise<MentionRow[]> {
  const { mentions } = db.tables
  const query = db.prepared('mentions of article', q =>
    q
      .select()
      .from(mentions)
      .where(eq(mentions.articleId, sql.placeholder('articleId')))
      .orderBy(asc(mentions.position), asc(mentions.id)),
  )
  return query.execute({ articleId })
}

/** Not of a person or place in the trash: while one is there, its mentions are left out of every answer. */
const notTrashed = ({ tables: { mentions, people, places } }: Db): SQL =>
  sql`${mentions.entityId} not in (select ${people.id} from ${people} where ${people.trashedAt} is not null) and ${mentions.entityId} not in (select ${places.id} from ${places} where ${places.trashedAt} is not null)`

/** Linked mentions of several articles, in reading order. */
export async function mentionsOf(db: Db, articleIds: readonly string[]): Promise<Map<string, MentionRow[]>> {
  const found = new Map<string, MentionRow[]>(articleIds.map(id => [id, []]))
  if (articleIds.length === 0) return found
  const { mentions } = db.tables
  const { size, values } = padded(articleIds)
  const query = db.prepared(`mentions of ${size}`, q =>
    q
      .select()
      .from(mentions)
      .where(and(inPadded(mentions.articleId, size), eq(mentions.state, 'linked'), notTrashed(db)))
      .orderBy(asc(mentions.articleId), asc(mentions.position), asc(mentions.id)),
  )
  for (const row of await query.execute(values)) found.get(row.articleId)?.push(row)
  return found
}

/** A list of an article's mentions, as a keyset in reading order. */
export function listMentions(db: Db, articleId: string, state: 'linked' | 'rejected') {
  const { mentions } = db.tables
  const c = conditions()
  c.add('mentions', sql`${mentions.articleId} = ${c.bind(articleId)} and ${mentions.state} = ${c.bind(state)} and ${notTrashed(db)}`)
  const order: Order = { columns: [mentions.position, mentions.id], descending: false }
  const fetch: Fetch<MentionRow> = async (bound, backwards, limit) => {
    const query = db.prepared(`list mentions ${backwards} ${bound ? bound.inclusive : 'end'}`, q =>
      q
        .select()
        .from(mentions)
        .where(and(c.where(), bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1')], bound.inclusive, backwards)))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit')),
    )
    return query.execute({ ...c.values(), b0: bound?.values[0], b1: bound?.values[1], limit })
  }
  const total = async () => (await db.sql.select({ total: count() }).from(mentions).where(c.where()).prepare().execute(c.values()))[0]?.total ?? 0
  return { fetch, total, valuesOf: (row: MentionRow) => [row.position, row.id], values: keysetValues.int }
}

/** One mention of an article; 404 where it has none of that id, or one of the trash, or (unless `rejectedToo`) a rejected one. */
export async function needMention(db: Db, articleId: string, id: string, rejectedToo: boolean): Promise<MentionRow> {
  const { mentions } = db.tables
  const [row] = await db.sql
    .select()
    .from(mentions)
    .where(and(eq(mentions.id, id.toLowerCase()), eq(mentions.articleId, articleId), notTrashed(db)))
  if (row && (rejectedToo || row.state === 'linked')) return row
  throw notFound('mention', id)
}

/** Writes the mentions of new articles, in reading order. */
export const writeNewMentions = (db: WriteDb, articles: readonly { id: string; drafts: readonly Draft[] }[]) =>
  db.insert(
    db.tables.mentions,
    articles.flatMap(({ id, drafts }) => mentionRows(id, drafts)),
  )

const mentionRows = (articleId: string, drafts: readonly Draft[]): MentionRow[] =>
  drafts.map((draft, position) => ({ ...draft, id: draft.id ?? newId(), articleId, position }))

/** Writes the mentions of an article anew, in reading order; those that stay keep their ids. */
export async function writeMentions(db: WriteDb, articleId: string, before: readonly MentionRow[], drafts: readonly Draft[]): Promise<void> {
  const { mentions } = db.tables
  if (before.length > 0) await db.sql.delete(mentions).where(eq(mentions.articleId, articleId))
  await db.insert(mentions, mentionRows(articleId, drafts))
}
