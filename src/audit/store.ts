import { and, count, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { boundLimit, conditions } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { cursorInt } from '../http/page.ts'
import type { AuditQuery } from './schema.ts'

export type AuditRow = Tables['audit']['$inferSelect']
export type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor' | 'count'>

/** Notes who did what to which, in the transaction that did it. */
export async function recordAudit(db: WriteDb, ...entries: Omit<AuditRow, 'number'>[]): Promise<void> {
  await db.insert(db.tables.audit, entries)
}

/** The log, the newest first, as a keyset over its numbers. */
export function listAudit(db: Db, filter: AuditFilter) {
  const { audit } = db.tables
  const c = conditions()
  for (const name of ['entityId', 'kind', 'keyId', 'action'] as const) {
    const value = filter[name]
    if (value !== undefined) c.add(name, sql`${audit[name]} = ${c.bind(value)}`)
  }
  if (filter['at.gte'] !== undefined) c.add('from', sql`${audit.at} >= ${c.bind(filter['at.gte'])}`)
  if (filter['at.lt'] !== undefined) c.add('before', sql`${audit.at} < ${c.bind(filter['at.lt'])}`)
  const order: Order = { columns: [audit.number], descending: true }
  const fetch: Fetch<AuditRow> = async (bound, backwards, limit) => {
    const border: SQL | undefined = bound && beyond(order, [sql.placeholder('b0')], bound.inclusive, backwards)
    const query = db.prepared(`audit ${c.shape()} ${backwards} ${bound ? bound.inclusive : 'end'}`, q =>
      q
        .select()
        .from(audit)
        .where(and(c.where(), border))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit')),
    )
    return query.execute({ ...c.values(), b0: bound?.values[0], limit })
  }
  const total = async () => (await db.sql.select({ total: count() }).from(audit).where(c.where()).prepare().execute(c.values()))[0]?.total ?? 0
  return { fetch, total, valuesOf: (row: AuditRow) => [row.number], values: z.tuple([cursorInt]) }
}
