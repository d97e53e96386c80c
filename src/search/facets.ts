// How many hits of a search are about each person, in each section, of each year: counted by the database over everything that is found.
import { and, type SQL, sql } from 'drizzle-orm'
import { boundLimit, type Conditions, conditions } from '../db/conditions.ts'
import { type Db, documentIn, isDocumentOf, kindInDocument, partsOfDocument } from '../db/store.ts'
import type { TokenQuery } from '../db/token-query.ts'
import type { Compiled } from './compile.ts'
import { countUpTo, documentsIn, enoughHits, matchOf, mayHavePart, onlyVisible, type Scope, shapeOf } from './rank.ts'

/** What of a search is counted: `value` is an id of a person or a place, a word, a year or a kind. */
export type EntityCount = { id: string; slug: string; name: string; count: number }
export type ValueCount = { value: string; count: number }

/** What is counted: all hits of a query in a scope. `wanted` is what each of them has; null where no word is asked for. */
export type Found = { query: Compiled; scope: Scope; wanted: TokenQuery | null }

/** A set of hits in SQL; `shape` tells it from other sets, values are bound. */
type Hits = { from: SQL; where: SQL | undefined; shape: string; c: Conditions }

/** All hits, those that follow where fewer than `enoughHits` have all words (see `rank`) included. */
export async function findAll(db: Db, query: Compiled, scope: Scope): Promise<Found> {
  const all = { query, scope, wanted: query.all }
  if (scope.kinds.length === 0 || query.isOr || !mayHavePart(query, scope)) return all
  return (await countUpTo(db, scope, query.all, query.none, enoughHits)) < enoughHits ? { ...all, wanted: query.any } : all
}

const counted = { value: sql<string>`value`, count: sql<number>`hits`.mapWith(Number) }
const mostFirst = sql`hits desc`

/** The people or places that most of the articles found are about, by number, then name, then id; none that lies in the trash. */
export async function countEntities(db: Db, kind: 'person' | 'place', found: Found, limit: number): Promise<EntityCount[]> {
  if (!hasArticles(found)) return []
  const { people, places } = db.tables
  const table = kind === 'person' ? people : places
  const { from, where, shape, c } = linksFound(db, kind, found)
  const query = db.prepared(`facet ${kind} ${shape}`, q =>
    q
      .select({ id: table.id, slug: table.slug, name: table.name, count: counted.count })
      .from(sql`(select value, count(*) as hits from ${from} where ${where} group by value) as counted`)
      .innerJoin(table, sql`${table.id} = counted.value and ${table.trashedAt} is null`)
      .orderBy(mostFirst, table.sortKey, table.id)
      .limit(boundLimit('limit')),
  )
  return query.execute({ ...found.scope.conditions.values(), ...c.values(), limit })
}

/** The tags that most of the articles found have, by number, then by themselves. */
export const countTags = async (db: Db, found: Found, limit: number): Promise<ValueCount[]> =>
  hasArticles(found) ? countValues(db, 'tag', linksFound(db, 'tag', found), sql`value`, found, limit) : []

/** The sections or languages that most of the articles found have, by number, then by themselves. */
export async function countWords(db: Db, name: 'section' | 'language', found: Found, limit: number): Promise<ValueCount[]> {
  if (!hasArticles(found)) return []
  const column = db.tables.articles[name]
  const hits = articlesFound(db, found, sql``)
  return countValues(db, name, { ...hits, where: and(hits.where, sql`${column} is not null`) }, sql`${column}`, found, limit)
}

/** The years (UTC) in which most of the articles found were first published, by number, then year. */
export async function countYears(db: Db, found: Found, limit: number): Promise<ValueCount[]> {
  if (!hasArticles(found)) return []
  const { articles } = db.tables
  const hits = articlesFound(db, found, db.dialect.rankedArticles)
  const dated = { ...hits, where: and(hits.where, sql`${articles.publishedKey} <> ''`) }
  return countValues(db, 'year', dated, sql`substr(${articles.publishedKey}, 1, 4)`, found, limit)
}

/** How many of each kind were found, by number, then kind; for scopes that have a kind. */
export async function countKinds(db: Db, found: Found, limit: number): Promise<ValueCount[]> {
  const { from, where, shape, c } = documentsIn(db, found.scope, found.wanted, found.query.none)
  const query = db.prepared(`facet kind ${shape}`, q =>
    q
      .select({ kind: sql<number>`value`.mapWith(Number), count: counted.count })
      .from(sql`(select ${kindInDocument} as value, count(*) as hits from ${from} where ${where} group by ${kindInDocument}) as counted`)
      .orderBy(mostFirst, sql`value`)
      .limit(boundLimit('limit')),
  )
  const rows = await query.execute({ ...found.scope.conditions.values(), ...c.values(), limit })
  return rows.map(({ kind, count }) => ({ value: partsOfDocument(kind).kind, count }))
}

async function countValues(
  db: Db,
  name: string,
  { from, where, shape, c }: Hits,
  value: SQL,
  { scope }: Found,
  limit: number,
): Promise<ValueCount[]> {
  const query = db.prepared(`facet ${name} ${shape}`, q =>
    q
      .select(counted)
      .from(sql`(select ${value} as value, count(*) as hits from ${from} where ${where} group by ${value}) as counted`)
      .orderBy(mostFirst, sql`value`)
      .limit(boundLimit('limit')),
  )
  return query.execute({ ...scope.conditions.values(), ...c.values(), limit })
}

const hasArticles = ({ scope }: Found) => scope.kinds.includes('article')

/** Articles among the hits: `cross join` lets SQLite look at what is found first, as nothing else is as few. */
function articlesFound(db: Db, { query, scope, wanted }: Found, hint: SQL): Hits {
  const { articles } = db.tables
  const c = conditions('m')
  const match = matchOf(db, wanted, query.none, c)
  const shape = `${shapeOf(wanted, match)} ${scope.conditions.shape()}`
  if (wanted && match) {
    const from = sql`${match.documents} as found cross join ${articles} ${hint}`
    return { from, where: and(isDocumentOf('article', articles.seq), scope.rows.article), shape, c }
  }
  const kept = match && sql`${documentIn('article', articles.seq)} not in ${match.documents}`
  return { from: sql`${articles}`, where: and(scope.rows.article, kept), shape, c }
}

/** What the articles found are filed under in one role: `value`. Where all are found that everybody sees, the links themselves tell. */
function linksFound(db: Db, role: 'person' | 'place' | 'tag', found: Found): Hits {
  const { articles, articleLinks: links } = db.tables
  const { from, where, shape, c } = articlesFound(db, found, sql``)
  const filed = sql`${links.role} = ${c.bind(role)}`
  if (!found.wanted && !found.query.none && found.scope.conditions.shape() === onlyVisible)
    return { from: sql`${links}`, where: and(filed, sql`${links.visible} = true`), shape, c }
  return { from: sql`${from} cross join ${links}`, where: and(where, sql`${links.articleId} = ${articles.id}`, filed), shape, c }
}
