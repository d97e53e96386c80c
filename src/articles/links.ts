// What an article is filed under, and what of it is shown: everything but what lies in the trash.
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db, WriteDb } from '../db/store.ts'
import type { LinkRole } from '../db/tables.ts'
import { reweigh } from '../suggest/write.ts'

export type Link = { role: LinkRole; value: string; position: number }

/** Roles whose values are ids of people and places. */
export const entityRoles = ['person', 'place', 'about', 'author', 'dateline'] as const

export type Shown = { authorIds: string[]; aboutIds: string[]; personIds: string[]; placeIds: string[]; datelinePlaceId: string | null }

/** All links of an article; `hidden` is true for those to people and places in the trash. */
export async function linksOf(db: Db, articleId: string): Promise<(Link & { hidden: boolean })[]> {
  const { articleLinks: links, people, places } = db.tables
  const query = db.prepared('links of article', q =>
    q
      .select({
        role: links.role,
        value: links.value,
        position: links.position,
        hidden:
          sql<number>`exists (select 1 from ${people} where ${people.id} = ${links.value} and ${people.trashedAt} is not null) or exists (select 1 from ${places} where ${places.id} = ${links.value} and ${places.trashedAt} is not null)`.mapWith(
            Boolean,
          ),
      })
      .from(links)
      .where(eq(links.articleId, sql.placeholder('articleId')))
      .orderBy(asc(links.role), asc(links.position), asc(links.value)),
  )
  return query.execute({ articleId })
}

/** The ids that an article shows, in their order. */
export function shownOf(links: readonly (Link & { hidden: boolean })[]): Shown {
  const of = (role: LinkRole) => links.filter(link => link.role === role && !link.hidden).map(link => link.value)
  return {
    authorIds: of('author'),
    aboutIds: of('about'),
    personIds: of('person'),
    placeIds: of('place'),
    datelinePlaceId: of('dateline')[0] ?? null,
  }
}

/** Shows an entity in its articles again, or no more, as it left or entered the trash. */
export async function refreshShown(db: WriteDb, entityId: string): Promise<void> {
  for (const articleId of await articlesLinkedTo(db, entityId)) await writeShown(db, articleId)
}

/** Takes a purged entity out of every article. */
export async function forgetEntity(db: WriteDb, entityId: string): Promise<void> {
  const { articleLinks, mentions } = db.tables
  const articleIds = await articlesLinkedTo(db, entityId)
  await db.sql.delete(mentions).where(eq(mentions.entityId, entityId))
  await db.sql.delete(articleLinks).where(and(eq(articleLinks.value, entityId), inArray(articleLinks.role, [...entityRoles])))
  for (const articleId of articleIds) await writeShown(db, articleId)
}

/** Ids of the articles that name, or are about, by or from it; in their order. */
export async function articlesLinkedTo(db: Db, entityId: string): Promise<string[]> {
  const { articleLinks: links } = db.tables
  const rows = await db.sql
    .selectDistinct({ articleId: links.articleId })
    .from(links)
    .where(and(eq(links.value, entityId), inArray(links.role, [...entityRoles])))
    .orderBy(asc(links.articleId))
  return rows.map(row => row.articleId)
}

/** Writes into an article the ids that it shows. */
export async function writeShown(db: WriteDb, articleId: string) {
  const { articles } = db.tables
  await db.sql
    .update(articles)
    .set(shownOf(await linksOf(db, articleId)))
    .where(eq(articles.id, articleId))
}

/** Files an article: what it is filed under is written where it differs; visibility and time of publication follow it into every row. */
export async function writeLinks(
  db: WriteDb,
  articleId: string,
  before: readonly Link[],
  after: readonly Link[],
  at: { visible: boolean; publishedKey: string },
): Promise<void> {
  const { articleLinks } = db.tables
  if (sameLinks(before, after)) {
    await db.sql.update(articleLinks).set(at).where(eq(articleLinks.articleId, articleId))
    return
  }
  if (before.length > 0) await db.sql.delete(articleLinks).where(eq(articleLinks.articleId, articleId))
  await db.insert(
    articleLinks,
    after.map(link => ({ articleId, ...link, ...at })),
  )
}

/** Files new articles. */
export const writeNewLinks = (db: WriteDb, articles: readonly { id: string; links: readonly Link[]; visible: boolean; publishedKey: string }[]) =>
  db.insert(
    db.tables.articleLinks,
    articles.flatMap(({ id, links, visible, publishedKey }) => links.map(link => ({ articleId: id, ...link, visible, publishedKey }))),
  )

const keyOf = ({ role, value, position }: Link) => `${role} ${position} ${value}`
const sameLinks = (a: readonly Link[], b: readonly Link[]) => a.length === b.length && new Set([...a, ...b].map(keyOf)).size === a.length

/** What articles were filed under and are now, of those that everybody sees. */
export type Shift = { before: readonly Link[]; after: readonly Link[] }

/** Adds to and takes from the counts of people and places, as articles about them come into view and leave it. In the order of their ids. */
export async function shiftCounts(db: WriteDb, shifts: readonly Shift[]): Promise<void> {
  const { people, places } = db.tables
  for (const [role, table] of [
    ['person', people],
    ['place', places],
  ] as const) {
    const steps = stepsOf(role, shifts)
    if (steps.length === 0) continue
    const shift = db.prepared(`shift ${role}`, q => {
      const { steps, key, step } = db.dialect.steps(sql.placeholder('steps'))
      return q
        .update(table)
        .set({ articleCount: sql`${table.articleCount} + ${step}` })
        .from(steps)
        .where(sql`${table.id} = ${key}`)
        .returning({ id: table.id, seq: table.seq, articleCount: table.articleCount })
    })
    const stepOf = new Map(steps)
    const shifted = await shift.execute({ steps: JSON.stringify(steps) })
    await reweigh(
      db,
      role,
      shifted.map(({ id, seq, articleCount }) => ({ seq, before: articleCount - (stepOf.get(id) ?? 0), after: articleCount })),
    )
  }
}

function stepsOf(role: 'person' | 'place', shifts: readonly Shift[]): [id: string, step: number][] {
  const steps = new Map<string, number>()
  const add = (links: readonly Link[], step: number) => {
    for (const id of new Set(links.filter(link => link.role === role).map(link => link.value))) steps.set(id, (steps.get(id) ?? 0) + step)
  }
  for (const { before, after } of shifts) {
    add(before, -1)
    add(after, 1)
  }
  return [...steps].filter(([, step]) => step !== 0).sort(([a], [b]) => Number(a > b) - Number(a < b))
}
