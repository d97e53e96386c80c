// What follows from an article's fields: mentions, what it is filed under, counts, full text, suggestions. Written in the transaction of the article.
import { eq } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { KnownNames } from '../mentions/known-names.ts'
import { type Draft, linkMentions } from '../mentions/link.ts'
import { mentionsOfArticle, writeMentions, writeNewMentions } from '../mentions/store.ts'
import type { Entity } from '../references/store.ts'
import { indexDocuments } from '../search/store.ts'
import { suggestArticle, suggestNewArticles } from '../suggest/write.ts'
import { spots } from './block-ids.ts'
import type { Block } from './blocks.ts'
import { type Link, linksOf, shiftCounts, shownOf, writeLinks, writeNewLinks } from './links.ts'
import type { ArticleRow } from './store.ts'

/** References of an article, resolved; `undefined` ones are as they were. */
export type Resolved = { authors: Entity[] | undefined; about: Entity[] | undefined; dateline: Entity | null | undefined }

type Linked = Awaited<ReturnType<typeof linksOf>>

/** Links a text with the names as this transaction sees them, and says which number they have. */
async function draftsOf(db: WriteDb, names: KnownNames, articleId: string, body: readonly Block[], aboutIds: readonly string[]) {
  const kept = await mentionsOfArticle(db, articleId)
  return names.using(db, ({ registry, number }) => ({ kept, drafts: linkMentions({ spots: spots(body), registry, aboutIds, kept }), number }))
}

const entityLinks = (role: 'about' | 'author' | 'dateline', entities: readonly { id: string }[]): Link[] =>
  entities.map(({ id }, position) => ({ role, value: id, position }))

/** Everyone and everywhere linked in the text, in reading order, then the rest of what it is about. */
export function subjects(drafts: readonly Draft[], about: readonly Entity[]): Link[] {
  const linked = drafts.filter(draft => draft.state === 'linked').map(draft => ({ kind: draft.kind, id: draft.entityId }))
  return (['person', 'place'] as const).flatMap(kind => {
    const ids = [...new Set([...linked, ...about].filter(entity => entity.kind === kind).map(entity => entity.id))]
    return ids.map((value, position): Link => ({ role: kind, value, position }))
  })
}

/** Tags, section, language and source, as an article is filed under them. */
export const wordLinks = (row: Words): Link[] => [
  ...row.tags.map((value, position): Link => ({ role: 'tag', value, position })),
  ...(row.section === null ? [] : [{ role: 'section', value: row.section, position: 0 } as const]),
  { role: 'language', value: row.language, position: 0 },
  ...(row.sourceName === null ? [] : [{ role: 'source', value: row.sourceName, position: 0 } as const]),
]

/** Which kind an entity of `about` is, as the links of the article say; an entity that nobody mentions stands there as a subject. */
const aboutOf = (before: Linked): Entity[] =>
  before
    .filter(link => link.role === 'about')
    .map(link => ({
      id: link.value,
      kind: (before.some(other => other.role === 'person' && other.value === link.value) ? 'person' : 'place') satisfies EntityKind,
    }))

type Words = Pick<ArticleRow, 'tags' | 'section' | 'language' | 'sourceName'>
type NewLinks = { drafts: Draft[]; links: Link[]; shown: ReturnType<typeof shownOf>; linkedWith: number }

/** Links texts of articles that are not written yet, with the names as this transaction sees them: what they will be filed under, and the ids that they show. */
export const linkNew = (
  db: WriteDb,
  articles: readonly { body: readonly Block[]; words: Words; resolved: Resolved }[],
  names: KnownNames,
): Promise<NewLinks[]> =>
  names.using(db, ({ registry, number }) =>
    articles.map(({ body, words, resolved: { authors = [], about = [], dateline } }) => {
      const drafts = linkMentions({ spots: spots(body), registry, aboutIds: about.map(entity => entity.id), kept: [] })
      const links = [
        ...subjects(drafts, about),
        ...entityLinks('about', about),
        ...entityLinks('author', authors),
        ...entityLinks('dateline', dateline ? [dateline] : []),
        ...wordLinks(words),
      ]
      return { drafts, links, shown: shownOf(links.map(link => ({ ...link, hidden: false }))), linkedWith: number }
    }),
  )

/** Files new articles after their rows were written. */
export async function fileNew(
  db: WriteDb,
  articles: readonly { row: ArticleRow; drafts: readonly Draft[]; links: readonly Link[] }[],
): Promise<void> {
  const rows = articles.map(({ row }) => row)
  await writeNewMentions(
    db,
    articles.map(({ row, drafts }) => ({ id: row.id, drafts })),
  )
  await writeNewLinks(
    db,
    articles.map(({ row: { id, visible, publishedKey }, links }) => ({ id, links, visible, publishedKey })),
  )
  await shiftCounts(
    db,
    articles.filter(({ row }) => row.visible).map(({ links }) => ({ before: [], after: links })),
  )
  await suggestNewArticles(db, rows)
  await indexDocuments(
    db,
    rows.map(row => ({ kind: 'article', seq: row.seq, text: textOfArticle(row), isNew: true })),
  )
}

/**
 * Files an article anew after its row was written: links the text where `relink` says so, writes links, counts and full text, and gives the row
 * with the ids that it shows.
 */
export async function fileArticle(
  db: WriteDb,
  before: ArticleRow,
  row: ArticleRow,
  resolved: Resolved,
  changed: { text: boolean; words: boolean },
  knownNames: KnownNames,
): Promise<ArticleRow> {
  const had: Linked = await linksOf(db, row.id)
  const about = resolved.about ?? aboutOf(had)
  const relink = changed.text || resolved.about !== undefined
  const aboutIds = about.map(entity => entity.id)
  const read = relink ? await draftsOf(db, knownNames, row.id, row.body, aboutIds) : undefined
  const after: Link[] = [
    ...(read ? subjects(read.drafts, about) : had.filter(link => link.role === 'person' || link.role === 'place')),
    ...entityLinks('about', about),
    ...(resolved.authors ? entityLinks('author', resolved.authors) : had.filter(link => link.role === 'author')),
    ...(resolved.dateline === undefined
      ? had.filter(link => link.role === 'dateline')
      : entityLinks('dateline', resolved.dateline ? [resolved.dateline] : [])),
    ...wordLinks(row),
  ].map(({ role, value, position }) => ({ role, value, position }))
  if (read) await writeMentions(db, row.id, read.kept, read.drafts)
  await writeLinks(
    db,
    row.id,
    had.map(({ role, value, position }) => ({ role, value, position })),
    after,
    {
      visible: row.visible,
      publishedKey: row.publishedKey,
    },
  )
  await shiftCounts(db, [{ before: before.visible ? had : [], after: row.visible ? after : [] }])
  if (changed.words) await indexDocuments(db, [{ kind: 'article', seq: row.seq, text: textOfArticle(row), isNew: false }])
  await suggestArticle(db, before, row)
  return show(
    db,
    row,
    shownOf(after.map(link => ({ ...link, hidden: had.some(other => other.hidden && other.value === link.value) }))),
    read?.number ?? row.linkedWith,
  )
}

/** The same for one that came into view or left it, as it was moved to the trash or out of it. */
export async function fileMoved(db: WriteDb, row: ArticleRow, moved: ArticleRow): Promise<void> {
  const links = (await linksOf(db, row.id)).map(({ role, value, position }) => ({ role, value, position }))
  await writeLinks(db, row.id, links, links, { visible: moved.visible, publishedKey: row.publishedKey })
  await shiftCounts(db, [{ before: row.visible ? links : [], after: moved.visible ? links : [] }])
  await suggestArticle(db, row, moved)
}

/** Before a row goes for good; its links and mentions go with it. */
export async function unfileArticle(db: WriteDb, row: ArticleRow): Promise<void> {
  await shiftCounts(db, [{ before: row.visible ? await linksOf(db, row.id) : [], after: [] }])
  await db.search.remove('article', row.seq)
  await suggestArticle(db, row, null)
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Writes the shown ids into the row where they differ. */
async function show(db: WriteDb, row: ArticleRow, shown: ReturnType<typeof shownOf>, linkedWith: number): Promise<ArticleRow> {
  const { authorIds, aboutIds, personIds, placeIds, datelinePlaceId } = row
  if (same(shown, { authorIds, aboutIds, personIds, placeIds, datelinePlaceId }) && row.linkedWith === linkedWith) return row
  await db.sql
    .update(db.tables.articles)
    .set({ ...shown, linkedWith })
    .where(eq(db.tables.articles.id, row.id))
  return { ...row, ...shown, linkedWith }
}

const isText = (value: string | null): value is string => value !== null && value !== ''

/** What of an article is searched, in what language. */
export function textOfArticle({ title, summary, body, language }: Pick<ArticleRow, 'title' | 'summary' | 'body' | 'language'>) {
  const captions = body
    .flatMap(block =>
      block.type === 'image' ? [block.caption] : block.type === 'quote' ? [block.attribution] : block.type === 'embed' ? [block.title] : [],
    )
    .filter(isText)
  return { titles: [title], texts: [summary, ...spots(body).map(spot => spot.text), ...captions].filter(isText), language }
}

/** Links an article anew with the names of now, its text unchanged; gives how many mentions it has, got and lost. */
export async function relinkArticle(
  db: WriteDb,
  row: ArticleRow,
  knownNames: KnownNames,
): Promise<{ row: ArticleRow; linked: number; added: number; removed: number }> {
  const kept = await mentionsOfArticle(db, row.id)
  const filed = await fileArticle(
    db,
    row,
    row,
    { authors: undefined, about: undefined, dateline: undefined },
    { text: true, words: false },
    knownNames,
  )
  const now = (await mentionsOfArticle(db, row.id)).filter(mention => mention.state === 'linked')
  const ids = new Set(now.map(mention => mention.id))
  const had = new Set(kept.map(mention => mention.id))
  return {
    row: filed,
    linked: now.length,
    added: now.filter(mention => !had.has(mention.id)).length,
    removed: kept.filter(mention => mention.state === 'linked' && !ids.has(mention.id)).length,
  }
}
