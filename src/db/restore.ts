// A backup put in the place of a file of SQLite, all at once.
import { chmodSync, chownSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { BackupError, isSameFile, openPart, refuseDamaged } from './backup.ts'
import { troubleOf } from './errors.ts'
import { companions, partOf, readSum, removeDatabase, rename, sha256OfFile, sumFileOf } from './files.ts'
import { migrationOfSqlite, migrationsOf } from './migrate.ts'

/** `kept` is the name of the file that was there before; undefined where there was none. `isChecked`: a checksum stood beside the backup, and it was right. */
export type Restored = { database: string; bytes: number; sha256: string; isChecked: boolean; migration: number; kept: string | undefined }

/** `keptAs` is what the name of the file that was there before is given. */
type Options = { force?: boolean; keptAs: string }

/**
 * Puts a backup in the place of a database. It is copied beside it and looked at there; until it is renamed, nothing has changed. What was there is kept
 * under another name. Throws a BackupError where the backup is not what it was, the target is in use, or has something and `force` is not given.
 */
export async function restore(from: string, to: string, { force = false, keptAs }: Options): Promise<Restored> {
  refuse(from, to, force)
  mkdirSync(dirname(to), { recursive: true })
  const part = partOf(to)
  let held: Database.Database | undefined
  try {
    const { sha256, isChecked } = await copyBackup(from, part)
    const migration = look(part, from)
    if (isThere(to) && !force) throw new BackupError(`${to} came while it was being restored: stop the server, and try again`)
    held = isThere(to) ? takeHold(to) : undefined
    dressLike(part, statSync(to, { throwIfNoEntry: false }) ?? statSync(from))
    const kept = setAside(to, keptAs)
    rename(part, to)
    return { database: to, bytes: statSync(to).size, sha256, isChecked, migration, kept }
  } finally {
    held?.close()
    removeDatabase(part)
  }
}

const isThere = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0

function refuse(from: string, to: string, force: boolean): void {
  if (!existsSync(from)) throw new BackupError(`there is no file ${from}: correct the name of the backup`)
  if (isSameFile(from, to)) throw new BackupError(`${from} is the database itself: name a backup`)
  if (isThere(`${from}-wal`))
    throw new BackupError(`${from} is no backup but a database in use, as ${from}-wal stands beside it: make one with \`dateline backup\``)
  if (isThere(to) && !force)
    throw new BackupError(`${to} is there already: with --force the backup takes its place, and it is kept under another name`)
}

/**
 * Holds a database for this process alone. SQLite leaves WAL only where nobody else has the file open, be it idle; that brings what is in the WAL into the
 * file, and takes the WAL away. Undefined for a file that SQLite cannot read: whether it is in use cannot be told then.
 */
function takeHold(path: string): Database.Database | undefined {
  const connection = new Database(path, { timeout: 0 })
  try {
    connection.pragma('journal_mode = DELETE')
    connection.exec('BEGIN EXCLUSIVE') // who comes now waits
    return connection
  } catch (cause) {
    connection.close()
    const trouble = troubleOf(cause)
    if (trouble === 'damaged') return undefined
    if (trouble === 'busy')
      throw new BackupError(`${path} is open in another process: stop the server (and whatever else reads it), and try again`, { cause })
    throw cause
  }
}

/** Copies first and sums up what has arrived, so that it is the copy which is known to be right. */
async function copyBackup(from: string, part: string): Promise<{ sha256: string; isChecked: boolean }> {
  const wanted = readSum(from)
  copyFileSync(from, part)
  const sha256 = await sha256OfFile(part)
  if (wanted !== undefined && wanted !== sha256)
    throw new BackupError(
      `${from} is not what was backed up: its SHA-256 is ${sha256}, and ${sumFileOf(from)} says ${wanted || 'nothing'}: take another backup`,
    )
  return { sha256, isChecked: wanted !== undefined }
}

/** The migration of a backup. Throws a BackupError where it is damaged, none of ours, or newer than this program. */
function look(part: string, name: string): number {
  chmodSync(part, 0o600) // a backup may be read-only
  const copy = opened(part, name)
  try {
    refuseDamaged(copy, name, 'take another backup')
    const migration = migrationOfSqlite(copy)
    const knows = migrationsOf('sqlite').at(-1)?.number ?? 0
    if (migration === undefined) throw new BackupError(`${name} is no database of Dateline: name a backup`)
    if (migration > knows)
      throw new BackupError(
        `${name} is at migration ${migration}, this version of Dateline knows migrations up to ${knows}: restore it with the version that made it`,
      )
    return migration
  } finally {
    copy.close()
  }
}

function opened(part: string, name: string): Database.Database {
  try {
    return openPart(part)
  } catch (cause) {
    if (troubleOf(cause) === 'damaged') throw new BackupError(`${name} is no database that can be read: take another backup`, { cause })
    throw cause
  }
}

/** The new file is for those that the old one was for, and it can be written. Only a superuser can give a file to another user. */
function dressLike(part: string, { mode, uid, gid }: { mode: number; uid: number; gid: number }): void {
  chmodSync(part, (mode & 0o777) | 0o600)
  if (process.getuid?.() === 0) chownSync(part, uid, gid)
}

/** Keeps what was there under another name, and leaves nothing beside it that would be taken for the new file's. The database itself stays until it is replaced. */
function setAside(path: string, keptAs: string): string | undefined {
  for (const end of companions) if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${keptAs}${end}`)
  if (!isThere(path)) return undefined
  linkSync(path, keptAs)
  return keptAs
}
