import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { restore } from '../db/restore.ts'
import { systemClock } from '../lib/instant.ts'
import { forShell, quotedForShell, sentenceOf } from './backup.ts'
import { CommandError, type Io } from './io.ts'

type Options = { force?: true; json?: true }

/** `dateline restore`: a backup in the place of the database, once its server has stopped. */
export const addRestore = (program: Command, io: Io) =>
  program
    .command('restore')
    .description('put a backup in the place of the database, once its server has stopped; of PostgreSQL, say how')
    .argument('<file>', 'a backup; <file>.sha256 must fit where it is there')
    .option('--force', 'where there is a database already: it is kept as <database>.before-restore-<time>')
    .option('--json', 'print {"database","bytes","sha256","isChecked","migration","kept"}')
    .action(async (file: string, { force, json }: Options) => {
      const { database } = readConfig(io.env)
      if (database.kind === 'postgres') throw new CommandError(restoreAdvice(database.url, file))
      const done = await restore(file, database.path, { force: force ?? false, keptAs: keptAs(database.path) }).catch(cause => {
        throw sentenceOf(cause, database.path, database.path)
      })
      if (json) return io.out(`${JSON.stringify({ ...done, kept: done.kept ?? null })}\n`)
      io.out(`restored ${done.database}: ${done.bytes.toLocaleString('en')} bytes, at migration ${done.migration}\n`)
      io.out(`sha256 ${done.sha256} ${done.isChecked ? `as ${file}.sha256 has it` : '(there was no .sha256 beside it to compare with)'}\n`)
      if (done.kept) io.out(`what was there is kept as ${done.kept}\n`)
    })

/** Times as file names: no colons, which some file systems refuse. */
const keptAs = (path: string) => `${path}.before-restore-${systemClock.now().replace(/[-:.]/g, '')}`

const restoreAdvice = (url: string, file: string) =>
  `a PostgreSQL is restored by its own tools; stop every process that serves it, then run (the password in PGPASSWORD or ~/.pgpass):
pg_restore --clean --if-exists --no-owner --single-transaction --dbname=${forShell(url)} ${quotedForShell(file)}`
