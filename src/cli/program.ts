// The table of contents of the command line.
import { Command, CommanderError } from 'commander'
import { ConfigError, settings } from '../config.ts'
import { version } from '../version.ts'
import { addBackup } from './backup.ts'
import { addCheck } from './check.ts'
import { addCopy } from './copy.ts'
import { addDemo } from './demo.ts'
import { CommandError, type Io, messageOf } from './io.ts'
import { addKey } from './key.ts'
import { addMigrate } from './migrate.ts'
import { addOpenapi } from './openapi.ts'
import { addRestore } from './restore.ts'
import { addServe } from './serve.ts'

/** Runs one command. The exit code: 0, 1 for a failure, 2 for a command line that makes no sense. Never throws. */
export async function run(argv: string[], io: Io): Promise<number> {
  try {
    await programOf(io).parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.err(`dateline: ${sentence(error)}\n`)
    return error instanceof CommandError ? error.exitCode : 1
  }
}

function programOf(io: Io): Command {
  const program = new Command('dateline')
    .description('A headless content API for news: articles, people and places, and who and where every article is about.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(dateline --help lists commands and settings)')
    .addHelpText('after', () => `\nSettings (environment variables):\n${settingsHelp()}`)
  addServe(program, io)
  addMigrate(program, io)
  addKey(program, io)
  addOpenapi(program, io)
  addCopy(program, io)
  addBackup(program, io)
  addRestore(program, io)
  addCheck(program, io)
  addDemo(program, io)
  return program
}

/** Every setting with its meaning and default, as the schema has them. */
function settingsHelp(): string {
  const lines = Object.entries(settings.shape).map(([name, setting]) => {
    const { data } = setting.safeParse(undefined)
    const preset = data === undefined ? '' : ` Default: ${String(data)}.`
    return `  ${name.padEnd(20)}${setting.description}${preset}`
  })
  return lines.join('\n')
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return `these settings are wrong:\n${error.message.replace(/^/gm, '  ')}`
  return messageOf(error)
}
