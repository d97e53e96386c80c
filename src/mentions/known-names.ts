import { and, asc, desc, gt, inArray, isNull } from 'drizzle-orm'
import { type Db, RunAgain, type WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { Instant } from '../lib/instant.ts'
import { canMatch, createRegistry, type NamedEntity, type Registry } from './registry.ts'

/** The registry in memory, and the number of the last change of a name that it holds. */
export type UpToDate = { registry: Registry; number: number }

/**
 * The names of all people and places, in memory. A number in the database grows with each change of a name: a write reads it first and loads what
 * the memory lacks, so that no process ever links with names that another one has changed.
 */
export type KnownNames = {
  /**
   * Gives `use` the names as this transaction sees them; `use` is done with them when it returns, as other transactions move them on. Only for
   * transactions that change no name themselves: what they load must be committed. One that sees older names than the memory has is run again.
   */
  using<T>(db: Db, use: (names: UpToDate) => T): Promise<T>
  /** Notes that names came or went, and tells every process once it is committed. */
  record(db: WriteDb, change: { kind: EntityKind; id: string; names: string[]; at: Instant }): Promise<void>
}

const maxChangesLoaded = 5_000
/** How often in a row a transaction may see fewer changes than the memory has before it is the database that went back (a backup was restored). */
const maxTimesBehind = 3

export function createKnownNames(): KnownNames {
  let memory: UpToDate | undefined
  let timesBehind = 0

  function refuseOlder(number: number) {
    if (!memory || memory.number <= number) return
    timesBehind += 1
    if (timesBehind < maxTimesBehind) throw new RunAgain('names were changed while this transaction began')
    memory = undefined
  }

  /** Reads what the memory lacks, then puts it in in one go. */
  async function upTo(db: Db, number: number): Promise<UpToDate> {
    const changed = memory && (await changedSince(db, memory.number))
    const apply = changed ? await changes(db, changed) : await everything(db)
    refuseOlder(number)
    if (memory?.number === number) return memory
    return { registry: apply((changed && memory?.registry) ?? createRegistry()), number }
  }

  return {
    async using(db, use) {
      const number = await lastNumber(db)
      refuseOlder(number)
      if (memory?.number !== number) memory = await upTo(db, number)
      timesBehind = 0
      return use(memory)
    },
    async record(db, { kind, id, names, at }) {
      const telling = names.filter(canMatch) // the others are in no text, so no article is linked anew for them
      if (telling.length === 0) return
      await db.inOrder('name_changes')
      await db.sql.insert(db.tables.nameChanges).values({ kind, entityId: id, names: telling, at, relinkedAt: null })
      await db.announce('names')
    },
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

/** Changes are read first and made in one go: other transactions of this process use the same registry between two of our awaits. */
type Apply = (registry: Registry) => Registry

async function changes(db: Db, changed: { kind: EntityKind; id: string }[]): Promise<Apply> {
  const gone: [EntityKind, string][] = []
  const come: NamedEntity[] = []
  for (const kind of ['person', 'place'] as const) {
    const ids = [...new Set(changed.filter(change => change.kind === kind).map(change => change.id))]
    for (const id of ids) gone.push([kind, id])
    for (let n = 0; n < ids.length; n += 500) {
      const table = kind === 'person' ? db.tables.people : db.tables.places
      const rows = await db.sql
        .select({ id: table.id, name: table.name, aliases: table.aliases })
        .from(table)
        .where(and(inArray(table.id, ids.slice(n, n + 500)), isNull(table.trashedAt)))
      for (const row of rows) come.push({ kind, id: row.id, names: [row.name, ...row.aliases] })
    }
  }
  return registry => {
    for (const [kind, id] of gone) registry.remove(kind, id)
    for (const entity of come) registry.set(entity)
    return registry
  }
}

async function everything(db: Db): Promise<Apply> {
  const all: NamedEntity[] = []
  for (const kind of ['person', 'place'] as const) {
    const table = kind === 'person' ? db.tables.people : db.tables.places
    const rows = await db.sql.select({ id: table.id, name: table.name, aliases: table.aliases }).from(table).where(isNull(table.trashedAt))
    for (const row of rows) all.push({ kind, id: row.id, names: [row.name, ...row.aliases] })
  }
  return registry => {
    for (const entity of all) registry.set(entity)
    return registry
  }
}
