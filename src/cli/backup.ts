import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { type BackedUp, BackupError, backUp } from '../db/backup.ts'
import { CopyError } from '../db/copy-shape.ts'
import { troubleOf } from '../db/errors.ts'
import { copyProgress } from './copy-progress.ts'
import { saidOfFile } from './database.ts'
import { CommandError, type Io, messageOf } from './io.ts'

type Options = { force?: true; json?: true }

/** `dateline backup`: the SQLite file as it is at one moment, while a server writes to it. */
export const addBackup = (program: Command, io: Io) =>
  program
    .command('backup')
    .description('write one moment of the database to a file, while a server goes on writing to it; of PostgreSQL, say how')
    .argument('<file>', 'the file to make; <file>.sha256 is written beside it')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print {"file","bytes","rows","sha256","migration","tables":[{"name","rows","checksum"}],"seconds"}')
    .action(async (file: string, { force, json }: Options) => {
      const { database } = readConfig(io.env)
      if (database.kind === 'postgres') throw new CommandError(dumpAdvice(database.url, file))
      const began = performance.now()
      const made = await fileBackup(database.path, file, force ?? false, io)
      const seconds = Math.round(performance.now() - began) / 1_000
      if (json) return io.out(`${JSON.stringify({ ...made, seconds })}\n`)
      io.out(`${made.file}: ${made.bytes.toLocaleString('en')} bytes, ${made.rows.toLocaleString('en')} rows, verified in ${seconds} s\n`)
      io.out(`sha256 ${made.sha256}\n`)
    })

async function fileBackup(path: string, file: string, force: boolean, io: Io): Promise<BackedUp> {
  if (!existsSync(path)) throw new CommandError(`there is no database ${path}: set DATABASE_URL to the one to back up`)
  if (!existsSync(dirname(file))) throw new CommandError(`there is no folder ${dirname(file)}: make it, or name a file elsewhere`)
  const progress = copyProgress({ isTerminal: process.stderr.isTTY === true, say: io.err, nowMs: () => performance.now() })
  try {
    return await backUp(path, file, { force, onProgress: progress.show })
  } catch (cause) {
    progress.end()
    throw sentenceOf(cause, path, file)
  } finally {
    progress.end()
  }
}

/** What kept a backup from being made or restored, as a sentence. `path` is the database, `file` the file that was to be written. */
export function sentenceOf(cause: unknown, path: string, file: string): unknown {
  if (cause instanceof BackupError) return new CommandError(cause.message, { cause })
  if (cause instanceof CopyError) return new CommandError(`${path}: ${cause.message.replace(/^--from: /, '')}`, { cause })
  const trouble = troubleOf(cause)
  if (trouble === 'full') return new CommandError(`${file} cannot be written: the disk is full or failing; make room and try again`, { cause })
  if (!trouble) return new CommandError(`${file} cannot be written: ${messageOf(cause)}`, { cause })
  return new CommandError(saidOfFile(path, cause), { cause })
}

/** An address as the tools of PostgreSQL take it, quoted for a shell; the password is left to PGPASSWORD or a ~/.pgpass. */
export function forShell(url: string): string {
  const address = new URL(url)
  address.password = ''
  for (const name of ['password', 'sslpassword']) address.searchParams.delete(name)
  return quotedForShell(address.href)
}

export const quotedForShell = (text: string): string => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const dumpAdvice = (url: string, file: string) =>
  `a PostgreSQL is backed up by its own tools, one moment of it while it is in use; run (the password in PGPASSWORD or ~/.pgpass):
pg_dump --format=custom --no-owner --file=${quotedForShell(file)} ${forShell(url)}`
