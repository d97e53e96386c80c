// A database of PostgreSQL as the source or the target of a copy, on a connection of its own.
import pg from 'pg'
import { parseInstant } from '../lib/instant.ts'
import { withoutPassword } from '../lib/url.ts'
import { copyIn } from './copy-lines.ts'
import {
  batcher,
  type ColumnShape,
  CopyError,
  columnList,
  nameOfRow,
  quoted,
  quotedList,
  type Read,
  type Readable,
  type Row,
  refuseAge,
  type Source,
  type TableShape,
  type Target,
  tableShapes,
  type Value,
  valueOfText,
  type Words,
} from './copy-shape.ts'
import { sqlState } from './errors.ts'
import { migrationOfPostgres, migrationsOf } from './migrate.ts'
import { countsOf, type Numbering, numbering } from './postgres-index.ts'
import { tsEntry } from './postgres-match.ts'
import { clientConfig, usualTimes } from './postgres-pool.ts'
import { preparePostgres, visit } from './postgres-start.ts'

const maxInt = 2_147_483_647
/** Batches that have come and nobody has taken before the server has to wait. */
const maxWaiting = 2
/** How long the writes of others are waited for. */
const lockPatienceMs = 10_000

/** Opens a database for reading, as it is at this moment; it is not migrated. Throws a StartError or a CopyError. */
export async function postgresSource(url: string): Promise<Source> {
  await visit({ setting: '--from', url }, migrationOfPostgres).then(has =>
    refuseAge(withoutPassword(url), has, migrationsOf('postgres').at(-1)?.number ?? 0),
  )
  const client = await connect(url)
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return { ...readable(client), close: () => client.end() }
  } catch (error) {
    await client.end()
    throw error
  }
}

/** Opens a database for writing (migrates it), with a transaction begun that nobody writes beside. Throws a StartError, or what the server says. */
export async function postgresTarget(url: string): Promise<Target> {
  await preparePostgres(url, { setting: '--to', patienceMs: 0 })
  const client = await connect(url)
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockPatienceMs}; LOCK TABLE write_turns IN EXCLUSIVE MODE`)
    return { ...readable(client), ...writing(client, await setAside(client)), close: () => client.end() }
  } catch (error) {
    await client.end()
    throw error
  }
}

/** Which database of which server it is, whatever its address: two of the same are one. */
export const postgresIdentity = (option: string, url: string): Promise<string> =>
  visit({ setting: option, url }, async client => {
    const { rows } = await client.query(
      'select concat(pg_postmaster_start_time(), oid) as identity from pg_database where datname = current_database()',
    )
    return String(rows[0]?.identity)
  })

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(url, { ...usualTimes, statementMs: 0 })) // a copy takes its time
  client.on('error', () => {}) // the query that meets it tells
  await client.connect()
  return client
}

function readable(client: pg.Client): Readable {
  const number = async (text: string, values: string[] = []) => Number((await client.query<{ n: string }>(text, values)).rows[0]?.n)
  return {
    count: ({ name }) => number(`select count(*) as n from ${quoted(name)}`),
    batches: shape => streamed(client, shape),
    async lastNumber({ name, numbered }) {
      const { rows } = await client.query<{ name: string }>('select pg_get_serial_sequence($1, $2) as name', [quoted(name), numbered])
      return number(`select case when is_called then last_value else last_value - 1 end as n from ${rows[0]?.name}`)
    },
  }
}

/** Text as the server sends it: our own code reads instants, and JSON is not read at all. */
const asText = { getTypeParser: () => (text: string) => text }

/**
 * The rows of one query as they come. The socket is paused while batches wait, so that what is held does not depend on how long rows are, as a number of
 * rows to fetch would.
 */
async function* streamed(client: pg.Client, shape: TableShape): AsyncGenerator<Read[]> {
  const waiting: Read[][] = []
  const { add, rest } = batcher()
  let end: { error?: Error } | undefined
  let wake = () => {}
  const put = (batch: Read[]) => {
    waiting.push(batch)
    if (waiting.length >= maxWaiting) client.connection.stream.pause()
    wake()
  }
  const ended = (how: { error?: Error }) => {
    end ??= how
    wake()
  }
  const text = `select ${columnList(shape)} from ${quoted(shape.name)} order by ${quotedList(shape.key)}`
  const config: pg.QueryArrayConfig = { text, rowMode: 'array', types: asText }
  const query = new pg.Query<(string | null)[]>(config)
  query.on('row', texts => {
    const batch = add(shape.columns.map(({ kind }, n) => valueOfText(kind, texts[n] ?? null)))
    if (batch) put(batch)
  })
  query.on('error', error => ended({ error }))
  query.on('end', () => ended({}))
  client.query(query)
  for (;;) {
    const batch = waiting.shift()
    if (batch) {
      if (waiting.length === 0) client.connection.stream.resume()
      yield batch
      continue
    }
    if (end?.error) throw end.error
    if (end) break
    await new Promise<void>(resolve => {
      wake = resolve
    })
  }
  yield rest()
}

/** An index that was taken away: how it is made, and its table. */
type Lacking = { made: string; shape: TableShape | undefined }

/**
 * Takes indexes away, for this transaction alone: made at the end they cost a tenth of what they cost row by row. What is unique stays, and all of a table
 * whose owner the role is not.
 */
async function setAside(client: pg.Client): Promise<Lacking[]> {
  const shapes = tableShapes()
  const { rows } = await client.query<{ name: string; made: string; of: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made, relname as of from pg_index join pg_class on pg_class.oid = indrelid
      where indrelid in (select to_regclass(name) from unnest($1::text[]) as name) and not indisunique and pg_has_role(relowner, 'USAGE')`,
    [['search_index', ...shapes.map(({ name }) => quoted(name))]],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  return rows.map(({ made, of }) => ({ made, shape: shapes.find(({ name }) => name === of) }))
}

/** Makes an index again. Where a row is too long for it, the server often tells where it lies; if not, it is the longest. */
async function putBack(client: pg.Client, { made, shape }: Lacking): Promise<void> {
  await client.query('SAVEPOINT index')
  try {
    await client.query(made)
  } catch (cause) {
    if (!isRefusal(cause) || !shape) throw cause
    const place = cause instanceof pg.DatabaseError ? /\(\d+,\d+\)/.exec(cause.detail ?? '')?.[0] : undefined
    const which = place
      ? 'where ctid = $1'
      : `order by greatest(${shape.indexed.map(name => `octet_length(${quoted(name)})`).join(', ')}) desc nulls last limit 1`
    const text = `select ${columnList(shape)} from ${quoted(shape.name)} ${which}`
    const query: pg.QueryArrayConfig = { text, values: place ? [place] : [], rowMode: 'array' }
    await client.query('ROLLBACK TO index')
    throw refusal(shape, (await client.query<Value[]>(query)).rows[0] ?? [], cause)
  }
}

const refusal = (shape: TableShape, row: Row, cause: Error) =>
  new CopyError(`--to: it refuses ${nameOfRow(shape, row)} (${cause.message}): correct it in --from`, { cause })

const wordColumns = ['doc', 'title', 'body', 'terms']
const countColumns = ['doc', 'counts']

function writing(client: pg.Client, lacking: readonly Lacking[]) {
  const numberOf = numbering(statement => client.query(statement))
  async function insert(shape: TableShape, rows: readonly Row[]): Promise<void> {
    const [first] = rows
    if (!first) return
    try {
      await copyIn(
        client,
        shape.name,
        shape.columns.map(({ name }) => name),
        rows,
      )
    } catch (cause) {
      if (!isRefusal(cause)) throw cause
      await client.query('ROLLBACK TO batch')
      if (rows.length === 1) throw refusal(shape, first, cause)
      for (const row of rows) await insert(shape, [row]) // to find out which one
      throw cause
    }
  }

  return {
    fault,
    insert,
    async index(words) {
      await copyIn(client, 'search_index', wordColumns, words.map(entryOf))
      await copyIn(client, 'search_terms', countColumns, await countRows(words, numberOf))
    },
    indexed: async () => Number((await client.query('select count(*) as n from search_index')).rows[0]?.n),
    async goOnAfter({ name, numbered }, last) {
      await client.query('select setval(pg_get_serial_sequence($1, $2), greatest($3::bigint, 1), $3::bigint > 0)', [quoted(name), numbered, last])
    },
    async commit() {
      for (const index of lacking) await putBack(client, index)
      await client.query('ANALYZE') // plans are made by it, and nobody waits for the server to think of it
      await client.query("select pg_notify('dateline', 'names')")
      await client.query('COMMIT')
    },
  } satisfies Omit<Target, keyof Readable | 'close'>
}

function entryOf({ doc, ...text }: Words): Row {
  const { title, body, terms } = tsEntry(text)
  return [doc, title, body, terms]
}

async function countRows(words: readonly Words[], numberOf: Numbering): Promise<Row[]> {
  const counts = await countsOf(words, numberOf)
  return words.map(({ doc }, n) => [doc, `\\x${counts[n]?.toString('hex')}`])
}

/** What the server says of a row, not of itself: a wrong value (22), a constraint (23), a limit (54). */
const isRefusal = (error: unknown): error is Error => error instanceof Error && /^(?:22|23|54)/.test(sqlState(error) ?? '')

/** What SQLite takes, whatever the type of the column, and PostgreSQL does not. */
function fault({ name, kind }: ColumnShape, value: Value): string | undefined {
  if (value === null) return undefined
  switch (kind) {
    case 'int':
      return Number.isInteger(value) && Math.abs(Number(value)) <= maxInt ? undefined : `${name} is ${value}, which is no integer up to ${maxInt}`
    case 'bigint':
      return Number.isSafeInteger(value) ? undefined : `${name} is ${value}, which is no integer up to 2^53`
    case 'float':
      return typeof value === 'number' ? undefined : `${name} is ${JSON.stringify(value)}, which is no number`
    case 'bool':
      return value === 0 || value === 1 ? undefined : `${name} is ${JSON.stringify(value)}, which is neither 0 nor 1`
    case 'instant':
      return typeof value === 'string' && parseInstant(value) === value ? undefined : `${name} is ${JSON.stringify(value)}, which is no time in UTC`
    default:
      if (typeof value !== 'string') return `${name} is the number ${value}, which is no text`
      return value.includes('\0') ? `${name} holds a NUL character at offset ${value.indexOf('\0')}` : undefined
  }
}
