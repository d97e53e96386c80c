import { run } from '../../src/cli/program.ts'
import type { DatabaseConfig } from '../../src/config.ts'

/** Runs a command in this process, as a shell would, on a database. */
export async function shell(database: DatabaseConfig, ...argv: string[]) {
  const said = { out: '', err: '' }
  const code = await run(argv, {
    env: { DATABASE_URL: urlOf(database) },
    out: text => {
      said.out += text
    },
    err: text => {
      said.err += text
    },
  })
  return { code, ...said }
}

export const urlOf = (database: DatabaseConfig): string => (database.kind === 'sqlite' ? `file:${database.path}` : database.url)
