// What every feature's store.ts sees of a database: a handle for one snapshot, or for one transaction.
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { Placeholder } from 'drizzle-orm/sql'
import type { BaseSQLiteDatabase, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Box } from '../lib/geo.ts'
import type { Conditions } from './conditions.ts'
import type { NewRow } from './insert.ts'
import { type NounKind, nounKinds, type Tables } from './tables.ts'
import type { TermCount } from './term-counts.ts'
import type { TokenQuery } from './token-query.ts'

export type Sql = Pick<
  BaseSQLiteDatabase<'async', unknown, Record<string, never>>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'with' | '$with'
>

/** What Drizzle's `.prepare()` gives, and what has one. */
export type Prepared<T> = { execute(values?: Record<string, unknown>): Promise<T> }
export type Preparable<T> = { prepare(): Prepared<T> }

/** A search in the words of a database. `shape` tells its SQL from that of other searches; values are bound. */
export type Match = {
  shape: string
  /** Documents that it finds, a subquery to be tested with `in`. */
  documents: SQL
  /** The same with a score: a subquery of `doc` (see `documentOf`) and `score`, higher is better. */
  hits: SQL
}

/** The parts of a query that no two databases spell alike. */
export type Dialect = {
  /** What a query finds, without what `none` finds. */
  match(query: TokenQuery, none: TokenQuery | null, bind: Conditions['bind']): Match
  /** What at least one of several queries finds, scored roughly, for a ranking that looks at the best of it again; `weight` is how much a query tells. */
  matchAny(weighed: readonly { query: TokenQuery; weight: number }[], none: TokenQuery | null, bind: Conditions['bind']): Match
  /** Behind the table of articles in a ranking: reads what it needs of a hit from the index, as the rows are long. */
  rankedArticles: SQL
  /** Behind a query that takes a row of a queue: others that look for one pass it over until this transaction ends. */
  claiming: <Q>(query: Q) => Q
  /** A table of the strings of a JSON array that is bound, in its column `value`: a list of any length in one prepared query. */
  listed(json: SQL | Placeholder): SQL
  /** A table of pairs of a JSON array that is bound, for an update: `key`, as text, and `step`, a whole number. */
  steps(json: SQL | Placeholder): { steps: SQL; key: SQL; step: SQL }
  /** True for rows whose `seq` has its point in one of the boxes (degrees; 32-bit, so check again on the columns). */
  inBoxes(seq: SQL, boxes: readonly Box[]): SQL
}

export type Db = {
  sql: Sql
  tables: Tables
  dialect: Dialect
  /** Builds a query once a connection: built anew it costs four times as much. `name` says which it is. */
  prepared<T>(name: string, build: (sql: Sql) => Preparable<T>): Prepared<T>
}

/** `isNew` spares a look for what the document had; `counts`, where they are known, are what `countTerms` would find. */
export type IndexEntry = {
  kind: NounKind
  seq: number
  title: string
  body: string
  forms: string
  isNew?: boolean
  counts?: ReadonlyMap<string, TermCount>
}

export type WriteDb = Db & {
  /** Runs when the transaction has been committed, never when it was not: notices, caches, the registry of names. */
  afterCommit(fn: () => void): void
  /** All of `fn` or nothing of it, what was to run after the commit included, and the transaction goes on. */
  savepoint<T>(fn: () => Promise<T>): Promise<T>
  /** Tells every process on this database, this one too, once it is committed. */
  announce(notice: Notice): Promise<void>
  /** From here to the commit nobody else adds to a table, so that its numbers (`seq`) come in the order of commits: who sees one sees all before it. */
  inOrder(table: 'name_changes'): Promise<void>
  /** Adds rows, any number, in their order; gives the numbers that the database gave them, none where it numbers none. */
  insert<T extends SQLiteTable>(table: T, rows: readonly NewRow<T>[]): Promise<number[]>
  /** The full text index, written in the same transaction as the row it stands for. */
  search: {
    index(...entries: IndexEntry[]): Promise<void>
    remove(kind: NounKind, seq: number): Promise<void>
    /** Stores words that are not stored yet: once this transaction is committed they surely are, and if it is not they may be. */
    keep(words: readonly string[]): Promise<void>
  }
}

/** What processes tell each other: names came or went. */
export const notices = ['names'] as const
export type Notice = (typeof notices)[number]

/** Whether a read must see every write acknowledged before it, or may be behind by at most `maxLagMs` (a replica's answer). */
export type Freshness = 'fresh' | 'lagging'
export const maxLagMs = 1_000

/** Thrown inside a write that saw too old a state: it is rolled back and run again on a newer one. */
export class RunAgain extends Error {}

export interface Store {
  /** One snapshot. */
  read<T>(fn: (db: Db) => Promise<T>, freshness?: Freshness): Promise<T>
  /** One transaction. `fn` may run more than once, so it touches nothing but `db`, and awaits nothing else. */
  write<T>(fn: (db: WriteDb) => Promise<T>): Promise<T>
  /** A snapshot for searches, on a connection of their own. */
  search<T>(fn: (db: Db) => Promise<T>, freshness?: Freshness): Promise<T>
  /** Calls `listener` for what any process announced. It may be called without a cause, as after a connection that was lost. */
  onNotice(listener: (notice: Notice) => void): void
  /** Gives another number after each commit, whichever process made it; undefined where that would cost a question to a server. */
  moment: (() => number) | undefined
  /** The file that threads may open to read as well (see `openReader`); undefined where searches run in processes of the database. */
  file: string | undefined
  close(): Promise<void>
}

/** Room for kinds in the numbers of documents: more than there are, as every number would change with it; not many, as small steps are short in an index. */
const kindsAtMost = 8

/** The number that full text knows a row by: one index serves all kinds. */
export const documentOf = (kind: NounKind, seq: number): number => seq * kindsAtMost + nounKinds.indexOf(kind)

/** What a document stands for. */
export const partsOfDocument = (doc: number): { kind: NounKind; seq: number } => ({
  kind: nounKinds[doc % kindsAtMost] ?? 'article',
  seq: Math.floor(doc / kindsAtMost),
})

/** Spelled out, as numbers that are bound come to SQLite as floats, and `doc / 8.0` is no row. */
const numberOf: Record<NounKind, SQL> = { article: sql`0`, person: sql`1`, place: sql`2` }

/** The same in SQL: the document of a row, and whether `doc` is that of a row. */
export const documentIn = (kind: NounKind, seq: Column | SQL): SQL => sql`(${seq} * 8 + ${numberOf[kind]})`
/** The number of the kind of `doc` in SQL, for `partsOfDocument`. */
export const kindInDocument: SQL = sql`doc % 8`
export const isDocumentOf = (kind: NounKind, seq: Column): SQL => sql`${kindInDocument} = ${numberOf[kind]} and ${seq} = doc / 8`

let inside: AsyncLocalStorage<true | undefined> | undefined

/** From here on, `alone` is watched over. For tests: once anything follows calls through promises, every promise of the process costs more. */
export function refuseNesting(): void {
  inside ??= new AsyncLocalStorage()
}

/** Inside a read or a write only its `db` counts: another one would wait for itself, or see another moment. */
export function alone<T>(fn: () => Promise<T>): Promise<T> {
  if (!inside) return fn()
  if (inside.getStore()) return Promise.reject(new Error('a read or a write inside another'))
  return inside.run(true, fn)
}

/** What runs after a commit is no longer inside it. (`exit()` would not do: what it starts falls back inside at its first await.) */
export function afterwards(committed: (() => void)[]): void {
  const run = () => {
    for (const fn of committed) fn()
  }
  if (inside) inside.run(undefined, run)
  else run()
}

/** One after another, in the order of the calls. */
export function turns() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(fn: () => Promise<T>): Promise<T> => {
    const mine = last.then(fn)
    last = mine.catch(() => {})
    return mine
  }
}
