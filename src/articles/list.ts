// Lists of articles: each is a keyset over an index that ends in the id, whatever the collection's size.
import { and, count, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { boundLimit, type Conditions, conditions } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import { keysetValues } from '../http/page.ts'
import type { Compiled } from '../search/compile.ts'
import { addFound } from '../search/store.ts'
import { type ArticleFilter, addConditions, type LinkFilter } from './filter.ts'
import type { ArticleSort } from './query.ts'
import { type SummaryRow, summaryColumns } from './store.ts'

type KeysetSort = Exclude<ArticleSort, 'relevance'>

/** Values that are looked for one by one and merged; more are probed for on the way. */
const maxMergedValues = 24
/** How many links are counted to find the rarest of several filters. */
const probedLinks = 2_000

const keys: Record<KeysetSort, 'publishedKey' | 'publishedAscKey' | 'updatedAt' | 'sortKey'> = {
  publishedAt: 'publishedAscKey',
  '-publishedAt': 'publishedKey',
  updatedAt: 'updatedAt',
  '-updatedAt': 'updatedAt',
  title: 'sortKey',
  '-title': 'sortKey',
}

/** How a list is fetched from any border; `values` is the schema of a cursor's values. */
export type ArticleList = {
  fetch: Fetch<SummaryRow>
  valuesOf(row: SummaryRow): (string | number)[]
  values: z.ZodType<(string | number)[]>
  total(): Promise<number>
}

/** A list by a filter and a sort; `found` keeps it to what every word of a query finds. */
export async function listArticles(db: Db, filter: ArticleFilter, sort: KeysetSort, found?: Compiled): Promise<ArticleList> {
  const driver = sort === '-publishedAt' || (sort === 'publishedAt' && filter.visible) ? await driverOf(db, filter) : undefined
  const fetch = driver ? mergedFetch(db, filter, sort, driver, found) : plainFetch(db, filter, sort, found)
  const key = keys[sort]
  return {
    fetch,
    valuesOf: row => [row[key], row.id],
    values: keysetValues[key === 'updatedAt' ? 'instant' : 'text'],
    async total() {
      const c = conditions()
      addConditions(db, c, filter, 'look up')
      if (found) addFound(db, c, 'article', found)
      const query = db.prepared(`count articles ${c.shape()}`, q => q.select({ total: count() }).from(db.tables.articles).where(c.where()))
      const [row] = await query.execute(c.values())
      return row?.total ?? 0
    },
  }
}

/** The filter whose links are walked in order, the rarest where there are several; the others are probed. */
async function driverOf(db: Db, filter: ArticleFilter): Promise<LinkFilter | undefined> {
  if (filter.trashed || filter.ids) return undefined
  const candidates = filter.links.flatMap(link =>
    link.mode === 'all'
      ? link.values.map((value): LinkFilter => ({ ...link, mode: 'any', values: [value] }))
      : link.mode === 'any' && link.values.length <= maxMergedValues
        ? [link]
        : [],
  )
  if (candidates.length < 2) return candidates[0]
  const sizes = new Map<LinkFilter, number>()
  for (const candidate of candidates) sizes.set(candidate, await sizeOf(db, candidate))
  return candidates.sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0))[0]
}

async function sizeOf(db: Db, { role, values }: LinkFilter): Promise<number> {
  const { articleLinks: links } = db.tables
  const query = db.prepared('size of link', q => {
    const some = q
      .select({ one: sql`1`.as('one') })
      .from(links)
      .where(sql`${links.role} = ${sql.placeholder('role')} and ${links.value} = ${sql.placeholder('value')}`)
      .limit(probedLinks)
      .as('some')
    return q.select({ size: count() }).from(some)
  })
  let size = 0
  for (const value of values) size += (await query.execute({ role, value }))[0]?.size ?? 0
  return size
}

function plainFetch(db: Db, filter: ArticleFilter, sort: KeysetSort, found: Compiled | undefined): Fetch<SummaryRow> {
  const { articles } = db.tables
  const c = conditions()
  const byTime = sort === '-publishedAt' || sort === 'publishedAt'
  addConditions(db, c, filter, byTime ? 'probe' : 'look up')
  if (found) addFound(db, c, 'article', found)
  const order: Order = { columns: [articles[keys[sort]], articles.id], descending: sort.startsWith('-') }
  return async (bound, backwards, limit) => {
    const name = `articles ${sort} ${c.shape()} ${backwards} ${bound ? bound.inclusive : 'end'}`
    const query = db.prepared(name, q =>
      q
        .select(summaryColumns(db.tables))
        .from(articles)
        .where(and(c.where(), bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1')], bound.inclusive, backwards)))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit')),
    )
    return query.execute({ ...c.values(), b0: bound?.values[0], b1: bound?.values[1], limit })
  }
}

/** One keyset for each value of the driver, merged: an article that is filed under several comes once. */
function mergedFetch(db: Db, filter: ArticleFilter, sort: KeysetSort, driver: LinkFilter, found: Compiled | undefined): Fetch<SummaryRow> {
  const descending = sort === '-publishedAt'
  const whole = filter.links.find(link => link === driver)
  const c = conditions()
  addConditions(db, c, filter, 'probe', whole)
  if (found) addFound(db, c, 'article', found)
  const { articleLinks: links } = db.tables // bounds on the walked index, too
  if (filter.publishedFrom !== undefined) c.add('walk from', sql`${links.publishedKey} >= ${c.bind(filter.publishedFrom)}`)
  if (filter.publishedBefore !== undefined) c.add('walk before', sql`${links.publishedKey} < ${c.bind(filter.publishedBefore)}`)
  return async (bound, backwards, limit) => {
    const rows = new Map<string, SummaryRow>()
    for (const value of driver.values)
      for (const row of await walk(db, filter, driver.role, value, c, descending, bound, backwards, limit)) rows.set(row.id, row)
    if (driver.values.length < 2) return [...rows.values()]
    const before = descending !== backwards ? 1 : -1
    const compare = (a: SummaryRow, b: SummaryRow) =>
      a.publishedKey === b.publishedKey ? (a.id < b.id ? before : -before) : a.publishedKey < b.publishedKey ? before : -before
    return [...rows.values()].sort(compare).slice(0, limit)
  }
}

async function walk(
  db: Db,
  filter: ArticleFilter,
  role: string,
  value: string,
  c: Conditions,
  descending: boolean,
  bound: Parameters<Fetch<SummaryRow>>[0],
  backwards: boolean,
  limit: number,
): Promise<SummaryRow[]> {
  const { articles, articleLinks: links } = db.tables
  const order: Order = { columns: [links.publishedKey, links.articleId], descending }
  const name = `articles of link ${filter.visible} ${descending} ${c.shape()} ${backwards} ${bound ? bound.inclusive : 'end'}`
  const query = db.prepared(name, q => {
    const filed: SQL = filter.visible
      ? sql`${links.role} = ${sql.placeholder('role')} and ${links.value} = ${sql.placeholder('value')} and ${links.visible} = true`
      : sql`${links.role} = ${sql.placeholder('role')} and ${links.value} = ${sql.placeholder('value')}`
    return q
      .select(summaryColumns(db.tables))
      .from(links)
      .innerJoin(articles, sql`${articles.id} = ${links.articleId}`)
      .where(and(filed, c.where(), bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1')], bound.inclusive, backwards)))
      .orderBy(...orderBy(order, backwards))
      .limit(boundLimit('limit'))
  })
  return query.execute({ ...c.values(), role, value, b0: bound?.values[0], b1: bound?.values[1], limit })
}
