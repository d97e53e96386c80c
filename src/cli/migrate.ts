import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { type Migration, migrateSqlite, migrationsOf } from '../db/migrate.ts'
import { explained } from './database.ts'
import type { Io } from './io.ts'

const lockPatienceMs = 30_000

/** `dateline migrate`: what every start does as well, on its own and telling what it did. */
export const addMigrate = (program: Command, io: Io) =>
  program
    .command('migrate')
    .description('bring the database up to date (serve does it, too)')
    .option('--json', 'print {"database","applied":[{"number","name"}],"at"}')
    .action(({ json }: { json?: true }) => {
      const { databasePath } = readConfig(io.env)
      const applied = explained(databasePath, () => migrateFile(databasePath)).map(({ number, name }) => ({ number, name }))
      const at = Math.max(0, ...migrationsOf('sqlite').map(({ number }) => number))
      if (json) return io.out(`${JSON.stringify({ database: databasePath, applied, at })}\n`)
      for (const { number, name } of applied) io.out(`applied ${String(number).padStart(4, '0')} ${name}\n`)
      if (applied.length === 0) io.out(`nothing to do: ${databasePath} is at migration ${at}\n`)
    })

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
