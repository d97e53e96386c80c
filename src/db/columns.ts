// The vocabulary of columns, spelled once a dialect. Tables are defined with these words alone, so a second database is a second spelling and no second model.
import * as p from 'drizzle-orm/pg-core'
import * as s from 'drizzle-orm/sqlite-core'

export const sqliteColumns = {
  table: s.sqliteTable,
  index: s.index,
  uniqueIndex: s.uniqueIndex,
  primaryKey: s.primaryKey,
  /** Never shown. Full text and R*Tree rows hang on it: implicit rowids change when a table is rebuilt. */
  seq: () => s.integer().primaryKey({ autoIncrement: true }),
  text: () => s.text(),
  choice: <U extends string, const T extends Readonly<[U, ...U[]]>>(values: T) => s.text({ enum: values }),
  /** At most 2,147,483,647, as PostgreSQL's integer. */
  int: () => s.integer(),
  float: () => s.real(),
  bool: () => s.integer({ mode: 'boolean' }),
  json: <T>() => s.text({ mode: 'json' }).$type<T>(),
  /** ISO 8601, UTC, milliseconds, years 1000–9999. */
  instant: () => s.text(),
}
export type Columns = typeof sqliteColumns

const asPostgres = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/

/** PostgreSQL prints `2024-01-03 10:00:00.12+00` under TimeZone=UTC; `new Date` would take year 50 for 1950. */
export function instantOfPostgres(text: string): string {
  const [, day, time, fraction = ''] = asPostgres.exec(text) ?? []
  if (day === undefined) throw new Error(`not an instant in UTC: ${text}`)
  return `${day}T${time}.${fraction.padEnd(3, '0')}Z`
}

const instant = p.customType<{ data: string; driverData: string }>({ dataType: () => 'timestamp (3) with time zone', fromDriver: instantOfPostgres })

/** The same words for PostgreSQL. They are of another type, but a query that is built from common parts is the same for both: cast here and nowhere else. */
export const postgresColumns = {
  table: p.pgTable,
  index: p.index,
  uniqueIndex: p.uniqueIndex,
  primaryKey: p.primaryKey,
  seq: () => p.bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  text: () => p.text(),
  choice: (values: readonly [string, ...string[]]) => p.text({ enum: values }),
  int: () => p.integer(),
  float: () => p.doublePrecision(),
  bool: () => p.boolean(),
  json: () => p.json(), // not jsonb: that reorders keys, and both databases answer the same bytes
  instant: () => instant(),
} as unknown as Columns
