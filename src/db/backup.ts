// One moment of a file of SQLite in a file of its own, copied while others write, and compared with that moment before it gets its name.
import { chmodSync, existsSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Progress } from './copy.ts'
import { checksum, type Readable, type TableShape } from './copy-shape.ts'
import { readable } from './copy-sqlite.ts'
import { partOf, removeDatabase, rename, sha256OfFile, sumFileOf, writeSum } from './files.ts'
import { faultsOf } from './inspect-sqlite.ts'
import { migrationOfSqlite } from './migrate.ts'

/** Pages that are copied in one go: a few milliseconds. */
const pagesAStep = 1_000
const lockPatienceMs = 5_000
const faultsTold = 5

/** Why there is no backup, or why one is not restored; nothing has changed, and the message is a sentence that says what to do. */
export class BackupError extends Error {}

export type Table = { name: string; rows: number; checksum: string }
export type BackedUp = { file: string; bytes: number; rows: number; sha256: string; migration: number; tables: Table[] }

type Options = { force?: boolean; onProgress?: (progress: Progress) => void }

/**
 * Copies the database of a file into another one, as it is at this moment, and writes `<to>.sha256` beside it. The transaction of the reader is held open,
 * so that SQLite's online backup sees no change and never begins again, however much others write; and what came out is compared with the same moment.
 */
export async function backUp(from: string, to: string, { force = false, onProgress = () => {} }: Options = {}): Promise<BackedUp> {
  refuseTarget(from, to, force)
  const part = partOf(to)
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: lockPatienceMs })
  try {
    source.exec('BEGIN')
    const migration = migrationOfSqlite(source)
    if (migration === undefined) throw new BackupError(`${from} is no database of Dateline: set DATABASE_URL to one`)
    await copyPages(source, part, onProgress)
    chmodSync(part, statSync(from).mode & 0o777) // it has the same secrets
    const tables = await compare(source, part, onProgress)
    const { size: bytes } = statSync(part)
    const sha256 = await sha256OfFile(part)
    refuseTarget(from, to, force) // somebody may have been quicker
    rmSync(sumFileOf(to), { force: true }) // one of another file beside this one would be taken for damage
    rename(part, to)
    writeSum(to, sha256)
    return { file: to, bytes, rows: tables.reduce((sum, { rows }) => sum + rows, 0), sha256, migration, tables }
  } finally {
    source.close()
    removeDatabase(part)
  }
}

/** The same file, whatever it is called. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map(path => statSync(path, { throwIfNoEntry: false }))
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino
}

function refuseTarget(from: string, to: string, force: boolean): void {
  if (isSameFile(from, to)) throw new BackupError(`${to} is the database itself: name another file`)
  if (existsSync(to) && !force) throw new BackupError(`${to} is there already: name another file, or replace it with --force`)
}

async function copyPages(source: Database.Database, part: string, onProgress: (progress: Progress) => void): Promise<void> {
  const told = (done: number, total: number) => onProgress({ phase: 'copy', name: 'pages', unit: 'pages', done, total })
  const { totalPages } = await source.backup(part, {
    progress({ totalPages: total, remainingPages: left }) {
      if (left < total && left > 0) told(total - left, total)
      return pagesAStep
    },
  })
  told(totalPages, totalPages)
}

/** Looks at the copy, and reads all rows of both sides. */
async function compare(source: Database.Database, part: string, onProgress: (progress: Progress) => void): Promise<Table[]> {
  const copy = openPart(part)
  try {
    refuseDamaged(copy, 'what was copied', 'run `dateline check` and restore an older backup if it is the database that is damaged')
    const tables: Table[] = []
    for (const shape of shapesOf(source)) {
      const wanted = await sumOf(readable(source), shape, onProgress)
      const has = await sumOf(readable(copy), shape)
      if (has.rows !== wanted.rows || has.checksum !== wanted.checksum)
        throw new BackupError(
          `the table ${shape.name} came out with ${has.rows} rows and checksum ${has.checksum}, not ${wanted.rows} and ${wanted.checksum}: look at the disk, and try again`,
        )
      tables.push({ name: shape.name, ...wanted })
    }
    return tables
  } finally {
    copy.close()
  }
}

/** Opens a copy that nobody else knows. It is taken out of WAL, so that it is one file, which can be read where nothing can be written. */
export function openPart(part: string): Database.Database {
  const copy = new Database(part, { timeout: 0 })
  try {
    copy.pragma('journal_mode = DELETE')
    return copy
  } catch (error) {
    copy.close()
    throw error
  }
}

/** Throws a BackupError where SQLite finds something wrong with a database, its full text and its boxes included. */
export function refuseDamaged(connection: Database.Database, what: string, advice: string): void {
  const faults = faultsOf(connection, faultsTold)
  if (faults.length > 0) throw new BackupError(`${what} is damaged (${faults.join('; ')}): ${advice}`)
}

/** Tables as the file itself describes them, so that one of another migration is read as well; full text and boxes are left to SQLite. */
function shapesOf(connection: Database.Database): TableShape[] {
  const names = connection
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name")
    .pluck()
    .all()
    .map(String)
  const columnsOf = connection.prepare<[string], { name: string; pk: number; type: string }>(
    'select name, pk, lower(type) as type from pragma_table_info(?)',
  )
  return names.map(name => {
    const columns = columnsOf.all(name)
    const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    return {
      name,
      columns: columns.map(column => ({ name: column.name, kind: column.type === 'blob' ? 'bytes' : 'text' })),
      key: (key.length > 0 ? key : columns).map(column => column.name),
      numbered: undefined,
      indexed: [],
      noun: undefined,
    }
  })
}

async function sumOf(database: Readable, shape: TableShape, onProgress: (progress: Progress) => void = () => {}) {
  const sum = checksum()
  const total = await database.count(shape)
  let done = 0
  for await (const batch of database.batches(shape)) {
    for (const { line } of batch) sum.add(line)
    done += batch.length
    onProgress({ phase: 'verify', name: shape.name, done, total })
  }
  return sum.end()
}
