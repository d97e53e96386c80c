/** What to find, in terms of the index: the neutral query that each database writes in its own words. */
export type TokenQuery =
  | { op: 'term'; term: string }
  | { op: 'prefix'; term: string }
  | { op: 'phrase'; terms: readonly string[] }
  | { op: 'and' | 'or'; of: readonly TokenQuery[] }

/** A column of text; a third one, `forms`, holds unstemmed words for prefixes. */
export type TextColumn = 'title' | 'body'

/** Deepest nesting that is written; what lies deeper is left out. FTS5 refuses trees of 256 levels. */
export const maxQueryDepth = 8

const everywhere: readonly TextColumn[] = ['title', 'body']
const nothing = '""'

/**
 * The MATCH string of a query, for `fts5(title, body, forms, …)`; nothing else writes MATCH strings, and FTS5 accepts every one.
 * Terms and phrases are sought in `columns`, prefixes in `forms` too where `body` is among them. A query of nothing finds nothing.
 */
export const fts5Match = (query: TokenQuery, columns: readonly TextColumn[] = everywhere): string => write(query, columns, 1) ?? nothing

/** The MATCH string of everything that `query` finds and `none` does not. */
export function fts5MatchExcept(query: TokenQuery, none: TokenQuery | null, columns: readonly TextColumn[] = everywhere): string {
  const found = fts5Match(query, columns)
  const excluded = none ? write(none, everywhere, 1) : undefined
  return excluded === undefined ? found : `(${found}) NOT (${excluded})`
}

function write(query: TokenQuery, columns: readonly TextColumn[], depth: number): string | undefined {
  if (depth > maxQueryDepth) return undefined
  switch (query.op) {
    case 'term':
      return leaf([query.term], columns)
    case 'phrase':
      return leaf(query.terms, columns)
    case 'prefix': {
      const found = leaf([query.term], columns.includes('body') ? [...columns, 'forms'] : columns)
      return found && `${found} *`
    }
    default:
      return branch(query, columns, depth)
  }
}

function branch({ op, of }: { op: 'and' | 'or'; of: readonly TokenQuery[] }, columns: readonly TextColumn[], depth: number): string | undefined {
  const parts = of.map(part => write(part, columns, depth + 1)).filter(part => part !== undefined)
  return parts.length < 2 ? parts[0] : `(${parts.join(op === 'and' ? ' AND ' : ' OR ')})`
}

/** Quoted, so that no term is an operator. A string without a token is an empty phrase, which makes FTS5 drop its neighbour's operator: left out. */
function leaf(terms: readonly string[], columns: readonly string[]): string | undefined {
  const text = terms.join(' ').replaceAll('\0', ' ').toWellFormed()
  return hasToken.test(text) ? `{${columns.join(' ')}} : "${text.replaceAll('"', '""')}"` : undefined
}

/** What the `ascii` tokenizer with `tokenchars '_'` takes for part of a token. */
const hasToken = /[A-Za-z0-9_\u0080-\uffff]/
