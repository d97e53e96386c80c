import { and, asc, desc, gt, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { Instant } from '../lib/instant.ts'
import { canMatch, createRegistry, type Registry } from './registry.ts'

/** The registry in memory, and the number of the last change of a name that it holds. */
export type UpToDate = { registry: Registry; number: number }

/**
 * The names of all people and places, in memory. A number in the database grows with each change of a name: a write reads it first and loads what
 * the memory lacks, so that no process ever links with names that another one has changed.
 */
export type KnownNames = {
  /** The names as this transaction sees them. Only for transactions that change no name themselves: what they load must be committed. */
  upTo(db: Db): Promise<UpToDate>
  /** Notes that names came or went; listeners run once it is committed. */
  record(db: WriteDb, change: { kind: EntityKind; id: string; names: string[]; at: Instant }): Promise<void>
  onRecorded(listener: () => void): void
}

const maxChangesLoaded = 5_000

export function createKnownNames(): KnownNames {
  let memory: UpToDate | undefined
  const listeners: (() => void)[] = []
  return {
    async upTo(db) {
      const number = await lastNumber(db)
      if (memory && memory.number === number) return memory
      const changed = memory ? await changedSince(db, memory.number) : undefined
      memory = memory && changed ? await refreshed(db, memory.registry, changed, number) : await loaded(db, number)
      return memory
    },
    async record(db, { kind, id, names, at }) {
      const telling = names.filter(canMatch) // the others are in no text, so no article is linked anew for them
      if (telling.length === 0) return
      await db.sql.insert(db.tables.nameChanges).values({ kind, entityId: id, names: telling, at, relinkedAt: null })
      db.afterCommit(() => {
        for (const listener of listeners) listener()
      })
    },
    onRecorded: listener => void listeners.push(listener),
  }
}

async function lastNumber(db: Db): Promise<number> {
  const { nameChanges } = db.tables
  const query = db.prepared('last name change', q =>
    q.select({ number: nameChanges.number }).from(nameChanges).orderBy(desc(nameChanges.number)).limit(1),
  )
  const [row] = await query.execute()
  return row?.number ?? 0
}

/** Who changed names since; undefined where it were so many that loading all is cheaper. */
async function changedSince(db: Db, number: number) {
  const { nameChanges } = db.tables
  const rows = await db.sql
    .select({ kind: nameChanges.kind, id: nameChanges.entityId })
    .from(nameChanges)
    .where(gt(nameChanges.number, number))
    .orderBy(asc(nameChanges.number))
    .limit(maxChangesLoaded + 1)
  return rows.length > maxChangesLoaded ? undefined : rows
}

async function refreshed(db: Db, registry: Registry, changed: { kind: EntityKind; id: string }[], number: number): Promise<UpToDate> {
  for (const kind of ['person', 'place'] as const) {
    const ids = [...new Set(changed.filter(change => change.kind === kind).map(change => change.id))]
    for (const id of ids) registry.remove(kind, id)
    for (let n = 0; n < ids.length; n += 500) {
      const table = kind === 'person' ? db.tables.people : db.tables.places
      const rows = await db.sql
        .select({ id: table.id, name: table.name, aliases: table.aliases })
        .from(table)
        .where(and(inArray(table.id, ids.slice(n, n + 500)), isNull(table.trashedAt)))
      for (const row of rows) registry.set({ kind, id: row.id, names: [row.name, ...row.aliases] })
    }
  }
  return { registry, number }
}

async function loaded(db: Db, number: number): Promise<UpToDate> {
  const registry = createRegistry()
  for (const kind of ['person', 'place'] as const) {
    const table = kind === 'person' ? db.tables.people : db.tables.places
    const rows = await db.sql.select({ id: table.id, name: table.name, aliases: table.aliases }).from(table).where(sql`${table.trashedAt} is null`)
    for (const row of rows) registry.set({ kind, id: row.id, names: [row.name, ...row.aliases] })
  }
  return { registry, number }
}
