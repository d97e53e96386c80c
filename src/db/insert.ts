// Many rows in few statements: what both databases know of a table that rows are added to. Drizzle would build and fill in a statement anew for each length.
import { Column, getTableColumns, getTableName } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** A row with a value for every column but those that the database numbers by itself. */
export type NewRow<T extends SQLiteTable> = Omit<T['$inferSelect'], 'seq' | 'number'>

export type InsertShape = {
  table: string
  /** Names in SQL, quoted, and types. */
  columns: readonly { name: string; type: string }[]
  /** The column that the database numbers, quoted; undefined where it has none. */
  numbered: string | undefined
  /** What a row gives the driver, in the order of the columns. */
  valuesOf(row: object): unknown[]
}

const shapes = new WeakMap<SQLiteTable, InsertShape>()
const numberedNames = new Set(['seq', 'number'])
const quoted = (name: string) => `"${name}"`

/** True for a column whose values go to the driver as they are. */
const isPlain = (column: Column) => column.mapToDriverValue === Column.prototype.mapToDriverValue

export function insertShape(table: SQLiteTable): InsertShape {
  const known = shapes.get(table)
  if (known) return known
  const all = Object.entries<Column>(getTableColumns(table))
  const isNumbered = ([name, column]: [string, Column]) => column.primary && numberedNames.has(name)
  const given = all.filter(entry => !isNumbered(entry))
  const encoders = given.map(([name, column]) => ({ name, encode: isPlain(column) ? undefined : (value: unknown) => column.mapToDriverValue(value) }))
  const made: InsertShape = {
    table: quoted(getTableName(table)),
    columns: given.map(([, column]) => ({ name: quoted(toSnakeCase(column.name)), type: column.getSQLType() })),
    numbered: all.filter(isNumbered).map(([, column]) => quoted(toSnakeCase(column.name)))[0],
    valuesOf: row =>
      encoders.map(({ name, encode }) => {
        const value: unknown = Reflect.get(row, name)
        return value === null || value === undefined ? null : encode ? encode(value) : value
      }),
  }
  shapes.set(table, made)
  return made
}

/** A list of values for each column of some rows: one statement of PostgreSQL takes any number of them. */
export const columnwise = (rows: readonly (readonly unknown[])[]): unknown[][] => (rows[0] ?? []).map((_, n) => rows.map(row => row[n]))
