import { sql } from 'drizzle-orm'
import { type Db, documentOf } from '../db/store.ts'
import type { Ranked } from './ranked.ts'
import { bm25, expanded, feedbackDocuments, feedbackOf, type WeighedLeaf } from './rescore.ts'
import { inverseFrequency, type Statistics, statisticsOf } from './statistics.ts'
import { isTelling } from './telling.ts'

/** As many of the best hits of a question are looked at again. */
export const lookedAt = 300

/** Rough scores made to go on below that of the last one looked at. */
export function scaledBelow(score: number, hits: readonly Ranked[]): Ranked[] {
  const highest = hits[0]?.score || 1
  return hits.map(hit => ({ ...hit, score: (score * hit.score) / highest }))
}

/** Candidates scored by all that stands in them and, in a second round, by what stands in the best of them as well; those with all words stay in front. */
export async function lookAgain(db: Db, hits: readonly Ranked[], leaves: readonly WeighedLeaf[], statistics: Statistics): Promise<Ranked[]> {
  const { read } = db.dialect.termCounts
  const terms = await termsOf(db, hits)
  const candidates = hits.map(hit => ({ hit, doc: documentOf(hit.kind, hit.seq), terms: terms.get(documentOf(hit.kind, hit.seq)) ?? '' }))
  const telling = (weighed: readonly WeighedLeaf[], known: Statistics) =>
    weighed.map(({ leaf, weight }) => ({ leaf, weight: weight * inverseFrequency(known, leaf) }))
  const scores = bm25(candidates, telling(leaves, statistics), read)
  const best = candidates.map((candidate, n) => ({ ...candidate, score: scores[n] ?? 0 })).sort((one, other) => other.score - one.score)
  const feedback = feedbackOf(best.slice(0, feedbackDocuments), read, isTelling)
  const ofFeedback = await statisticsOf(
    db,
    [...feedback.keys()].map(term => ({ op: 'term', term })),
  )
  const known = { total: statistics.total, found: new Map([...statistics.found, ...ofFeedback.found]) }
  const query = expanded(leaves, feedback, term => ((known.found.get(term) ?? 0) < 2 ? 0 : inverseFrequency(known, { op: 'term', term })))
  const final = bm25(best, telling(query, known), read)
  return best
    .map(({ hit }, n) => ({ ...hit, score: final[n] ?? 0 }))
    .sort((one, other) => Number(other.allWords) - Number(one.allWords) || other.score - one.score)
}

async function termsOf(db: Db, hits: readonly Ranked[]): Promise<Map<number, string>> {
  const docs = hits.map(hit => documentOf(hit.kind, hit.seq))
  const values = Object.fromEntries(Array.from({ length: lookedAt }, (_, n) => [`d${n}`, docs[n] ?? -1]))
  const query = db.prepared('terms of documents', q =>
    q
      .select({ doc: sql<number>`doc`.mapWith(Number), terms: sql<string>`terms` })
      .from(sql`${db.dialect.termCounts.table} as counted`)
      .where(
        sql`doc in (${sql.join(
          Array.from({ length: lookedAt }, (_, n) => sql`${sql.placeholder(`d${n}`)}`),
          sql`, `,
        )})`,
      ),
  )
  const rows = await query.execute(values)
  return new Map(rows.map(({ doc, terms }) => [doc, terms]))
}
