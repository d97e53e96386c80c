import { run } from '../../src/cli/program.ts'
import type { DatabaseConfig } from '../../src/config.ts'

/** Runs a command in this process, as a shell would, on a database. */
export const shell = (database: DatabaseConfig, ...argv: string[]) => inProcess(argv, { DATABASE_URL: urlOf(database) })

/** The same with no other environment than the one that is given. */
export async function inProcess(argv: string[], env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const code = await run(argv, {
    env,
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
