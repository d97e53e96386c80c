// The database that a test runs on: a file of its own or, where TEST_POSTGRES names a server, a database of its own on it.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { type DatabaseConfig, databaseOf } from '../../src/config.ts'
import { openPostgres, type PostgresOptions } from '../../src/db/postgres.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { refuseNesting, type Store } from '../../src/db/store.ts'

refuseNesting()

/** A server of PostgreSQL, with a database `dateline_template` whose tables are made; unset on SQLite. `npm test` sets it for its second half. */
const server = process.env.TEST_POSTGRES
export const onPostgres = server !== undefined

/** Where a database is that nobody has used. It goes with the test. */
export async function freshDatabase(t: Test): Promise<DatabaseConfig> {
  if (server === undefined) return databaseOf(`file:${join(folderOf(t), 'dateline.db')}`)
  return databaseOf(await createDatabase(t, server, 'template dateline_template'))
}

/** Files in memory, where no write waits for a disk. */
const memory = '/dev/shm'
const roomInMemory = 512 * 1024 * 1024

/** A folder that goes with the test: in memory where there is room for it, as each write waits some milliseconds for a disk. */
function folderOf(t: Test): string {
  if (!hasRoom()) return t.testdir()
  const folder = mkdtempSync(join(memory, 'dateline-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > roomInMemory
  } catch {
    return false
  }
}

/** The address of a database of PostgreSQL without a table. Only for tests of the second half. */
export async function emptyDatabase(t: Test): Promise<string> {
  if (server === undefined) throw new Error('TEST_POSTGRES is not set: run this test with `npm test -- <file>`')
  return createDatabase(t, server, '')
}

async function createDatabase(t: Test, url: string, like: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(url, `create database ${name} ${like}`)
  t.teardown(() => asAdmin(url, `drop database ${name} with (force)`))
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

export const openDatabase = async (database: DatabaseConfig, options: PostgresOptions = {}): Promise<Store> =>
  database.kind === 'sqlite' ? openSqlite(database.path) : openPostgres(database.url, { readUrls: database.readUrls, ...options })

async function asAdmin(url: string, query: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(query)
  } finally {
    await client.end()
  }
}
