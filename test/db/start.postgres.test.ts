// What stops a start on PostgreSQL: a sentence each, which says what to do and never shows the password.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { usualTimes } from '../../src/db/postgres-pool.ts'
import { preparePostgres, StartError } from '../../src/db/postgres-start.ts'
import { dateline } from '../cli/spawned.ts'
import { type Server, startCluster } from '../helpers/cluster.js'
import { newDatabase, onOwnCluster } from '../helpers/own-cluster.ts'

const secret = 'open-sesame-7'

/** Starts with little patience: what it says when it is refused. */
async function refused(t: Test, url: string, { readUrls = [], patienceMs = 0 }: { readUrls?: string[]; patienceMs?: number } = {}): Promise<string> {
  const error = await preparePostgres(url, { readUrls, times: { ...usualTimes, connectMs: 2_000 }, patienceMs }).then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(error instanceof StartError)) throw new Error('it was not refused', { cause: error })
  t.notMatch(error.message, /password@|open-sesame|undefined|\n/, 'one sentence without a secret')
  return error.message
}

/** The address with another user, password, host, port or database. */
const changed = (url: string, parts: Partial<Pick<URL, 'username' | 'password' | 'hostname' | 'port' | 'pathname' | 'search'>>) =>
  Object.assign(new URL(url), parts).href

/** Bytes of a message of the server: its letter, its length, what it holds (PostgreSQL 18, 54.7). */
function message(letter: string, ...parts: (string | number[])[]): Buffer {
  const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(`${part}\0`) : Buffer.from(part))))
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const int16 = (n: number) => [n >> 8, n & 255]
const int32 = (n: number) => [...int16(n >>> 16), ...int16(n & 65_535)]
const ready = message('Z', [0x49])

/** A server that lets everyone in and answers every query with one row of text. */
async function oldServer(t: Test, row: Record<string, string>): Promise<string> {
  const names = Object.entries(row)
  const column = (name: string): (string | number[])[] => [name, int32(0), int16(0), int32(25), int16(65_535), int32(-1), int16(0)]
  const answer = Buffer.concat([
    message('T', int16(names.length), ...names.flatMap(([name]) => column(name))),
    message('D', int16(names.length), ...names.flatMap(([, value]) => [int32(Buffer.byteLength(value)), [...Buffer.from(value)]])),
    message('C', 'SELECT 1'),
    ready,
  ])
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    let isIn = false
    socket
      .on('error', () => {})
      .on('data', bytes => {
        if (!isIn) socket.write(Buffer.concat([message('R', int32(0)), message('S', 'server_version', '14.9'), ready]))
        else if (bytes[0] === 'Q'.charCodeAt(0)) socket.write(answer)
        else socket.end()
        isIn = true
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `postgres://dateline:${secret}@127.0.0.1:${typeof address === 'object' && address?.port}/news`
}

/** A port where nobody listens. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return String(typeof address === 'object' && address?.port)
}

/** A role that may log in, and what else it is told. */
async function newRole(server: Server, database: string, ...more: string[]): Promise<string> {
  const name = `role_${Math.random().toString(36).slice(2)}`
  await server.query(`create role ${name} login password '${secret}'`)
  for (const what of more) await server.query(what.replaceAll('$role', name), database)
  return changed(server.url(database), { username: name, password: secret })
}

t.test('a server older than 15 is refused by its number', async t => {
  const url = await oldServer(t, { version: '140009', shown: '14.9 (old)', encoding: 'UTF8', replica: 'f', system: '7' })
  t.match(
    await refused(t, url),
    /^DATABASE_URL: postgres:\/\/dateline@127\.0\.0\.1:\d+\/news is PostgreSQL 14\.9 \(old\), Dateline needs 15 or later: upgrade/,
  )
})

await onOwnCluster(t, async ({ primary, addReplica }) => {
  const database = await newDatabase(primary)
  const url = primary.url(database)

  t.test('an address that leads nowhere', async t => {
    const port = await freePort()
    t.match(
      await refused(t, changed(url, { port, search: `?password=${secret}` })),
      new RegExp(
        `^DATABASE_URL: postgres://postgres@127\\.0\\.0\\.1:${port}/\\w+ does not answer: start PostgreSQL at 127\\.0\\.0\\.1:${port}, or correct the address \\(`,
      ),
    )
    t.match(
      await refused(t, changed(url, { hostname: 'nowhere.invalid' })),
      /nowhere\.invalid.* does not answer: .*correct the address \(.*nowhere\.invalid/,
    )
    t.match(await refused(t, changed(url, { password: secret })), /: the password of postgres is wrong: correct it in the address$/)
    t.match(await refused(t, changed(url, { username: 'nobody-like-that', password: secret })), /nobody-like-that/)
    t.match(
      await refused(t, changed(url, { pathname: '/not-made' })),
      /: there is no database not-made: make it with `createdb -h 127\.0\.0\.1 -p \d+ -U postgres not-made`, or correct/,
    )
  })

  t.test('the program says the sentence alone, and ends with 1', async t => {
    const wrong = dateline(t, ['serve'], { DATABASE_URL: changed(url, { password: secret }) })
    t.equal(await wrong.ended, 1)
    t.match(wrong.said, { out: '', err: /^dateline: DATABASE_URL: postgres:\/\/postgres@\S+: the password of postgres is wrong: [^\n]+\n$/ })
    t.notMatch(wrong.said.err, /open-sesame|password@/)
    for (const argv of [['migrate'], ['key', 'list'], ['serve']]) {
      const said = { out: [''], err: [''] }
      const io: Io = {
        env: { DATABASE_URL: changed(url, { pathname: '/not-made' }) },
        out: text => void said.out.push(text),
        err: text => void said.err.push(text),
      }
      t.equal(await run(argv, io), 1, argv.join(' '))
      t.equal(said.out.join(''), '')
      t.match(said.err.join(''), /^dateline: DATABASE_URL: [^\n]+ there is no database not-made: [^\n]+\n$/)
      t.notMatch(said.err.join(''), /password@/)
    }
  })

  t.test('a database that keeps text in another way', async t => {
    for (const encoding of ['SQL_ASCII', 'LATIN1']) {
      const other = primary.url(await newDatabase(primary, `encoding '${encoding}' template template0`))
      t.match(
        await refused(t, other),
        new RegExp(`keeps text as ${encoding}: make the database anew, with .create database … encoding 'UTF8' template template0.$`),
      )
    }
  })

  t.test('a role that lacks a right is told which one, and one that has all but making tables works once another has migrated', async t => {
    const own = await newDatabase(primary)
    const reader = await newRole(primary, own)
    t.match(
      await refused(t, reader),
      /role_\w+ may not make tables: run `grant create on schema public to role_\w+` in own_\w+, or run `dateline migrate` as/,
    )
    await preparePostgres(primary.url(own))
    const all = 'grant select, insert, update, delete on all tables in schema public to $role'
    t.match(
      await refused(t, reader),
      /the role role_\w+ may not read and write the table \w+ of postgres:\S+: run `grant select, insert, .* to role_\w+` as its owner$/,
    )
    const halfway = await newRole(primary, own, all, 'revoke delete on search_index from $role')
    t.match(await refused(t, halfway), /may not read and write the table search_index/)
    const noTurns = await newRole(primary, own, all, 'revoke all on write_turns from $role')
    t.match(await refused(t, noTurns), /may not read and write the table write_turns/)
    const worker = await openPostgres(await newRole(primary, own, all))
    t.teardown(() => worker.close())
    await worker.write(db => db.sql.insert(db.tables.searchLanguages).values({ language: 'en' }))
    t.same(await worker.read(async db => db.sql.select().from(db.tables.searchLanguages)), [{ language: 'en' }])
  })

  t.test('a server that lets in nobody more', async t => {
    const own = await newDatabase(primary)
    const full = await newRole(primary, own, 'alter role $role connection limit 0')
    t.match(await refused(t, full), /it has no connection left: raise max_connections, or run fewer processes$/)
  })

  t.test('a replica where the primary belongs, and the other way round', async t => {
    const replica = await addReplica()
    await preparePostgres(url, { readUrls: [replica.url(database)] })
    t.match(
      await refused(t, replica.url(database)),
      /^DATABASE_URL: \S+ is a replica and cannot be written: name the primary, and this one in DATABASE_READ_URLS$/,
    )
    t.match(
      await refused(t, url, { readUrls: [replica.url(database), url] }),
      /^DATABASE_READ_URLS: \S+ is a primary, it follows nobody: name a streaming replica/,
    )
    t.match(
      await refused(t, url, { readUrls: [changed(replica.url(database), { password: secret })] }),
      /^DATABASE_READ_URLS: \S+: the password of postgres is wrong/,
    )
    const other = await startCluster()
    t.teardown(other.remove)
    const elsewhere = await newDatabase(other.primary)
    t.match(
      await refused(t, other.primary.url(elsewhere), { readUrls: [replica.url(database)] }),
      /^DATABASE_READ_URLS: \S+ follows another server than DATABASE_URL: name a replica of that one, or leave it out$/,
    )
    await preparePostgres(url, { readUrls: [changed(url, { port: await freePort() })] })
    t.pass('a replica that is away is left for later')
  })

  t.test('a server that comes up behind the program is waited for', async t => {
    await primary.stop()
    const early = dateline(t, ['serve'], { DATABASE_URL: url, LOG_LEVEL: 'fatal' })
    const warnings: string[] = []
    const opened = preparePostgres(url, { warn: what => void warnings.push(what) })
    await new Promise(resolve => setTimeout(resolve, 1_500))
    t.equal(early.child.exitCode, null, 'it is still there')
    t.equal(early.said.out, '', 'and promises nothing yet')
    await primary.start()
    await opened
    t.match(warnings, [/^DATABASE_URL: \S+ does not answer: .*; waiting for it for 10 s$/], 'it says what it waits for, once')
    t.equal((await fetch(`${await early.url()}/health/ready`)).status, 200)
  })
})
