import Database from 'better-sqlite3'
import pg from 'pg'
import { RunAgain } from './store.ts'

/** What a database says when it cannot serve now, told in one word for `http/problem.ts`; undefined for anything else. */
export type Trouble = 'busy' | 'full' | 'readonly' | 'damaged' | 'away' | 'slow'

const ofSqlite: [string, Trouble][] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_CANTOPEN', 'readonly'],
  ['SQLITE_IOERR', 'full'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
]

/** SQLSTATEs by their beginnings (PostgreSQL 18, appendix A). */
const ofPostgres: [string, Trouble][] = [
  ['08', 'away'], // connection exception
  ['57P', 'away'], // the server was shut down, crashed, or is starting
  ['25P03', 'away'], // ended while it was idle in a transaction
  ['25P04', 'away'], // the transaction took too long
  ['57014', 'slow'], // statement_timeout
  ['40', 'busy'], // serialisation failure, deadlock
  ['55P03', 'busy'], // lock_timeout
  ['53100', 'full'],
  ['53', 'busy'], // too many connections, out of memory
  ['25006', 'readonly'],
  ['42501', 'readonly'], // a right is missing
  ['58', 'full'], // system error: files cannot be read or written
  ['XX00', 'damaged'],
]

/** The system's errors of a connection. */
const ofSystem = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'])
/** What pg says without a code. */
const ofPg: [RegExp, Trouble][] = [
  [/timeout exceeded when trying to connect/, 'busy'], // every connection of the pool is in use
  [/timeout expired|Query read timeout|[Cc]onnection terminated|Client has encountered a connection error|Client was closed/, 'away'],
]

/** An error and what caused it, outermost first; of several attempts to connect (addresses of a name), the first. */
export function* causes(error: unknown): Generator<Error & { code?: unknown }> {
  for (let at = error; at instanceof Error; at = at instanceof AggregateError ? at.errors[0] : at.cause) yield at
}

/** Which trouble an error of the database (or one that it caused) stands for. */
export function troubleOf(error: unknown): Trouble | undefined {
  for (const at of causes(error)) {
    const trouble = troubleOfOne(at)
    if (trouble) return trouble
  }
  return undefined
}

function troubleOfOne(error: Error & { code?: unknown }): Trouble | undefined {
  const code = String(error.code)
  if (error instanceof RunAgain || error instanceof Crowded) return 'busy'
  if (error instanceof TooSlow) return 'slow'
  if (error instanceof Database.SqliteError) return ofSqlite.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (error instanceof pg.DatabaseError) return ofPostgres.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (error instanceof LostConnection || ('syscall' in error && ofSystem.has(code))) return 'away'
  return ofPg.find(([message]) => message.test(error.message))?.[1]
}

/** A connection to PostgreSQL that broke, or could not be made. */
export class LostConnection extends Error {}

/** Every connection of the pool was in use for too long. */
export class Crowded extends Error {}

/** A query was given up, as it took too long. */
export class TooSlow extends Error {}

/** An error of SQLite that another thread met. */
export const sqliteError = (message: string, code: string): Error => new Database.SqliteError(message, code)

/** The code of an error of SQLite, or of one that it caused. */
export const sqliteCode = (error: unknown): string | undefined => {
  for (const at of causes(error)) if (at instanceof Database.SqliteError) return at.code
  return undefined
}

/** The SQLSTATE of an error of PostgreSQL, or of one that it caused. */
export const sqlState = (error: unknown): string | undefined => {
  for (const at of causes(error)) if (at instanceof pg.DatabaseError) return at.code
  return undefined
}
