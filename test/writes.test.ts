// What all writes have in common: dry runs, answers that are given again, natural keys, and the audit log.
import t from 'tap'
import type { Db } from '../src/db/store.ts'
import { build } from './helpers/build.ts'
import { as, keyWith, make } from './helpers/callers.ts'
import { settled } from './helpers/news.ts'
import { nouns } from './helpers/nouns.ts'

const everything = async (db: Db) => {
  const { articles, people, places, revisions, audit, replays, nameChanges, slugs } = db.tables
  const tables = [articles, people, places, revisions, audit, replays, nameChanges, slugs]
  const rows: unknown[] = []
  for (const table of tables) rows.push((await db.sql.select().from(table)).map(row => JSON.stringify(row)).sort())
  return rows
}
const again = (key: string) => ({ 'idempotency-key': key })

for (const noun of nouns) {
  const { path, named } = noun

  t.test(`${path}: a dry run gives the full answer and stores nothing`, async t => {
    const { app, store, clock } = await build(t)
    const admin = as(app)
    const one = await make(admin, noun, 'Ada Example')
    const trashed = await make(admin, noun, 'Gone')
    await admin.delete(`${path}/gone`)
    clock.tick()
    await settled(store)
    const before = await store.read(everything)
    const made = await admin.post(`${path}?dryRun=true`, { [named]: 'Bo Other' })
    t.equal(made.statusCode, 201)
    t.match(made.json(), { [named]: 'Bo Other', slug: 'bo-other', version: 1 })
    t.match((await admin.put(`${path}/${one.id}?dryRun=true`, { [named]: 'Put' })).json(), { id: one.id, [named]: 'Put', version: 2 })
    t.match((await admin.patch(`${path}/${one.id}?dryRun=true`, { [named]: 'Patched' })).json(), { [named]: 'Patched', version: 2 })
    t.match((await admin.put(`${path}/by-source/a/1?dryRun=true`, { [named]: 'New' })).json(), { [named]: 'New', source: { name: 'a' } })
    t.equal((await admin.delete(`${path}/${one.id}?dryRun=true`)).statusCode, 204)
    t.equal((await admin.delete(`${path}/${one.id}?dryRun=true&purge=true`)).statusCode, 204)
    t.match((await admin.post(`${path}/${trashed.id}/restore?dryRun=true`)).json(), { id: trashed.id })
    t.equal((await admin.post(`${path}?dryRun=true`, {}, again('k'))).statusCode, 400, 'faults are told')
    t.equal((await admin.patch(`${path}/${one.id}?dryRun=true`, { [named]: 'x' }, { 'if-match': '"7"' })).statusCode, 412)
    t.same(await store.read(everything), before)
    t.equal((await admin.post(path, { [named]: 'Bo Other' })).json().slug, 'bo-other', 'no slug was used up')
  })

  t.test(`${path}: a natural key makes, replaces, reads, patches and deletes`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const url = `${path}/by-source/wire%20a/1%2F2`
    t.equal((await admin.get(url)).statusCode, 404)
    const made = await admin.put(url, { [named]: 'One', ...noun.seen })
    t.equal(made.statusCode, 201, made.body)
    t.equal(made.headers.location, `${path}/one`)
    t.match(made.json(), { source: { name: 'wire a', externalId: '1/2', url: null }, version: 1 })
    t.equal((await as(app, null).get(url)).body, (await admin.get(`${path}/one`)).body)
    clock.tick()
    const put = await admin.put(url, { [named]: 'Two', source: { name: 'wire a', externalId: '1/2', url: 'https://a.example/1' } })
    t.equal(put.statusCode, 200)
    t.match(put.json(), { id: made.json().id, [named]: 'Two', slug: 'one', version: 2, source: { url: 'https://a.example/1' } })
    t.match((await admin.put(url, { [named]: 'Two' })).json(), { version: 2, source: { url: 'https://a.example/1' } }, 'twice is once')
    t.match((await admin.patch(url, { [named]: 'Three' })).json(), { [named]: 'Three', version: 3 })
    for (const source of [null, { name: 'wire a' }]) {
      const { json } = await admin.put(url, { [named]: 'Three', source })
      t.match(json().source, { name: 'wire a', externalId: '1/2', url: null }, 'the key that it was addressed by stays')
    }
    t.match((await admin.put(url, { [named]: 'x', source: { name: 'b', externalId: '1' } })).json().errors, [{ code: 'wrong_source' }])
    t.equal((await admin.put(url, { [named]: 'x' }, { 'if-none-match': '*' })).json().code, 'already_exists')
    t.equal((await admin.put(`${path}/by-source/a/9`, { [named]: 'x' }, { 'if-match': '"1"' })).json().code, 'version_mismatch')
    t.match((await admin.put(`${path}/by-source/a/9`, { [named]: 'x', source: { name: 'b' } })).json().errors, [{ code: 'wrong_source' }])
    t.equal((await admin.put(`${path}/by-source/a/9`, { [named]: 'x', source: { name: 'a', externalId: '8' } })).statusCode, 400)
    t.equal((await admin.delete(url)).statusCode, 204)
    t.equal((await admin.get(url)).statusCode, 404)
    t.match((await admin.put(url, { [named]: 'x' })).json().errors, [{ code: 'source_taken' }], 'one in the trash keeps its natural key')
    t.equal((await admin.post(`${url}/restore`)).statusCode, 200)
    t.equal((await admin.get(url)).statusCode, 200)
    t.equal((await admin.get(`${path}/by-source/a`)).statusCode, 404)
    for (const slash of ['%2F/1', 'a%2Fb/1']) t.equal((await admin.put(`${path}/by-source/${slash}`, { [named]: 'x' })).statusCode, 404, slash)
    for (const odd of ['%20/1', `${'x'.repeat(201)}/1`, `a/${'x'.repeat(501)}`])
      t.equal((await admin.put(`${path}/by-source/${odd}`, { [named]: 'x' })).statusCode, 400, odd.slice(0, 20))
  })

  t.test(`${path}: eight writers of one natural key make one`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => admin.put(`${path}/by-source/wire/7`, { [named]: `Name ${n}` })))
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 200, 200, 200, 200, 200, 200, 201])
    t.equal(new Set(answers.map(answer => answer.json().id)).size, 1)
    t.match((await admin.get(`${path}/by-source/wire/7`)).json(), { version: 8 })
  })

  t.test(`${path}: a POST with an Idempotency-Key is answered once and repeated`, async t => {
    const { app, clock, store } = await build(t)
    const admin = as(app)
    const first = await admin.post(path, { [named]: 'Ada Example' }, again('"k 1"'))
    t.equal(first.statusCode, 201)
    clock.tick()
    await admin.patch(`${path}/ada-example`, { [named]: 'Renamed' })
    const second = await admin.post(path, { [named]: 'Ada Example' }, again('"k 1"'))
    t.equal(second.statusCode, 201)
    t.equal(second.body, first.body, 'the same answer, whatever came after')
    for (const name of ['etag', 'location', 'last-modified', 'content-type']) t.equal(second.headers[name], first.headers[name], name)
    const other = await admin.post(path, { [named]: 'Other' }, again('"k 1"'))
    t.match(other.json(), { status: 422, code: 'idempotency_mismatch' })
    t.equal((await admin.post(`${path}?dryRun=true`, { [named]: 'Ada Example' }, again('"k 1"'))).statusCode, 201, 'a dry run has no key')
    const key = await keyWith(store, 'content:write', 'content:publish')
    t.equal((await as(app, key).post(path, { [named]: 'Mine' }, again('"k 1"'))).statusCode, 201, 'each caller has keys of its own')
    t.equal((await admin.post(path, {}, again('refused'))).statusCode, 400)
    t.equal((await admin.post(path, { [named]: 'Now right' }, again('refused'))).statusCode, 201, 'a refusal is not kept')
    for (const bad of ['""', '"', 'a b', 'x'.repeat(256), '"é"'])
      t.match((await admin.post(path, { [named]: 'x' }, again(bad))).json().errors, [{ header: 'Idempotency-Key' }], bad.slice(0, 9))
    clock.tick(86_400_000)
    t.not((await admin.post(path, { [named]: 'Ada Example' }, again('"k 1"'))).json().id, first.json().id, 'after a day it is new')
  })
}

t.test('of many at once with one Idempotency-Key one is done', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const answers = await Promise.all(Array.from({ length: 8 }, () => admin.post('/v1/people', { name: 'Ada' }, again('same'))))
  const codes = answers.map(({ statusCode }) => statusCode)
  t.ok(
    codes.every(code => code === 201 || code === 409),
    codes.join(),
  )
  t.equal(new Set(answers.filter(({ statusCode }) => statusCode === 201).map(answer => answer.json().id)).size, 1)
  for (const answer of answers.filter(({ statusCode }) => statusCode === 409)) t.equal(answer.json().code, 'idempotency_running')
  t.equal((await admin.get('/v1/people?count=exact')).json().page.total, 1)
})

t.test('restore, mentions and imports are repeated, too', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await admin.post('/v1/people', { name: 'Ada Example' })
  const { id, body } = (await admin.post('/v1/articles', { title: 'One', markdown: 'Nobody knows Countess.' })).json()
  const mention = { kind: 'person', entityId: 'ada-example', blockId: body[0].id, start: 13, end: 21 }
  const [first, second] = [
    await admin.post(`/v1/articles/${id}/mentions`, mention, again('m')),
    await admin.post(`/v1/articles/${id}/mentions`, mention, again('m')),
  ]
  t.equal(first.statusCode, 201, first.body)
  t.equal(second.body, first.body)
  const page = 'Leaders meet\n\nThey met in Vladivostok on Friday, and it rained all day long there.\n'
  const plain = { 'content-type': 'text/plain' }
  const dry = await admin.post('/v1/imports?dryRun=true', page, plain)
  t.equal(dry.statusCode, 200, dry.body)
  t.match(dry.json(), { article: { title: 'Leaders meet' } })
  t.equal((await admin.get('/v1/articles/leaders-meet')).statusCode, 404)
  const imported = await admin.post('/v1/imports', page, { ...plain, ...again('i') })
  t.equal(imported.statusCode, 201)
  t.equal((await admin.post('/v1/imports', page, { ...plain, ...again('i') })).body, imported.body)
})
