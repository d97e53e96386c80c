import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { boundLimit, inPadded, padded } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { cursorText } from '../http/page.ts'
import { invalid, notFound, Refusal } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { Instant } from '../lib/instant.ts'
import { changedFields } from '../nouns/schema.ts'
import { phraseKey, phraseKeys } from '../phrases/key.ts'
import { recordPhrases } from '../phrases/store.ts'
import { faultsOf } from './faults.ts'
import type { SynonymState } from './schema.ts'

export type SynonymRow = Tables['synonyms']['$inferSelect']

/** Most synonyms that there may be. */
export const maxSynonyms = 1_000

/** The synonym of an id; 404 where there is none. */
export async function needSynonym(db: Db, id: string): Promise<SynonymRow> {
  const { synonyms } = db.tables
  const [row] = await db.sql.select().from(synonyms).where(eq(synonyms.id, id.toLowerCase())).limit(1)
  if (!row) throw notFound('synonym', id)
  return row
}

/** Synonyms, the newest first, as a keyset over their ids. */
export function listSynonyms(db: Db) {
  const { synonyms } = db.tables
  const order: Order = { columns: [synonyms.id], descending: true }
  const fetch: Fetch<SynonymRow> = async (bound, backwards, limit) => {
    const border: SQL | undefined = bound && beyond(order, [sql.placeholder('b0')], bound.inclusive, backwards)
    const query = db.prepared(`synonyms ${backwards} ${bound ? bound.inclusive : 'end'}`, q =>
      q
        .select()
        .from(synonyms)
        .where(and(border))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit')),
    )
    return query.execute({ b0: bound?.values[0], limit })
  }
  return { fetch, total: () => countSynonyms(db), valuesOf: (row: SynonymRow) => [row.id], values: z.tuple([cursorText]) }
}

const countSynonyms = async (db: Db): Promise<number> => (await db.sql.select({ total: count() }).from(db.tables.synonyms))[0]?.total ?? 0

/** What a search finds it by: all its terms, or the one that it is from. */
export const keysOfSynonym = ({ fromTerm, terms }: Pick<SynonymRow, 'fromTerm' | 'terms'>): string[] =>
  phraseKeys(fromTerm === null ? terms : [fromTerm])

/** Makes a synonym; 400 where its terms do not make one, 409 `limit_reached` where there are as many as there may be. */
export async function createSynonym(db: WriteDb, { from, terms }: SynonymState, now: Instant): Promise<SynonymRow> {
  refuseFaults({ from, terms })
  if ((await countSynonyms(db)) >= maxSynonyms)
    throw new Refusal('limit_reached', `There are ${maxSynonyms} synonyms, and there may not be more: delete some first, or add terms to one.`)
  const row = { id: newId(), fromTerm: from, terms, createdAt: now, updatedAt: now, version: 1 }
  await db.sql.insert(db.tables.synonyms).values(row)
  await recordPhrases(db, 'synonym', row.id, [], keysOfSynonym(row))
  return row
}

/** Changes a synonym: nothing moves where nothing differs. 400 where its terms do not make one. */
export async function saveSynonym(db: WriteDb, row: SynonymRow, { from, terms }: SynonymState, now: Instant): Promise<SynonymRow> {
  refuseFaults({ from, terms })
  const next = { fromTerm: from, terms }
  if (changedFields({ fromTerm: row.fromTerm, terms: row.terms }, next).length === 0) return row
  const saved = { ...row, ...next, version: row.version + 1, updatedAt: now }
  await db.sql
    .update(db.tables.synonyms)
    .set({ ...next, version: saved.version, updatedAt: now })
    .where(eq(db.tables.synonyms.id, row.id))
  await recordPhrases(db, 'synonym', row.id, keysOfSynonym(row), keysOfSynonym(saved))
  return saved
}

/** Deletes a synonym for good. */
export async function deleteSynonym(db: WriteDb, row: SynonymRow): Promise<void> {
  await recordPhrases(db, 'synonym', row.id, keysOfSynonym(row), [])
  await db.sql.delete(db.tables.synonyms).where(eq(db.tables.synonyms.id, row.id))
}

function refuseFaults(state: SynonymState) {
  const faults = faultsOf(state)
  if (faults.length > 0) throw invalid(...faults)
}

/** The terms that synonyms of ids have beside the one with this key, without repetition. */
export async function otherTermsOf(db: Db, ids: readonly string[], key: string): Promise<string[]> {
  if (ids.length === 0) return []
  const { synonyms } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`terms of synonyms ${size}`, q =>
    q.select({ terms: synonyms.terms }).from(synonyms).where(inPadded(synonyms.id, size)).orderBy(synonyms.id),
  )
  const others = new Map((await query.execute(values)).flatMap(({ terms }) => terms.map(term => [phraseKey(term), term] as const)))
  others.delete(key)
  return [...others.values()]
}
