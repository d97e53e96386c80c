import type { WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'

export type AuditRow = Tables['audit']['$inferSelect']

/** Notes who did what to which, in the transaction that did it. */
export async function recordAudit(db: WriteDb, entry: Omit<AuditRow, 'number'>): Promise<void> {
  await db.sql.insert(db.tables.audit).values(entry)
}
