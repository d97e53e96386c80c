import { existsSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { type DatabaseConfig, databaseOf, settings } from '../config.ts'
import { blaming, type Copied, copyDatabase, type Side, SideError } from '../db/copy.ts'
import { postgresIdentity, postgresSource, postgresTarget } from '../db/copy-postgres.ts'
import { CopyError } from '../db/copy-shape.ts'
import { sqliteSource, sqliteTarget } from '../db/copy-sqlite.ts'
import { troubleOf } from '../db/errors.ts'
import { MigrationError } from '../db/migrate.ts'
import { StartError } from '../db/postgres-start.ts'
import { copyProgress } from './copy-progress.ts'
import { wordThreads } from './copy-threads.ts'
import { saidOfFile } from './database.ts'
import { CommandError, type Io, messageOf } from './io.ts'

type Options = { from: string; to: string; json?: true }

/** `dateline copy`: all of one database into another, empty one, of either kind. */
export const addCopy = (program: Command, io: Io) =>
  program
    .command('copy')
    .description('copy everything from one database into another, empty one; the source is only read')
    .requiredOption('--from <url>', 'the database to read: file: and a path, or an address such as postgres://user:password@host:5432/dateline')
    .requiredOption('--to <url>', 'the database to fill; it is made and migrated where it has to be')
    .option('--json', 'print {"tables":[{"name","rows","checksum"}],"seconds"}')
    .action(async ({ from, to, json }: Options) => {
      const began = performance.now()
      const tables = await copy(databaseOfOption('from', from), databaseOfOption('to', to), io)
      const seconds = Math.round(performance.now() - began) / 1_000
      if (json) return io.out(`${JSON.stringify({ tables, seconds })}\n`)
      for (const { name, rows, checksum } of tables) io.out(`${name.padEnd(16)} ${String(rows).padStart(10)}  ${checksum}\n`)
      io.out(`copied and verified in ${seconds} s\n`)
    })

function databaseOfOption(side: Side, value: string): DatabaseConfig {
  const { success, data, error } = settings.shape.DATABASE_URL.safeParse(value)
  if (!success) throw new CommandError(`--${side}: ${value.replace(/\/\/.*@/, '//')} ${error.issues[0]?.message}`, { exitCode: 2 })
  const database = databaseOf(data)
  if (database.kind === 'sqlite' && database.path.startsWith(':memory:'))
    throw new CommandError(`--${side}: a database in memory ends with its process: name a file, such as file:data/dateline.db`, { exitCode: 2 })
  return database
}

async function copy(from: DatabaseConfig, to: DatabaseConfig, io: Io): Promise<Copied[]> {
  const isTerminal = process.stderr.isTTY === true
  const progress = copyProgress({ isTerminal, say: io.err, nowMs: () => performance.now() })
  const threads = wordThreads()
  const open: { close(): Promise<void> }[] = [threads]
  try {
    await refuseSame(from, to)
    const source = await opened('from', from, sqliteSource, postgresSource)
    open.push(source)
    const target = await opened('to', to, sqliteTarget, postgresTarget)
    open.push(target)
    return await copyDatabase(source, target, { wordsOf: threads.wordsOf, onProgress: progress.show })
  } catch (cause) {
    progress.end()
    throw sentenceOf(cause, { from, to })
  } finally {
    progress.end()
    for (const one of open) await one.close()
  }
}

/** A file under two names, and a database of a server under two addresses, are one. */
async function refuseSame(from: DatabaseConfig, to: DatabaseConfig): Promise<void> {
  if (from.kind === 'sqlite' && !existsSync(from.path)) throw new CopyError(`--from: there is no file ${from.path}: correct the address`)
  if (from.kind !== to.kind) return
  const [one, other] = [await identityOf('from', from), await identityOf('to', to)]
  if (one === other) throw new CopyError(`--from and --to are the same database, ${to.name}: name another one to copy to`)
}

async function identityOf(side: Side, database: DatabaseConfig): Promise<string> {
  if (database.kind === 'postgres') return blaming(side, () => postgresIdentity(`--${side}`, database.url))
  const file = statSync(database.path, { throwIfNoEntry: false })
  return file ? `${file.dev} ${file.ino}` : database.path
}

const opened = <T>(side: Side, database: DatabaseConfig, file: (path: string) => T, server: (url: string) => Promise<T>): Promise<T> =>
  blaming(side, async () => (database.kind === 'sqlite' ? file(database.path) : server(database.url)))

/** What went wrong on one side, in the words of other commands, which know a setting where this one has an option. */
function sentenceOf(error: unknown, databases: Record<Side, DatabaseConfig>): unknown {
  if (error instanceof CopyError) return new CommandError(error.message, { cause: error })
  if (!(error instanceof SideError)) return error
  const { side, cause } = error
  return new CommandError(
    `--${side}: ${saidOf(databases[side], cause)
      .replace(/^(?:DATABASE_URL|--from|--to): /, '')
      .replaceAll('set DATABASE_URL', `set --${side}`)}`,
    { cause },
  )
}

function saidOf(database: DatabaseConfig, cause: unknown): string {
  if (cause instanceof StartError || cause instanceof MigrationError)
    return `${database.kind === 'sqlite' ? `${database.path}: ` : ''}${cause.message}`
  if (database.kind === 'sqlite') return saidOfFile(database.path, cause)
  const away = troubleOf(cause) === 'away' ? 'the connection was lost; nothing is stored, try again' : undefined
  const busy = troubleOf(cause) === 'busy' ? 'others are writing to it: stop them, or try again' : undefined
  return `${database.name}: ${away ?? busy ?? messageOf(cause)}`
}
