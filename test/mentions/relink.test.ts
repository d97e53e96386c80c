// Articles are linked anew whenever a name in the registry changes: right behind the write, on whichever process, and over a restart.
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import type { Deps } from '../../src/deps.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { adminKey, build, checked, testClock } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, paragraph, post, settled } from '../helpers/news.ts'

type Found = { entityId: string; surface: string; blockId: string; start: number }

const mentionsOf = async (caller: Caller, key: string): Promise<Found[]> => (await ok(caller.get(`/v1/articles/${key}/mentions?limit=100`))).data
const surfaces = async (caller: Caller, key: string) => (await mentionsOf(caller, key)).map(({ surface }) => surface)
const write = (caller: Caller, title: string, ...texts: string[]) =>
  post(caller, '/v1/articles', { title, status: 'published', body: texts.map((text, n) => paragraph(`p${n}`, text)) })

/** An app with its own memory on the database of a path; one that is deaf hears no notice, so that nothing is linked anew after its start. */
async function appOn(path: string, { deaf = false } = {}) {
  const store = openSqlite(path)
  const config = readConfig({ DATELINE_ADMIN_KEY: adminKey, RATE_LIMIT: 'off', SEARCH_THREADS: '0' })
  const hears = deaf ? { ...store, onNotice() {} } : store
  const deps: Deps = { config, store: hears, clock: testClock(), log: pino({ level: 'silent' }), names: createKnownNames() }
  const app = checked(await buildApp(deps))
  return { app, store, admin: as(app), close: () => app.close().then(() => store.close()) }
}

t.test('a new person links old articles right behind the write, and moves their ETag alone', async t => {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  const before = await write(admin, 'Old', 'Nobody knows.', 'Ada Example’s word: ADA EXAMPLE, Ada  Example and Adam.')
  await write(admin, 'Draft', 'Ada Example')
  await ok(admin.patch('/v1/articles/draft', { status: 'draft' }))
  const { headers } = await admin.get('/v1/articles/old')
  clock.tick()
  const person = await post(admin, '/v1/people', { name: 'Ada Example', aliases: ['Adam'] })
  await settled(store)
  const linked = await admin.get('/v1/articles/old')
  const { personIds, ...rest } = linked.json()
  t.same(personIds, [person.id])
  t.same({ ...rest, personIds: [] }, before, 'nothing else moved')
  t.not(linked.headers.etag, headers.etag)
  t.equal(String(linked.headers.etag).split('-')[0], '"1')
  t.same(await surfaces(admin, 'old'), ['Ada Example', 'Ada  Example', 'Adam'])
  t.equal((await ok(admin.get('/v1/people/ada-example'))).articleCount, 1, 'the draft does not count')
  t.equal((await ok(admin.get('/v1/people/ada-example'))).version, 1)
})

t.test('a name that comes, goes or changes moves the links with it', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  await write(admin, 'One', 'Ada Example met Countess Lovelace. The Countess left.')
  const person = await post(admin, '/v1/people', { name: 'Ada Example' })
  const linked = async () => {
    await settled(store)
    return surfaces(admin, 'one')
  }
  t.same(await linked(), ['Ada Example'])
  await ok(admin.patch(`/v1/people/${person.id}`, { aliases: ['Countess Lovelace'] }))
  t.same(await linked(), ['Ada Example', 'Countess Lovelace'])
  await ok(admin.patch(`/v1/people/${person.id}`, { aliases: ['Countess'] }))
  t.same(await linked(), ['Ada Example', 'Countess', 'Countess'], 'a renamed alias')
  await ok(admin.patch(`/v1/people/${person.id}`, { aliases: null }))
  t.same(await linked(), ['Ada Example'], 'a removed one')
  await ok(admin.patch(`/v1/people/${person.id}`, { name: 'Grace Other' }))
  t.same(await linked(), [], 'another name')
  t.match(await ok(admin.get('/v1/articles/one')), { personIds: [] })
  t.equal((await ok(admin.get(`/v1/people/${person.id}`))).articleCount, 0)
  t.same((await ok(admin.get(`/v1/people/${person.id}/articles`))).data, [])
  await ok(admin.patch(`/v1/people/${person.id}`, { name: 'Countess', aliases: ['Ada Example'] }))
  t.same(await linked(), ['Ada Example', 'Countess', 'Countess'])
  t.equal((await ok(admin.get(`/v1/people/${person.id}`))).articleCount, 1)
})

t.test('a name that becomes main is surer', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada', aliases: ['Countess'] })
  await write(admin, 'One', 'The Countess.')
  const sure = async () => (await ok(admin.get('/v1/articles/one/mentions'))).data[0].confidence
  const alias = await sure()
  await ok(admin.patch('/v1/people/ada', { name: 'Countess', aliases: ['Ada Example'] }))
  await settled(store)
  t.ok((await sure()) > alias)
})

t.test('a second one of the same name unlinks it, and its going links it again', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const first = await post(admin, '/v1/people', { name: 'Ada Example', aliases: ['Example'] })
  await write(admin, 'One', 'Example spoke.')
  await write(admin, 'Two', 'Ada Example spoke, then Example left.')
  const second = await post(admin, '/v1/places', { name: 'Example', kind: 'city' })
  await settled(store)
  t.same(await surfaces(admin, 'one'), [])
  t.same(
    (await mentionsOf(admin, 'two')).map(({ entityId }) => entityId),
    [first.id, first.id],
    'the article names who is meant',
  )
  await ok(admin.patch('/v1/articles/one', { aboutIds: [second.id] }))
  t.same(
    (await mentionsOf(admin, 'one')).map(({ entityId }) => entityId),
    [second.id],
    'so does aboutIds',
  )
  await ok(admin.patch('/v1/articles/one', { aboutIds: null }))
  t.same(await surfaces(admin, 'one'), [])
  await ok(admin.delete(`/v1/places/${second.id}?purge=true`), 204)
  await settled(store)
  t.same(
    (await mentionsOf(admin, 'one')).map(({ entityId }) => entityId),
    [first.id],
  )
})

t.test('a restart takes up a queue that is still open', async t => {
  const path = join(t.testdir(), 'dateline.db')
  const first = await appOn(path, { deaf: true })
  await write(first.admin, 'One', 'Ada Example spoke.')
  await first.app.ready()
  await settled(first.store)
  const person = await post(first.admin, '/v1/people', { name: 'Ada Example' })
  t.same(await surfaces(first.admin, 'one'), [], 'nobody has woken')
  await first.close()
  const second = await appOn(path)
  t.teardown(second.close)
  await second.app.ready()
  await settled(second.store)
  t.same(await ok(second.admin.get('/v1/articles/one?fields=personIds')), {
    id: (await ok(second.admin.get('/v1/articles/one'))).id,
    personIds: [person.id],
  })
  const open = await second.store.read(({ sql, tables }) => sql.select().from(tables.nameChanges))
  t.equal(open.length, 1)
  t.ok(open[0]?.relinkedAt)
})

t.test('an article written while the queue is open is linked in its own transaction', async t => {
  const path = join(t.testdir(), 'dateline.db')
  const { admin, close } = await appOn(path, { deaf: true })
  t.teardown(close)
  await write(admin, 'Warm', 'up')
  const person = await post(admin, '/v1/people', { name: 'Ada Example' })
  t.same((await write(admin, 'Two', 'Ada Example spoke.')).personIds, [person.id])
  await ok(admin.patch('/v1/articles/warm', { markdown: 'Ada Example' }))
  t.same((await ok(admin.get('/v1/articles/warm'))).personIds, [person.id])
})

t.test('two apps on one file agree', async t => {
  const path = join(t.testdir(), 'dateline.db')
  const [one, two] = [await appOn(path), await appOn(path)]
  t.teardown(one.close)
  t.teardown(two.close)
  await write(two.admin, 'Old', 'Ada Example and Bo Other spoke.')
  const ada = await post(one.admin, '/v1/people', { name: 'Ada Example' })
  t.same((await write(two.admin, 'New', 'Ada Example spoke.')).personIds, [ada.id], 'the other reads what it lacks')
  const bo = await post(two.admin, '/v1/people', { name: 'Bo Other' })
  t.same((await write(one.admin, 'Newer', 'Bo Other, Ada Example.')).personIds, [bo.id, ada.id])
  await settled(one.store)
  for (const { admin } of [one, two]) t.same((await ok(admin.get('/v1/articles/old'))).personIds, [ada.id, bo.id])
  await ok(two.admin.patch(`/v1/people/${ada.id}`, { name: 'Ada Renamed' }))
  t.same((await write(one.admin, 'Newest', 'Ada Example, Ada Renamed.')).personIds, [ada.id])
  t.same(await surfaces(one.admin, 'newest'), ['Ada Renamed'])
  await Promise.all(
    [1, 2, 3].flatMap(n => [
      post(one.admin, '/v1/people', { name: `Person A${n} Long` }),
      post(two.admin, '/v1/articles', { title: `T${n}`, markdown: `Person A${n} Long` }),
    ]),
  )
  await settled(two.store)
  for (const n of [1, 2, 3]) t.same(await surfaces(one.admin, `t${n}`), [`Person A${n} Long`])
})

t.test('more articles than one look-up takes are all linked', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const many = 230
  for (let n = 0; n < many; n++) await post(admin, '/v1/articles', { title: `A ${n}`, status: 'published', body: [paragraph('p', 'Ada Example')] })
  const person = await post(admin, '/v1/people', { name: 'Ada Example' })
  await settled(store)
  t.equal((await ok(admin.get(`/v1/people/${person.id}`))).articleCount, many)
  t.equal((await ok(admin.get('/v1/articles?person=ada-example&count=exact'))).page.total, many)
})

t.test('an article in the trash comes back with the links of now', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  await write(admin, 'One', 'Ada Example spoke.')
  await ok(admin.delete('/v1/articles/one'), 204)
  const person = await post(admin, '/v1/people', { name: 'Ada Example' })
  await settled(store)
  t.equal((await ok(admin.get('/v1/people/ada-example'))).articleCount, 0)
  t.same((await ok(admin.post('/v1/articles/one/restore'))).personIds, [person.id])
  t.equal((await ok(admin.get('/v1/people/ada-example'))).articleCount, 1)
})

t.test('linking anew finds what linking at once finds, whatever names and texts are', async t => {
  const [late, early] = [await build(t), await build(t)]
  const [slow, fast] = [as(late.app), as(early.app)]
  const names = [
    'Kim Jong-un',
    'Łódź',
    'U.S.',
    'U.S.S.R.',
    'O’Brien',
    'Groß',
    '東京',
    '東京都',
    '李',
    'Al-Qaeda',
    'The Who',
    'It',
    'Jean H. Lee',
    'São Paulo',
    'Straße 7',
    'Владимир Путин',
    'Putin',
    'D.P.R.K.',
    'X Æ A-12',
    'Coca–Cola & Co.',
    'AT&T',
    'The',
    '3.5',
    'Jay-Z',
    'Yahoo!',
    'กรุงเทพ',
    'مصر',
    'İstanbul',
    'Ko\u0301s',
    'ﬁnland',
    'Việt Nam',
    'España',
  ]
  const glue = [' ', '', '’s ', "'s ", '. ', ', ', '-', ' - ', '"', '\n', '/', '(', ')', '\u00ad', '\u200b', 'a', 'S', '1', '_', '\u0301']
  const spelled = [
    'Pu\u00adtin',
    'Kim\u00a0Jong\u2011un',
    'Lódz',
    'Ｐｕｔｉｎ',
    'Kim  Jong-\nun',
    'U. S.',
    'A T & T',
    'Pu\u200btin',
    'Sa\u0303o Paulo',
    "O'Brien",
    'O‘Brien',
    'Gross',
    'U.S',
    'US',
    'Ja\u00ady-Z',
    'Vie\u0323\u0302t Nam',
    'Espan\u0303a',
  ]
  const text = fc.array(fc.tuple(fc.constantFrom(...names, ...spelled), fc.constantFrom(...glue), fc.constantFrom(...glue)), {
    minLength: 1,
    maxLength: 6,
  })
  let n = 0
  for (const name of names) await post(fast, '/v1/people', { name })
  await settled(early.store)
  const texts: string[] = []
  fc.assert(
    fc.property(text, parts => {
      texts.push(parts.flat().join(''))
    }),
    { numRuns: 120, seed: 8 },
  )
  for (const body of texts) {
    n += 1
    const language = ['en', 'de', 'ru', 'ja'][n % 4] ?? 'en'
    for (const caller of [slow, fast])
      await post(caller, '/v1/articles', { title: `T${n}`, status: 'published', language, body: [paragraph('p', body)] })
  }
  for (const name of names) await post(slow, '/v1/people', { name })
  await settled(late.store)
  const shown = async (caller: Caller, key: string) => (await mentionsOf(caller, key)).map(({ start, surface }) => `${start} ${surface}`)
  for (const [index, body] of texts.entries()) t.same(await shown(slow, `t${index + 1}`), await shown(fast, `t${index + 1}`), JSON.stringify(body))
})
