// What both databases make of a connection: a handle that dies with its transaction, queries that are built once, and writes that are run again.
import { setTimeout as sleep } from 'node:timers/promises'
import { readFlat } from './rows.ts'
import { type Preparable, type Prepared, RunAgain, type Sql } from './store.ts'

/** How often a write is tried that others got in the way of. */
export const maxAttempts = 5

/** Runs a write again, after a pause that grows, where it asks for it or `isInTheWay` says so of its error; at most `maxAttempts` times. */
export async function again<T>(write: (attempt: number) => Promise<T>, isInTheWay: (error: unknown) => boolean = () => false): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write(attempt)
    } catch (error) {
      if (attempt === maxAttempts || !(error instanceof RunAgain || isInTheWay(error))) throw error
      await sleep(5 * 2 ** attempt * Math.random())
    }
  }
}

/** A handle that dies with its transaction: a query that comes late throws, it never writes outside. */
export function leased(handle: Sql): { sql: Sql; end(): void } {
  let over = false
  const proxy = new Proxy(handle, {
    get(target, key) {
      if (over) throw new Error('this transaction is over')
      return Reflect.get(target, key, target)
    },
  })
  return {
    sql: proxy,
    end() {
      over = true
    },
  }
}

/** Prepared queries by name, one cache a connection. `prepare` prepares a built query under its name. */
export function statementCache(handle: Sql, prepare: <T>(query: Preparable<T>, name: string) => Prepared<T>) {
  const cache = new Map<string, Prepared<unknown>>()
  return <T>(name: string, build: (sql: Sql) => Preparable<T>): Prepared<T> => {
    const known = cache.get(name)
    if (known) return known as Prepared<T>
    const made = readFlat(prepare(build(handle), name))
    cache.set(name, made)
    return made
  }
}
