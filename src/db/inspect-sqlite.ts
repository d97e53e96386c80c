// A file of SQLite that is looked at: its reader is told to write nothing, so that a server may go on.
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteColumns } from './columns.ts'
import type { BoxFault, Inspection } from './inspect.ts'
import { refuseOtherAge } from './inspect.ts'
import { fts5Words } from './inspect-fts5.ts'
import { migrationOfSqlite, migrationsOf } from './migrate.ts'
import type { Sql } from './store.ts'
import { defineTables } from './tables.ts'

const lockPatienceMs = 5_000
/** Degrees. Boxes are 32-bit floats, rounded outward: at 180 degrees one is this wide at most. */
const widestBox = 0.000_1

/** Runs `use` on the file as it is at this moment; it is neither made nor migrated. Throws an InspectionError, or what SQLite says. */
export async function inspectSqlite<T>(path: string, use: (inspection: Inspection) => Promise<T>): Promise<T> {
  const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: lockPatienceMs })
  try {
    // Tables of `temp` are memory of this connection, whatever it may do to the file.
    connection.exec("create virtual table temp.tokens using fts5vocab('main', 'search_index', 'instance'); BEGIN")
    refuseOtherAge(path, migrationOfSqlite(connection), migrationsOf('sqlite').at(-1)?.number ?? 0)
    return await use({
      sql: drizzle(connection, { casing: 'snake_case' }) as unknown as Sql,
      tables: defineTables(sqliteColumns),
      faults: async limit => faultsOf(connection, limit),
      words: async (first, end) => fts5Words(connection, first, end),
      lastDocument: async () => Number(connection.prepare('select coalesce(max(rowid), 0) from search_index').pluck().get()),
      boxFaults: () => boxFaults(connection),
    })
  } finally {
    connection.close()
  }
}

/** What SQLite says is wrong with a database, at most `limit` of each kind: pages, indexes, full text, boxes; then references that lead nowhere. */
export function faultsOf(connection: Database.Database, limit: number): string[] {
  const found = connection
    .prepare(`pragma integrity_check(${Math.trunc(limit)})`)
    .pluck()
    .all()
    .map(String)
  const loose = connection
    .prepare<[number], { name: string; parent: string }>('select "table" as name, parent from pragma_foreign_key_check limit ?')
    .all(limit)
  return [
    ...found.filter(line => line !== 'ok'),
    ...loose.map(({ name, parent }) => `a row of ${name} refers to a row of ${parent} that is not there`),
  ]
}

const wrongBoxes = `select p.id, p.lat, p.lng, b.id as box, b.min_lat, b.max_lat, b.min_lng, b.max_lng from places p left join places_box b on b.id = p.seq
  where (p.lat is not null and p.lng is not null) <> (b.id is not null)
    or b.min_lat > p.lat or b.max_lat < p.lat or b.min_lng > p.lng or b.max_lng < p.lng
    or b.max_lat - b.min_lat > @widest or b.max_lng - b.min_lng > @widest order by p.seq`

type Boxed = { id: string; lat: number | null; lng: number | null; box: number | null } & Record<
  'min_lat' | 'max_lat' | 'min_lng' | 'max_lng',
  number
>

async function* boxFaults(connection: Database.Database): AsyncGenerator<BoxFault> {
  for (const row of connection.prepare<[{ widest: number }], Boxed>(wrongBoxes).iterate({ widest: widestBox })) {
    const { id, lat, lng, box, min_lat, max_lat, min_lng, max_lng } = row
    const found = box === null ? 'none' : `${min_lat}..${max_lat}, ${min_lng}..${max_lng}`
    yield { id, expected: lat === null || lng === null ? 'none' : `${lat}, ${lng}`, found }
  }
  const loose = connection.prepare('select id from places_box where id not in (select seq from places) order by id').pluck()
  for (const id of loose.iterate()) yield { id: String(id), expected: 'a place', found: 'none' }
}
