import { type SQL, sql } from 'drizzle-orm'
import { boundLimit, type Conditions, conditions } from '../db/conditions.ts'
import { type Db, documentIn, documentOf, isDocumentOf, kindInDocument, type Match, partsOfDocument } from '../db/store.ts'
import { type NounKind, nounKinds } from '../db/tables.ts'
import type { TokenQuery } from '../db/token-query.ts'
import type { Compiled } from './compile.ts'
import type { Ranked } from './ranked.ts'
import { leavesOf } from './rescore.ts'
import { lookAgain, lookedAt, scaledBelow } from './second-look.ts'
import { inverseFrequency, statisticsOf } from './statistics.ts'
import { tableOf } from './store.ts'

/** How deep `relevance` pages. */
export const maxRankedHits = 1_000
/** Where fewer hits than this have all words, hits with most of them follow. */
export const enoughHits = 20

/** What a search looks among: kinds, and conditions on the rows of each. `order` is relevance, or the time of publication. */
export type Scope = {
  kinds: readonly NounKind[]
  conditions: Conditions
  rows: Partial<Record<NounKind, SQL | undefined>>
  order: 'relevance' | 'newest' | 'oldest'
  /** How many hits are asked for; `maxRankedHits` where left out. */
  depth?: number
}

/**
 * The hits of a query, best first, at most `maxRankedHits`: those with all words, and where these are fewer than `enoughHits`, those with most
 * of them behind. Other orders than relevance take hits with all words alone. A query that asks for no word finds everything in scope.
 */
export async function rank(db: Db, query: Compiled, scope: Scope): Promise<Ranked[]> {
  if (scope.kinds.length === 0) return []
  const depth = Math.min(maxRankedHits, Math.max(enoughHits, scope.depth ?? maxRankedHits))
  const { parts, isOr } = query
  const isGraded = mayHavePart(query, scope)
  const all = isOr && isGraded ? [] : await ranked(db, query.all, query.none, scope, depth)
  if (!isGraded || all.length >= enoughHits) return all.map(hit => ({ ...hit, allWords: true }))
  const leaves = leavesOf(parts)
  const statistics = await statisticsOf(db, [...parts.map(part => part.query), ...leaves.map(({ leaf }) => leaf)])
  const weighed = parts.map(part => ({ query: part.query, weight: part.times * inverseFrequency(statistics, part.query) }))
  const some = await ranked(db, weighed, query.none, scope, Math.min(maxRankedHits, Math.max(depth, lookedAt) + enoughHits))
  const known = new Set(all.map(hit => documentOf(hit.kind, hit.seq)))
  const hits = [
    ...all.map(hit => ({ ...hit, allWords: true })),
    ...some.filter(hit => !known.has(documentOf(hit.kind, hit.seq))).map(hit => ({ ...hit, allWords: isOr })),
  ].slice(0, maxRankedHits)
  const looked = await lookAgain(db, hits.slice(0, lookedAt), leaves, statistics)
  return [...looked, ...scaledBelow(looked.at(-1)?.score ?? 0, hits.slice(lookedAt))]
}

/** Whether a hit may have some parts of a query alone: by relevance, where it has several. */
export const mayHavePart = ({ parts }: Compiled, { order }: Scope): boolean => order === 'relevance' && parts.length > 1

type Weighed = readonly { query: TokenQuery; weight: number }[]

async function ranked(
  db: Db,
  wanted: TokenQuery | Weighed | null,
  none: TokenQuery | null,
  scope: Scope,
  depth: number,
): Promise<Omit<Ranked, 'allWords'>[]> {
  const c = conditions('m')
  const match = wanted && !('op' in wanted) ? db.dialect.matchAny(wanted, none, c.bind) : matchOf(db, wanted, none, c)
  const name = `rank ${shapeOf(wanted, match)} ${scope.order} ${scope.kinds.join()} ${scope.conditions.shape()}`
  const values = { ...scope.conditions.values(), ...c.values(), depth }
  const hits = wanted && match?.hits
  if (hits && scope.order === 'relevance' && scope.conditions.shape() === onlyVisible) {
    const query = db.prepared(`best of ${name}`, q => listed(q, best(db, scope, hits)))
    for (const most of new Set([Math.min(bestLookedAt, depth + spare), bestLookedAt])) {
      const rows = await query.execute({ ...values, most })
      if (isAll(rows, most) || (rows.length === depth && (most === bestLookedAt || areBest(rows)))) return rows.map(hitOf)
    }
  }
  const query = db.prepared(name, q => {
    return listed(q, inOrder(db, scope, hits ?? everything(db), wanted ? sql`` : without(match)))
  })
  return (await query.execute(values)).map(hitOf)
}

/** The shape of the conditions of a search without filters. */
export const onlyVisible = 'visible'
/**
 * Without filters nearly every hit may be shown: a few more of the best than are asked for are looked up among the rows, then so many, and all of them only
 * where these do not do.
 */
const bestLookedAt = 1_200
const spare = 80

/** A hit, and how many were looked up with it, of which the articles score at least `lowest`. */
type Looked = { doc: number; score: number; looked: number; lowest: number | null }

/** True where there were no more hits than were looked up. */
const isAll = ([first]: readonly Looked[], most: number) => first !== undefined && first.looked < most

/** True where nothing that was not looked up can be among the hits: these are articles, whose score no prominence raises. */
function areBest(rows: readonly Looked[]): boolean {
  const last = rows.at(-1)
  return last !== undefined && last.lowest !== null && last.score > last.lowest
}

const hitOf = ({ doc, score }: Looked) => ({ ...partsOfDocument(doc), score })

const numbers = {
  doc: sql<number>`doc`.mapWith(Number),
  score: sql<number>`score`.mapWith(Number),
  looked: sql<number>`looked`.mapWith(Number),
  lowest: sql<number | null>`lowest`,
}

const listed = (q: Db['sql'], found: SQL) => q.select(numbers).from(sql`${found} as ranked`) // in the order of the subquery

/** The best hits of a query: people and places first, as they may gain by prominence. */
function best(db: Db, scope: Scope, hits: SQL): SQL {
  const looked = sql`(select count(*) from best) as looked, (select min(score) from best where ${kindInDocument} = 0) as lowest`
  const first = sql`order by case when ${kindInDocument} > 0 then 1 else 0 end desc, score desc, doc desc`
  return sql`(with best as materialized (select doc, score from ${hits} as hits ${first} limit ${boundLimit('most')}) ${chosen(db, scope, sql`best`, sql``, looked)})`
}

const inOrder = (db: Db, scope: Scope, from: SQL, skip: SQL) =>
  sql`(${chosen(db, scope, sql`${from} as found`, skip, sql`0 as looked, null as lowest`)})`

/** Of some documents those in scope, in the order of the scope. */
function chosen(db: Db, scope: Scope, from: SQL, skip: SQL, looked: SQL): SQL {
  const score = weighedScore(db, scope)
  const order = { relevance: sql`${score} desc, latest desc, doc desc`, newest: sql`latest desc, doc desc`, oldest: sql`latest asc, doc asc` }
  return sql`select doc, ${score} as score, ${latest(db)} as latest, ${looked} from ${from} ${joins(db, scope)} where (${inScope(db, scope)})${skip} order by ${order[scope.order]} limit ${boundLimit('depth')}`
}

/** What a person or a place gains with each e-fold of articles about it: of those whose names fit alike, the better known comes first. */
const prominence = sql`0.15`

/** The score of a hit; people and places by how their names fit, then by how many articles are about them. */
function weighedScore({ tables: { people, places } }: Db, { kinds }: Scope): SQL {
  const counts = [kinds.includes('person') && people.articleCount, kinds.includes('place') && places.articleCount].filter(column => column !== false)
  return counts.length === 0 ? sql`score` : sql`score * (1 + ${prominence} * ln(1 + coalesce(${sql.join(counts, sql`, `)}, 0)))`
}

const latest = ({ tables: { articles } }: Db) => sql`coalesce(${articles.publishedKey}, '')`

/** Rows join their documents by kind: one index serves the three nouns. */
function joins(db: Db, scope: Scope): SQL {
  const table = tableOf(db)
  const kinds = nounKinds.filter(kind => kind === 'article' || scope.kinds.includes(kind))
  return sql.join(
    kinds.map(
      kind => sql`left join ${table[kind]} ${kind === 'article' ? db.dialect.rankedArticles : sql``} on ${isDocumentOf(kind, table[kind].seq)}`,
    ),
    sql` `,
  )
}

function inScope({ tables: { articles, people, places } }: Db, scope: Scope): SQL {
  const shown = { article: sql`${articles.trashedAt} is null`, person: sql`${people.trashedAt} is null`, place: sql`${places.trashedAt} is null` }
  const seq = { article: articles.seq, person: people.seq, place: places.seq }
  return sql.join(
    scope.kinds.map(kind => sql`(${seq[kind]} is not null and ${scope.rows[kind] ?? shown[kind]})`),
    sql` or `,
  )
}

/** Documents that are found in a scope, as `doc`; `shape` tells them from others, values are bound. */
export type Documents = { from: SQL; where: SQL; shape: string; c: Conditions }

/** Those with what is wanted, without what is not; all without that where nothing is wanted. */
export function documentsIn(db: Db, scope: Scope, wanted: TokenQuery | null, none: TokenQuery | null): Documents {
  const c = conditions('m')
  const match = matchOf(db, wanted, none, c)
  const from = wanted && match ? match.documents : everything(db)
  return {
    from: sql`${from} as found ${joins(db, scope)}`,
    where: sql`(${inScope(db, scope)})${wanted ? sql`` : without(match)}`,
    shape: `${shapeOf(wanted, match)} ${scope.kinds.join()} ${scope.conditions.shape()}`,
    c,
  }
}

/** How many documents there are, counted up to `most`. */
export async function countUpTo(db: Db, scope: Scope, wanted: TokenQuery | null, none: TokenQuery | null, most: number): Promise<number> {
  const { from, where, shape, c } = documentsIn(db, scope, wanted, none)
  const query = db.prepared(`counted ${shape}`, q =>
    q
      .select({ count: sql<number>`count(*)`.mapWith(Number) })
      .from(sql`(select doc from ${from} where ${where} limit ${boundLimit('most')}) as counted`),
  )
  const [row] = await query.execute({ ...scope.conditions.values(), ...c.values(), most })
  return row?.count ?? 0
}

/** What is wanted without what is not; only what is not, where nothing is wanted; undefined where everything is found. */
export const matchOf = (db: Db, wanted: TokenQuery | null, none: TokenQuery | null, c: Conditions): Match | undefined =>
  wanted ? db.dialect.match(wanted, none, c.bind) : none ? db.dialect.match(none, null, c.bind) : undefined

export const shapeOf = (wanted: unknown, match: Match | undefined) => `${wanted ? 'found' : match ? 'rest' : 'everything'} ${match?.shape ?? ''}`

const without = (match: Match | undefined) => (match ? sql` and doc not in ${match.documents}` : sql``)

/** Every document there is, for queries that name no word. */
const everything = ({ tables: { articles, people, places } }: Db) =>
  sql`(select ${documentIn('article', articles.seq)} as doc, 0 as score from ${articles} union all select ${documentIn('person', people.seq)}, 0 from ${people} union all select ${documentIn('place', places.seq)}, 0 from ${places})`
