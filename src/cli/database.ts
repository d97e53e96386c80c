import type { FastifyBaseLogger } from 'fastify'
import type { DatabaseConfig } from '../config.ts'
import { type Trouble, troubleOf } from '../db/errors.ts'
import { fileName, type Migration, MigrationError } from '../db/migrate.ts'
import { openPostgres } from '../db/postgres.ts'
import { StartError } from '../db/postgres-start.ts'
import { openSqlite } from '../db/sqlite.ts'
import type { Store } from '../db/store.ts'
import { CommandError, messageOf } from './io.ts'

/** Opens (makes, migrates) the database. Throws a CommandError that names it and says what to do. */
export async function openDatabase(database: DatabaseConfig, log?: FastifyBaseLogger): Promise<Store> {
  let migrations: string[] = []
  const migrated = (taken: readonly Migration[]) => {
    migrations = taken.map(fileName)
  }
  const warn = (what: string, err?: unknown) => log?.warn({ err }, what)
  const store =
    database.kind === 'sqlite'
      ? explained(database.path, () => openSqlite(database.path, { migrated }))
      : await explainedServer(() => openPostgres(database.url, { readUrls: database.readUrls, warn, migrated }))
  log?.info({ database: database.name, migrations }, 'database opened')
  return store
}

/** Runs what connects to a PostgreSQL; what goes wrong comes out as a sentence. */
export async function explainedServer<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (cause) {
    if (cause instanceof StartError || cause instanceof MigrationError) throw new CommandError(cause.message, { cause })
    throw cause
  }
}

/** Runs what touches the database file; what goes wrong comes out as a sentence. */
export function explained<T>(path: string, open: () => T): T {
  if (path.startsWith(':memory:'))
    throw new CommandError('DATABASE_URL: a database in memory cannot be shared by several connections; name a file, such as file:data/dateline.db')
  try {
    return open()
  } catch (cause) {
    throw new CommandError(saidOfFile(path, cause), { cause })
  }
}

const ofTrouble: Record<Trouble, (path: string) => string> = {
  busy: path => `the database ${path} is held by another process: stop it, or try again`,
  full: path => `the database ${path} cannot be written: the disk is full or failing; make room and start again`,
  readonly: path =>
    `the database ${path} cannot be opened for writing: give this user the right to write the file and its folder, or set DATABASE_URL to another place`,
  away: path => `the database ${path} does not answer`,
  slow: path => `the database ${path} takes too long to answer: try again`,
  damaged: path => `${path} is not a database that can be read: set DATABASE_URL to another file, or restore a backup`,
}

const ofFolder: Record<string, string> = {
  EACCES: 'this user may not make it',
  EPERM: 'this user may not make it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a file stands in its place',
}

/** What went wrong with a database file, as a sentence. */
export function saidOfFile(path: string, cause: unknown): string {
  if (cause instanceof MigrationError) return `${path}: ${cause.message}`
  const trouble = troubleOf(cause)
  if (trouble) return ofTrouble[trouble](path)
  const folder = ofFolder[codeOf(cause) ?? '']
  if (folder) return `the folder of the database ${path} cannot be made: ${folder}; set DATABASE_URL to another place`
  return `the database ${path} cannot be opened: ${messageOf(cause)}`
}

/** The code of an error of the system (`EACCES`), where it has one. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
