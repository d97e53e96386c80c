// A file of SQLite as the source or the target of a copy, on a connection of its own.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import {
  batcher,
  CopyError,
  columnList,
  nameOfRow,
  quoted,
  quotedList,
  type Readable,
  type Row,
  refuseAge,
  type Source,
  type TableShape,
  type Target,
  type Value,
} from './copy-shape.ts'
import { migrateSqlite, migrationOfSqlite, migrationsOf } from './migrate.ts'
import { indexOf } from './sqlite-index.ts'

const lockPatienceMs = 5_000
/** Pages that a connection holds: 64 MB, as keys come in no order. */
const cache = 'cache_size = -64000'

/** Opens a file for reading, as it is at this moment; it is neither made nor migrated. Throws a CopyError, or what SQLite says. */
export function sqliteSource(path: string): Source {
  const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: lockPatienceMs })
  try {
    connection.pragma(cache)
    connection.exec('BEGIN')
    refuseAge(path, migrationOfSqlite(connection), migrationsOf('sqlite').at(-1)?.number ?? 0)
  } catch (error) {
    connection.close()
    throw error
  }
  return { ...readable(connection), close: async () => void connection.close() }
}

/** Opens a file for writing (makes and migrates it), with a transaction begun. Throws what SQLite says. */
export function sqliteTarget(path: string): Target {
  mkdirSync(dirname(path), { recursive: true })
  const connection = new Database(path, { timeout: lockPatienceMs })
  try {
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', cache]) connection.pragma(pragma)
    migrateSqlite(connection)
    connection.exec('BEGIN IMMEDIATE')
    return { ...readable(connection), ...writing(connection, setAside(connection)), close: async () => void connection.close() }
  } catch (error) {
    connection.close()
    throw error
  }
}

/** What a connection reads, in the snapshot that its transaction is in. */
export function readable(connection: Database.Database): Readable {
  return {
    count: async ({ name }) =>
      Number(
        connection
          .prepare(`select count(*) from ${quoted(name)}`)
          .pluck()
          .get(),
      ),
    async *batches(shape) {
      const { add, rest } = batcher()
      const query = `select ${shape.columns.map(({ name, kind }) => (kind === 'bytes' ? `hex(${quoted(name)})` : quoted(name))).join(', ')} from ${quoted(shape.name)} order by ${quotedList(shape.key)}`
      for (const values of connection.prepare<[], unknown[]>(query).raw().iterate()) {
        const batch = add(rowOf(shape, values))
        if (batch) yield batch
      }
      yield rest()
    },
    lastNumber: async ({ name }) => Number(connection.prepare('select coalesce(max(seq), 0) from sqlite_sequence where name = ?').pluck().get(name)),
  }
}

const isValue = (value: unknown): value is Value => value === null || typeof value === 'string' || typeof value === 'number'

function rowOf(shape: TableShape, values: unknown[]): Row {
  const row = values.filter(isValue)
  if (row.length === values.length) return row
  const wrong = shape.columns[values.findIndex(value => !isValue(value))]?.name
  const shown = values.map(value => (isValue(value) ? value : null))
  throw new CopyError(`--from: ${nameOfRow(shape, shown)} holds bytes in ${wrong}, where no text and no number is: correct it there`)
}

/** Takes indexes away, for this transaction alone, and gives how they are made: at the end they cost less than row by row. What is unique stays. */
function setAside(connection: Database.Database): string[] {
  const indexes = connection.prepare<[], { name: string; made: string }>(
    "select name, sql as made from sqlite_schema where type = 'index' and sql not like 'create unique%'",
  )
  return indexes.all().map(({ name, made }) => {
    connection.exec(`DROP INDEX ${quoted(name)}`)
    return made
  })
}

function writing(connection: Database.Database, lacking: readonly string[]) {
  const inserts = new Map<string, Database.Statement>()
  const insertOf = (shape: TableShape) => {
    const known = inserts.get(shape.name)
    const made =
      known ?? connection.prepare(`insert into ${quoted(shape.name)} (${columnList(shape)}) values (${shape.columns.map(() => '?').join(', ')})`)
    if (!known) inserts.set(shape.name, made)
    return made
  }
  const index = indexOf(connection)
  return {
    fault: ({ name }, value) => (typeof value === 'number' && !Number.isFinite(value) ? `${name} is ${value}, which SQLite has not` : undefined),
    async insert(shape, rows) {
      const insert = insertOf(shape)
      for (const row of rows) {
        try {
          insert.run(...row)
        } catch (cause) {
          if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_CONSTRAINT')) throw cause
          throw new CopyError(`--to: it refuses ${nameOfRow(shape, row)} (${cause.message}): correct it in --from`, { cause })
        }
      }
    },
    async index(words) {
      index.insert(...words)
    },
    indexed: async () => Number(connection.prepare('select count(*) from search_index').pluck().get()),
    async goOnAfter({ name }, last) {
      connection.prepare('delete from sqlite_sequence where name = ?').run(name) // it has no unique key to replace by
      connection.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(name, last)
    },
    async commit() {
      for (const made of lacking) connection.exec(made)
      connection.exec('COMMIT')
      connection.pragma('optimize')
    },
  } satisfies Omit<Target, keyof Readable | 'close'>
}
