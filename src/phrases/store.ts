// By which phrases a search knows people, places and synonyms: rows that follow from these, written in the same transaction.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { boundLimit, inPadded, padded } from '../db/conditions.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { canMatch } from '../mentions/registry.ts'
import { phraseKey, phraseKeys } from './key.ts'

export type PhraseKind = EntityKind | 'synonym'

/** The keys of the names of a person or a place; none of a name that no text is linked by, as an initial alone. */
export const nameKeys = (names: readonly string[]): string[] => phraseKeys(names.filter(canMatch))

/** After a write: `before` and `after` are keys. */
export async function recordPhrases(db: WriteDb, kind: PhraseKind, id: string, before: readonly string[], after: readonly string[]): Promise<void> {
  const { knownPhrases } = db.tables
  const gone = before.filter(key => !after.includes(key))
  const come = after.filter(key => !before.includes(key))
  if (gone.length > 0)
    await db.sql.delete(knownPhrases).where(and(eq(knownPhrases.entityId, id), eq(knownPhrases.kind, kind), inArray(knownPhrases.key, gone)))
  await db.insert(
    knownPhrases,
    come.map(key => ({ key, kind, entityId: id })),
  )
}

/** How many have a phrase. */
export type Bearers = { entities: number; synonyms: number }

/** Most phrases of a query that are looked for. */
const maxKeys = 256

/** Who has the phrases of some keys, by key; only the first `maxKeys` are looked for. */
export async function bearersOf(db: Db, keys: readonly string[]): Promise<Map<string, Bearers>> {
  const known = new Map<string, Bearers>()
  if (keys.length === 0) return known
  const { knownPhrases: p } = db.tables
  const { size, values } = padded(keys.slice(0, maxKeys))
  const query = db.prepared(`bearers of ${size}`, q =>
    q
      .select({ key: p.key, kind: p.kind, count: sql<number>`count(*)`.mapWith(Number) })
      .from(p)
      .where(inPadded(p.key, size))
      .groupBy(p.key, p.kind),
  )
  for (const { key, kind, count } of await query.execute(values)) {
    const { entities, synonyms } = known.get(key) ?? { entities: 0, synonyms: 0 }
    known.set(key, kind === 'synonym' ? { entities, synonyms: synonyms + count } : { entities: entities + count, synonyms })
  }
  return known
}

/** The ids of those who have a phrase, in their order, at most `limit`. */
export async function idsOf(db: Db, kind: PhraseKind, key: string, limit: number): Promise<string[]> {
  const { knownPhrases: p } = db.tables
  const query = db.prepared('ids of a phrase', q =>
    q
      .select({ id: p.entityId })
      .from(p)
      .where(and(eq(p.key, sql.placeholder('key')), eq(p.kind, sql.placeholder('kind'))))
      .orderBy(p.entityId)
      .limit(boundLimit('limit')),
  )
  return (await query.execute({ key, kind, limit })).map(({ id }) => id)
}

/** Most people or places that a name in a filter stands for. */
const maxNamesakes = 100

/** Everyone or everywhere with a name or an alias, compared as a search does. */
export async function namesakesOf(db: Db, kind: EntityKind, name: string): Promise<string[]> {
  const key = phraseKey(name)
  return key === undefined ? [] : idsOf(db, kind, key, maxNamesakes)
}
