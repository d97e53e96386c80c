// People and places that were merged into another: their keys lead there as long as it is on record.
import { and, eq, type SQL } from 'drizzle-orm'
import type { Db, WriteDb } from '../db/store.ts'
import type { EntityKind, Tables } from '../db/tables.ts'
import { naturalKey } from '../http/by-source.ts'
import { isUuid } from '../lib/id.ts'
import { ownerOfSlug } from '../slugs/store.ts'

export type Merge = Tables['merges']['$inferSelect']

type MergedKey = { id: string } | { name: string; externalId: string }

/** Where a key leads that was one's own once: the id of what it was merged into, in the trash or out of it; undefined where nobody had it. */
export async function mergedInto(db: Db, kind: EntityKind, key: MergedKey): Promise<string | undefined> {
  const { merges } = db.tables
  const own: SQL | undefined =
    'id' in key ? eq(merges.id, key.id.toLowerCase()) : and(eq(merges.sourceName, key.name), eq(merges.sourceExternalId, key.externalId))
  const [row] = await db.sql
    .select({ intoId: merges.intoId })
    .from(merges)
    .where(and(eq(merges.kind, kind), own))
  return row?.intoId
}

/** Who answers to a key of a path that was another's once: a former slug, or an id or natural key of what was merged. Undefined where nobody does. */
export async function heirOf(db: Db, kind: EntityKind, key: string): Promise<string | undefined> {
  const own = naturalKey(key) ?? (isUuid(key) ? { id: key } : undefined)
  return own ? mergedInto(db, kind, own) : (await ownerOfSlug(db, kind, key))?.entityId
}

/** Notes a merge. What was merged into the one that goes leads to the one that stays, so that no key leads over another. */
export async function recordMerge(db: WriteDb, merge: Merge): Promise<void> {
  const { merges } = db.tables
  await db.sql.update(merges).set({ intoId: merge.intoId }).where(eq(merges.intoId, merge.id))
  await db.sql.insert(merges).values(merge)
}

/** Takes away what leads to one that is gone for good, with the past that was kept of it. */
export async function forgetMerges(db: WriteDb, intoId: string): Promise<void> {
  const { merges, revisions } = db.tables
  const gone = await db.sql.delete(merges).where(eq(merges.intoId, intoId)).returning({ id: merges.id, kind: merges.kind })
  for (const { id, kind } of gone) await db.sql.delete(revisions).where(and(eq(revisions.kind, kind), eq(revisions.entityId, id)))
}
