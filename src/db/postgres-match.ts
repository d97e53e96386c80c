// Full text on PostgreSQL, by the tokens and the grammar that SQLite's index has: what is found is the same.
import { type SQL, sql } from 'drizzle-orm'
import type { Conditions } from './conditions.ts'
import type { IndexEntry, Match } from './store.ts'
import { type TokenQuery, type TokenTree, tokensOf, treeOf } from './token-query.ts'

/** Weights of the labels D, C, B and A: text, unstemmed forms, nothing, titles; as the weights of SQLite's columns. */
const labelWeights = sql`'{0.17, 0.03, 0, 1}'::float4[]`
/** A rank is divided by 1 + the logarithm of the length. */
const byLength = sql`1`
/** What a tsvector can hold. */
const maxPosition = 16_383
const maxPositions = 255
/** In front of unstemmed forms, which no token begins with. */
const formMark = '~'

type Bind = Conditions['bind']

/**
 * What a query finds, without what `none` finds. The index answers which documents have the tokens; where a phrase is asked for, their tokens are looked
 * at in order as well. Ranking stands here alone: `hits` may be scored in another way without a change elsewhere.
 */
export function tsMatch(query: TokenQuery, none: TokenQuery | null, bind: Bind): Match {
  const found = foundBy(query, none, bind)
  if (!found) return nothing
  const { shape, condition, wanted } = found
  return {
    shape,
    documents: sql`(select doc from search_index where ${condition})`,
    hits: sql`(select doc, ts_rank(${labelWeights}, terms, ${wanted}::tsquery, ${byLength}) as score from search_index where ${condition})`,
  }
}

/** As `tsMatch` of an `or`; a document scores the weights of the queries that find it, which the index answers without a look at its terms. */
export function tsMatchAny(weighed: readonly { query: TokenQuery; weight: number }[], none: TokenQuery | null, bind: Bind): Match {
  const found = foundBy({ op: 'or', of: weighed.map(({ query }) => query) }, none, bind)
  if (!found) return nothing
  const parts = weighed.flatMap(({ query, weight }) => {
    const tree = treeOf(query)
    return tree ? [{ query: tsquery(tree), weight }] : []
  })
  const queries = bind(parts.map(({ query }) => query).join('\n'))
  const weights = bind(parts.map(({ weight }) => weight).join(' '))
  const each = sql`unnest(string_to_array(${queries}, chr(10))::tsquery[], string_to_array(${weights}, ' ')::float8[]) as part(query, weight)`
  const needsLook = found.hasExclusion || found.hasPhrase
  return {
    shape: `any ${needsLook ? found.shape : ''}`,
    documents: sql`(select doc from search_index where ${found.condition})`,
    hits: sql`(select doc, sum(weight) as score from ${each} join search_index on terms @@ query ${needsLook ? sql`where ${found.condition}` : sql``} group by doc)`,
  }
}

const nothing: Match = {
  shape: 'nothing',
  documents: sql`(select doc from search_index where false)`,
  hits: sql`(select doc, 0 as score from search_index where false)`,
}

function foundBy(query: TokenQuery, none: TokenQuery | null, bind: Bind) {
  const found = treeOf(query)
  const excluded = none ? treeOf(none) : undefined
  if (!found) return undefined
  const wanted = bind(hasPhrase(excluded) || !excluded ? tsquery(found) : `${tsquery(found)} & !${tsquery(excluded)}`)
  const kept = hasPhrase(found) ? holds(found, bind) : undefined
  const dropped = excluded && hasPhrase(excluded) ? holds(excluded, bind) : undefined
  const conditions = [sql`terms @@ ${wanted}::tsquery`, kept?.condition, dropped && sql`not ${dropped.condition}`].filter(part => part !== undefined)
  return {
    shape: `${kept?.shape ?? ''}!${dropped?.shape ?? ''}`,
    condition: sql.join(conditions, sql` and `),
    wanted,
    hasPhrase: kept !== undefined,
    hasExclusion: excluded !== undefined,
  }
}

const isPhrase = (tree: TokenTree) => tree.op === 'tokens' && tree.tokens.length > 1
const hasPhrase = (tree: TokenTree | undefined): boolean => tree !== undefined && (tree.op === 'tokens' ? isPhrase(tree) : tree.of.some(hasPhrase))

/** The tsquery of a tree; a phrase asks for its tokens in any order. Quoted, so that no token is an operator. */
function tsquery(tree: TokenTree): string {
  if (tree.op !== 'tokens') return `(${tree.of.map(tsquery).join(tree.op === 'and' ? ' & ' : ' | ')})`
  const last = tree.tokens.length - 1
  const parts = tree.tokens.map((token, n) => (tree.isPrefix && n === last ? `('${token}':* | '${formMark}${token}':*)` : `'${token}'`))
  return parts.length < 2 ? (parts[0] ?? '') : `(${parts.join(' & ')})`
}

/** A tree with phrases as a condition on the row. All that has none is one tsquery, and phrases beside each other are one value, so that shapes are few. */
function holds(tree: TokenTree, bind: Bind): { condition: SQL; shape: string } {
  if (tree.op === 'tokens') return { condition: sql`(${phrases([tree], 'and', bind)})`, shape: 'p' }
  const plain = tree.of.filter(part => !hasPhrase(part))
  const inOrder = tree.of.filter(isPhrase)
  const nested = tree.of.filter(part => hasPhrase(part) && !isPhrase(part)).map(part => holds(part, bind))
  const conditions = [
    ...(plain.length > 0 ? [sql`terms @@ ${bind(tsquery({ op: tree.op, of: plain }))}::tsquery`] : []),
    ...(inOrder.length > 0 ? [phrases(inOrder, tree.op, bind)] : []),
    ...nested.map(part => part.condition),
  ]
  const shape = `${tree.op}(${plain.length > 0 ? 't' : ''}${inOrder.length > 0 ? 'p' : ''}${nested.map(part => part.shape).join('')})`
  return { condition: sql`(${sql.join(conditions, tree.op === 'and' ? sql` and ` : sql` or `)})`, shape }
}

/** All (or one) of some phrases in the title or the text, whose columns begin and end with a space; a token is never a line break. */
function phrases(trees: readonly TokenTree[], op: 'and' | 'or', bind: Bind): SQL {
  const texts = trees.map(tree => (tree.op === 'tokens' ? ` ${tree.tokens.join(' ')}${tree.isPrefix ? '' : ' '}` : ''))
  const found = sql`(strpos(title, phrase) > 0 or strpos(body, phrase) > 0)`
  const all = sql`from unnest(string_to_array(${bind(texts.join('\n'))}, chr(10))) as phrase`
  return op === 'and' ? sql`(select bool_and(${found}) ${all})` : sql`(select bool_or(${found}) ${all})`
}

/** The columns of an entry: tokens in order, and every term once with where it stands, for ranking. */
export function tsEntry({ title, body, forms }: Pick<IndexEntry, 'title' | 'body' | 'forms'>): { title: string; body: string; terms: string } {
  const positions = new Map<string, string[]>()
  const titles = tokensOf(title)
  const texts = tokensOf(body)
  for (const [n, token] of [...titles, ...texts].entries()) {
    const at = positions.get(token) ?? []
    if (at.length === 0) positions.set(token, at)
    if (at.length < maxPositions) at.push(`${Math.min(n + 1, maxPosition)}${n < titles.length ? 'A' : ''}`)
  }
  const terms = [...positions].map(([token, at]) => `'${token}':${at.join()}`)
  const unstemmed = [...new Set(tokensOf(forms))].map(form => `'${formMark}${form}':${maxPosition}C`)
  const spaced = (tokens: string[]) => ` ${tokens.join(' ')} `
  return { title: spaced(titles), body: spaced(texts), terms: [...terms, ...unstemmed].join(' ') }
}
