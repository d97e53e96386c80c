/** What to find, in terms of the index: the neutral query that each database writes in its own words. */
export type TokenQuery =
  | { op: 'term'; term: string }
  | { op: 'prefix'; term: string }
  | { op: 'phrase'; terms: readonly string[] }
  | { op: 'and' | 'or'; of: readonly TokenQuery[] }
  | LinkedQuery

/** Articles that are about one of some people and places (ids, at least one), whatever they call them; `names` are what they may, the main one first, for marks and scores. */
export type LinkedQuery = { op: 'linked'; people: readonly string[]; places: readonly string[]; names: readonly TokenQuery[] }

/** Deepest nesting that is looked at; what lies deeper is left out. FTS5 refuses trees of 256 levels. */
export const maxQueryDepth = 8

/** A query as every index can take it: leaves of one token or of a phrase, the last one perhaps a prefix; nothing too deep, and nothing without a token. */
export type TokenTree = { op: 'tokens'; tokens: readonly string[]; isPrefix: boolean } | { op: 'and' | 'or'; of: readonly TokenTree[] }

/** The tree of a query; undefined where nothing is left of it. No index of words knows links: see `db/linked-match.ts`. */
export function treeOf(query: TokenQuery, depth = 1): TokenTree | undefined {
  if (depth > maxQueryDepth) return undefined
  switch (query.op) {
    case 'term':
    case 'prefix':
      return leaf([query.term], query.op === 'prefix')
    case 'phrase':
      return leaf(query.terms, false)
    case 'linked':
      return undefined
    default: {
      const of = query.of.map(part => treeOf(part, depth + 1)).filter(part => part !== undefined)
      return of.length < 2 ? of[0] : { op: query.op, of }
    }
  }
}

/** A string without a token is left out: as an empty phrase it would make FTS5 drop its neighbour's operator. */
function leaf(terms: readonly string[], isPrefix: boolean): TokenTree | undefined {
  const tokens = terms.flatMap(tokensOf)
  return tokens.length > 0 ? { op: 'tokens', tokens, isPrefix } : undefined
}

/** The tokens of a text as every index divides it: what the `ascii` tokenizer of FTS5 does with `tokenchars '_'`, capitals of ASCII folded. */
export const tokensOf = (text: string): string[] =>
  text
    .toWellFormed()
    .replace(/[A-Z]+/g, capitals => capitals.toLowerCase())
    .match(/[a-z0-9_\u0080-\uffff]+/g) ?? []
