// A page of articles, and one article, from the question to the answer: plain data in and out, as it may run in a thread.
import { conditions } from '../db/conditions.ts'
import { slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { Caller } from '../http/auth.ts'
import { decodeCursor, depthOf, type Page, pageOf, positionValues, type Query, slicePositions } from '../http/page.ts'
import { needPerson } from '../people/store.ts'
import { insidesOf } from '../places/contain.ts'
import { needPlace } from '../places/store.ts'
import type { Compiled } from '../search/compile.ts'
import { maxRankedHits, rank } from '../search/rank.ts'
import { compileQuery } from '../search/store.ts'
import { type ArticleFilter, type Asked, addConditions, filterOf, type LinkFilter, queryLinks } from './filter.ts'
import { type Included, includedIn } from './include.ts'
import { listArticles } from './list.ts'
import { presentSummary } from './present.ts'
import type { ArticleSort, Inclusion } from './query.ts'
import type { ArticleSummary } from './schema.ts'
import { type ArticleRow, articlesBySeq, needArticle, type SummaryRow } from './store.ts'

/** Whose articles alone are asked for; with `nested`, those about places inside it, too. */
export type Subject = { kind: 'person' | 'place'; key: string; nested: boolean }

export type ListQuestion = {
  path: string
  sort: ArticleSort
  limit: number
  cursor: string | undefined
  count: boolean
  filters: Asked
  include: readonly Inclusion[]
  subject: Subject | undefined
}

export type FoundArticles = { data: (ArticleSummary & Included)[]; page: Page }

/** A page of articles; 404 for a subject that is not there, 400 for a cursor of another list. */
export async function findArticles(db: Db, question: ListQuestion): Promise<FoundArticles> {
  const { sort, include } = question
  const plan = await planOf(db, question)
  const { rows, page } = sort === 'relevance' ? await ranked(db, plan) : await sorted(db, plan, sort)
  const added = await includedIn(db, rows, include)
  return { data: rows.map(row => ({ ...presentSummary(row), ...added(row) })), page }
}

/** An article that the caller may see, with what `include` names. */
export async function findArticle(
  db: Db,
  { key, caller, include }: { key: string; caller: Caller; include: readonly Inclusion[] },
): Promise<{ row: ArticleRow; added: Included }> {
  const row = await needArticle(db, key, caller)
  const added = await includedIn(db, [row], include, new Map([[row.id, row.body]]))
  return { row, added: added(row) }
}

type Plan = Pick<ListQuestion, 'limit' | 'cursor' | 'count'> & { query: Query; filter: ArticleFilter; found: Compiled | undefined }

async function planOf(db: Db, { path, sort, limit, cursor, count, filters, subject }: ListQuestion): Promise<Plan> {
  const links = subject ? [await linkOf(db, subject)] : []
  const filter = await filterOf(db, filters)
  const found = filters.q === undefined ? undefined : await compileQuery(db, filters.q)
  filter.links.push(...links, ...(found ? await queryLinks(db, found.filters) : []))
  return { query: { path, sort, filters }, limit, cursor, count, filter, found }
}

async function linkOf(db: Db, { kind, key, nested }: Subject): Promise<LinkFilter> {
  const { id } = kind === 'person' ? await needPerson(db, key) : await needPlace(db, key)
  return { role: kind, mode: 'any', values: nested ? await insidesOf(db, id) : [id] }
}

type Rows = { rows: SummaryRow[]; page: Page }

async function ranked(db: Db, { query, limit, cursor, count, filter, found }: Plan): Promise<Rows> {
  const c = conditions()
  addConditions(db, c, filter, 'probe')
  const from = decodeCursor(query, cursor, positionValues)
  const depth = count ? maxRankedHits : depthOf(from, limit)
  const hits = found ? await rank(db, found, { kinds: ['article'], conditions: c, rows: { article: c.where() }, order: 'relevance', depth }) : []
  const { rows, ...borders } = slicePositions(from, limit, hits)
  return {
    rows: await articlesBySeq(
      db,
      rows.map(hit => hit.seq),
    ),
    page: pageOf(query, limit, borders, count ? hits.length : null),
  }
}

async function sorted(db: Db, { query, limit, cursor, count, filter, found }: Plan, sort: Exclude<ArticleSort, 'relevance'>): Promise<Rows> {
  const list = await listArticles(db, filter, sort, found)
  const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
  return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
}
