import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type Database from 'better-sqlite3'
import type pg from 'pg'

/** A migration as it stands in `migrations/<dialect>/`: `0001_core.sql`. */
export type Migration = { number: number; name: string; sql: string }

/** A database that this program cannot use as it is; the message says why and what to do. */
export class MigrationError extends Error {}

/** `0001_core` */
export const fileName = ({ number, name }: Migration): string => `${String(number).padStart(4, '0')}_${name}`

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** All migrations of a dialect in the order of their numbers. */
export function migrationsOf(dialect: 'sqlite' | 'postgres'): Migration[] {
  const directory = `${folder}${dialect}/`
  return readdirSync(directory)
    .filter(file => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map(file => ({ number: Number(file.slice(0, 4)), name: file.slice(5, -4), sql: readFileSync(`${directory}${file}`, 'utf8') }))
}

/** The newest migration that a file has; undefined where it is no database of ours. */
export function migrationOfSqlite(connection: Database.Database): number | undefined {
  const made = connection.prepare("select 1 from sqlite_schema where name = 'schema_migrations'").get()
  if (made === undefined) return undefined
  return Number(connection.prepare('select coalesce(max(number), 0) from schema_migrations').pluck().get())
}

/** The same of a database of PostgreSQL. */
export async function migrationOfPostgres(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query("select to_regclass('schema_migrations') is not null as made")
  if (!rows[0]?.made) return undefined
  return (await client.query('select coalesce(max(number), 0) as number from schema_migrations')).rows[0]?.number
}

/** Brings a database up to date, each migration in a transaction of its own. Throws a MigrationError where the database is newer than the program. */
export function migrateSqlite(connection: Database.Database, migrations: Migration[] = migrationsOf('sqlite')): Migration[] {
  connection.exec('create table if not exists schema_migrations (number integer primary key, name text not null, applied_at text not null)')
  const applied: Migration[] = []
  const newest = migrations.at(-1)?.number ?? 0
  for (const migration of migrations) {
    connection
      .transaction(() => {
        const has = connection.prepare('select max(number) as number from schema_migrations').get() as { number: number | null }
        if ((has.number ?? 0) > newest) throw new MigrationError(tooNew(has.number ?? 0, newest))
        if ((has.number ?? 0) >= migration.number) return
        connection.exec(migration.sql)
        connection.prepare("insert into schema_migrations values (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ'))").run(migration.number, migration.name)
        applied.push(migration)
      })
      .immediate()
  }
  return applied
}

/** Two processes that start at once take turns by this number: `date` in ASCII. */
const migrationLock = 0x64617465
const noTable = 'create table schema_migrations (number integer primary key, name text not null, applied_at timestamptz(3) not null)'

/**
 * The same for PostgreSQL, under an advisory lock, so that any number of processes may start at once. Nothing is written where nothing is lacking: a
 * role that may not make tables can run the program once another one has migrated.
 */
export async function migratePostgres(client: pg.ClientBase, migrations: Migration[] = migrationsOf('postgres')): Promise<Migration[]> {
  const newest = migrations.at(-1)?.number ?? 0
  const applied: Migration[] = []
  await client.query('select pg_advisory_lock($1)', [migrationLock])
  try {
    const has = await migrationOfPostgres(client)
    if (has !== undefined && has > newest) throw new MigrationError(tooNew(has, newest))
    if (has === undefined) await client.query(noTable)
    for (const migration of migrations.filter(({ number }) => number > (has ?? 0))) {
      await applyPostgres(client, migration)
      applied.push(migration)
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {}) // a lost connection has lost its lock
  }
  return applied
}

async function applyPostgres(client: pg.ClientBase, { number, name, sql }: Migration) {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query('insert into schema_migrations values ($1, $2, now())', [number, name])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

const tooNew = (has: number, knows: number) =>
  `the database is at migration ${has}, this version of Dateline knows migrations up to ${knows}: run the newer version that made it, or restore a backup from before`
