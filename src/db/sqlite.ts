import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { Box } from '../lib/geo.ts'
import { sqliteColumns } from './columns.ts'
import { again, leased, statementCache } from './handle.ts'
import { type InsertShape, insertShape } from './insert.ts'
import { withLinks } from './linked-match.ts'
import { type Migration, migrateSqlite } from './migrate.ts'
import { indexOf, type NumbersKept, numbersKept } from './sqlite-index.ts'
import { fts5MatchExcept } from './sqlite-match.ts'
import {
  afterwards,
  alone,
  type Db,
  type Dialect,
  documentOf,
  type Notice,
  type Preparable,
  type Sql,
  type Store,
  turns,
  type WriteDb,
} from './store.ts'
import { defineTables, type Tables } from './tables.ts'

const lockPatienceMs = 5_000
const watchMs = 250
/** bm25() weights: text, titles and names, unstemmed forms (which only prefixes ask for). */
const columnWeights = [1, 6, 0.2] as const

const matchText: Dialect['match'] = (query, none, bind) => {
  const expression = bind(fts5MatchExcept(query, none))
  const weights = sql.join(
    columnWeights.map(weight => sql`${weight}`),
    sql`, `,
  )
  return {
    shape: 'match',
    documents: sql`(select rowid as doc from search_index where search_index match ${expression})`,
    hits: sql`(select rowid as doc, -bm25(search_index, ${weights}) as score from search_index where search_index match ${expression})`,
  }
}

const dialect: Dialect = {
  ...withLinks({
    match: matchText,
    matchAny: (weighed, none, bind) => matchText({ op: 'or', of: weighed.map(({ query }) => query) }, none, bind),
  }),
  claiming: query => query, // one writer at a time
  listed: json => sql`json_each(${json}) as listed`,
  steps: json => ({
    steps: sql`(select value ->> 0 as moved, value ->> 1 as step from json_each(${json})) as steps`,
    key: sql`steps.moved`,
    step: sql`steps.step`,
  }),
  rankedArticles: sql`indexed by articles_rank`,
  inBoxes: (seq, boxes) => sql`${seq} in (${sql.join(boxes.map(boxed), sql` union `)})`,
}

const boxed = ({ west, south, east, north }: Box): SQL =>
  sql`select id from places_box where min_lat <= ${north} and max_lat >= ${south} and min_lng <= ${east} and max_lng >= ${west}`

/** `migrated` is told of the migrations that were taken at the start. */
export type SqliteOptions = { migrated?: (migrations: readonly Migration[]) => void }

/**
 * Opens (and makes, and migrates) the database of one file: one writer behind a queue, one reader, one connection for searches.
 * `:memory:` is refused, as the three would see three databases. Throws what SQLite says where the file is none of its own.
 */
export function openSqlite(path: string, { migrated = () => {} }: SqliteOptions = {}): Store {
  mkdirSync(dirname(path), { recursive: true })
  const tables = defineTables(sqliteColumns)
  const writer = connect(path, false)
  try {
    migrated(migrateSqlite(writer))
    writer.pragma('busy_timeout = 0')
    writer.pragma('temp_store = MEMORY') // what a savepoint keeps to go back to
  } catch (error) {
    writer.close()
    throw error
  }
  const reader = readerOf(connect(path, true), tables)
  const searcher = readerOf(connect(path, true), tables)
  const writeHandle = drizzle(writer, { casing: 'snake_case' }) as unknown as Sql
  const writePrepared = statementCache(writeHandle, prepare)
  const numbers = numbersKept()
  const search = indexWriter(writer, numbers)
  const insert = rowWriter(writer)
  const watcher = connect(path, true)
  const version = watcher.prepare('pragma data_version').pluck() // inside a transaction it would stand still
  const notices = noticesOf(writer)
  const inTurn = turns()
  const begin = writer.prepare('BEGIN IMMEDIATE')
  const commit = writer.prepare('COMMIT')
  const savepoint = writer.prepare('SAVEPOINT part')
  const release = writer.prepare('RELEASE part')
  const rollback = (to = 'ROLLBACK') => {
    if (writer.inTransaction) writer.exec(to) // a full disk has rolled back already
  }

  /** The lock is tried for asynchronously: SQLite's own busy wait would stop the event loop. */
  async function beginPatiently() {
    const end = performance.now() + lockPatienceMs
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
      try {
        begin.run()
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw error
        await sleep(waitMs * Math.random())
      }
    }
  }

  async function transaction<T>(fn: (db: WriteDb) => Promise<T>): Promise<T> {
    const committed: (() => void)[] = []
    const kept = new Set<string>()
    await beginPatiently()
    const lease = leased(writeHandle)
    try {
      const result = await fn({
        sql: lease.sql,
        tables,
        dialect,
        prepared: writePrepared,
        insert,
        search: { ...search, keep: words => search.keep(newIn(kept, words)) },
        announce: async notice => void committed.push(() => notices.tell(notice)),
        inOrder: async () => {}, // one writer at a time
        afterCommit: f => committed.push(f),
        async savepoint(f) {
          const before = committed.length
          savepoint.run()
          try {
            const out = await f()
            release.run()
            return out
          } catch (error) {
            committed.length = before
            kept.clear()
            numbers.ended('undone')
            rollback('ROLLBACK TO part; RELEASE part')
            throw error
          }
        },
      })
      commit.run()
      numbers.ended('committed')
      afterwards(committed)
      return result
    } catch (error) {
      numbers.ended('undone')
      rollback()
      throw error
    } finally {
      lease.end()
    }
  }

  return {
    file: path,
    moment: () => Number(version.get()),
    read: reader.read,
    search: searcher.read,
    write: fn => alone(() => inTurn(() => again(() => transaction(fn)))),
    onNotice: notices.listen,
    async close() {
      notices.close()
      await inTurn(async () => {})
      await reader.close()
      await searcher.close()
      watcher.close()
      writer.pragma('optimize')
      writer.close()
    },
  }
}

/** A connection of its own that reads, for a thread beside the one that has the store; each `read` sees one snapshot. */
export const openSqliteReader = (path: string) => readerOf(connect(path, true), defineTables(sqliteColumns))

function readerOf(connection: Database.Database, tables: Tables) {
  const handle = drizzle(connection, { casing: 'snake_case' }) as unknown as Sql
  const db: Db = { sql: handle, tables, dialect, prepared: statementCache(handle, prepare) }
  const turn = turns() // reads are synchronous underneath: taking turns costs nothing
  const start = connection.prepare('BEGIN')
  const end = connection.prepare('COMMIT')
  return {
    read: <T>(fn: (db: Db) => Promise<T>) =>
      alone(() =>
        turn(async () => {
          start.run()
          try {
            return await fn(db)
          } finally {
            end.run()
          }
        }),
      ),
    async close() {
      await turn(async () => {})
      connection.close()
    },
  }
}

function connect(path: string, readonly: boolean): Database.Database {
  const connection = new Database(path, { timeout: readonly ? 0 : lockPatienceMs, readonly }) // while starting, waiting stops nobody
  if (!readonly) for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) connection.pragma(pragma)
  if (!readonly) connection.pragma('wal_autocheckpoint = 4000')
  connection.pragma('cache_size = -32000')
  return connection
}

/** Words that a transaction keeps in mind, so that they are not sent again. */
const maxKept = 100_000

/** Those of some words that are not in a set, which has them from then on. */
function newIn(kept: Set<string>, words: readonly string[]): string[] {
  const unknown = words.filter(word => !kept.has(word))
  if (kept.size + unknown.length > maxKept) kept.clear()
  for (const word of unknown) kept.add(word)
  return unknown.sort() // neighbours of the index one behind the other
}

/** Row by row, as a statement costs less than its arguments here. */
function rowWriter(writer: Database.Database): WriteDb['insert'] {
  const prepared = new Map<string, Database.Statement<unknown[]>>()
  const statementOf = ({ table, columns }: InsertShape) => {
    const known = prepared.get(table)
    if (known) return known
    const made = writer.prepare<unknown[]>(`insert into ${table} (${columns.map(({ name }) => name)}) values (${columns.map(() => '?')})`)
    prepared.set(table, made)
    return made
  }
  return async (table, rows) => {
    const shape = insertShape(table)
    const statement = statementOf(shape)
    const numbers = rows.map(row => Number(statement.run(shape.valuesOf(row)).lastInsertRowid))
    return shape.numbered ? numbers : []
  }
}

function indexWriter(writer: Database.Database, numbers: NumbersKept): WriteDb['search'] {
  const { remove, insert, keep } = indexOf(writer, numbers)
  return {
    async index(...entries) {
      const documents = entries.map(({ kind, seq, isNew, ...words }) => ({ doc: documentOf(kind, seq), isNew, ...words }))
      for (const { doc, isNew } of documents) if (!isNew) remove(doc)
      insert(...documents)
    },
    async remove(kind, seq) {
      remove(documentOf(kind, seq))
    },
    keep: async words => keep(words),
  }
}

/** Notices of this process are told at once; a change of the file by another process is noticed within `watchMs`, and may be any notice. */
function noticesOf(writer: Database.Database) {
  const listeners: ((notice: Notice) => void)[] = []
  const version = writer.prepare('pragma data_version').pluck()
  let last = version.get()
  const tell = (notice: Notice) => {
    for (const listener of listeners) listener(notice)
  }
  const watch = setInterval(() => {
    if (writer.inTransaction) return // a change by another process has to wait for this one
    const now = version.get()
    if (now !== last) tell('names')
    last = now
  }, watchMs)
  watch.unref()
  return { tell, listen: (listener: (notice: Notice) => void) => void listeners.push(listener), close: () => clearInterval(watch) }
}

const prepare = <T>(query: Preparable<T>) => query.prepare()

const isBusy = (error: unknown) => error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
