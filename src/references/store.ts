import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { type Issue, shown } from '../lib/errors.ts'
import { isUuid } from '../lib/id.ts'
import { mergedInto } from '../merges/store.ts'
import { ownerOfSlug } from '../slugs/store.ts'

export type Entity = { kind: EntityKind; id: string }

/** What a reference may be: an id, a slug (present or former) or `source/externalId`. All that it fits among people and places, those in the trash left out. */
export async function entitiesOf(db: Db, kinds: readonly EntityKind[], reference: string): Promise<Entity[]> {
  const found: Entity[] = []
  for (const kind of kinds) {
    const id = await idOf(db, kind, reference)
    if (id !== undefined) found.push({ kind, id })
  }
  return found
}

/** The id that a reference of one kind stands for, of what it was merged into where it was; undefined where nobody has it. */
export async function idOf(db: Db, kind: EntityKind, reference: string): Promise<string | undefined> {
  const slash = reference.indexOf('/')
  if (slash >= 0) return idBySource(db, kind, reference.slice(0, slash), reference.slice(slash + 1))
  if (isUuid(reference)) return (await untrashed(db, kind, reference.toLowerCase())) ?? (await idByMerge(db, kind, { id: reference }))
  const owner = await ownerOfSlug(db, kind, reference)
  return owner && untrashed(db, kind, owner.entityId)
}

async function idByMerge(db: Db, kind: EntityKind, key: Parameters<typeof mergedInto>[2]) {
  const id = await mergedInto(db, kind, key)
  return id === undefined ? undefined : untrashed(db, kind, id)
}

const tableOf = (db: Db, kind: EntityKind) => (kind === 'person' ? db.tables.people : db.tables.places)

async function untrashed(db: Db, kind: EntityKind, id: string) {
  const table = tableOf(db, kind)
  const query = db.prepared(`untrashed ${kind}`, q =>
    q
      .select({ id: table.id })
      .from(table)
      .where(and(eq(table.id, sql.placeholder('id')), isNull(table.trashedAt))),
  )
  const [row] = await query.execute({ id })
  return row?.id
}

async function idBySource(db: Db, kind: EntityKind, name: string, externalId: string) {
  const table = tableOf(db, kind)
  const query = db.prepared(`${kind} by source`, q =>
    q
      .select({ id: table.id })
      .from(table)
      .where(and(eq(table.sourceName, sql.placeholder('name')), eq(table.sourceExternalId, sql.placeholder('externalId')), isNull(table.trashedAt))),
  )
  const [row] = await query.execute({ name, externalId })
  return row?.id ?? idByMerge(db, kind, { name, externalId })
}

/** What the references in a field of a body may lead to; those of a mention to the kind that stands beside them, where one does. */
export const referenceKinds = {
  authorIds: ['person'],
  aboutIds: ['person', 'place'],
  datelinePlaceId: ['place'],
  containedInId: ['place'],
  entityId: ['person', 'place'],
} as const satisfies Record<string, readonly EntityKind[]>

/** References of a body as entities, and what is wrong with those that are none: `unknown_reference`, `ambiguous_reference`. */
export async function resolveAll(db: Db, kinds: readonly EntityKind[], references: readonly string[], pointer: (n: number) => string) {
  const entities: Entity[] = []
  const issues: Issue[] = []
  for (const [n, reference] of references.entries()) {
    const found = await entitiesOf(db, kinds, reference)
    const [only] = found
    if (only && found.length === 1) entities.push(only)
    else issues.push({ pointer: pointer(n), ...fault(kinds, reference, found) })
  }
  return { entities: unique(entities), issues }
}

function fault(kinds: readonly EntityKind[], reference: string, found: Entity[]) {
  const what = JSON.stringify(shown(reference))
  if (found.length > 1) {
    return {
      code: 'ambiguous_reference',
      detail: `${what} fits ${found.map(({ kind, id }) => `the ${kind} ${id}`).join(' and ')}; send the id that is meant`,
    }
  }
  return { code: 'unknown_reference', detail: `no ${kinds.join(' or ')} answers to ${what}: it must be an id, a slug or source/externalId` }
}

const unique = (entities: Entity[]) => entities.filter((entity, n) => entities.findIndex(other => other.id === entity.id) === n)
