import { type Column, type SQL, sql } from 'drizzle-orm'
import type { Placeholder } from 'drizzle-orm/sql'

/** The order of a list: its columns, the last of them the id, all in one direction. */
export type Order = { columns: (Column | SQL)[]; descending: boolean }

/** The row at the border of a page, and the side of it that is asked for. */
export type Bound = { values: (string | number)[]; inclusive: boolean }

/** `order by` of an order, backwards for the page before. */
export const orderBy = ({ columns, descending }: Order, backwards: boolean): SQL[] =>
  columns.map(column => (descending === backwards ? sql`${column} asc` : sql`${column} desc`))

/** Rows behind a border (or before it, backwards), as one comparison of row values, which an index serves. */
export function beyond({ columns, descending }: Order, bound: (Placeholder | string | number)[], inclusive: boolean, backwards: boolean): SQL {
  const left = sql`(${sql.join(columns, sql`, `)})`
  const right = sql`(${sql.join(
    bound.map(value => sql`${value}`),
    sql`, `,
  )})`
  if (descending === backwards) return inclusive ? sql`${left} >= ${right}` : sql`${left} > ${right}`
  return inclusive ? sql`${left} <= ${right}` : sql`${left} < ${right}`
}

/** Rows on one side of a border (or from an end), nearest first, at most `limit`. */
export type Fetch<Row> = (bound: Bound | undefined, backwards: boolean, limit: number) => Promise<Row[]>

export type Slice<Row> = {
  rows: Row[]
  next: { values: (string | number)[]; inclusive: boolean } | null
  prev: { values: (string | number)[]; inclusive: boolean } | null
}

type From = { direction: 'next' | 'prev'; inclusive: boolean; values: (string | number)[] } | undefined

/** One page of a keyset: nothing twice and nothing lost, whatever is inserted or deleted between two pages. One query, or two where a side must be probed. */
export async function slice<Row>(from: From, limit: number, valuesOf: (row: Row) => (string | number)[], fetch: Fetch<Row>): Promise<Slice<Row>> {
  const backwards = from?.direction === 'prev'
  const found = await fetch(from, backwards, limit + 1)
  const more = found.length > limit
  const rows = found.slice(0, limit)
  const near = rows[0]
  const far = rows.at(-1)
  const onward = more && far ? { values: valuesOf(far), inclusive: false } : null
  const back = from ? await behind(from, near && valuesOf(near), backwards, fetch) : null
  return backwards ? { rows: rows.reverse(), next: back, prev: onward } : { rows, next: onward, prev: back }
}

/** The border on the side that the page came from, where there is still a row beyond it. An empty page looks from its own border, which may itself be a row. */
async function behind<Row>(from: NonNullable<From>, nearest: (string | number)[] | undefined, backwards: boolean, fetch: Fetch<Row>) {
  const bound = nearest ? { values: nearest, inclusive: false } : { values: from.values, inclusive: !from.inclusive }
  return (await fetch(bound, !backwards, 1)).length > 0 ? bound : null
}
