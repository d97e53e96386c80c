// What every noun has beside its row: columns that follow from others, slugs, revisions.
import { isDeepStrictEqual } from 'node:util'
import { shownValue } from '../db/inspect.ts'
import type { NounKind } from '../db/tables.ts'
import type { Aspect, Report } from './report.ts'
import { type Reading, revisionsOf, slugsOf, statesOf } from './store.ts'

/** Of a row: what it is, what its columns should be, and what its newest revision should have. */
export type Checked = {
  row: { id: string; slug: string; version: number } & Readonly<Record<string, unknown>>
  columns: Readonly<Record<string, unknown>>
  state: Readonly<Record<string, unknown>>
}

export const tableNames = { article: 'articles', person: 'people', place: 'places' } as const

/** Notes what differs of one row: `expected` and `found` are values. */
export const noting =
  (report: Report, aspect: Aspect, table: string, id: string) =>
  (what: string, expected: unknown, found: unknown): void => {
    if (!isDeepStrictEqual(expected, found)) report.note(aspect, { table, id, what, expected: shownValue(expected), found: shownValue(found) })
  }

export async function checkNouns(reading: Reading, kind: NounKind, rows: readonly Checked[], report: Report): Promise<void> {
  const ids = rows.map(({ row }) => row.id)
  const slugs = await slugsOf(reading, kind, ids)
  const revisions = await revisionsOf(reading, kind, ids)
  const states = await statesOf(
    reading,
    kind,
    rows.map(({ row }) => row),
  )
  const table = tableNames[kind]
  for (const { row, columns, state } of rows) {
    const column = noting(report, 'columns', table, row.id)
    for (const [name, value] of Object.entries(columns)) column(name, value, row[name])
    const current = (slugs.get(row.id) ?? []).filter(slug => slug.current).map(({ slug }) => slug)
    noting(report, 'slugs', table, row.id)('current slug in slugs', [row.slug], current)
    const past = revisions.get(row.id)
    const revision = noting(report, 'revisions', table, row.id)
    revision('newest revision', row.version, past?.last ?? null)
    if (past && past.last === row.version)
      revision('revisions', row.version, past.first === 1 ? past.rows : `${past.rows}, the first is ${past.first}`)
    const kept = states.get(row.id)
    for (const [name, value] of Object.entries(state)) if (kept?.[name] !== undefined) revision(`${name} in its newest revision`, value, kept[name])
  }
}
