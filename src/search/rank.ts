import { type SQL, sql } from 'drizzle-orm'
import { type Conditions, conditions } from '../db/conditions.ts'
import { type Db, documentIn, documentOf, isDocumentOf, partsOfDocument } from '../db/store.ts'
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
  const all = isOr && scope.order === 'relevance' ? [] : await ranked(db, query.all, query.none, scope, depth)
  if (scope.order !== 'relevance' || all.length >= enoughHits || parts.length < 2) return all.map(hit => ({ ...hit, allWords: true }))
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

type Weighed = readonly { query: TokenQuery; weight: number }[]

async function ranked(
  db: Db,
  wanted: TokenQuery | Weighed | null,
  none: TokenQuery | null,
  scope: Scope,
  depth: number,
): Promise<Omit<Ranked, 'allWords'>[]> {
  const c = conditions('m')
  const { match: matchOf, matchAny } = db.dialect
  const match = !wanted ? none && matchOf(none, null, c.bind) : 'op' in wanted ? matchOf(wanted, none, c.bind) : matchAny(wanted, none, c.bind)
  const what = wanted ? 'found' : none ? 'rest' : 'everything'
  const name = `rank ${what} ${match?.shape ?? ''} ${scope.order} ${scope.kinds.join()} ${scope.conditions.shape()}`
  const query = db.prepared(name, q => {
    const from = (wanted && match?.hits) ?? everything(db)
    const skip = !wanted && match ? sql` and doc not in ${match.documents}` : sql``
    const order =
      scope.order === 'relevance'
        ? sql`score desc, latest desc, doc desc`
        : scope.order === 'newest'
          ? sql`latest desc, doc desc`
          : sql`latest asc, doc asc`
    const found = sql`(select doc, score, ${latest(db)} as latest from ${from} as found ${joins(db, scope)} where (${inScope(db, scope)})${skip} order by ${order} limit ${sql.placeholder('depth')}) as ranked`
    return q // in the order of the subquery
      .select({ doc: sql<number>`doc`.mapWith(Number), score: sql<number>`score`.mapWith(Number) })
      .from(found)
  })
  const rows = await query.execute({ ...scope.conditions.values(), ...c.values(), depth })
  return rows.map(({ doc, score }) => ({ ...partsOfDocument(doc), score }))
}

const latest = ({ tables: { articles } }: Db) => sql`coalesce(${articles.publishedKey}, '')`

/** Rows join their documents by kind: one index serves the three nouns. */
export function joins(db: Db, scope: Scope): SQL {
  const table = tableOf(db)
  const kinds = nounKinds.filter(kind => kind === 'article' || scope.kinds.includes(kind))
  return sql.join(
    kinds.map(
      kind => sql`left join ${table[kind]} ${kind === 'article' ? db.dialect.rankedArticles : sql``} on ${isDocumentOf(kind, table[kind].seq)}`,
    ),
    sql` `,
  )
}

export function inScope({ tables: { articles, people, places } }: Db, scope: Scope): SQL {
  const shown = { article: sql`${articles.trashedAt} is null`, person: sql`${people.trashedAt} is null`, place: sql`${places.trashedAt} is null` }
  const seq = { article: articles.seq, person: people.seq, place: places.seq }
  return sql.join(
    scope.kinds.map(kind => sql`(${seq[kind]} is not null and ${scope.rows[kind] ?? shown[kind]})`),
    sql` or `,
  )
}

/** Every document there is, for queries that name no word. */
export const everything = ({ tables: { articles, people, places } }: Db) =>
  sql`(select ${documentIn('article', articles.seq)} as doc, 0 as score from ${articles} union all select ${documentIn('person', people.seq)}, 0 from ${people} union all select ${documentIn('place', places.seq)}, 0 from ${places})`
