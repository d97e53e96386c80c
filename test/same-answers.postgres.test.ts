// One conversation, held with SQLite and with PostgreSQL: every answer must be the same, byte for byte, but for what no two runs share.
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { type DatabaseConfig, databaseOf, readConfig } from '../src/config.ts'
import type { Db, Store } from '../src/db/store.ts'
import { createKnownNames } from '../src/mentions/known-names.ts'
import { conversation } from './fixtures/conversation.ts'
import type { Ask, Who } from './fixtures/conversation-ask.ts'
import { adminKey, checked, testClock } from './helpers/build.ts'
import { isObject, type Json, type JsonObject } from './helpers/closed.ts'
import { Document } from './helpers/contract.ts'
import { freshDatabase, onPostgres, openDatabase } from './helpers/database.ts'
import { settled } from './helpers/news.ts'

type Heard = { status: number; headers: Record<string, string>; body: string; rows: string[] | undefined }

/** An app on a database of its own, with a clock that ticks after each request. */
async function newsroom(t: Test, database: DatabaseConfig) {
  const { store, shared } = watched(await openDatabase(database))
  const clock = testClock()
  const config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey, RATE_LIMIT: 'off' }), database }
  const app = checked(await buildApp({ config, store, clock, log: pino({ level: 'silent' }), names: createKnownNames() }))
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  return { app, shared, ask: asker(app, store, clock) }
}

/** The store, with an eye on the names of prepared queries: `shared` gets those under which two different queries were asked for, so that one ran as the other. */
function watched(store: Store) {
  const texts = new Map<string, string>()
  const shared = new Set<string>()
  const watch = <D extends Db>(db: D): D => ({
    ...db,
    prepared(name, build) {
      const query: unknown = build(db.sql)
      const { sql } = (query as { toSQL(): { sql: string } }).toSQL()
      if ((texts.get(name) ?? sql) !== sql) shared.add(name)
      texts.set(name, sql)
      return db.prepared(name, build)
    },
  })
  const eyed: Store = {
    ...store,
    read: (fn, freshness) => store.read(db => fn(watch(db)), freshness),
    search: (fn, freshness) => store.search(db => fn(watch(db)), freshness),
    write: fn => store.write(db => fn(watch(db))),
  }
  return { store: eyed, shared }
}

/** The key of who asks: `writer` and `reader` have those that the conversation made for them. */
function keyOf(who: Who, kept: Map<string, Json>): string | undefined {
  if (who === 'nobody') return undefined
  if (who === 'admin') return adminKey
  return who === 'stranger' ? `dl_${'nobody-has-this-key-'.repeat(2)}` : String(standsFor(`${who}.key`, kept))
}

function asker(app: FastifyInstance, store: Store, clock: ReturnType<typeof testClock>) {
  const kept = new Map<string, Json>()
  const neutral = neutralizer()
  return async (asked: Ask): Promise<Heard> => {
    const [method = '', url = ''] = filled(asked.line, kept).split(/ (.*)/s)
    const key = keyOf(asked.who, kept)
    const headers = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...filledIn(asked.headers, kept) }
    const payload = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(filledIn(asked.body, kept)))
    const typed = asked.body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...typed, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    if (asked.keep !== undefined) kept.set(asked.keep, { ...(answer.json() as JsonObject), headers: headersOf(answer) })
    if (method !== 'GET' && /^\/v1\/(?:people|places)/.test(url)) await settled(store)
    clock.tick()
    return neutral(asked, answer)
  }
}

const headersOf = ({ headers }: LightMyRequestResponse): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join('\n')]))

/** What a placeholder of `conversation-ask.ts` stands for. */
function standsFor(path: string, kept: Map<string, Json>): Json {
  const [, at = path, end] = /^(.*?) with (\[.*\])$/s.exec(path) ?? []
  const [name = '', ...steps] = at.split('.')
  let value = kept.get(name)
  for (const step of steps) value = Array.isArray(value) ? value[Number(step)] : isObject(value ?? null) ? (value as JsonObject)[step] : undefined
  if (value === undefined || value === null) throw new Error(`the conversation has no ${path}`)
  return end === undefined ? value : forged(String(value), end)
}

/** A cursor with other contents behind its version and hash. Spelled as it came: `-0` and `1e-320` are not what JSON.stringify would write. */
function forged(cursor: string, end: string): string {
  const [version, hash] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  return Buffer.from(`[${version},"${hash}"${end === '[]' ? '' : ','}${end.slice(1)}`).toString('base64url')
}

const filled = (text: string, kept: Map<string, Json>): string => text.replace(/\{\{(.*?)\}\}/gs, (_, path: string) => String(standsFor(path, kept)))

function filledIn<T extends Json>(value: T, kept: Map<string, Json>): T
function filledIn(value: Json, kept: Map<string, Json>): Json {
  if (typeof value === 'string') {
    const whole = /^\{\{([^{}]*)\}\}$/.exec(value)?.[1]
    return whole === undefined ? filled(value, kept) : withoutHeaders(standsFor(whole, kept))
  }
  if (Array.isArray(value)) return value.map(item => filledIn(item, kept))
  if (!isObject(value)) return value
  const { '...': spread, ...own } = value
  const taken = spread === undefined ? {} : (filledIn(spread, kept) as JsonObject)
  return { ...taken, ...Object.fromEntries(Object.entries(own).map(([name, member]) => [name, filledIn(member, kept)])) }
}

const withoutHeaders = (value: Json): Json =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'headers')) : value

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Makes answers comparable: what a run draws at random (ids, and what is hashed from them) is numbered in the order in which it first appears. */
function neutralizer() {
  const numbers = new Map<string, string>()
  let keyIds = /\bdl_\w{48}\b/g
  const numbered = (kind: string, value: string) => {
    const known = numbers.get(value) ?? `${kind} ${numbers.size + 1}`
    numbers.set(value, known)
    return known
  }
  const cursor = (text: string) => {
    const [version, hash, ...rest] = JSON.parse(Buffer.from(text, 'base64url').toString())
    return JSON.stringify([version, numbered('hash', hash), ...rest.map(rounded)]).replaceAll('"', "'")
  }
  const plain = (text: string) =>
    text
      .replace(/(?<="(?:next|prev)":")[\w-]+(?=")|(?<=[?&]cursor=)[\w-]{20,}(?=[&>])/g, cursor)
      .replace(uuid, id => numbered('id', id))
      .replace(/(?<="(?:id|blockId)":")[a-z][a-z0-9]{7}(?=")/g, id => numbered('block', id))
      .replace(keyIds, id => numbered('key', id))
      .replace(/(?<="score":)[-\d.e]+/g, '0')
      .replace(/(?<="lastUsedAt":)(?:null|"[^"]+")/g, '"at some time"')
  return (asked: Ask, answer: LightMyRequestResponse): Heard => {
    const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.rawPayload).toString() : answer.body
    for (const [, id = ''] of text.matchAll(/"key":"dl_(\w{10})/g)) keyIds = new RegExp(`${keyIds.source}|(?:dl_)?${id}(?:\\w{38})?`, 'g')
    const { date, 'content-length': length, ...headers } = headersOf(answer)
    const isExact = asked.order === 'same' && length !== undefined && !/"(?:score|lastUsedAt)":/.test(text)
    const shown = Object.entries({ ...headers, ...(isExact ? { 'content-length': length } : {}) }).map(([name, value]) => [
      name,
      name === 'etag' ? unhashed(value) : plain(value),
    ])
    const body = plain(text)
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(shown),
      ...(asked.order === 'same' ? { body, rows: undefined } : loose(asked, body)),
    }
  }
}

const unhashed = (etag: string) => etag.replace(/(?<=^"\d+-)[0-9a-f]{16}/, 'hash')

/** Distances in cursors: two libraries of mathematics may differ in the last digit. */
const rounded = (value: Json) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)

/** A ranking: its rows apart, in an order of their own, or only how many they are. */
function loose({ order }: Ask, body: string): { body: string; rows: string[] } {
  const { data, ...rest } = JSON.parse(body) as { data: Json[] }
  const rows = order === 'cut' ? [`${data.length} rows`] : data.map(row => JSON.stringify(row)).sort()
  return { body: JSON.stringify(rest), rows }
}

/** Where two texts part, with what stands round it; empty where they are the same. */
function difference(one: string, other: string): string {
  if (one === other) return ''
  let at = 0
  while (one[at] === other[at]) at += 1
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 120))
  return `SQLite: …${around(one)}\nPostgreSQL: …${around(other)}`
}

const spelled = ({ line, who, headers, body, raw, status }: Ask) =>
  [line, who, status, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), body === undefined ? raw : JSON.stringify(body)]
    .filter(part => part !== undefined)
    .map(part =>
      String(part)
        .slice(0, 200)
        .replace(unprintable, character => `\\u{${character.codePointAt(0)?.toString(16)}}`),
    )
    .join(' · ')

/** What would break the lines of a report. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

/** Tells which operation of the document a request asks for. */
function operationsOf(document: Document) {
  const all = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase(),
      path: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
      parameters: template.split('{').length,
    })),
  )
  all.sort((a, b) => a.parameters - b.parameters)
  return {
    names: all.map(({ operationId }) => operationId).sort(),
    of(line: string) {
      const [method, url = ''] = line.replace(/\{\{.*?\}\}/gs, 'x').split(' ')
      const path = url.split('?', 1)[0] ?? ''
      return all.find(operation => operation.method === method && operation.path.test(path))?.operationId
    },
  }
}

/** A machine that is busy with other things takes many times as long. */
t.setTimeout(400_000)

t.test('SQLite and PostgreSQL answer a conversation with the same bytes', async t => {
  if (!onPostgres) throw new Error('TEST_POSTGRES is not set: run this test with `npm test -- <file>`')
  const sqlite = await newsroom(t, databaseOf(`file:${join(t.testdir(), 'dateline.db')}`))
  const postgres = await newsroom(t, await freshDatabase(t))
  const operations = operationsOf(Document.parse((await sqlite.app.inject('/openapi.json')).json()))
  const asked = new Set<string | undefined>()
  const statuses = new Set<number>()
  for (const one of conversation) {
    const [here, there] = [await sqlite.ask(one), await postgres.ask(one)]
    const parted = difference(JSON.stringify(here, null, 1), JSON.stringify(there, null, 1))
    t.equal(parted || (here.status === one.status ? '' : `${here.status} ${here.body.slice(0, 500)}`), '', spelled(one))
    if (here.status < 400) asked.add(operations.of(one.line))
    statuses.add(here.status).add(there.status)
  }
  t.same(
    operations.names.filter(name => !asked.has(name)),
    [],
    'every operation was asked, and answered',
  )
  t.same([...sqlite.shared, ...postgres.shared], [], 'no two queries were prepared under one name')
  for (const status of [200, 201, 204, 302, 304, 308, 400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415])
    t.ok(statuses.has(status), `${status} was among the answers`)
  t.same(
    [...statuses].filter(status => status >= 500),
    [],
    'and no fault of the server',
  )
})
