import { eq } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import { type Caller, demand } from '../http/auth.ts'
import { definedOnly } from '../lib/defined.ts'
import { type Issue, invalid } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { sortKey } from '../lib/text.ts'
import { sourceAt } from '../nouns/key.ts'
import { refuseTakenSource } from '../nouns/named.ts'
import { blankImage, blankSource, changedFields, type Image, mergeObject, presentSource, type Source, sourceColumns } from '../nouns/schema.ts'
import type { Writer } from '../nouns/writer.ts'
import { referenceKinds, resolveAll } from '../references/store.ts'
import { purgeRevisions, recordRevision } from '../revisions/store.ts'
import { changeSlug, releaseSlugs } from '../slugs/store.ts'
import { countWords } from './block-ids.ts'
import type { Block } from './blocks.ts'
import { fileArticle, fileMoved, type Resolved, unfileArticle } from './file.ts'
import type { ArticleCreate, ArticleReplace, ArticleUpdate } from './input.ts'
import { type Life, lifeDue, nextLife, publishedKeys, touchesPublished } from './publish.ts'
import type { ArticleRow } from './store.ts'
import { blocksOf } from './text-in.ts'

type Correction = ArticleRow['corrections'][number]

/** Every writable field of an article but its references, as stored and kept in revisions. */
export type State = Life & {
  title: string
  slug: string
  summary: string | null
  language: string
  section: string | null
  tags: string[]
  byline: string | null
  body: Block[]
  image: Image | null
  rights: string | null
  source: Source | null
  corrections: Correction[]
}
export type References = { authorIds: string[]; aboutIds: string[]; datelinePlaceId: string | null }

/** What a revision keeps of a row, but for its references: those follow the trash. */
export const stateOf = (row: ArticleRow): State => ({
  title: row.title,
  slug: row.slug,
  summary: row.summary,
  language: row.language,
  section: row.section,
  tags: row.tags,
  byline: row.byline,
  body: row.body,
  image: row.image,
  rights: row.rights,
  source: presentSource(row),
  corrections: row.corrections,
  status: row.status,
  publishedAt: row.publishedAt,
  publishAt: row.publishAt,
  unpublishAt: row.unpublishAt,
})
export const referencesOf = ({ authorIds, aboutIds, datelinePlaceId }: References): References => ({ authorIds, aboutIds, datelinePlaceId })

/** The columns of a state, with those that follow from others: sort keys, the number of words. */
export const columnsOf = ({ source, ...state }: State) => ({
  ...state,
  ...sourceColumns(source),
  ...publishedKeys(state.publishedAt),
  sortKey: sortKey(state.title),
  wordCount: countWords(state.body),
})

type Asked = { authorIds?: string[] | null | undefined; aboutIds?: string[] | null | undefined; datelinePlaceId?: string | null | undefined }

/** References of a body as people and places, and what is wrong with those that answer to nobody. */
async function resolve(db: WriteDb, asked: Asked): Promise<{ resolved: Resolved; issues: Issue[] }> {
  const authors =
    asked.authorIds === undefined ? undefined : await resolveAll(db, referenceKinds.authorIds, asked.authorIds ?? [], n => `/authorIds/${n}`)
  const about = asked.aboutIds === undefined ? undefined : await resolveAll(db, referenceKinds.aboutIds, asked.aboutIds ?? [], n => `/aboutIds/${n}`)
  const dateline =
    asked.datelinePlaceId == null
      ? undefined
      : await resolveAll(db, referenceKinds.datelinePlaceId, [asked.datelinePlaceId], () => '/datelinePlaceId')
  const issues = [authors, about, dateline].flatMap(found => found?.issues ?? [])
  const place = asked.datelinePlaceId === null ? null : dateline?.entities[0]
  return { resolved: { authors: authors?.entities, about: about?.entities, dateline: place }, issues }
}

export const corrected = (input: ArticleCreate['corrections'], before: readonly Correction[], now: string): Correction[] =>
  input.map(({ id = newId(), at, kind, text }) => ({ id, at: at ?? before.find(known => known.id === id)?.at ?? now, kind, text }))

/** The life and the references that a write leads to. Refuses whatever cannot be, all of it at once, and what the caller may not publish. */
export async function settle(
  db: WriteDb,
  before: Life,
  asked: Life & Pick<State, 'corrections'>,
  references: Asked,
  { caller, now }: Writer,
): Promise<{ life: Life; resolved: Resolved }> {
  const { resolved, issues: loose } = await resolve(db, references)
  const { life, issues } = nextLife(before, asked, now)
  const all = [...loose, ...issues, ...doubleCorrections(asked.corrections)]
  if (all.length > 0) throw invalid(...all)
  refuseUnpublishing(before, life, caller)
  return { life, resolved }
}

function refuseUnpublishing(before: Life, after: Life, caller: Caller) {
  if (touchesPublished(before.status, after.status)) demand(caller, 'content:publish', 'Writing what is or will be published')
}

const keptWhenUnnamed = ['slug', 'status', 'publishedAt', 'publishAt', 'unpublishAt', 'source'] as const

/** An article as the body says; slug, status, times, source and corrections change only when they are named. */
export async function replaceArticle(db: WriteDb, row: ArticleRow, input: ArticleReplace, writer: Writer): Promise<ArticleRow> {
  const before = stateOf(row)
  const {
    id,
    createdAt,
    updatedAt,
    version,
    wordCount,
    personIds,
    placeIds,
    body,
    markdown,
    html,
    authorIds,
    aboutIds,
    datelinePlaceId,
    corrections,
    ...plain
  } = input
  const kept = Object.fromEntries(keptWhenUnnamed.map(name => [name, plain[name] === undefined ? before[name] : plain[name]]))
  const next: State = {
    ...before,
    ...plain,
    ...(kept as Pick<State, (typeof keptWhenUnnamed)[number]>),
    body: blocksOf({ body, markdown, html }, before.body) ?? [],
    corrections: corrections === undefined ? before.corrections : corrected(corrections, before.corrections, writer.now),
  }
  return save(db, row, next, { authorIds, aboutIds, datelinePlaceId }, writer)
}

/** What a PUT to a natural key that nobody has makes. */
export function newArticleAt(key: string, body: ArticleReplace): ArticleCreate {
  const { id, createdAt, updatedAt, version, wordCount, personIds, placeIds, ...plain } = body
  const { status = 'draft', corrections = [], publishedAt = null, publishAt = null, unpublishAt = null } = plain
  return { ...plain, status, corrections, publishedAt, publishAt, unpublishAt, source: sourceAt(key, body.source) }
}

/** A merge patch (RFC 7396): null empties, what is left out stays. */
export async function updateArticle(db: WriteDb, row: ArticleRow, patch: ArticleUpdate, writer: Writer): Promise<ArticleRow> {
  const before = stateOf(row)
  const {
    id,
    createdAt,
    updatedAt,
    version,
    wordCount,
    personIds,
    placeIds,
    body,
    markdown,
    html,
    authorIds,
    aboutIds,
    datelinePlaceId,
    corrections,
    image,
    source,
    tags,
    ...plain
  } = patch
  const next: State = {
    ...before,
    ...definedOnly(plain),
    tags: tags === undefined ? before.tags : (tags ?? []),
    body: blocksOf({ body, markdown, html }, before.body) ?? before.body,
    corrections: corrections === undefined ? before.corrections : corrected(corrections ?? [], before.corrections, writer.now),
    image: mergeObject(before.image, image, blankImage, 'url', '/image'),
    source: mergeObject(before.source, source, blankSource, 'name', '/source'),
  }
  return save(db, row, next, { authorIds, aboutIds, datelinePlaceId }, writer)
}

/** Does what is due by now: the article goes out, or comes back. `at` is when it was to be; null where nothing is due. */
export async function actOnTime(db: WriteDb, row: ArticleRow, writer: Writer): Promise<{ row: ArticleRow; at: string | null }> {
  const before = stateOf(row)
  const life = lifeDue(before, writer.now)
  if (!life) return { row, at: null }
  const at = life.status === 'published' ? before.publishAt : before.unpublishAt
  const nothing = { authorIds: undefined, aboutIds: undefined, datelinePlaceId: undefined }
  return { row: await save(db, row, { ...before, ...life }, nothing, writer), at }
}

const doubleCorrections = (corrections: readonly Correction[]): Issue[] =>
  corrections.flatMap(({ id }, n): Issue[] =>
    corrections.findIndex(other => other.id === id) < n
      ? [{ pointer: `/corrections/${n}/id`, code: 'duplicate_id', detail: 'is the id of another correction here' }]
      : [],
  )

/** References that differ from what is shown; those that were sent back as they were read stay, with what of them lies in the trash. */
function onlyChanged(row: ArticleRow, resolved: Resolved): Resolved {
  const ids = (entities: { id: string }[] | undefined) => entities && JSON.stringify(entities.map(entity => entity.id))
  return {
    authors: ids(resolved.authors) === JSON.stringify(row.authorIds) ? undefined : resolved.authors,
    about: ids(resolved.about) === JSON.stringify(row.aboutIds) ? undefined : resolved.about,
    dateline: resolved.dateline !== undefined && (resolved.dateline?.id ?? null) === row.datelinePlaceId ? undefined : resolved.dateline,
  }
}

/** The one way in which an article changes: nothing moves where nothing differs. */
async function save(db: WriteDb, row: ArticleRow, asked: State, references: Asked, writer: Writer): Promise<ArticleRow> {
  const before = stateOf(row)
  const settled = await settle(db, before, asked, references, writer)
  const resolved = onlyChanged(row, settled.resolved)
  const next: State = { ...asked, ...settled.life }
  const changed = changedFields(before, next)
  const renamed = { authorIds: resolved.authors, aboutIds: resolved.about, datelinePlaceId: resolved.dateline }
  changed.push(...Object.entries(renamed).flatMap(([name, value]) => (value === undefined ? [] : [name])))
  if (changed.length === 0) return row
  if (changed.includes('source')) await refuseTakenSource(db, 'article', row.id, next.source)
  if (changed.includes('slug')) await changeSlug(db, 'article', row.id, next.slug)
  const saved: ArticleRow = {
    ...row,
    ...columnsOf(next),
    visible: next.status === 'published' && row.trashedAt === null,
    version: row.version + 1,
    updatedAt: writer.now,
  }
  const { seq, id, ...columns } = saved
  await db.sql.update(db.tables.articles).set(columns).where(eq(db.tables.articles.id, id))
  const words = ['title', 'summary', 'body', 'language'].some(name => changed.includes(name))
  const filed = await fileArticle(db, row, saved, resolved, { text: changed.includes('body'), words }, writer.names)
  await recordRevision(db, { kind: 'article', entityId: id, version: filed.version, changed, state: { ...next, ...referencesOf(filed) } }, writer)
  return filed
}

/** Into the trash (`at` a time) or out of it (`at` null): neither moves the version, but who may not publish may not take back what is out. */
export async function moveArticle(db: WriteDb, row: ArticleRow, at: string | null, writer: Writer): Promise<ArticleRow> {
  if ((row.trashedAt === null) === (at === null)) return row
  refuseUnpublishing(stateOf(row), stateOf(row), writer.caller)
  const moved: ArticleRow = { ...row, trashedAt: at, visible: at === null && row.status === 'published' }
  await db.sql.update(db.tables.articles).set({ trashedAt: at, visible: moved.visible }).where(eq(db.tables.articles.id, row.id))
  await fileMoved(db, row, moved)
  return moved
}

/** Gone for good: with mentions, links, slugs, words and past. */
export async function purgeArticle(db: WriteDb, row: ArticleRow, writer: Writer): Promise<void> {
  refuseUnpublishing(stateOf(row), stateOf(row), writer.caller)
  await unfileArticle(db, row)
  await purgeRevisions(db, 'article', row.id)
  await releaseSlugs(db, 'article', row.id)
  await db.sql.delete(db.tables.articles).where(eq(db.tables.articles.id, row.id))
}
