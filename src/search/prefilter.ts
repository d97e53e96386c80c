import type { TokenQuery } from '../db/token-query.ts'

/** ASCII and the punctuation of typesetters: folding such a text changes nothing but case. */
const plain = /^[\0-\x7f\u2010-\u2027\u2030-\u205e]*$/

/** How much of a stem its words surely begin with: short ones change within (dying → die), longer ones only in their last letter (happy → happi). */
const sureLetters = (term: string) => (term.length <= 3 ? 1 : Math.min(term.length - 1, 4))

/**
 * A quick look that spares the analysis of texts in which nothing can be found: false only where none of the queries has a match. It knows plain text
 * in English or without stems; of anything else it says that it may match.
 */
export function mayMatch(queries: readonly TokenQuery[], language: string): (text: string) => boolean {
  if (!/^(?:en|und)(?:-|$)/i.test(language)) return () => true
  const starts = [...new Set(queries.flatMap(firstTerms).map(startOf))].filter(start => start !== '')
  const any = starts.length > 0 ? new RegExp(`(?<![a-z0-9])(?:${starts.join('|')})`, 'i') : undefined
  return text => !plain.test(text) || (any?.test(text) ?? false)
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
