// The one way in which a list of articles is asked for and answered: /v1/articles and the lists of people and places share it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { conditions } from '../db/conditions.ts'
import { slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { Deps } from '../deps.ts'
import { pick, shape } from '../http/answer.ts'
import { demand, freshnessFor } from '../http/auth.ts'
import { decodeCursor, depthOf, linkPages, type Page, pageOf, positionValues, type Query, slicePositions } from '../http/page.ts'
import { invalid } from '../lib/errors.ts'
import type { Compiled } from '../search/compile.ts'
import { maxRankedHits, rank } from '../search/rank.ts'
import { compileQuery } from '../search/store.ts'
import { type ArticleFilter, type Asked, addConditions, filterOf, type LinkFilter, queryLinks, statusesOf } from './filter.ts'
import { includedIn } from './include.ts'
import { listArticles } from './list.ts'
import { presentSummary } from './present.ts'
import type { ArticleListQuery, ArticleSort } from './query.ts'
import { articlesBySeq, type SummaryRow } from './store.ts'

type Plan = {
  query: Query
  sort: ArticleSort
  limit: number
  cursor: string | undefined
  count: boolean
  filter: ArticleFilter
  found: Compiled | undefined
}

/** Answers a list of articles. `within` adds what the path asks for (articles of one person, say) and may refuse (404). */
export async function answerList(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  asked: ArticleListQuery,
  within?: (db: Db) => Promise<LinkFilter[]>,
) {
  const { sort: wanted, limit = 20, cursor, count, fields, include: named = [], ...filters } = asked
  const include = fields?.includes('body') && !named.includes('body') ? [...named, 'body' as const] : named
  refuseHidden(request, filters)
  const sort = wanted ?? (filters.q === undefined ? '-publishedAt' : 'relevance')
  if (sort === 'relevance' && filters.q === undefined)
    throw invalid({ parameter: 'sort', code: 'needs_q', detail: 'relevance is an order of what q finds; send q, too' })
  const read = sort === 'relevance' ? deps.store.search : deps.store.read
  const { data, page } = await read(async db => {
    const plan: Plan = { query: { path, sort, filters }, sort, limit, cursor, count: count === 'exact', ...(await meaningOf(db, filters, within)) }
    const { rows, page } = sort === 'relevance' ? await ranked(db, plan) : await sorted(db, plan, sort)
    const added = await includedIn(db, rows, include)
    return { data: rows.map(row => pick({ ...presentSummary(row), ...added(row) }, fields, include)), page }
  }, freshnessFor(request.caller))
  linkPages(request, reply, page)
  return shape(reply, fields, { data, page })
}

/** What everybody does not see needs a scope: 401 for nobody, 403 for a key without it. */
export function refuseHidden(request: FastifyRequest, asked: Asked): void {
  if (asked.trashed) demand(request.caller, 'content:read', 'The trash')
  if (statusesOf(asked)) demand(request.caller, 'content:read', 'What is not published')
}

async function meaningOf(
  db: Db,
  asked: Asked,
  within?: (db: Db) => Promise<LinkFilter[]>,
): Promise<{ filter: ArticleFilter; found: Compiled | undefined }> {
  const path = within ? await within(db) : []
  const filter = await filterOf(db, asked)
  const found = asked.q === undefined ? undefined : await compileQuery(db, asked.q)
  filter.links.push(...path, ...(found ? await queryLinks(db, found.filters) : []))
  return { filter, found }
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
