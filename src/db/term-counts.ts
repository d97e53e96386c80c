// How often each term stands in a document, for a ranking that looks at the best documents one by one.
import { tokensOf } from './token-query.ts'

/** Told of a term once: how often it stands in the title and in the text. */
export type EachTerm = (term: string, inTitle: number, inText: number) => void

/** Stands between two titles or texts; no term. */
const separator = '_'

/** The terms of a document as SQLite keeps them: `term` once in the text, `term=3` three times there, `term=1,2` once in the title and twice in the text. */
export function writeCounts({ title, body }: { title: string; body: string }): string {
  const counts = new Map<string, [number, number]>()
  const count = (tokens: string[], column: 0 | 1) => {
    for (const token of tokens) {
      if (token === separator) continue
      const known = counts.get(token)
      if (known) known[column] += 1
      else counts.set(token, column === 0 ? [1, 0] : [0, 1])
    }
  }
  count(tokensOf(title), 0)
  count(tokensOf(body), 1)
  return [...counts].map(([term, [inTitle, inText]]) => `${term}${inTitle > 0 ? `=${inTitle},${inText}` : inText > 1 ? `=${inText}` : ''}`).join(' ')
}

/** Reads what `writeCounts` wrote. */
export function readCounts(text: string, each: EachTerm): void {
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(' ', at)
    const end = space < 0 ? text.length : space
    const item = text.slice(at, end)
    const sign = item.indexOf('=')
    if (sign < 0) each(item, 0, 1)
    else {
      const comma = item.indexOf(',', sign)
      const inText = Number(item.slice(Math.max(sign, comma) + 1))
      each(item.slice(0, sign), comma < 0 ? 0 : Number(item.slice(sign + 1, comma)), inText)
    }
    at = end + 1
  }
}

/** Reads a `tsvector` as PostgreSQL writes it: `'term':1A,3 'other':2`, titles by the label A. Unstemmed forms, behind a `~`, are no terms of their own. */
export function readTsvector(text: string, each: EachTerm): void {
  for (const item of text.split(' ')) {
    const quote = item.lastIndexOf("':")
    const term = item.slice(1, quote)
    if (quote < 1 || term === separator || term.startsWith('~')) continue
    let [inTitle, all] = [0, 1]
    for (let at = quote; at < item.length; at += 1) {
      const character = item.charCodeAt(at)
      if (character === comma) all += 1
      else if (character === labelOfTitles) inTitle += 1
    }
    each(term, inTitle, all - inTitle)
  }
}

const comma = ','.charCodeAt(0)
const labelOfTitles = 'A'.charCodeAt(0)
