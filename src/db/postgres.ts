import { type SQL, sql } from 'drizzle-orm'
import type pg from 'pg'
import type { Box } from '../lib/geo.ts'
import { postgresColumns } from './columns.ts'
import { LostConnection, sqlState, troubleOf } from './errors.ts'
import { again, leased } from './handle.ts'
import { columnwise, insertShape } from './insert.ts'
import { withLinks } from './linked-match.ts'
import type { Migration } from './migrate.ts'
import { indexWriter, numbering } from './postgres-index.ts'
import { tsMatch, tsMatchAny } from './postgres-match.ts'
import { noticesOf } from './postgres-notices.ts'
import { type Connections, connections, type Handle, type PoolTimes, usualTimes } from './postgres-pool.ts'
import { replicasOf } from './postgres-replicas.ts'
import { preparePostgres } from './postgres-start.ts'
import { afterwards, alone, type Db, type Dialect, type Freshness, type Store, type WriteDb } from './store.ts'
import { defineTables } from './tables.ts'

/**
 * Connections that a process keeps at most, with one more that listens. One writes: articles about the same people are in each other's way, and those that
 * had to be run again cost more than writing side by side gave (of eight at once, with one writer four times as many were done as with four).
 */
const readers = 8
const searchers = 3
const usualWriters = 1

const deadConnectionsAtMost = readers
/** A connection that is dead says so at once; where one had to be waited for, the server has fallen silent, and the others will not do better. */
const deadMs = 1_000
/** Attempts that run beside other writes; later ones run alone. */
const attemptsBeside = 2

const dialect: Dialect = {
  ...withLinks({ match: tsMatch, matchAny: tsMatchAny }),
  claiming: query =>
    (query as unknown as { for(strength: 'update', config: { skipLocked: true }): typeof query }).for('update', { skipLocked: true }),
  listed: json => sql`json_array_elements_text(${json}::json) as listed (value)`,
  steps: json => ({
    steps: sql`(select value ->> 0 as moved, (value ->> 1)::integer as step from json_array_elements(${json}::json)) as steps`,
    key: sql`steps.moved`,
    step: sql`steps.step`,
  }),
  rankedArticles: sql``,
  inBoxes: (seq, boxes) => sql`${seq} in (${sql.join(boxes.map(boxed), sql` union `)})`,
}

const boxed = ({ west, south, east, north }: Box): SQL =>
  sql`select seq from places where point(lng, lat) <@ box(point(${west}, ${south}), point(${east}, ${north}))`

export type PostgresOptions = {
  /** Where requests of nobody may read. */
  readUrls?: readonly string[]
  times?: PoolTimes
  /** How many writes may run side by side. */
  writers?: number
  /** Told of what goes wrong beside requests: a lost listener, a replica that lags. */
  warn?: (what: string, error?: unknown) => void
  /** Told of the migrations that were taken at the start, where there were any. */
  migrated?: (migrations: readonly Migration[]) => void
}

/**
 * Opens (and migrates) a database of PostgreSQL, 15 or later. Reads are snapshots, writes are serializable and run again where others got in their way.
 * Throws a StartError that says what to do where it cannot be used.
 */
export async function openPostgres(
  url: string,
  { readUrls = [], times = usualTimes, writers = usualWriters, warn = () => {}, migrated = () => {} }: PostgresOptions = {},
): Promise<Store> {
  migrated(await preparePostgres(url, { readUrls, times, warn }))
  const tables = defineTables(postgresColumns)
  const reading = connections(url, readers, times)
  const searching = connections(url, searchers, times)
  const writing = connections(url, writers, times, times.statementMs)
  const aside = connections(url, 1, times, times.statementMs)
  /**
   * A statement on a connection of its own that commits at once: inside a transaction, whoever writes the same new word or term beside it would have to wait
   * for its end, and be run again. What it leaves behind where that is rolled back does no harm, as a word without a text is offered to nobody.
   */
  const commitAside = <R extends pg.QueryResultRow>(statement: pg.QueryConfig) => begun(aside, ping, ({ client }) => client.query<R>(statement))
  const numberOf = numbering(commitAside)
  const replicas = replicasOf(reading, readUrls, { readers, times, warn })
  const notices = await noticesOf(url, times, warn)

  /** One attempt to write; from the third on with nobody beside it. */
  const transaction = <T>(fn: (db: WriteDb) => Promise<T>, attempt: number): Promise<T> =>
    begun(writing, attempt > attemptsBeside ? beginAlone : beginBeside, async handle => {
      const committed: (() => void)[] = []
      const { client } = handle
      const lease = leased(handle.sql)
      try {
        const result = await fn({
          sql: lease.sql,
          tables,
          dialect,
          prepared: handle.prepared,
          insert: rowWriter(handle),
          search: indexWriter(client, numberOf, commitAside),
          afterCommit: f => committed.push(f),
          savepoint: part => savepoint(handle, committed, part),
          async announce(notice) {
            await client.query({ name: 'announce', text: 'select pg_notify($1, $2)', values: [notices.channel, notice] })
            committed.push(() => notices.tell(notice))
          },
          inOrder: async table => void (await client.query(locks[table])),
        })
        lease.end()
        await commit(handle)
        afterwards(committed)
        return result
      } catch (error) {
        await rollback(handle, error)
        throw error
      } finally {
        lease.end()
      }
    })

  const snapshot = <T>(pool: Connections, fn: (db: Db) => Promise<T>): Promise<T> =>
    begun(pool, beginReading, async handle => {
      try {
        const result = await fn({ sql: handle.sql, tables, dialect, prepared: handle.prepared })
        await handle.client.query('COMMIT')
        return result
      } catch (error) {
        await rollback(handle, error)
        throw error
      }
    })

  /** On a replica where it may be; what a replica cannot answer (it went away, or had to drop what the snapshot sees) is asked of the primary. */
  async function read<T>(pool: Connections, fn: (db: Db) => Promise<T>, freshness: Freshness): Promise<T> {
    const replica = freshness === 'lagging' ? replicas.pick() : undefined
    if (!replica) return snapshot(pool, fn)
    try {
      return await snapshot(replica, fn)
    } catch (error) {
      if (!troubleOf(error)) throw error
      return snapshot(pool, fn)
    }
  }

  return {
    file: undefined,
    moment: undefined,
    read: (fn, freshness = 'fresh') => alone(() => read(reading, fn, freshness)),
    search: (fn, freshness = 'fresh') => alone(() => read(searching, fn, freshness)),
    write: fn => alone(() => again(attempt => transaction(fn, attempt), isInTheWay)),
    onNotice: notices.listen,
    async close() {
      await notices.close()
      await replicas.close()
      await Promise.all([reading, searching, writing, aside].map(pool => pool.close()))
    },
  }
}

const beginReading = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

/**
 * Serializable, so that whatever a write read still holds when it is committed. The lock is taken before the snapshot: those in shared mode run beside each
 * other, and one that was in the way of others too often runs alone instead of failing again and again.
 */
const beginBeside = 'BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE write_turns IN ROW SHARE MODE'
const beginAlone = 'BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE write_turns IN EXCLUSIVE MODE'

const locks = { name_changes: 'LOCK TABLE name_changes IN SHARE ROW EXCLUSIVE MODE' }

/** Serialisation failure and deadlock; and a row that another one has written since this one looked for it. */
const inTheWay = new Set(['40001', '40P01', '23505', '23503'])
const isInTheWay = (error: unknown) => inTheWay.has(sqlState(error) ?? '')

/** A connection with a transaction begun. Tried again where the connection was dead before, as all of them are when the server was restarted. */
async function begun<T>(pool: Connections, begin: string, work: (handle: Handle) => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let left = deadConnectionsAtMost; ; left -= 1) {
    let isBegun = false
    try {
      return await pool.use(async handle => {
        await handle.client.query(begin)
        isBegun = true
        return work(handle)
      })
    } catch (error) {
      if (isBegun || left === 0 || performance.now() - start > deadMs || error instanceof LostConnection || troubleOf(error) !== 'away') throw error
    }
  }
}

/** Where an error of the database was swallowed, a COMMIT rolls back without a word. */
async function commit({ client }: Handle) {
  const { command } = await client.query('COMMIT')
  if (command !== 'COMMIT') throw new Error('nothing was written: an error of the database was swallowed in this transaction')
}

/** A transaction that cannot even be rolled back has a broken connection: the error says so, and the connection goes. */
async function rollback({ client }: Handle, cause: unknown) {
  if (troubleOf(cause) === 'away') return
  await client.query('ROLLBACK').catch(() => {
    throw new LostConnection('the connection broke in a transaction', { cause })
  })
}

async function savepoint<T>({ client }: Handle, committed: (() => void)[], part: () => Promise<T>): Promise<T> {
  const before = committed.length
  await client.query('SAVEPOINT part')
  try {
    const out = await part()
    await client.query('RELEASE part')
    return out
  } catch (error) {
    committed.length = before
    await client.query('ROLLBACK TO part; RELEASE part')
    throw error
  }
}

const rowWriter = ({ client }: Handle): WriteDb['insert'] => {
  return async (table, rows) => {
    if (rows.length === 0) return []
    const { table: name, columns, numbered, valuesOf } = insertShape(table)
    const text = `insert into ${name} (${columns.map(column => column.name)}) select * from unnest(${columns.map(({ type }, n) => `$${n + 1}::${type}[]`)})${numbered ? ` returning ${numbered} as n` : ''}`
    const values = columnwise(rows.map(valuesOf))
    const { rows: numbers } = await client.query<{ n: string }>({ name: `insert ${name}`, text, values })
    return numbers.map(({ n }) => Number(n))
  }
}

/** In the place of a BEGIN, where one statement is all: a connection that is dead is found by it. */
const ping = 'select 1'
