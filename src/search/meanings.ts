// What words of a query mean beside themselves: terms that an editor has made their synonyms, people and places with that name. Pure.
import { formsOf, keyOfForms, maxPhraseWords } from '../phrases/key.ts'
import type { Clause, Linked, Term } from './grammar.ts'

/** Words of a query that are known as a phrase: the clauses from `from` to `to`, both included. */
export type Span = { from: number; to: number; key: string }

/** Other terms that are looked for as well, and who or what is linked under another name. */
export type Meaning = { terms: readonly string[]; linked: Linked | undefined }

/** Most phrases of a query that are known by, and those of them that stand for people and places: each may double the ways in which a hit is found. */
export const maxSpans = 8
export const maxLinkedSpans = 2

/** Every phrase that adjacent words of a query make, and every word that stands in an OR; nothing in quotes, no prefix and nothing that is excluded. */
export function phrasesIn(clauses: readonly Clause[]): Span[] {
  const forms = clauses.map(clause => (isWord(clause) ? clause.any.flatMap(({ text }) => formsOf(text)) : undefined))
  const spans: Span[] = []
  clauses.forEach((clause, from) => {
    if (!clause.not && clause.any.length > 1) spans.push(...inOr(clause, from))
    let words: string[] = []
    if (!forms[from]?.length) return
    for (let to = from; to < clauses.length && words.length <= maxPhraseWords; to++) {
      const more = forms[to]
      if (!more) break
      words = [...words, ...more]
      const key = keyOfForms(words)
      if (key !== undefined && more.length > 0) spans.push({ from, to, key })
    }
  })
  return spans
}

const isWord = ({ not, any: [term, second] }: Clause): boolean => !not && second === undefined && term?.type === 'word'

const inOr = ({ any }: Clause, at: number): Span[] =>
  any.flatMap(({ type, text }) => {
    const key = type === 'word' ? keyOfForms(formsOf(text)) : undefined
    return key === undefined ? [] : [{ from: at, to: at, key }]
  })

/** Those that are known, the longest from the left, none overlapping another; several of one clause where it is an OR. */
export function knownSpans(spans: readonly Span[], isKnown: (key: string) => boolean): Span[] {
  const chosen: Span[] = []
  const known = spans.filter(({ key }) => isKnown(key)).sort((a, b) => a.from - b.from || b.to - a.to)
  for (const span of known) {
    const last = chosen.at(-1)
    const isFree = !last || span.from > last.to || (span.from === last.from && span.to === last.to && span.key !== last.key)
    if (isFree && chosen.length < maxSpans) chosen.push(span)
  }
  return chosen
}

/** The clauses of a query with what their words mean: the words of a phrase are one clause, of which one way to say it is enough. */
export function withMeanings(clauses: readonly Clause[], spans: readonly Span[], meanings: ReadonlyMap<string, Meaning>): Clause[] {
  const made: Clause[] = []
  for (let at = 0; at < clauses.length; ) {
    const mine = spans.filter(({ from }) => from === at)
    const to = mine[0]?.to ?? at
    const own = clauses.slice(at, to + 1).flatMap(({ any }) => any)
    const known = mine.map(({ key }) => meanings.get(key)).filter(meaning => meaning !== undefined)
    const terms = known.flatMap(meaning => meaning.terms.map((text): Term => ({ type: 'phrase', text })))
    const linked = merged(known.map(meaning => meaning.linked).filter(link => link !== undefined))
    const words: Term[] = to > at ? [{ type: 'words', text: own.map(({ text }) => text).join(' ') }] : own
    made.push({ not: clauses[at]?.not ?? false, any: [...words, ...terms], ...(linked ? { linked } : {}) })
    at = to + 1
  }
  return made
}

function merged(links: readonly Linked[]): Linked | undefined {
  const all = (of: (link: Linked) => string[]) => [...new Set(links.flatMap(of))]
  return links.length === 0
    ? undefined
    : {
        people: all(({ people }) => people).sort(),
        places: all(({ places }) => places).sort(),
        names: all(({ names }) => names),
        isMain: links.every(({ isMain }) => isMain),
      }
}
