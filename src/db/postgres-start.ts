// What must be so before a PostgreSQL is used, each with a sentence that says what to do.
import { setTimeout as sleep } from 'node:timers/promises'
import { getTableName } from 'drizzle-orm'
import pg from 'pg'
import { withoutPassword } from '../lib/url.ts'
import { postgresColumns } from './columns.ts'
import { causes, sqlState, troubleOf } from './errors.ts'
import { type Migration, MigrationError, migratePostgres } from './migrate.ts'
import { clientConfig, type PoolTimes, usualTimes } from './postgres-pool.ts'
import { defineTables } from './tables.ts'

/** A database that cannot be used as it is; the message names the setting and says what to do. */
export class StartError extends Error {}

export const oldestServer = 150_000
/** How long a server that does not answer yet is waited for. */
const startPatienceMs = 10_000
const retryMs = 250

export type StartOptions = {
  /** What gave the address, for messages. */
  setting?: string
  readUrls?: readonly string[]
  times?: PoolTimes
  /** How long a server that does not answer yet is waited for. */
  patienceMs?: number
  /** Told once where the server has to be waited for. */
  warn?: (what: string) => void
}

/** Checks the server and the role, brings the tables up to date, and looks at the replicas; the migrations that it took. Throws a StartError. */
export async function preparePostgres(
  url: string,
  { setting = 'DATABASE_URL', readUrls = [], times = usualTimes, patienceMs = startPatienceMs, warn = () => {} }: StartOptions = {},
): Promise<Migration[]> {
  const visiting = { setting, url, times, patienceMs, warn }
  const { system, applied } = await visit(visiting, async client => {
    const server = await lookAt(client)
    refuseServer(visiting, server)
    if (server.replica)
      throw new StartError(
        `${setting}: ${withoutPassword(url)} is a replica and cannot be written: name the primary, and this one in DATABASE_READ_URLS`,
      )
    await refuseRights(client, visiting) // before, as a role that may not even see how far the tables are would be told to make them
    const migrations = await migratePostgres(client)
    await refuseRights(client, visiting)
    return { system: server.system, applied: migrations }
  })
  for (const readUrl of readUrls) await lookAtReplica({ setting: 'DATABASE_READ_URLS', url: readUrl, times }, system)
  return applied
}

/** A replica that does not answer is left for later; one that is none is refused. */
async function lookAtReplica(replica: Visited, system: string | null) {
  const where = `${replica.setting}: ${withoutPassword(replica.url)}`
  await visit(replica, async client => {
    const server = await lookAt(client)
    refuseServer(replica, server)
    if (!server.replica) throw new StartError(`${where} is a primary, it follows nobody: name a streaming replica of DATABASE_URL, or leave it out`)
    if (system !== null && server.system !== null && server.system !== system)
      throw new StartError(`${where} follows another server than DATABASE_URL: name a replica of that one, or leave it out`)
  }).catch(error => {
    if (!(error instanceof StartError) || troubleOf(error.cause) !== 'away') throw error
  })
}

type Visited = { url: string } & Required<Pick<StartOptions, 'setting'>> & Pick<StartOptions, 'times' | 'patienceMs' | 'warn'>

/** Runs `fn` on a connection of its own, without a limit on statements: a migration may take its time. One that does not answer is a StartError at once. */
export async function visit<T>(
  { setting, url, times = usualTimes, patienceMs = 0, warn = () => {} }: Visited,
  fn: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const end = performance.now() + patienceMs
  let isTold = false
  for (;;) {
    const client = new pg.Client(clientConfig(url, { ...times, statementMs: 0 }))
    client.on('error', () => {}) // the query that meets it tells
    try {
      await client.connect()
      return await fn(client)
    } catch (cause) {
      if (cause instanceof StartError || cause instanceof MigrationError) throw cause
      const said = sentence(setting, url, cause)
      if (troubleOf(cause) !== 'away' || performance.now() > end) throw new StartError(said, { cause })
      if (!isTold) warn(`${said}; waiting for it for ${patienceMs / 1_000} s`)
      isTold = true
    } finally {
      await client.end().catch(() => {})
    }
    await sleep(retryMs)
  }
}

type Server = { version: number; shown: string; encoding: string; replica: boolean; system: string | null }

async function lookAt(client: pg.Client): Promise<Server> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as shown, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as replica`,
  )
  const system = await client.query('select system_identifier::text as system from pg_control_system()').catch(() => undefined)
  return { ...rows[0], system: system?.rows[0]?.system ?? null }
}

function refuseServer({ setting, url }: Visited, { version, shown, encoding }: Server) {
  if (version < oldestServer)
    throw new StartError(
      `${setting}: ${withoutPassword(url)} is PostgreSQL ${shown}, Dateline needs ${oldestServer / 10_000} or later: upgrade the server`,
    )
  if (encoding !== 'UTF8')
    throw new StartError(
      `${setting}: ${withoutPassword(url)} keeps text as ${encoding}: make the database anew, with \`create database … encoding 'UTF8' template template0\``,
    )
}

const tableNames = [
  ...Object.values(defineTables(postgresColumns)).map(table => getTableName(table)),
  'search_index',
  'search_vocabulary',
  'search_terms',
  'write_turns',
]

/** The role may be another than the one that made the tables. Those that are not made yet are its own affair. */
async function refuseRights(client: pg.Client, { setting, url }: Visited) {
  const { rows } = await client.query(
    `with needed (name, privilege) as (
       select name, privilege from unnest($1::text[]) as name, unnest(array['select', 'insert', 'update', 'delete']) as privilege
       union all values ('schema_migrations', 'select'))
     select current_user as role, name from needed
       where to_regclass(name) is not null and not has_table_privilege(to_regclass(name), privilege) limit 1`,
    [tableNames],
  )
  if (rows[0])
    throw new StartError(
      `${setting}: the role ${rows[0].role} may not read and write the table ${rows[0].name} of ${withoutPassword(url)}: run \`grant select, insert, update, delete on all tables in schema public to ${rows[0].role}\` as its owner`,
    )
}

type Names = { role: string; database: string; address: URL }

const sentences: Record<string, (names: Names) => string> = {
  '28P01': ({ role }) => `the password of ${role} is wrong: correct it in the address`,
  '28000': ({ role }) => `${role} is not let in: correct the user in the address, or allow it in the server's pg_hba.conf`,
  '3D000': ({ database, address }) => `there is no database ${database}: make it with \`${createdb(database, address)}\`, or correct the address`,
  '42501': ({ role, database }) =>
    `${role} may not make tables: run \`grant create on schema public to ${role}\` in ${database}, or run \`dateline migrate\` as a role that may`,
  '25006': () => 'it is read-only: name a database that can be written',
  '53300': () => 'it has no connection left: raise max_connections, or run fewer processes',
}

/** The command that makes a database on the server of an address, as its user. */
const createdb = (database: string, { hostname, port, username }: URL) =>
  ['createdb', hostname && `-h ${hostname}`, port && `-p ${port}`, username && `-U ${decodeURIComponent(username)}`, database]
    .filter(Boolean)
    .join(' ')

function sentence(setting: string, url: string, cause: unknown): string {
  const address = new URL(url)
  const { username, pathname, host } = address
  const role = decodeURIComponent(username) || 'the user'
  const known = sentences[sqlState(cause) ?? '']?.({ role, database: decodeURIComponent(pathname.slice(1)) || role, address })
  const where = `${setting}: ${withoutPassword(url)}`
  if (known) return `${where}: ${known}`
  if (troubleOf(cause) === 'away')
    return `${where} does not answer: start PostgreSQL at ${host || 'its socket'}, or correct the address (${innermost(cause)})`
  return `${where} cannot be used: ${innermost(cause)}`
}

const innermost = (error: unknown) => [...causes(error)].at(-1)?.message || String(error)
