import type { TokenQuery } from '../db/token-query.ts'

/** ASCII and the punctuation of typesetters: folding such a text changes nothing but case. */
const plain = /^[\0-\x7f\u2010-\u2027\u2030-\u205e]*$/

/** A space or a control character, as plain text has them. */
const isGap = (text: string, at: number): boolean => text.charCodeAt(at) <= 0x20

/** How much of a stem its words surely begin with: short ones change within (dying → die), longer ones only in their last letter (happy → happi). */
const sureLetters = (term: string) => (term.length <= 3 ? 1 : Math.min(term.length - 1, 4))

/** A part of a text, in UTF-16 code units. */
export type Stretch = { start: number; end: number }

/**
 * A quick look that spares the analysis of texts in which nothing can be found: where in a text the words stand that a match may begin with, each with all that
 * stands up to the next space. Undefined where that cannot be told, which it can of plain text in English or without stems alone.
 */
export function mayBegin(queries: readonly TokenQuery[], language: string): (text: string) => Stretch[] | undefined {
  if (!/^(?:en|und)(?:-|$)/i.test(language)) return () => undefined
  const starts = [...new Set(queries.flatMap(firstTerms).map(startOf))].filter(start => start !== '')
  const any = starts.length > 0 ? new RegExp(`(?<![a-z0-9])(?:${starts.join('|')})`, 'gi') : undefined
  return text => {
    if (!plain.test(text)) return undefined
    const found: Stretch[] = []
    for (const { index } of any ? text.matchAll(any) : []) {
      if (index < (found.at(-1)?.end ?? 0)) continue
      let [start, end] = [index, index]
      while (start > 0 && !isGap(text, start - 1)) start -= 1
      while (end < text.length && !isGap(text, end)) end += 1
      found.push({ start, end })
    }
    return found
  }
}

/** The terms that a match may begin with. */
function firstTerms(query: TokenQuery): string[] {
  if ('of' in query) return query.of.flatMap(firstTerms)
  if (query.op === 'linked') return query.names.flatMap(firstTerms)
  return query.op === 'phrase' ? query.terms.slice(0, 1) : [query.term]
}

/** Letters of a term as a pattern: separators inside a word (`U.S.`, `1,000`, `O'Brien`) are no part of its term. Empty for a term that plain text cannot have. */
function startOf(term: string): string {
  const sure = term.slice(0, sureLetters(term))
  return /^[a-z0-9·]*$/.test(sure) ? [...sure].map(letter => (letter === '·' ? '[^a-z0-9]' : letter)).join("[.,'’]?") : ''
}
