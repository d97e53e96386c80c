import Database from 'better-sqlite3'

/** What a database says when it cannot serve now, told in one word for `http/problem.ts`; undefined for anything else. */
export type Trouble = 'busy' | 'full' | 'readonly' | 'damaged'

const troubles: [string, Trouble][] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_CANTOPEN', 'readonly'],
  ['SQLITE_IOERR', 'full'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
]

/** Which trouble an error of the database (or one that it caused) stands for. */
export function troubleOf(error: unknown): Trouble | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (at instanceof Database.SqliteError) return troubles.find(([prefix]) => String(code).startsWith(prefix))?.[1]
  }
  return undefined
}
