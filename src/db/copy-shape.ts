// What a copy knows of tables: their columns by name and kind, the order that foreign keys ask for, and one canonical spelling of a row.
import { createHash } from 'node:crypto'
import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { instantOfPostgres, postgresColumns } from './columns.ts'
import { defineTables, type NounKind } from './tables.ts'

/** A value as both databases can hold it: JSON and instants are text, booleans 0 or 1. */
export type Value = string | number | null
/** In the order of the columns of its shape. */
export type Row = readonly Value[]

/** Bytes, which are read as hexadecimal text, are in no table that is copied: they follow from others. */
export type ColumnKind = 'text' | 'json' | 'instant' | 'int' | 'bigint' | 'float' | 'bool' | 'bytes'
export type ColumnShape = { name: string; kind: ColumnKind }

export type TableShape = {
  name: string
  columns: readonly ColumnShape[]
  /** Names of the columns of the primary key: rows are read in their order, which is the same on both databases (text by its bytes). */
  key: readonly string[]
  /** The column that the database numbers by itself; numbers that it has given never come again. */
  numbered: string | undefined
  /** Text columns that an index has: where one is too long for it, a row is refused. */
  indexed: readonly string[]
  /** Of a noun: its rows have words in the full text index. */
  noun: NounKind | undefined
}

/** Something that keeps a copy from being made; nothing is stored, and the message is a sentence that says what to do. */
export class CopyError extends Error {}

/** A row as it was read, with its canonical spelling. */
export type Read = { row: Row; line: string }

/** A database of which all is read in one snapshot; of the target, in the transaction that writes it. */
export type Readable = {
  count(shape: TableShape): Promise<number>
  /** All rows in the order of their keys, in batches of a bounded size. One table at a time. */
  batches(shape: TableShape): AsyncIterable<Read[]>
  /** The greatest number that the database has given to a row of the table, be it still there or not; 0 for none. */
  lastNumber(shape: TableShape): Promise<number>
}

export type Source = Readable & { close(): Promise<void> }

/** The text of a document as the index of full text takes it. */
export type Words = { doc: number; title: string; body: string; forms: string }

export type Target = Readable & {
  /** Why a value cannot be stored here, behind the name of its column; undefined where it can. */
  fault(column: ColumnShape, value: Value): string | undefined
  /** Throws a CopyError that names the row which is refused. */
  insert(shape: TableShape, rows: readonly Row[]): Promise<void>
  index(words: readonly Words[]): Promise<void>
  /** Documents in the index of full text. */
  indexed(): Promise<number>
  /** The next row gets a greater number. */
  goOnAfter(shape: TableShape, last: number): Promise<void>
  commit(): Promise<void>
  /** Nothing is stored unless it was committed before. */
  close(): Promise<void>
}

/** Most of what is held of a table at a time, whatever comes first: characters of the canonical spelling, and rows. */
export const maxBatchCharacters = 500_000
export const maxBatchRows = 2_000

/** Gathers rows; `add` gives a batch as soon as it is full, `rest` what is left. */
export function batcher() {
  let batch: Read[] = []
  let characters = 0
  const rest = (): Read[] => {
    const full = batch
    batch = []
    characters = 0
    return full
  }
  const add = (row: Row): Read[] | undefined => {
    const line = canonical(row)
    batch.push({ row, line })
    characters += line.length
    return characters >= maxBatchCharacters || batch.length >= maxBatchRows ? rest() : undefined
  }
  return { add, rest }
}

/** Refuses a source that this program does not know the tables of. `has` is its newest migration, undefined where it has none. */
export function refuseAge(name: string, has: number | undefined, knows: number): void {
  if (has === undefined) throw new CopyError(`--from: ${name} is no database of Dateline: correct the address`)
  if (has < knows)
    throw new CopyError(
      `--from: ${name} is at migration ${has}, older than this version of Dateline (${knows}): run \`dateline migrate\` with DATABASE_URL set to it first`,
    )
  if (has > knows)
    throw new CopyError(
      `--from: ${name} is at migration ${has}, newer than this version of Dateline (${knows}): copy it with the version that made it`,
    )
}

const kinds: Record<string, ColumnKind> = {
  text: 'text',
  json: 'json',
  'timestamp (3) with time zone': 'instant',
  integer: 'int',
  bigint: 'bigint',
  'double precision': 'float',
  boolean: 'bool',
}

/** Every table, those that others refer to first. The spelling for PostgreSQL tells instants and booleans from text and numbers. */
export function tableShapes(): TableShape[] {
  const tables = defineTables(postgresColumns)
  // The tables are typed as SQLite's (see columns.ts), but these are PostgreSQL's.
  const configs = Object.values(tables).map(table => getTableConfig(table as unknown as PgTable))
  const nouns: Record<string, NounKind> = { articles: 'article', people: 'person', places: 'place' }
  const sorted: typeof configs = []
  const place = (config: (typeof configs)[number], above: readonly string[]) => {
    if (sorted.includes(config) || above.includes(config.name)) return
    for (const { name } of config.foreignKeys.map(key => getTableConfig(key.reference().foreignTable))) {
      for (const other of configs.filter(found => found.name === name)) place(other, [...above, config.name])
    }
    sorted.push(config)
  }
  for (const config of configs) place(config, [])
  return sorted.map(({ name, columns, primaryKeys, indexes }) => ({
    name,
    columns: columns.map(column => ({ name: toSnakeCase(column.name), kind: kindOf(column) })),
    key: (primaryKeys[0]?.columns ?? columns.filter(column => column.primary)).map(column => toSnakeCase(column.name)),
    numbered: columns.filter(column => column.generatedIdentity).map(column => toSnakeCase(column.name))[0],
    indexed: columns
      .filter(
        column =>
          column.getSQLType() === 'text' && indexes.some(index => index.config.columns.some(part => 'name' in part && part.name === column.name)),
      )
      .map(column => toSnakeCase(column.name)),
    noun: nouns[name],
  }))
}

function kindOf(column: PgColumn): ColumnKind {
  const kind = kinds[column.getSQLType()]
  if (!kind) throw new Error(`a copy does not know the type ${column.getSQLType()} of ${column.name}`)
  return kind
}

/** A name of a table or column in SQL; both databases quote it alike. */
export const quoted = (name: string): string => `"${name}"`
export const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ')
export const columnList = ({ columns }: TableShape): string => quotedList(columns.map(({ name }) => name))

/** What PostgreSQL prints for a column as a value; `text` is as it came over the wire under TimeZone=UTC. */
export function valueOfText(kind: ColumnKind, text: string | null): Value {
  if (text === null) return null
  switch (kind) {
    case 'bool':
      return text === 't' ? 1 : 0
    case 'int':
    case 'bigint':
    case 'float':
      return Number(text)
    case 'instant':
      return instantOfPostgres(text)
    default:
      return text
  }
}

/** The row as one JSON array: what checksums are made of, and its size in UTF-16 code units. */
export const canonical = (row: Row): string => JSON.stringify(row)

/** SHA-256 over rows in the order of their keys, a line each. */
export function checksum() {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add(line: string) {
      rows += 1
      hash.update(line).update('\n')
    },
    end: () => ({ rows, checksum: hash.digest('hex') }),
  }
}

/** Which row it is, for people: `articles 0190…`; its id where it has one, else its key. */
export function nameOfRow({ name, columns, key }: TableShape, row: Row): string {
  const wanted = columns.some(column => column.name === 'id') ? ['id'] : key
  return `${name} ${wanted.map(part => row[columns.findIndex(column => column.name === part)]).join('/')}`
}
