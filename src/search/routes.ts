import { addConditions, filterOf, queryLinks } from '../articles/filter.ts'
import { articleFilters } from '../articles/query.ts'
import { articlesBySeq, bodiesOf } from '../articles/store.ts'
import { conditions } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import { nounKinds } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { freshnessFor } from '../http/auth.ts'
import { decodeCursor, depthOf, linkPages, pageOf, positionValues, slicePositions } from '../http/page.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { peopleBySeq } from '../people/store.ts'
import { placesBySeq } from '../places/store.ts'
import type { Compiled } from './compile.ts'
import { countEntities, countKinds, countTags, countWords, countYears, findAll } from './facets.ts'
import { presentArticleHit, presentPersonHit, presentPlaceHit } from './present.ts'
import { maxRankedHits, rank, type Scope } from './rank.ts'
import type { Ranked } from './ranked.ts'
import { type FacetName, type Facets, facetNames, type SearchHit, SearchQuery, SearchResults } from './schema.ts'
import { correct } from './spelling.ts'
import { compileQuery } from './store.ts'
import { type Asked, withoutOwn } from './without.ts'

const filterNames = Object.keys(articleFilters)
const orders = { relevance: 'relevance', publishedAt: 'oldest', '-publishedAt': 'newest' } as const

/** /v1/search */
export const searchRoutes =
  ({ store }: Deps): Routes =>
  async app => {
    app.get(
      '',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'search',
          tags: ['search'],
          summary: 'Search articles, people and places',
          description:
            'Full text, best first: titles and names weigh more than bodies, and the newer comes first among equals. Hits with all words come first; where fewer than 20 have all, hits with most of them follow (`allWords` tells). Published articles alone, whoever asks. Pages go 1,000 hits deep, and `total` counts what they give; `facets` counts all that is found. A word that nothing has is taken for the likeliest one that something has, and `didYouMean` says so: put it in quotes to search it as typed.',
          querystring: SearchQuery,
          response: { 200: answer(SearchResults, 'What was found.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count, highlight = true, sort = 'relevance', facets: named = [], facetLimit = 10, ...asked } = request.query
        const query = { path: '/v1/search', sort, filters: asked }
        const { data, page, facets, didYouMean } = await store.search(async db => {
          const from = decodeCursor(query, cursor, positionValues)
          const depth = count ? maxRankedHits : depthOf(from, limit)
          const find = async (compiled: Compiled) => rank(db, compiled, { ...(await scopeOf(db, asked, compiled, orders[sort])), depth })
          const typed = await compileQuery(db, asked.q ?? '')
          const found = await find(typed)
          const corrected = await correct(db, asked.q ?? '', found)
          const compiled = corrected?.compiled ?? typed
          const hits = corrected ? await find(compiled) : found
          const { rows, ...borders } = slicePositions(from, limit, hits)
          return {
            data: await shownHits(db, rows, compiled, highlight),
            page: pageOf(query, limit, borders, count ? hits.length : null),
            facets: await facetsOf(db, { asked, query: compiled }, orders[sort], named, facetLimit),
            didYouMean: corrected?.text ?? null,
          }
        }, freshnessFor(request.caller))
        linkPages(request, reply, page)
        return { data, page, facets, didYouMean }
      },
    )
  }

/** Where a search looks: an article filter, in a parameter or in the query, leaves articles alone. */
async function scopeOf(db: Db, { kind, q, ...filters }: Partial<SearchQuery>, compiled: Compiled, order: Scope['order']): Promise<Scope> {
  const c = conditions()
  const filter = await filterOf(db, filters)
  filter.links.push(...(await queryLinks(db, compiled.filters)))
  addConditions(db, c, filter, 'probe')
  const filtered = compiled.filters.length > 0 || filterNames.some(name => Reflect.get(filters, name) !== undefined)
  const kinds = (kind ?? nounKinds).filter(one => one === 'article' || !filtered)
  return { kinds, conditions: c, rows: { article: c.where() }, order }
}

/** The facets that are asked for, each of the search without the filters of its own field. */
async function facetsOf(db: Db, search: Asked, order: Scope['order'], names: readonly FacetName[], limit: number): Promise<Facets> {
  const find = async ({ asked, query }: Asked) => findAll(db, query, await scopeOf(db, asked, query, order))
  const facets: Facets = {}
  if (names.length === 0) return facets
  const all = await find(search)
  for (const name of facetNames.filter(one => names.includes(one))) {
    const other = withoutOwn(search, name)
    const found = other ? await find(other) : all
    if (name === 'person' || name === 'place') facets[name] = await countEntities(db, name, found, limit)
    else if (name === 'year') facets[name] = await countYears(db, found, limit)
    else if (name === 'kind') facets[name] = await countKinds(db, found, limit)
    else if (name === 'tag') facets[name] = await countTags(db, found, limit)
    else facets[name] = await countWords(db, name, found, limit)
  }
  return facets
}

/** The rows of hits of all kinds, each kind read at once, in the order of the hits. */
async function shownHits(db: Db, hits: readonly Ranked[], query: Compiled, highlighted: boolean): Promise<SearchHit[]> {
  const seqs = (kind: Ranked['kind']) => hits.filter(hit => hit.kind === kind).map(hit => hit.seq)
  const articles = new Map((await articlesBySeq(db, seqs('article'))).map(row => [row.seq, row]))
  const people = new Map((await peopleBySeq(db, seqs('person'))).map(row => [row.seq, row]))
  const places = new Map((await placesBySeq(db, seqs('place'))).map(row => [row.seq, row]))
  const bodies = highlighted
    ? await bodiesOf(
        db,
        [...articles.values()].map(row => row.id),
      )
    : undefined
  return hits.flatMap(hit => {
    const article = hit.kind === 'article' ? articles.get(hit.seq) : undefined
    const person = hit.kind === 'person' ? people.get(hit.seq) : undefined
    const place = hit.kind === 'place' ? places.get(hit.seq) : undefined
    return [
      article && presentArticleHit(article, hit, query, bodies?.get(article.id)),
      person && presentPersonHit(person, hit),
      place && presentPlaceHit(place, hit),
    ].filter(shown => shown !== undefined)
  })
}
