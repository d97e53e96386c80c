import type { TokenQuery } from '../db/token-query.ts'
import { analyseWords, baseOf, isSpaceless, stemmersOf, unstemmed, type Word } from './analyse.ts'
import type { Clause, Filter, Query, Term } from './grammar.ts'
import { isStopWord } from './stop-words.ts'

/**
 * A query in terms of the index: `all` finds what every clause asks for, `any` what at least one does, `none` what is excluded;
 * null where there is nothing to ask. `clauses` has one query a wanted clause, so that hits with most of them can be told.
 */
export type Compiled = { all: TokenQuery | null; any: TokenQuery | null; none: TokenQuery | null; clauses: TokenQuery[]; filters: Filter[] }

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
  const telling = wanted.filter(clause => !isCommon(clause, bases))
  const told = queriesOf(telling, ways)
  const clauses = told.length > 0 ? told : queriesOf(wanted, ways)
  const excluded = query.clauses.filter(clause => clause.not)
  return {
    all: join('and', clauses) ?? null,
    any: join('or', clauses) ?? null,
    none: join('or', queriesOf(excluded, ways)) ?? null,
    clauses,
    filters: query.filters,
  }
}

/** A clause of one word that says nothing; in a phrase or beside an OR it was meant. */
function isCommon({ any: [term, second] }: Clause, bases: readonly string[]): boolean {
  if (term?.type !== 'word' || second) return false
  return analyseWords(term.text, unstemmed, maxPhraseTerms).every(({ form }) => isStopWord(form, bases))
}

/** The distinct queries of the clauses that ask for something. */
function queriesOf(clauses: readonly Clause[], ways: readonly string[]): TokenQuery[] {
  const queries = clauses.map(({ any }) => {
    const variants = any.flatMap(term => ways.map(way => variantOf(term, way)))
    return join('or', variants.filter(isQuery))
  })
  return distinct(queries.filter(isQuery))
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

const distinct = (queries: readonly TokenQuery[]): TokenQuery[] => [...new Map(queries.map(query => [JSON.stringify(query), query])).values()]
