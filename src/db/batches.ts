// Many rows in few statements: a round trip each is what a write to a server waits for.
import { getTableColumns, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { WriteDb } from './store.ts'

/** Few sizes, so that a statement for each is prepared once and serves them all. */
const sizes = [32, 8, 1] as const

/** Inserts rows that have a value for every column. `name` tells the statements from those of other tables. */
export async function insertRows<T extends SQLiteTable>(db: WriteDb, name: string, table: T, rows: readonly T['$inferSelect'][]): Promise<void> {
  const columns = Object.keys(getTableColumns(table))
  for (const batch of batchesOf(rows)) {
    const placeholders = (n: number) => Object.fromEntries(columns.map(column => [column, sql.placeholder(nthName(column, n))])) as T['$inferInsert']
    const insert = db.prepared(`insert ${batch.length} ${name}`, q => q.insert(table).values(batch.map((_, n) => placeholders(n))))
    await insert.execute(Object.fromEntries(batch.flatMap((row, n) => Object.entries(row).map(([column, value]) => [nthName(column, n), value]))))
  }
}

function batchesOf<T>(rows: readonly T[]): T[][] {
  const batches: T[][] = []
  let from = 0
  for (const size of sizes) for (; rows.length - from >= size; from += size) batches.push(rows.slice(from, from + size))
  return batches
}

const nthName = (column: string, n: number): string => `${column}.${n}`
