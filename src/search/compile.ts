import type { TokenQuery } from '../db/token-query.ts'
import { analyseWords, baseOf, isSpaceless, stemmersOf, unstemmed, type Word } from './analyse.ts'
import type { Clause, Filter, Query, Term } from './grammar.ts'
import { holdsTogether, isStopWord } from './stop-words.ts'

/**
 * A query in terms of the index: `all` finds what every clause asks for, `any` what at least one does, `none` what is excluded;
 * null where there is nothing to ask. `clauses` has one query a wanted clause, so that hits with most of them can be told. `parts` is what a hit may have
 * more or less of: the clauses or, where `a OR b` is all there is, its terms; `times` is how often each was asked for, as who says a word twice means it.
 */
export type Compiled = {
  all: TokenQuery | null
  any: TokenQuery | null
  none: TokenQuery | null
  clauses: TokenQuery[]
  parts: { query: TokenQuery; times: number }[]
  filters: Filter[]
}

/** Longest phrase that is looked for, in tokens; the rest of it is ignored. */
export const maxPhraseTerms = 32

/**
 * `languages` are those (BCP 47) that articles of this database have. Names are indexed unstemmed and articles stemmed by their language,
 * so each term becomes an `or` of its distinct forms.
 */
export function compile(query: Query, languages: readonly string[]): Compiled {
  const ways = stemmersOf(languages)
  const bases = [...new Set(languages.map(baseOf))]
  const wanted = query.clauses.filter(clause => !clause.not)
  const telling = wanted.filter(clause => !isOnly(clause, form => isStopWord(form, bases)))
  const content = telling.filter(clause => !isOnly(clause, form => holdsTogether(form, bases)))
  const told = queriesOf(content.length >= enoughToTell ? content : telling, ways)
  const asked = told.length > 0 ? told : queriesOf(wanted, ways)
  const parts = counted(asked)
  const clauses = parts.map(part => part.query)
  const [lone] = wanted
  const excluded = query.clauses.filter(clause => clause.not)
  return {
    all: join('and', clauses) ?? null,
    any: join('or', clauses) ?? null,
    none: join('or', queriesOf(excluded, ways)) ?? null,
    clauses,
    parts:
      lone && wanted.length === 1 && lone.any.length > 1
        ? counted(
            queriesOf(
              lone.any.map(term => ({ not: false, any: [term] })),
              ways,
            ),
          )
        : parts,
    filters: query.filters,
  }
}

/** Where as many clauses tell something, words that hold a question together are left out. */
const enoughToTell = 2

/** A clause of one word whose forms are all of a kind; in a phrase or beside an OR a word was meant. */
function isOnly({ any: [term, second] }: Clause, ofKind: (form: string) => boolean): boolean {
  if (term?.type !== 'word' || second) return false
  return analyseWords(term.text, unstemmed, maxPhraseTerms).every(({ form }) => ofKind(form))
}

/** The queries of the clauses that ask for something. */
function queriesOf(clauses: readonly Clause[], ways: readonly string[]): TokenQuery[] {
  const queries = clauses.map(({ any }) => {
    const variants = any.flatMap(term => ways.map(way => variantOf(term, way)))
    return join('or', variants.filter(isQuery))
  })
  return queries.filter(isQuery)
}

const isQuery = (query: TokenQuery | undefined) => query !== undefined

/** Undefined for what has no letter and no digit. */
function variantOf(term: Term, way: string): TokenQuery | undefined {
  const words = analyseWords(term.text, way, maxPhraseTerms)
  const last = words.at(-1)
  if (term.type !== 'prefix' && !isHalfPair(words)) return sequence(words.map(word => word.term))
  const before = sequence(words.slice(0, -1).map(word => word.term))
  return last && join('and', [...(before ? [before] : []), { op: 'prefix', term: last.form }])
}

/** A character of a script without spaces, alone: texts have it in pairs, so it is sought as the start of one. */
const isHalfPair = (words: readonly Word[]) =>
  words.length === 1 && words[0] !== undefined && [...words[0].form].length === 1 && isSpaceless(words[0].form)

function sequence(terms: string[]): TokenQuery | undefined {
  const [term] = terms
  if (term === undefined) return undefined
  return terms.length === 1 ? { op: 'term', term } : { op: 'phrase', terms }
}

/** The distinct ones joined; one alone is itself. */
function join(op: 'and' | 'or', queries: readonly TokenQuery[]): TokenQuery | undefined {
  const of = distinct(queries.flatMap(query => (query.op === op ? query.of : [query])))
  return of.length < 2 ? of[0] : { op, of }
}

const distinct = (queries: readonly TokenQuery[]): TokenQuery[] => counted(queries).map(({ query }) => query)

/** The distinct ones, and how often each came. */
function counted(queries: readonly TokenQuery[]): { query: TokenQuery; times: number }[] {
  const known = new Map<string, { query: TokenQuery; times: number }>()
  for (const query of queries) {
    const key = JSON.stringify(query)
    known.set(key, { query, times: (known.get(key)?.times ?? 0) + 1 })
  }
  return [...known.values()]
}
