import type { TokenQuery } from '../db/token-query.ts'
import { analyseWords, baseOf, isSpaceless, stemmersOf, unstemmed, type Word } from './analyse.ts'
import type { Clause, Filter, Linked, Query, Term } from './grammar.ts'
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
  /** True where `a OR b` is all there is: a hit with one of the parts has all words. */
  isOr: boolean
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
  const wanted = query.clauses.filter(clause => !clause.not).map(clause => withoutStopWords(clause, bases))
  const telling = wanted.filter(clause => !isOnly(clause, form => isStopWord(form, bases)))
  const content = telling.filter(clause => !isOnly(clause, form => holdsTogether(form, bases)))
  const told = content.length >= enoughToTell ? content : telling
  const asked = queriesOf(told, ways).length > 0 ? told : wanted
  const clauses = distinct(queriesOf(asked, ways))
  const [lone] = wanted
  const alternatives = lone && wanted.length === 1 && !isRun(lone) && !isMainName(lone) ? alternativesOf(lone) : []
  const parts = counted(queriesOf(alternatives.length > 1 ? alternatives : asked.flatMap(spread), ways))
  const excluded = query.clauses.filter(clause => clause.not)
  return {
    all: join('and', clauses) ?? null,
    any:
      join(
        'or',
        parts.map(part => part.query),
      ) ?? null,
    none: join('or', queriesOf(excluded, ways)) ?? null,
    clauses,
    parts,
    isOr: alternatives.length > 1 && parts.length > 1,
    filters: query.filters,
  }
}

/** Each way to have a clause as a clause of its own. */
const alternativesOf = ({ any, linked }: Clause): Clause[] => [
  ...any.map(term => ({ not: false, any: [term] })),
  ...(linked ? [{ not: false, any: [], linked }] : []),
]

/** Who asks by the main name is answered by it: what says it comes first, and what is about it follows. An alias alone would tell little of that. */
const isMainName = ({ any, linked }: Clause) => any.length === 1 && linked?.isMain === true

const isRun = ({ any: [term] }: Clause) => term?.type === 'words'

/** A clause as what a hit may have more or less of: each word of a phrase, and what else the phrase may be called. */
function spread(clause: Clause): Clause[] {
  const [first, ...others] = clause.any
  if (first?.type !== 'words') return [clause]
  const words = wordsOf(first).map((term): Clause => ({ not: false, any: [term] }))
  return others.length > 0 || clause.linked ? [...words, { ...clause, any: others }] : words
}

/** The words of a phrase, as they were typed: none has white space in it. */
const wordsOf = ({ text }: Term): Term[] => text.split(' ').map(word => ({ type: 'word', text: word }))

/** A phrase of several words without those that carry nothing, unless there are no others. */
function withoutStopWords(clause: Clause, bases: readonly string[]): Clause {
  const [first, ...others] = clause.any
  if (first?.type !== 'words') return clause
  const telling = wordsOf(first).filter(term => !isOnly({ not: false, any: [term] }, form => isStopWord(form, bases)))
  if (telling.length === 0) return clause
  return { ...clause, any: [{ type: 'words', text: telling.map(({ text }) => text).join(' ') }, ...others] }
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
  const queries = clauses.map(({ any, linked }) => {
    const variants = any.flatMap(term => ways.map(way => variantOf(term, way)))
    return join('or', [...variants.filter(isQuery), ...(linked ? [linkedQuery(linked, ways)] : [])])
  })
  return queries.filter(isQuery)
}

function linkedQuery({ people, places, names }: Linked, ways: readonly string[]): TokenQuery {
  const spelled = names.map(text => join('or', ways.map(way => variantOf({ type: 'phrase', text }, way)).filter(isQuery)))
  return { op: 'linked', people, places, names: spelled.filter(isQuery) }
}

const isQuery = (query: TokenQuery | undefined) => query !== undefined

/** Undefined for what has no letter and no digit. */
function variantOf(term: Term, way: string): TokenQuery | undefined {
  if (term.type === 'words')
    return join(
      'and',
      wordsOf(term)
        .map(word => variantOf(word, way))
        .filter(isQuery),
    )
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
