// Connections to one PostgreSQL server, each with a handle and its prepared queries.
import { createHash } from 'node:crypto'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { lineOf } from '../lib/line.ts'
import { Crowded, LostConnection, troubleOf } from './errors.ts'
import { statementCache } from './handle.ts'
import { type Db, type Preparable, type Prepared, type Sql, turns } from './store.ts'

/** How long a request waits for a connection to read by, and a statement may run. A write waits for its turn as long as the one before it may take. */
export type PoolTimes = { connectMs: number; statementMs: number }
export const usualTimes: PoolTimes = { connectMs: 5_000, statementMs: 30_000 }

/** A connection is replaced now and then, so that prepared queries do not pile up on the server. */
const maxLifetimeSeconds = 3_600

/** Connects; with the time zone that our instants are read in, whatever the address asks for. A transaction that its process forgot is ended by the server. */
export function clientConfig(url: string, { connectMs, statementMs }: PoolTimes): pg.ClientConfig {
  const address = new URL(url)
  const theirs = address.searchParams.get('options')
  const ours = `-c TimeZone=UTC -c statement_timeout=${statementMs} -c idle_in_transaction_session_timeout=${2 * statementMs}`
  address.searchParams.set('options', theirs === null ? ours : `${theirs} ${ours}`)
  return {
    connectionString: address.href,
    fallback_application_name: 'dateline',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    ...(statementMs > 0 && { query_timeout: statementMs + connectMs }), // only a server that was cut off takes longer than it lets a statement run
  }
}

export type Handle = { client: pg.PoolClient; sql: Sql; prepared: Db['prepared'] }

export type Connections = {
  /** Runs `fn` with a connection of its own; one that broke, or whose transaction could not be ended, is thrown away. */
  use<T>(fn: (handle: Handle) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * At most `max` connections, made when they are needed; who finds all of them in use waits for `waitMs`. What breaks while nobody uses it is dropped without a
 * word: the next one is made anew.
 */
export function connections(url: string, max: number, times: PoolTimes = usualTimes, waitMs = times.connectMs): Connections {
  const inLine = lineOf(max, waitMs, () => new Crowded(`all ${max} connections were in use for ${waitMs} ms`))
  const pool = new pg.Pool({ ...clientConfig(url, times), max, maxLifetimeSeconds })
  const handles = new WeakMap<pg.PoolClient, Handle>()
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {})) // told by the query that meets it

  function handleOf(client: pg.PoolClient): Handle {
    const known = handles.get(client)
    if (known) return known
    const asking = inTurn(client)
    const sql = drizzle(asking, { casing: 'snake_case' }) as unknown as Sql
    const made = { client: asking, sql, prepared: statementCache(sql, prepare) }
    handles.set(client, made)
    return made
  }

  return {
    use: fn =>
      inLine(async () => {
        const client = await pool.connect().catch(cause => {
          throw troubleOf(cause) === 'busy' ? cause : new LostConnection('no connection to the database', { cause })
        })
        let broken = false
        try {
          return await fn(handleOf(client))
        } catch (error) {
          broken = troubleOf(error) === 'away'
          throw error
        } finally {
          client.release(broken)
        }
      }),
    close: () => pool.end(),
  }
}

/** One query after another, as pg will not queue them any more: features may ask for several at once. */
function inTurn(client: pg.PoolClient): pg.PoolClient {
  const turn = turns()
  return new Proxy(client, {
    get(target, key) {
      if (key !== 'query') return Reflect.get(target, key, target)
      return (...query: Parameters<pg.PoolClient['query']>) => turn(async () => target.query(...query))
    },
  })
}

/** The server knows a prepared query by a name of at most 63 bytes. */
const prepare = <T>(query: Preparable<T>, name: string): Prepared<T> =>
  (query as unknown as { prepare(name: string): Prepared<T> }).prepare(createHash('sha256').update(name).digest('base64url'))
