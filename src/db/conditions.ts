import { and, type Column, type SQL, sql } from 'drizzle-orm'
import type { Placeholder } from 'drizzle-orm/sql'

/** The conditions of one query, with their values apart, so that the query is prepared once for each shape and run with other values. */
export type Conditions = {
  /** Adds a condition; `shape` tells it from every other of the same table, numbers of items included. */
  add(shape: string, condition: SQL): void
  /** A placeholder for a value: text or a number. */
  bind(value: string | number): Placeholder
  where(): SQL | undefined
  shape(): string
  values(): Record<string, unknown>
}

/** `prefix` keeps the values of two sets apart that one query has. */
export function conditions(prefix = 'v'): Conditions {
  const parts: SQL[] = []
  const shapes: string[] = []
  const bound: Record<string, unknown> = {}
  let count = 0
  return {
    add(shape, condition) {
      shapes.push(shape)
      parts.push(condition)
    },
    bind(value) {
      const name = `${prefix}${count++}`
      bound[name] = value
      return sql.placeholder(name)
    },
    where: () => and(...parts),
    shape: () => shapes.join(),
    values: () => bound,
  }
}

/**
 * A limit that is bound. As a sum, since SQLite plans a query anew each time a bare limit is bound to it (STAT4), which takes longer than many a query does.
 */
export const boundLimit = (name: string): Placeholder => sql`${sql.placeholder(name)} + 0` as unknown as Placeholder // Drizzle takes both

/** `column in (…)` of bound values; false where there are none. */
export const within = (c: Conditions, column: SQL, values: readonly (string | number)[]): SQL =>
  values.length === 0
    ? sql`1 = 0`
    : sql`${column} in (${sql.join(
        values.map(value => sql`${c.bind(value)}`),
        sql`, `,
      )})`

/** Padded sizes of lists of ids, so that few prepared queries serve lists of any length. */
export function padded(ids: readonly string[]): { size: number; values: Record<string, string> } {
  const size = [1, 8, 32, 128, 512, 2_048].find(candidate => candidate >= ids.length) ?? ids.length
  const last = ids.at(-1) ?? ''
  const values: Record<string, string> = {}
  for (let n = 0; n < size; n += 1) values[`id${n}`] = ids[n] ?? last
  return { size, values }
}

const paddedPlaceholders = (size: number): Placeholder[] => Array.from({ length: size }, (_, n) => sql.placeholder(`id${n}`))

/** `column in (…)` of the values of a padded list. */
export const inPadded = (column: SQL | Column, size: number): SQL => sql`${column} in (${sql.join(paddedPlaceholders(size), sql`, `)})`

/** The same of numbers, which a padded list has as text. */
export const inPaddedNumbers = (column: SQL | Column, size: number): SQL =>
  sql`${column} in (${sql.join(
    paddedPlaceholders(size).map(value => sql`cast(${value} as integer)`),
    sql`, `,
  )})`
