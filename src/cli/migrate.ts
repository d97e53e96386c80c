import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Command } from 'commander'
import { type DatabaseConfig, readConfig } from '../config.ts'
import { type Migration, migratePostgres, migrateSqlite, migrationsOf } from '../db/migrate.ts'
import { visit } from '../db/postgres-start.ts'
import { explained, explainedServer } from './database.ts'
import type { Io } from './io.ts'

const lockPatienceMs = 30_000

/** `dateline migrate`: what every start does as well, on its own and telling what it did. */
export const addMigrate = (program: Command, io: Io) =>
  program
    .command('migrate')
    .description('bring the database up to date (serve does it, too)')
    .option('--json', 'print {"database","applied":[{"number","name"}],"at"}')
    .action(async ({ json }: { json?: true }) => {
      const { database } = readConfig(io.env)
      const applied = (await migrate(database)).map(({ number, name }) => ({ number, name }))
      const at = Math.max(0, ...migrationsOf(database.kind).map(({ number }) => number))
      if (json) return io.out(`${JSON.stringify({ database: database.name, applied, at })}\n`)
      for (const { number, name } of applied) io.out(`applied ${String(number).padStart(4, '0')} ${name}\n`)
      if (applied.length === 0) io.out(`nothing to do: ${database.name} is at migration ${at}\n`)
    })

async function migrate(database: DatabaseConfig): Promise<Migration[]> {
  if (database.kind === 'sqlite') return explained(database.path, () => migrateFile(database.path))
  return explainedServer(() => visit({ setting: 'DATABASE_URL', url: database.url }, migratePostgres))
}

function migrateFile(path: string): Migration[] {
  mkdirSync(dirname(path), { recursive: true })
  const connection = new Database(path, { timeout: lockPatienceMs })
  try {
    connection.pragma('journal_mode = WAL')
    connection.pragma('foreign_keys = ON')
    return migrateSqlite(connection)
  } finally {
    connection.close()
  }
}
