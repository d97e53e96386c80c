// New articles: any number in as many statements as one. All that may be refused is looked at before the first is written.
import type { WriteDb } from '../db/store.ts'
import { orRefusal, Refusal, withTheRest } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { sourceTaken } from '../nouns/named.ts'
import type { Writer } from '../nouns/writer.ts'
import { recordRevisions } from '../revisions/store.ts'
import { claimSlugs } from '../slugs/store.ts'
import { fileNew, linkNew, type Resolved } from './file.ts'
import type { ArticleCreate } from './input.ts'
import { unborn } from './publish.ts'
import { type ArticleRow, articlesBySource, insertArticles, naturalKeyOf } from './store.ts'
import { blocksOf } from './text-in.ts'
import { columnsOf, corrected, referencesOf, type State, settle } from './write.ts'

/** An article that nothing is wrong with by itself; its slug is found later. */
type Draft = { id: string; state: State; wantedSlug: string | undefined; resolved: Resolved }

/** Makes an article; 400 for references and times that cannot be, 409 where slug or natural key is another's. */
export async function createArticle(db: WriteDb, input: ArticleCreate, writer: Writer): Promise<ArticleRow> {
  const [made] = await createArticles(db, [input], writer)
  if (!made || made instanceof Refusal) throw made
  return made
}

/** Makes articles in their order, no two of one natural key. What comes of each stands in its place: the row, or why it was refused, of which nothing is written. */
export async function createArticles(db: WriteDb, inputs: readonly ArticleCreate[], writer: Writer): Promise<(ArticleRow | Refusal)[]> {
  const drafts: (Draft | Refusal)[] = []
  for (const input of inputs) drafts.push(await orRefusal(() => draftOf(db, input, writer)))
  const free = await withTheRest(drafts, rest => refuseTaken(db, rest))
  const named = await withTheRest(free, rest => nameAll(db, rest))
  return withTheRest(named, rest => writeNew(db, rest, writer))
}

async function draftOf(db: WriteDb, input: ArticleCreate, writer: Writer): Promise<Draft> {
  const { body, markdown, html, authorIds, aboutIds, datelinePlaceId, slug, corrections, ...plain } = input
  const asked = { ...plain, corrections: corrected(corrections, [], writer.now) }
  const { life, resolved } = await settle(db, unborn, asked, { authorIds, aboutIds, datelinePlaceId }, writer)
  const state: State = { ...plain, ...life, body: blocksOf({ body, markdown, html }, []) ?? [], corrections: asked.corrections, slug: '' }
  return { id: newId(), state, wantedSlug: slug, resolved }
}

/** Refuses those whose natural key is another's, in the trash or out of it. */
async function refuseTaken(db: WriteDb, drafts: readonly Draft[]): Promise<(Draft | Refusal)[]> {
  const taken = await articlesBySource(
    db,
    drafts.map(({ state }) => state.source),
  )
  return drafts.map(draft => {
    const key = naturalKeyOf(draft.state.source)
    const other = key === undefined ? undefined : taken.get(key)
    return key !== undefined && other ? sourceTaken('article', key, other.id) : draft
  })
}

/** Gives slugs; refuses those who want another's. */
async function nameAll(db: WriteDb, drafts: readonly Draft[]): Promise<(Draft | Refusal)[]> {
  const slugs = await claimSlugs(
    db,
    'article',
    drafts.map(({ id, state, wantedSlug }) => ({ entityId: id, slug: wantedSlug, title: state.title })),
  )
  return drafts.flatMap((draft, n): (Draft | Refusal)[] => {
    const slug = slugs[n]
    if (slug === undefined) return []
    return [slug instanceof Refusal ? slug : { ...draft, state: { ...draft.state, slug } }]
  })
}

/** Writes rows and all that follows from them; nothing is refused any more. */
async function writeNew(db: WriteDb, drafts: readonly Draft[], writer: Writer): Promise<ArticleRow[]> {
  const linked = await linkNew(
    db,
    drafts.map(({ state, resolved }) => ({ body: state.body, words: { ...state, sourceName: state.source?.name ?? null }, resolved })),
    writer.names,
  )
  const made = drafts.flatMap(({ id, state }, n) => {
    const links = linked[n]
    if (!links) return []
    const visible = state.status === 'published'
    const times = { createdAt: writer.now, updatedAt: writer.now, version: 1, trashedAt: null }
    return [{ state, links, row: { ...columnsOf(state), ...links.shown, ...times, id, visible, linkedWith: links.linkedWith } }]
  })
  const rows = await insertArticles(
    db,
    made.map(({ row }) => row),
  )
  await fileNew(
    db,
    made.flatMap(({ links }, n) => (rows[n] ? [{ row: rows[n], ...links }] : [])),
  )
  await recordRevisions(
    db,
    made.map(({ state, links, row }) => ({
      kind: 'article',
      entityId: row.id,
      version: 1,
      changed: Object.keys({ ...state, ...links.shown }),
      state: { ...state, ...referencesOf(row) },
    })),
    writer,
  )
  return rows
}
