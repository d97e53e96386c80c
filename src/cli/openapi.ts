import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import pino from 'pino'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { openSqlite } from '../db/sqlite.ts'
import { systemClock } from '../lib/instant.ts'
import { createKnownNames } from '../mentions/known-names.ts'
import { codeOf } from './database.ts'
import { CommandError, type Io } from './io.ts'

/** `dateline openapi`: the document of this version, on stdout or in a file. */
export const addOpenapi = (program: Command, io: Io) =>
  program
    .command('openapi')
    .description('print the OpenAPI document of this version')
    .option('--out <file>', 'write it there instead')
    .option('--check <file>', 'only say whether the file is that document: exit code 1 when it is stale')
    .action(async ({ out, check }: { out?: string; check?: string }) => {
      const text = await openapiText()
      if (check !== undefined) return compare(check, text, io)
      if (out === undefined) return io.out(text)
      write(out, text)
      io.err(`wrote ${out}\n`)
    })

/** The document, pretty-printed. Made with no setting given, so that every machine makes the same; the database it is built on is empty and thrown away. */
export async function openapiText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-openapi-'))
  const store = openSqlite(join(folder, 'empty.db'))
  try {
    const app = await buildApp({ config: readConfig({}), store, clock: systemClock, log: pino({ level: 'silent' }), names: createKnownNames() })
    await app.ready()
    const text = `${JSON.stringify(app.swagger(), undefined, 1)}\n`
    await app.close()
    return text
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function compare(file: string, text: string, io: Io): void {
  if (read(file) !== text) throw new CommandError(`${file} is stale: run \`npm run openapi\` and commit what it writes`)
  io.out(`${file} is up to date\n`)
}

/** The file, undefined where there is none (which is stale, too). */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new CommandError(`${file} cannot be read: ${codeOf(cause)}`, { cause })
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (cause) {
    throw new CommandError(`${file} cannot be written: ${codeOf(cause)}`, { cause })
  }
}
