// The second look of a ranking: the best documents of a rough one are scored by all that stands in them. Pure.
import { readCounts } from '../db/term-counts.ts'
import type { TokenQuery } from '../db/token-query.ts'

/** The terms of a document by their numbers, how much each counts, and all of them together. */
export type Terms = { numbers: readonly number[]; counts: readonly number[]; length: number }

/** A term that is asked for, or the start of some. */
export type Leaf = Extract<TokenQuery, { term: string }>
export type WeighedLeaf = { leaf: Leaf; weight: number }

/** A leaf of a query as the numbers of the terms that it stands for; `weight` is its weight in the query times how much it tells. */
export type Sought = { numbers: readonly number[]; weight: number }

export const keyOfLeaf = ({ op, term }: Leaf): string => `${op} ${term}`

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
      const key = keyOfLeaf(query)
      leaves.set(key, { leaf: query, times: (leaves.get(key)?.times ?? 0) + often })
    }
  }
  for (const { query, times } of parts) add(query, times)
  return [...leaves.values()].map(({ leaf, times: often }) => ({ leaf, weight: ((k3 + 1) * often) / (k3 + often) }))
}

/** What a document has, of counts as the database keeps them. */
export function termsIn(bytes: Uint8Array): Terms {
  const numbers: number[] = []
  const counts: number[] = []
  let length = 0
  readCounts(bytes, (number, inTitle, inText) => {
    const count = titleWeight * inTitle + inText
    numbers.push(number)
    counts.push(count)
    length += count
  })
  return { numbers, counts, length }
}

/** Scores of the candidates in their order. */
export function bm25(candidates: readonly Terms[], sought: readonly Sought[]): number[] {
  const places = placesOf(sought)
  const documents = candidates.map(({ numbers, counts, length }) => {
    const often = new Float64Array(sought.length)
    for (let n = 0; n < numbers.length; n += 1)
      for (const place of places[numbers[n] ?? 0] ?? nowhere) often[place] = (often[place] ?? 0) + (counts[n] ?? 0)
    return { often, length }
  })
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length) || 1
  return documents.map(({ often, length }) => {
    const norm = k1 * (1 - b + (b * length) / average)
    let score = 0
    for (const [place, { weight }] of sought.entries()) {
      const count = often[place] ?? 0
      if (count > 0) score += (weight * (k1 + 1) * count) / (count + norm)
    }
    return score
  })
}

const nowhere: readonly number[] = []

/** By the number of a term, which of what is sought has it. */
function placesOf(sought: readonly Sought[]): (readonly number[] | undefined)[] {
  const places: number[][] = []
  for (const [place, { numbers }] of sought.entries())
    for (const number of numbers) {
      const known = places[number]
      if (known) known.push(place)
      else places[number] = [place]
    }
  return places
}

/** The terms that the best documents have most of, with how much of them; `best` with their scores, `termOf` tells what tells something. */
export function feedbackOf(best: readonly (Terms & { score: number })[], termOf: (number: number) => string | undefined): Map<string, number> {
  const sum = best.reduce((all, { score }) => all + score, 0) || 1
  const found = new Map<string, number>()
  for (const { numbers, counts, score } of best)
    for (const [n, number] of numbers.entries()) {
      const count = counts[n] ?? 0
      const term = termOf(number)
      if (term !== undefined) found.set(term, (found.get(term) ?? 0) + ((score / sum) * count) / (count + feedbackSaturation))
    }
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
  const all = new Map(query.map(({ leaf, weight }) => [keyOfLeaf(leaf), { leaf, weight: weight * (1 - feedbackShare) }]))
  for (const [term, weight] of terms) {
    const key = keyOfLeaf({ op: 'term', term })
    const known = all.get(key)
    all.set(key, { leaf: { op: 'term', term }, weight: (known?.weight ?? 0) + (feedbackShare * asked * weight) / whole })
  }
  return [...all.values()]
}

const byWeight = ([one, weight]: readonly [string, number], [other, than]: readonly [string, number]) => than - weight || (one < other ? -1 : 1)
