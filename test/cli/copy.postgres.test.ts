// `dateline copy`: everything, exactly, or nothing.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { run } from '../../src/cli/program.ts'
import { databaseOf, readConfig } from '../../src/config.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { adminKey, checked, testClock } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'
import { emptyDatabase, openDatabase } from '../helpers/database.ts'
import { ok, post, settled } from '../helpers/news.ts'

async function dateline(...argv: string[]) {
  const said = { out: '', err: '' }
  const code = await run(argv, {
    env: {},
    out: text => {
      said.out += text
    },
    err: text => {
      said.err += text
    },
  })
  return { code, ...said }
}

/** An app on a database, and all that it stores. */
async function appOn(url: string) {
  const database = databaseOf(url)
  const store = await openDatabase(database)
  const config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey }), database }
  const app = checked(await buildApp({ config, store, clock: testClock(), log: pino({ level: 'silent' }), names: createKnownNames() }))
  const close = async () => {
    await app.close()
    await store.close()
  }
  const rows = () =>
    store.read(async ({ sql, tables }) => {
      const all: Record<string, string[]> = {}
      for (const [name, table] of Object.entries(tables)) all[name] = (await sql.select().from(table)).map(row => JSON.stringify(row)).sort()
      return all
    })
  return { app, store, admin: as(app), close, rows }
}

/** A file with something in every table. */
async function filled(t: Test) {
  const folder = t.testdir()
  const url = `file:${join(folder, 'from.db')}`
  const { admin, store, close, rows } = await appOn(url)
  await post(admin, '/v1/people', { name: 'Łucja Example', aliases: ['Lucja'] })
  await post(admin, '/v1/places', { name: '東京', lat: 35.68, lng: 139.69, kind: 'city' })
  for (let n = 0; n < 30; n++)
    await post(admin, '/v1/articles', {
      title: `Story ${n}`,
      status: 'published',
      tags: ['a'],
      markdown: `Łucja Example went to 東京 ${'and on '.repeat(n * 9)}.`,
    })
  await ok(admin.patch('/v1/articles/story-1', { title: 'Renamed', slug: 'renamed' }))
  await ok(admin.delete('/v1/articles/story-2'), 204)
  await ok(admin.delete('/v1/articles/story-29?purge=true'), 204)
  const { key } = await post(admin, '/v1/keys', { name: 'mine', scopes: ['content:write', 'content:read'] })
  await settled(store)
  const before = await rows()
  await close()
  return { folder, url, before, key }
}
const asked = [
  '/v1/search?q=lucja&limit=100',
  '/v1/places?near=35,139&within=200km',
  '/v1/articles?person=lucja-example&count=exact',
  '/v1/articles/renamed?include=mentions,html',
]

t.test('from a file to a server and back everything is the same, and goes on', async t => {
  const { folder, url, before, key } = await filled(t)
  const server = await emptyDatabase(t)
  const there = await dateline('copy', '--from', url, '--to', server, '--json')
  t.equal(there.code, 0, there.err)
  const { tables } = JSON.parse(there.out)
  t.match(
    tables.find(({ name }: { name: string }) => name === 'articles'),
    { rows: 29, checksum: /^[0-9a-f]{64}$/ },
  )
  const back = `file:${join(folder, 'back.db')}`
  t.equal((await dateline('copy', '--from', server, '--to', back)).code, 0)
  const [first, second, third] = [await appOn(url), await appOn(server), await appOn(back)]
  t.teardown(async () => {
    for (const { close } of [first, second, third]) await close()
  })
  t.same(await second.rows(), before)
  t.same(await third.rows(), before)
  for (const path of asked) {
    const [one, two, three] = [await first.admin.get(path), await second.admin.get(path), await third.admin.get(path)]
    const ids = (answer: typeof one) => answer.json().data.map((hit: { id: string }) => hit.id)
    for (const copy of [two, three])
      if (path.includes('search'))
        t.same(ids(copy).sort(), ids(one).sort(), path) // scores may differ
      else t.equal(copy.body, one.body, path)
  }
  for (const { app, store, admin } of [second, third]) {
    t.equal((await as(app, key).post('/v1/articles', { title: 'New', markdown: 'Lucja spoke.' })).statusCode, 201, 'a key works, and numbers go on')
    await post(admin, '/v1/people', { name: 'New Person' })
    await settled(store)
    t.equal((await ok(admin.get('/v1/articles/new'))).personIds.length, 1)
    t.equal((await ok(admin.get('/v1/articles/by-source/none/1'), 404)).code, 'not_found')
  }
})

t.test('a target that is not empty, a source that is none: a sentence, and nothing is touched', async t => {
  const { folder, url, before } = await filled(t)
  const other = `file:${join(folder, 'other.db')}`
  t.equal((await dateline('copy', '--from', url, '--to', other)).code, 0)
  for (const [from, to, why] of [
    [url, other, /has \d+ rows already: name an empty database/],
    [url, url, /are the same database/],
    [`file:${join(folder, 'none.db')}`, `file:${join(folder, 'new.db')}`, /there is no file/],
    [url, 'postgres://nobody:secret@127.0.0.1:1/x', /does not answer/],
  ] as const) {
    const answer = await dateline('copy', '--from', from, '--to', to)
    t.equal(answer.code, 1)
    t.match(answer.err, why)
    t.notMatch(answer.err, /secret/)
  }
  t.equal(existsSync(join(folder, 'none.db')), false)
  t.equal((await dateline('copy', '--from', 'mysql://x', '--to', other)).code, 2)
  const there = await appOn(other)
  t.same(await there.rows(), before)
  await there.close()
})
