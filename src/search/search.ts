// A search from its question to its answer, in one snapshot: everything here may run in a thread of its own.
import { addConditions, filterOf, queryLinks } from '../articles/filter.ts'
import { articleFilters } from '../articles/query.ts'
import { conditions } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import { nounKinds } from '../db/tables.ts'
import { type Border, type Cursor, depthOf, slicePositions } from '../http/page.ts'
import { peopleBySeq } from '../people/store.ts'
import { placesBySeq } from '../places/store.ts'
import type { Compiled } from './compile.ts'
import { countEntities, countKinds, countTags, countWords, countYears, findAll } from './facets.ts'
import { presentArticleHit, presentPersonHit, presentPlaceHit } from './present.ts'
import { maxRankedHits, rank, type Scope } from './rank.ts'
import type { Ranked } from './ranked.ts'
import { articlesOfHits } from './rows.ts'
import { type FacetName, type Facets, facetNames, type SearchHit, type SearchQuery } from './schema.ts'
import { correct } from './spelling.ts'
import { compileQuery } from './store.ts'
import { type Asked, withoutOwn } from './without.ts'

const filterNames = Object.keys(articleFilters)

/** What is asked, as plain data. */
export type Question = {
  asked: Partial<SearchQuery>
  order: Scope['order']
  from: Cursor | undefined
  limit: number
  count: boolean
  highlight: boolean
  facets: readonly FacetName[]
  facetLimit: number
}

/** A page of hits; `total` counts all of them where that was asked for. */
export type Found = { data: SearchHit[]; next: Border; prev: Border; total: number | null; facets: Facets; didYouMean: string | null }

export async function search(db: Db, { asked, order, from, limit, count, highlight, facets, facetLimit }: Question): Promise<Found> {
  const text = asked.q ?? ''
  const depth = count ? maxRankedHits : depthOf(from, limit)
  const find = async (query: Compiled) => rank(db, query, { ...(await scopeOf(db, asked, query, order)), depth })
  const typed = await compileQuery(db, text)
  const found = await find(typed)
  const corrected = await correct(db, text, found)
  const query = corrected?.compiled ?? typed
  const hits = corrected ? await find(query) : found
  const { rows, ...borders } = slicePositions(from, limit, hits)
  return {
    data: await shownHits(db, rows, query, highlight),
    ...borders,
    total: count ? hits.length : null,
    facets: await facetsOf(db, { asked, query }, order, facets, facetLimit),
    didYouMean: corrected?.text ?? null,
  }
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
  const articles = await articlesOfHits(db, seqs('article'), highlighted)
  const people = new Map((await peopleBySeq(db, seqs('person'))).map(row => [row.seq, row]))
  const places = new Map((await placesBySeq(db, seqs('place'))).map(row => [row.seq, row]))
  return hits.flatMap(hit => {
    const article = hit.kind === 'article' ? articles.get(hit.seq) : undefined
    const person = hit.kind === 'person' ? people.get(hit.seq) : undefined
    const place = hit.kind === 'place' ? places.get(hit.seq) : undefined
    return [article && presentArticleHit(article, hit, query), person && presentPersonHit(person, hit), place && presentPlaceHit(place, hit)].filter(
      shown => shown !== undefined,
    )
  })
}
