import { type Db, documentOf } from '../db/store.ts'
import type { Ranked } from './ranked.ts'
import { bm25, expanded, feedbackDocuments, feedbackOf, keyOfLeaf, termsIn, type WeighedLeaf } from './rescore.ts'
import { inverseFrequency, type Statistics, statisticsOf } from './statistics.ts'
import { isTelling } from './telling.ts'
import { countsOf, numbersOf, termsOf } from './vocabulary.ts'

/** As many of the best hits of a question are looked at again. */
export const lookedAt = 300

/** Rough scores made to go on below that of the last one looked at. */
export function scaledBelow(score: number, hits: readonly Ranked[]): Ranked[] {
  const highest = hits[0]?.score || 1
  return hits.map(hit => ({ ...hit, score: (score * hit.score) / highest }))
}

/** Candidates scored by all that stands in them and, in a second round, by what stands in the best of them as well; those with all words stay in front. */
export async function lookAgain(db: Db, hits: readonly Ranked[], leaves: readonly WeighedLeaf[], statistics: Statistics): Promise<Ranked[]> {
  const docs = hits.map(hit => documentOf(hit.kind, hit.seq))
  const counts = await countsOf(db, docs)
  const numbers = await numbersOf(
    db,
    leaves.map(({ leaf }) => leaf),
  )
  const candidates = hits.map((hit, n) => ({ hit, ...termsIn(counts.get(docs[n] ?? 0) ?? noCounts) }))
  const sought = (weighed: readonly WeighedLeaf[], known: Statistics) =>
    weighed.map(({ leaf, weight }) => ({ numbers: numbers.get(keyOfLeaf(leaf)) ?? [], weight: weight * inverseFrequency(known, leaf) }))
  const scores = bm25(candidates, sought(leaves, statistics))
  const best = candidates.map((candidate, n) => ({ ...candidate, score: scores[n] ?? 0 })).sort((one, other) => other.score - one.score)
  const first = best.slice(0, feedbackDocuments)
  const terms = new Map([...(await termsOf(db, new Set(first.flatMap(one => one.numbers))))].filter(([, term]) => isTelling(term)))
  const feedback = feedbackOf(first, number => terms.get(number))
  for (const [number, term] of terms) numbers.set(keyOfLeaf({ op: 'term', term }), [number])
  const ofFeedback = await statisticsOf(
    db,
    [...feedback.keys()].map(term => ({ op: 'term', term })),
  )
  const known = { total: statistics.total, found: new Map([...statistics.found, ...ofFeedback.found]) }
  const query = expanded(leaves, feedback, term => ((known.found.get(term) ?? 0) < 2 ? 0 : inverseFrequency(known, { op: 'term', term })))
  const final = bm25(best, sought(query, known))
  return best
    .map(({ hit }, n) => ({ ...hit, score: final[n] ?? 0 }))
    .sort((one, other) => Number(other.allWords) - Number(one.allWords) || other.score - one.score)
}

const noCounts = new Uint8Array()
