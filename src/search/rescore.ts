// The second look of a ranking: the best documents of a rough one are scored by all that stands in them. Pure.
import type { EachTerm } from '../db/term-counts.ts'
import type { TokenQuery } from '../db/token-query.ts'

/** A document and its terms, as the database has them. */
export type Candidate = { doc: number; terms: string }

/** A term that is asked for, or the start of some. */
export type Leaf = Extract<TokenQuery, { term: string }>
export type WeighedLeaf = { leaf: Leaf; weight: number }

type Read = (terms: string, each: EachTerm) => void

/** BM25 (Robertson and Zaragoza 2009): how fast repetition stops to count, how much length does; and what a term in a title is worth in the text. */
const k1 = 1.5
const b = 0.6
const titleWeight = 3
/** How fast saying a word again in the query stops to count. */
const k3 = 8

/** Pseudo-relevance feedback (RM3; Abdul-Jaleel et al. 2004): so many documents, so many of their terms, and their share in the query. */
export const feedbackDocuments = 5
const feedbackTerms = 30
const feedbackShare = 0.5
/** As many terms of them are counted in the whole collection. */
const feedbackPool = 80
const feedbackSaturation = 1.2

/** The terms, prefixes and words of phrases in the parts of a query, each with the weight of how often it is asked for. */
export function leavesOf(parts: readonly { query: TokenQuery; times: number }[]): WeighedLeaf[] {
  const leaves = new Map<string, { leaf: Leaf; times: number }>()
  const add = (query: TokenQuery, often: number): void => {
    if ('of' in query) for (const part of query.of) add(part, often)
    else if (query.op === 'linked') for (const name of query.names.slice(0, 1)) add(name, often)
    else if ('terms' in query) for (const term of query.terms) add({ op: 'term', term }, often)
    else {
      const key = `${query.op} ${query.term}`
      leaves.set(key, { leaf: query, times: (leaves.get(key)?.times ?? 0) + often })
    }
  }
  for (const { query, times } of parts) add(query, times)
  return [...leaves.values()].map(({ leaf, times: often }) => ({ leaf, weight: ((k3 + 1) * often) / (k3 + often) }))
}

/** Scores of the candidates in their order; `weighed` has the weight of a leaf in the query times how much it tells. */
export function bm25(candidates: readonly Candidate[], weighed: readonly WeighedLeaf[], read: Read): number[] {
  const places = new Map(weighed.flatMap(({ leaf }, place) => (leaf.op === 'term' ? [[leaf.term, place] as const] : [])))
  const prefixes = weighed.flatMap(({ leaf }, place) => (leaf.op === 'prefix' ? [{ start: leaf.term, place }] : []))
  const documents = candidates.map(({ terms }) => {
    const often = new Float64Array(weighed.length)
    let length = 0
    read(terms, (term, inTitle, inText) => {
      const count = titleWeight * inTitle + inText
      length += count
      const place = places.get(term)
      if (place !== undefined) often[place] = (often[place] ?? 0) + count
      for (const { start, place: at } of prefixes) if (term.startsWith(start)) often[at] = (often[at] ?? 0) + count
    })
    return { often, length }
  })
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length) || 1
  return documents.map(({ often, length }) => {
    const norm = k1 * (1 - b + (b * length) / average)
    let score = 0
    for (const [place, { weight }] of weighed.entries()) {
      const count = often[place] ?? 0
      if (count > 0) score += (weight * (k1 + 1) * count) / (count + norm)
    }
    return score
  })
}

/** The terms that the best documents have most of, with how much of them; `best` with their scores. */
export function feedbackOf(best: readonly (Candidate & { score: number })[], read: Read, isTelling: (term: string) => boolean): Map<string, number> {
  const sum = best.reduce((all, { score }) => all + score, 0) || 1
  const found = new Map<string, number>()
  for (const { terms, score } of best)
    read(terms, (term, inTitle, inText) => {
      const count = titleWeight * inTitle + inText
      if (isTelling(term)) found.set(term, (found.get(term) ?? 0) + ((score / sum) * count) / (count + feedbackSaturation))
    })
  return new Map([...found].sort(byWeight).slice(0, feedbackPool))
}

/** The query and the terms of `feedback`, each of `weights` half of it; `tells` says how much a term tells, 0 for what helps nobody. */
export function expanded(query: readonly WeighedLeaf[], feedback: ReadonlyMap<string, number>, tells: (term: string) => number): WeighedLeaf[] {
  const terms = [...feedback]
    .map(([term, weight]) => [term, weight * tells(term)] as const)
    .filter(([, weight]) => weight > 0)
    .sort(byWeight)
    .slice(0, feedbackTerms)
  const whole = terms.reduce((sum, [, weight]) => sum + weight, 0)
  const asked = query.reduce((sum, { weight }) => sum + weight, 0)
  if (whole === 0 || asked === 0) return [...query]
  const all = new Map(query.map(({ leaf, weight }) => [`${leaf.op} ${leaf.term}`, { leaf, weight: weight * (1 - feedbackShare) }]))
  for (const [term, weight] of terms) {
    const key = `term ${term}`
    const known = all.get(key)
    all.set(key, { leaf: { op: 'term', term }, weight: (known?.weight ?? 0) + (feedbackShare * asked * weight) / whole })
  }
  return [...all.values()]
}

const byWeight = ([one, weight]: readonly [string, number], [other, than]: readonly [string, number]) => than - weight || (one < other ? -1 : 1)
