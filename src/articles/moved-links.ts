// A person or a place becomes another in every article, when two records of one are merged.
import { and, asc, count, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { reweigh } from '../suggest/write.ts'
import { articlesLinkedTo, entityRoles, writeShown } from './links.ts'

const said = ['about', 'author', 'dateline'] as const
type Said = Record<(typeof said)[number], string[]>

/**
 * What an editor had said of the one that goes: ids of articles by role, and of mentions. The machine's own links can be worked out again. `both` has those of
 * the articles that the other one stood in as well.
 */
export type MovedLinks = Said & { mentions: string[]; both: Said }

/** Moves mentions and links from one to another, and counts its articles anew. */
export async function moveLinks(db: WriteDb, kind: EntityKind, from: string, to: string): Promise<MovedLinks> {
  const moved = await saidByEditors(db, from, to)
  const articleIds = await articlesLinkedTo(db, from)
  await moveMentions(db, from, to)
  await moveRows(db, from, to)
  for (const articleId of articleIds) await writeShown(db, articleId)
  await countAnew(db, kind, to)
  return moved
}

async function saidByEditors(db: WriteDb, from: string, to: string): Promise<MovedLinks> {
  const { articleLinks: links, mentions } = db.tables
  const rows = await db.sql
    .select({ role: links.role, articleId: links.articleId, value: links.value })
    .from(links)
    .where(and(inArray(links.value, [from, to]), inArray(links.role, [...said])))
    .orderBy(asc(links.articleId))
  const judged = await db.sql
    .select({ id: mentions.id })
    .from(mentions)
    .where(and(eq(mentions.entityId, from), ne(mentions.origin, 'machine')))
    .orderBy(asc(mentions.id))
  const of = (role: (typeof said)[number], id: string) => rows.filter(row => row.role === role && row.value === id).map(row => row.articleId)
  const [about, author, dateline] = [of('about', from), of('author', from), of('dateline', from)]
  const others = { about: new Set(of('about', to)), author: new Set(of('author', to)) }
  const both: Said = { about: about.filter(id => others.about.has(id)), author: author.filter(id => others.author.has(id)), dateline: [] }
  return { about, author, dateline, mentions: judged.map(row => row.id), both }
}

/** Where both had a mention on the same characters an editor's link stays, else a rejection: it was said of these characters. */
async function moveMentions(db: WriteDb, from: string, to: string) {
  const { mentions } = db.tables
  await db.sql.update(mentions).set({ entityId: to }).where(eq(mentions.entityId, from))
  const beside = (origin: SQL, state: 'linked' | 'rejected') =>
    sql`exists (select 1 from ${mentions} as other where other.article_id = ${mentions.articleId} and other.entity_id = ${to} and other.id <> ${mentions.id} and other.block_id = ${mentions.blockId} and coalesce(other.item, -1) = coalesce(${mentions.item}, -1) and other.start = ${mentions.start} and ${origin} and other.state = ${state})`
  await db.sql
    .delete(mentions)
    .where(and(eq(mentions.entityId, to), eq(mentions.state, 'rejected'), beside(sql`other.origin <> 'machine'`, 'linked')))
  await db.sql.delete(mentions).where(and(eq(mentions.entityId, to), eq(mentions.origin, 'machine'), beside(sql`1 = 1`, 'rejected')))
}

/** Where both stand in one role of an article the one that stands first stays. */
async function moveRows(db: WriteDb, from: string, to: string) {
  const { articleLinks: links } = db.tables
  const stands = (id: string) => and(eq(links.value, id), inArray(links.role, [...entityRoles]))
  const before = (other: string, sign: SQL) =>
    sql`exists (select 1 from ${links} as other where other.article_id = ${links.articleId} and other.role = ${links.role} and other.value = ${other} and other.position ${sign} ${links.position})`
  await db.sql.delete(links).where(and(stands(from), before(to, sql`<`)))
  await db.sql.delete(links).where(and(stands(to), before(from, sql`<=`)))
  await db.sql.update(links).set({ value: to }).where(stands(from))
}

async function countAnew(db: WriteDb, kind: EntityKind, id: string) {
  const { articleLinks: links, people, places } = db.tables
  const table = kind === 'person' ? people : places
  const [row] = await db.sql
    .select({ articles: count() })
    .from(links)
    .where(and(eq(links.role, kind), eq(links.value, id), eq(links.visible, true)))
  const articleCount = row?.articles ?? 0
  const had = await db.sql.select({ seq: table.seq, articleCount: table.articleCount }).from(table).where(eq(table.id, id))
  await db.sql.update(table).set({ articleCount }).where(eq(table.id, id))
  await reweigh(
    db,
    kind,
    had.map(({ seq, articleCount: before }) => ({ seq, before, after: articleCount })),
  )
}
