import { type SQL, sql } from 'drizzle-orm'
import { type Conditions, conditions } from '../db/conditions.ts'
import { type Db, documentIn, documentOf, isDocumentOf, partsOfDocument, type WriteDb } from '../db/store.ts'
import { type NounKind, nounKinds } from '../db/tables.ts'
import type { TokenQuery } from '../db/token-query.ts'
import { unstemmed } from './analyse.ts'
import { type Compiled, compile } from './compile.ts'
import { indexText } from './document.ts'
import { parseQuery } from './grammar.ts'

/** How deep `relevance` pages. */
export const maxRankedHits = 1_000
/** Where fewer hits than this have all words, hits with most of them follow. */
export const enoughHits = 20

/** A document found: `doc` tells kind and seq (see `documentOf`). */
export type Ranked = { kind: NounKind; seq: number; score: number; allWords: boolean }

type Text = { titles: string[]; texts: string[]; language: string }

const languagesSeen = new WeakMap<object, Set<string>>()

/** Writes a row's words into the full text index, in the transaction of the row. */
export async function indexDocument(db: WriteDb, kind: NounKind, seq: number, text: Text): Promise<void> {
  await db.search.index({ kind, seq, ...indexText(text) })
  const seen = languagesSeen.get(db.tables) ?? new Set()
  if (text.language === unstemmed || seen.has(text.language)) return
  await db.sql.insert(db.tables.searchLanguages).values({ language: text.language }).onConflictDoNothing()
  db.afterCommit(() => languagesSeen.set(db.tables, seen.add(text.language)))
}

/** What finds nothing. */
const nothing: TokenQuery = { op: 'or', of: [] }

/** A query as the index takes it. One that asks for something of which no word is left (`!!!`) finds nothing; an empty one everything. */
export async function compileQuery(db: Db, text: string): Promise<Compiled> {
  const { searchLanguages } = db.tables
  const rows = await db.prepared('languages', q => q.select().from(searchLanguages).orderBy(searchLanguages.language)).execute()
  const query = compile(parseQuery(text), rows.length > 0 ? rows.map(row => row.language) : ['en'])
  const lost = !query.all && !query.none && query.filters.length === 0 && text.trim() !== ''
  return lost ? { ...query, all: nothing } : query
}

/** A query for people or places: a filter of articles in it leaves articles alone, so nobody and nowhere is found. */
export async function compileNameQuery(db: Db, text: string): Promise<Compiled> {
  const query = await compileQuery(db, text)
  return query.filters.length > 0 ? { ...query, all: nothing, any: null, clauses: [] } : query
}

/** Keeps the rows of a noun to those that have every word of a query, for orders other than relevance. */
export function addFound(db: Db, c: Conditions, kind: NounKind, { all, none }: Compiled): void {
  const wanted = all ?? none
  if (!wanted) return
  const { documents, shape } = db.dialect.match(wanted, all ? none : null, c.bind)
  const doc = documentIn(kind, tableOf(db)[kind].seq)
  c.add(`${all ? 'found' : 'rest'} ${shape}`, all ? sql`${doc} in ${documents}` : sql`${doc} not in ${documents}`)
}

const tableOf = ({ tables: { articles, people, places } }: Db) => ({ article: articles, person: people, place: places })

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
  const all = await ranked(db, query.all, query.none, scope, depth)
  if (scope.order !== 'relevance' || all.length >= enoughHits || query.clauses.length < 2 || !query.any)
    return all.map(hit => ({ ...hit, allWords: true }))
  const known = new Set(all.map(hit => documentOf(hit.kind, hit.seq)))
  const some = await ranked(db, query.any, query.none, scope, Math.min(maxRankedHits, depth + enoughHits))
  return [
    ...all.map(hit => ({ ...hit, allWords: true })),
    ...some.filter(hit => !known.has(documentOf(hit.kind, hit.seq))).map(hit => ({ ...hit, allWords: false })),
  ].slice(0, maxRankedHits)
}

async function ranked(db: Db, wanted: TokenQuery | null, none: TokenQuery | null, scope: Scope, depth: number): Promise<Omit<Ranked, 'allWords'>[]> {
  const c = conditions('m')
  const match = wanted ? db.dialect.match(wanted, none, c.bind) : none ? db.dialect.match(none, null, c.bind) : undefined
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
