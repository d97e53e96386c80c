import { and, isNull } from 'drizzle-orm'
import { inPadded, padded } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'

/** The names of people or places of ids, the main one first, in the order of ids; none of one in the trash. */
export async function calledOf(db: Db, kind: EntityKind, ids: readonly string[]): Promise<string[][]> {
  if (ids.length === 0) return []
  const table = kind === 'person' ? db.tables.people : db.tables.places
  const { size, values } = padded(ids)
  const query = db.prepared(`called ${kind} ${size}`, q =>
    q
      .select({ name: table.name, aliases: table.aliases })
      .from(table)
      .where(and(inPadded(table.id, size), isNull(table.trashedAt)))
      .orderBy(table.id),
  )
  return (await query.execute(values)).map(({ name, aliases }) => [name, ...aliases])
}
