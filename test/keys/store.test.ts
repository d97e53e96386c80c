import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import type { Store } from '../../src/db/store.ts'
import type { Deps } from '../../src/deps.ts'
import { keyText, newKey, parseKey } from '../../src/keys/key.ts'
import type { KeyCreate } from '../../src/keys/schema.ts'
import { createKey, findCaller, listKeys, revokeKey, revokeKeysNamed } from '../../src/keys/store.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { testClock } from '../helpers/build.ts'

const day = 86_400_000

/** A database, a log that can be read, and a clock. */
function world(t: Test) {
  const folder = t.testdir()
  const store = openSqlite(join(folder, 'dateline.db'))
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: line => void lines.push(line) })
  const clock = testClock()
  const deps: Deps = { config: readConfig({}), store, clock, log, names: createKnownNames() }
  const create = (key: Partial<KeyCreate> = {}) =>
    store.write(db => createKey(db, { name: 'test', scopes: ['content:write'], expiresAt: null, ...key }, clock.now()))
  const found = async (id: string) => (await store.read(db => listKeys(db))).find(key => key.id === id)
  return { folder, store, lines, clock, deps, create, found }
}

const secretOf = (text: string) => {
  const parts = parseKey(text)
  return typeof parts === 'string' ? parts : parts.secret
}

/** The same database as another process would open it, and how many writes went that way. */
function counting(deps: Deps) {
  let writes = 0
  const store: Store = {
    ...deps.store,
    write(fn) {
      writes++
      return deps.store.write(fn)
    },
  }
  return { deps: { ...deps, store }, writes: () => writes }
}

/** Everything written before has been done: writes take turns. */
const settled = (store: Store) => store.write(async () => {})

t.test('a key works with its scopes and not beyond, until it is revoked', async t => {
  const { deps, store, clock, create } = world(t)
  const app = await buildApp(deps)
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  const writer = await create()
  const reader = await create({ scopes: ['content:read'] })
  const post = async (key: string) => {
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/v1/people',
      headers: { authorization: `Bearer ${key}` },
      payload: { name: 'Ann' },
    })
    return statusCode
  }
  t.equal(await post(writer.text), 201)
  t.equal(await post(reader.text), 403)
  await store.write(db => revokeKey(db, writer.key.id, clock.now()))
  t.equal(await post(writer.text), 401, 'the very next request is refused')
  const read = await app.inject({ url: '/v1/people', headers: { authorization: `Bearer ${writer.text}` } })
  t.equal(read.statusCode, 401, 'a bad key is never taken for nobody')
  t.equal(read.headers['www-authenticate'], 'Bearer realm="dateline", error="invalid_token"')
})

t.test('a key that is mistyped, unknown, of another secret, expired or revoked finds nobody; the log says which', async t => {
  const { deps, store, clock, lines, create } = world(t)
  t.teardown(() => store.close())
  const { text, key } = await create()
  t.same(await findCaller(deps, text), { known: true, keyId: key.id, scopes: new Set(['content:write']) })
  const refusals = async (wrong: string, why: string) => {
    t.equal(await findCaller(deps, wrong), undefined, why)
    t.match(lines.at(-1), `"why":"${why}"`)
  }
  const wrongCharacter = text.at(20) === 'a' ? 'b' : 'a'
  await refusals(`${text.slice(0, 20)}${wrongCharacter}${text.slice(21)}`, 'mistyped')
  await refusals(text.slice(1), 'no_key')
  await refusals(newKey().text, 'unknown')
  await refusals(keyText({ id: key.id, secret: newKey().secret }), 'unknown')
  const other = await create()
  await refusals(keyText({ id: other.key.id, secret: secretOf(text) }), 'unknown')
  const short = await create({ expiresAt: '2024-06-22T08:00:00.000Z' })
  clock.tick(day - 1)
  t.ok(await findCaller(deps, short.text), 'one millisecond before its end')
  clock.tick(1)
  await refusals(short.text, 'expired')
  await store.write(db => revokeKey(db, key.id, clock.now()))
  await refusals(text, 'revoked')
})

t.test('the admin key of the environment needs no database, and only the whole of it counts', async t => {
  const { deps, store } = world(t)
  t.teardown(() => store.close())
  const adminKey = `dl_${'x'.repeat(40)}`
  const withAdmin = { ...deps, config: { ...deps.config, adminKey } }
  const caller = await findCaller(withAdmin, adminKey)
  t.equal(caller?.known && caller.keyId, null)
  t.ok(caller?.known && caller.scopes.has('admin'))
  for (const wrong of [adminKey.slice(0, -1), `${adminKey}x`, adminKey.toUpperCase()]) t.equal(await findCaller(withAdmin, wrong), undefined)
  t.equal(await findCaller(deps, adminKey), undefined, 'without the setting it is no key')
})

t.test('neither a secret nor its hash is in the database file, in a list, or in the log', async t => {
  const { folder, deps, store, lines, create } = world(t)
  const { text, key } = await create()
  await findCaller(deps, text)
  await findCaller(deps, keyText({ id: key.id, secret: newKey().secret }))
  await settled(store)
  const listed = JSON.stringify(await store.read(db => listKeys(db)))
  const hash = await store.read(async ({ sql, tables: { keys } }) => (await sql.select({ hash: keys.hash }).from(keys))[0]?.hash)
  const files = () =>
    readdirSync(folder)
      .map(file => readFileSync(join(folder, file), 'latin1'))
      .join('')
  const open = files()
  await store.close()
  const secret = secretOf(text)
  t.equal(secret.length, 32)
  for (const place of [open, files(), listed, lines.join('')]) t.notOk(place.includes(secret), 'no secret')
  t.ok(hash && files().includes(hash), 'the hash is what is stored')
  for (const place of [listed, lines.join('')]) t.notOk(place.includes(hash ?? ''), 'no hash')
  t.ok(lines.join('').includes(key.id), 'the id is no secret')
})

t.test('the last use is noted once a minute, however many requests come at once', async t => {
  const { deps, store, clock, create, found } = world(t)
  t.teardown(() => store.close())
  const { text, key } = await create()
  const counted = counting(deps)
  t.equal((await found(key.id))?.lastUsedAt, null)
  await Promise.all(Array.from({ length: 20 }, () => findCaller(counted.deps, text)))
  await settled(store)
  t.equal(counted.writes(), 1)
  t.equal((await found(key.id))?.lastUsedAt, '2024-06-21T08:00:00.000Z')
  clock.tick(59_999)
  await findCaller(counted.deps, text)
  t.equal(counted.writes(), 1)
  clock.tick(1)
  await findCaller(counted.deps, text)
  await settled(store)
  t.equal(counted.writes(), 2)
  t.equal((await found(key.id))?.lastUsedAt, '2024-06-21T08:01:00.000Z')
})

t.test('another process that has noted the use is believed', async t => {
  const { deps, store, clock, create } = world(t)
  t.teardown(() => store.close())
  const { text } = await create()
  const [one, another] = [counting(deps), counting(deps)]
  await findCaller(one.deps, text)
  await settled(store)
  clock.tick(30_000)
  t.ok(await findCaller(another.deps, text))
  t.equal(one.writes(), 1)
  t.equal(another.writes(), 0)
})

t.test('a use that cannot be noted stops no request, and is warned of once a minute', async t => {
  const { deps, store, clock, lines, create } = world(t)
  t.teardown(() => store.close())
  const { text } = await create()
  const broken: Deps = { ...deps, store: { ...store, write: () => Promise.reject(new Error('the disk is full')) } }
  for (let request = 0; request < 3; request++) t.ok(await findCaller(broken, text))
  await settled(store)
  const warnings = () => lines.filter(line => line.includes('could not be noted')).length
  t.equal(warnings(), 1)
  t.match(lines.join(''), 'the disk is full')
  clock.tick(60_000)
  t.ok(await findCaller(broken, text))
  await settled(store)
  t.equal(warnings(), 2)
})

t.test('keys are listed newest first, as many as asked for, with scopes that this version knows', async t => {
  const { store, clock, create } = world(t)
  t.teardown(() => store.close())
  const first = await create({ name: 'first', scopes: ['admin', 'content:read'] })
  clock.tick()
  const second = await create({ name: 'second', expiresAt: '2025-01-01T00:00:00.000Z' })
  await store.write(async ({ sql, tables: { keys } }) => {
    await sql.insert(keys).values({
      id: 'future0000',
      name: 'future',
      hash: '',
      scopes: ['moon:write', 'content:read'],
      createdAt: '2024-01-01T00:00:00.000Z',
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    })
  })
  const keys = await store.read(db => listKeys(db))
  t.same(
    keys.map(key => key.name),
    ['second', 'first', 'future'],
  )
  t.same(keys[0], second.key)
  t.same(keys[1]?.scopes, ['content:read', 'admin'], 'in the order of the contract')
  t.same(keys[2]?.scopes, ['content:read'])
  t.same(
    (await store.read(db => listKeys(db, 1))).map(key => key.id),
    [second.key.id],
  )
  t.not(first.text, second.text)
})

t.test('a key is revoked once; the moment of the first time stays; an unknown id is undefined', async t => {
  const { store, clock, create } = world(t)
  t.teardown(() => store.close())
  const { key } = await create()
  const revoke = (id: string) => store.write(db => revokeKey(db, id, clock.now()))
  t.equal((await revoke(key.id))?.revokedAt, '2024-06-21T08:00:00.000Z')
  clock.tick(day)
  t.equal((await revoke(key.id))?.revokedAt, '2024-06-21T08:00:00.000Z')
  t.equal(await revoke('nobody'), undefined)
})

t.test('all keys of a name are revoked together, others live on', async t => {
  const { store, clock, create, found } = world(t)
  t.teardown(() => store.close())
  const [a, b, other] = [await create({ name: 'demo' }), await create({ name: 'demo' }), await create({ name: 'other' })]
  await store.write(db => revokeKeysNamed(db, 'demo', clock.now()))
  t.ok((await found(a.key.id))?.revokedAt)
  t.ok((await found(b.key.id))?.revokedAt)
  t.equal((await found(other.key.id))?.revokedAt, null)
})
