// Two records of one person or place become one. What it did is told to the audit log, whole enough to be undone.
import { and, eq } from 'drizzle-orm'
import { moveLinks } from '../articles/moved-links.ts'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { type Issue, invalid } from '../lib/errors.ts'
import { noteNames } from '../nouns/named.ts'
import { maxAliases } from '../nouns/schema.ts'
import type { Writer } from '../nouns/writer.ts'
import type { PersonRow } from '../people/store.ts'
import { updatePerson } from '../people/write.ts'
import { mergeIssues, moveInsides } from '../places/contain.ts'
import type { PlaceRow } from '../places/store.ts'
import { updatePlace } from '../places/write.ts'
import { handOverSlugs } from '../slugs/store.ts'
import { recordMerge } from './store.ts'

/** What the audit log keeps: into whom, the last state of the one that went, its slugs, what was added to the other, and what pointed at it. */
export type MergeRecord = Record<string, unknown>

/** Merges one person into another, who gets the names as aliases; 400 where they are one, or have more aliases together than one may have. */
export async function mergePerson(db: WriteDb, from: PersonRow, into: PersonRow, writer: Writer): Promise<MergeRecord> {
  const added = addedAliases(from, into)
  const record = await move(db, 'person', from, into, writer)
  if (added.length > 0) await updatePerson(db, into, { aliases: [...into.aliases, ...added] }, writer)
  return { ...record, addedAliases: added }
}

/** The same with places; what lay in the one lies in the other. 400 where that would put a place inside itself. */
export async function mergePlace(db: WriteDb, from: PlaceRow, into: PlaceRow, writer: Writer): Promise<MergeRecord> {
  const added = addedAliases(from, into)
  refuse(await mergeIssues(db, from, into))
  const outer = into.containerId === from.id ? { containedInId: from.containedInId } : {}
  const changed = await updatePlace(db, into, outer, writer)
  const insides = await moveInsides(db, from.id, into.id)
  const record = await move(db, 'place', from, into, writer)
  if (added.length > 0) await updatePlace(db, changed, { aliases: [...into.aliases, ...added] }, writer)
  return { ...record, addedAliases: added, insides }
}

type Named = Parameters<typeof noteNames>[2] & { version: number; sourceName: string | null; sourceExternalId: string | null }

const refuse = (issues: Issue[]) => {
  if (issues.length > 0) throw invalid(...issues)
}

/** Names of the one that the other has not. */
function addedAliases(from: Named, into: Named): string[] {
  if (from.id === into.id) throw invalid({ pointer: '/into', code: 'merge_into_itself', detail: 'is the one that is to be merged' })
  const has = new Set([into.name, ...into.aliases])
  const added = [...new Set([from.name, ...from.aliases])].filter(name => !has.has(name))
  const together = into.aliases.length + added.length
  if (together > maxAliases)
    throw invalid({
      pointer: '/into',
      code: 'too_many_aliases',
      detail: `would have ${together} aliases, and one may have ${maxAliases}: take some away first`,
    })
  return added
}

async function move(db: WriteDb, kind: EntityKind, from: Named, into: Named, writer: Writer): Promise<MergeRecord> {
  const { people, places, revisions } = db.tables
  const table = kind === 'person' ? people : places
  const [last] = await db.sql
    .select({ state: revisions.state })
    .from(revisions)
    .where(and(eq(revisions.kind, kind), eq(revisions.entityId, from.id), eq(revisions.version, from.version)))
  const links = await moveLinks(db, kind, from.id, into.id)
  const slugs = await handOverSlugs(db, kind, from.id, into.id)
  await noteNames(db, kind, from, null, writer)
  await db.sql.delete(table).where(eq(table.id, from.id))
  const { sourceName, sourceExternalId } = from
  const hasKey = sourceExternalId !== null
  await recordMerge(db, {
    id: from.id,
    kind,
    intoId: into.id,
    sourceName: hasKey ? sourceName : null,
    sourceExternalId: hasKey ? sourceExternalId : null,
    at: writer.now,
  })
  return { into: into.id, state: last?.state ?? null, version: from.version, slugs, links }
}
