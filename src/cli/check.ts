import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type CheckResult, checkDatabase } from '../check/check.ts'
import { lineOf } from '../check/report.ts'
import { type DatabaseConfig, readConfig } from '../config.ts'
import { type Inspection, InspectionError } from '../db/inspect.ts'
import { inspectPostgres } from '../db/inspect-postgres.ts'
import { inspectSqlite } from '../db/inspect-sqlite.ts'
import { copyProgress } from './copy-progress.ts'
import { saidOfFile } from './database.ts'
import { CommandError, type Io, messageOf } from './io.ts'

/** `dateline check`: whether all that follows from something else is what it should be. Exit code 1 where it is not. */
export const addCheck = (program: Command, io: Io) =>
  program
    .command('check')
    .description('analyse all texts again and compare words, boxes, counts, links and mentions with what is stored; nothing is written')
    .option('--json', 'print {"rows":{"articles","people","places"},"differences","found":[{"aspect","count","told":[…]}]}')
    .action(async ({ json }: { json?: true }) => {
      const { database } = readConfig(io.env)
      const { rows, found } = await checked(database, io)
      const differences = found.reduce((sum, { count }) => sum + count, 0)
      if (json) io.out(`${JSON.stringify({ rows, differences, found })}\n`)
      else io.out(`${linesOf({ rows, found }).join('\n')}\n`)
      if (differences > 0)
        throw new CommandError(
          `${differences} ${differences === 1 ? 'thing is' : 'things are'} not as they should be: restore a backup, or report this`,
        )
    })

function linesOf({ rows, found }: CheckResult): string[] {
  const told = found.flatMap(({ aspect, count, told }) => [
    ...told.map(difference => `${aspect}: ${lineOf(difference)}`),
    ...(count > told.length ? [`${aspect}: and ${count - told.length} more`] : []),
  ])
  const looked = `checked ${rows.articles} articles, ${rows.people} people and ${rows.places} places`
  return [...told, told.length === 0 ? `${looked}: everything is as it should be` : looked]
}

async function checked(database: DatabaseConfig, io: Io): Promise<CheckResult> {
  if (database.kind === 'sqlite' && !existsSync(database.path))
    throw new CommandError(`there is no database ${database.path}: set DATABASE_URL to the one to check`)
  const progress = copyProgress({ isTerminal: process.stderr.isTTY === true, say: io.err, nowMs: () => performance.now() })
  const use = (inspection: Inspection) => checkDatabase(inspection, progress.show)
  try {
    return database.kind === 'sqlite' ? await inspectSqlite(database.path, use) : await inspectPostgres(database.url, use)
  } catch (cause) {
    progress.end()
    if (cause instanceof InspectionError) throw new CommandError(cause.message, { cause })
    const said = database.kind === 'sqlite' ? saidOfFile(database.path, cause) : `${database.name}: ${messageOf(cause)}`
    throw new CommandError(said, { cause })
  } finally {
    progress.end()
  }
}
