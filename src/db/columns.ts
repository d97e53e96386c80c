// The vocabulary of columns, spelled once a dialect. Tables are defined with these words alone, so a second database is a second spelling and no second model.
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
