import { type TokenQuery, type TokenTree, treeOf } from './token-query.ts'

/** A column of text; a third one, `forms`, holds unstemmed words for prefixes. */
export type TextColumn = 'title' | 'body'

const everywhere: readonly TextColumn[] = ['title', 'body']
const nothing = '""'

/**
 * The MATCH string of a query, for `fts5(title, body, forms, …)`; nothing else writes MATCH strings, and FTS5 accepts every one.
 * Terms and phrases are sought in `columns`, prefixes in `forms` too where `body` is among them. A query of nothing finds nothing.
 */
export function fts5Match(query: TokenQuery, columns: readonly TextColumn[] = everywhere): string {
  const tree = treeOf(query)
  return tree ? write(tree, columns) : nothing
}

/** The MATCH string of everything that `query` finds and `none` does not. */
export function fts5MatchExcept(query: TokenQuery, none: TokenQuery | null, columns: readonly TextColumn[] = everywhere): string {
  const found = fts5Match(query, columns)
  const excluded = none && treeOf(none)
  return excluded ? `(${found}) NOT (${write(excluded, everywhere)})` : found
}

/** Quoted, so that no token is an operator. */
function write(tree: TokenTree, columns: readonly TextColumn[]): string {
  if (tree.op !== 'tokens') return `(${tree.of.map(part => write(part, columns)).join(tree.op === 'and' ? ' AND ' : ' OR ')})`
  const sought = tree.isPrefix && columns.includes('body') ? [...columns, 'forms'] : columns
  return `{${sought.join(' ')}} : "${tree.tokens.join(' ')}"${tree.isPrefix ? ' *' : ''}`
}
