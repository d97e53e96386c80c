// What both databases make of a connection: a handle that dies with its transaction, and queries that are built once.
import type { Preparable, Prepared, Sql } from './store.ts'

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
    const made = prepare(build(handle), name)
    cache.set(name, made)
    return made
  }
}
