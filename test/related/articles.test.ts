import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled, walk } from '../helpers/news.ts'

const write = (caller: Caller, title: string, text: string, more: object = {}) =>
  post(caller, '/v1/articles', { title, slug: title.toLowerCase(), status: 'published', body: [paragraph('p', text)], ...more })

const titles = async (caller: Caller, url: string): Promise<string[]> => (await ok(caller.get(url))).data.map(({ title }: { title: string }) => title)

t.test('articles that share people and places, the rarest weighing most, the newer first among equals', async t => {
  const { app, clock, store } = await build(t)
  const admin = as(app)
  for (const name of ['Common Man', 'Rare Woman']) await post(admin, '/v1/people', { name })
  await post(admin, '/v1/places', { name: 'Sometown' })
  await settled(store)
  for (const n of ['1', '2', '3', '4', '5', '6']) {
    clock.tick()
    await write(admin, `Common${n}`, 'Common Man.')
  }
  await write(admin, 'Rare', 'Rare Woman.')
  await write(admin, 'Both', 'Rare Woman, Common Man.')
  await write(admin, 'Nothing', 'Nobody, nowhere.')
  await write(admin, 'One', 'Common Man, Rare Woman in Sometown.')
  const wanted = ['Both', 'Rare', 'Common6', 'Common5', 'Common4', 'Common3', 'Common2', 'Common1']
  t.same(await titles(admin, '/v1/articles/one/related'), wanted)
  const { related } = await ok(admin.get('/v1/articles/one?include=related'))
  t.same(
    related.map(({ title }: { title: string }) => title),
    wanted.slice(0, 5),
    'include=related has the first five',
  )
  t.same(await titles(admin, '/v1/articles/nothing/related'), [])
})

t.test('what is common is shared by old articles, too: many newer ones about it do not hide that', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'Common Man' })
  await post(admin, '/v1/people', { name: 'Rare Woman' })
  await settled(store)
  await write(admin, 'Old', 'Common Man and Rare Woman.', { publishedAt: '2001-01-01T00:00:00Z' })
  await write(admin, 'Less', 'Rare Woman.', { publishedAt: '2002-01-01T00:00:00Z' })
  const lines = Array.from({ length: 210 }, (_, n) =>
    JSON.stringify({ title: `Daily ${n}`, status: 'published', publishedAt: '2010-01-01T00:00:00Z', markdown: 'Common Man.' }),
  )
  await admin.post('/v1/articles/bulk', lines.join('\n'), { 'content-type': 'application/x-ndjson' })
  await write(admin, 'One', 'Common Man, Rare Woman.')
  const found = await titles(admin, '/v1/articles/one/related?limit=3')
  t.same(found.slice(0, 2), ['Old', 'Less'])
  t.match(found[2], /^Daily/)
  const all = await walk(admin, '/v1/articles/one/related', 30)
  t.equal(all.length, 100, 'a hundred are ranked')
  t.equal(new Set(all.map(({ id }) => id)).size, 100, 'each once')
})

t.test('without people or places, articles that share two telling words are related; one word is not enough', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  await write(admin, 'Two', 'The saxophone quartet played.')
  await write(admin, 'Shells', 'Of a saxophone.')
  for (const n of ['1', '2', '3']) {
    clock.tick()
    await write(admin, `Other${n}`, 'It was and is not so.')
  }
  await write(admin, 'One', 'A quartet with one saxophone, and a saxophone.')
  t.same(await titles(admin, '/v1/articles/one/related'), ['Two'])
})

t.test('pages go both ways and end', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada' })
  for (const n of ['1', '2', '3', '4', '5', '6', '7']) {
    clock.tick()
    await write(admin, `Told${n}`, 'So.', { aboutIds: ['ada'] })
  }
  const url = '/v1/articles/told1/related'
  const whole = await ok(admin.get(`${url}?count=exact`))
  t.same(whole.page, { limit: 20, next: null, prev: null, total: 6 })
  const first = await ok(admin.get(`${url}?limit=4&count=exact`))
  t.same([first.data.length, first.page.prev, first.page.total], [4, null, 6])
  const second = await admin.get(`${url}?limit=4&cursor=${first.page.next}`)
  t.match(second.headers.link, /rel="prev"/)
  t.same([...first.data, ...second.json().data], whole.data)
  t.same([second.json().page.next, second.json().page.total], [null, null])
  t.same((await ok(admin.get(`${url}?limit=4&cursor=${second.json().page.prev}`))).data, first.data)
  t.same(await refusal(admin.get(`/v1/articles/told2/related?cursor=${first.page.next}`)), ['400 cursor_mismatch', 'cursor cursor_mismatch'])
  t.same(await refusal(admin.get(`${url}?limit=101&includ=people&count=all`)), [
    '400 invalid_request',
    'limit out_of_range',
    'count not_allowed',
    'includ unknown_parameter',
  ])
  const known = { 'if-none-match': String((await admin.get(url)).headers.etag) }
  t.equal((await admin.get(url, known)).statusCode, 304)
  await ok(admin.patch('/v1/articles/told1', { slug: 'untold' }))
  t.match((await admin.get(`${url}?limit=3`)).headers.location, '/v1/articles/untold/related?limit=3')
  t.same(await refusal(admin.get('/v1/articles/nothing/related')), ['404 not_found'])
})

t.test('what drafts say changes nothing for anybody', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const reader = as(app, await keyWith(store, 'content:read'))
  await post(admin, '/v1/people', { name: 'Ada Example' })
  await settled(store)
  await write(admin, 'Near', 'Ada Example and the saxophone quartet.')
  await write(admin, 'Far', 'Ada Example and a ferry pilot.')
  await write(admin, 'One', 'Ada Example, saxophone, ferry, quartet, pilot.')
  const before = (await as(app, null).get('/v1/articles/one/related')).body
  for (const n of ['1', '2', '3', '4']) await write(admin, `Draft${n}`, 'Ada Example, saxophone and quartet.', { status: 'draft' })
  const thrown = await write(admin, 'Thrown', 'Ada Example, saxophone and quartet.')
  await ok(admin.delete(`/v1/articles/${thrown.id}`), 204)
  for (const caller of [as(app, null), reader, admin]) t.equal((await caller.get('/v1/articles/one/related')).body, before)
  t.same(await titles(reader, '/v1/articles/draft1/related'), ['One', 'Near', 'Far'], 'a draft has its own, for those who see it')
  t.same(await refusal(as(app, null).get('/v1/articles/draft1/related')), ['404 not_found'])
  t.same(await refusal(reader.get(`/v1/articles/${thrown.id}/related`)), ['404 not_found'])
})

t.test('texts of any kind have related ones, or none', async t => {
  const { app } = await build(t)
  const admin = as(app)
  for (const [n, text] of ['"*^( NEAR(', "'; drop table articles; --", '条約条約条約', '🐟 🐟', '_ _ _', 'x'.repeat(5_000), 'ﷺ ½ ①'].entries()) {
    const twins = [await write(admin, `A${n}`, text), await write(admin, `B${n}`, text)]
    for (const { id } of twins) t.equal((await admin.get(`/v1/articles/${id}/related`)).statusCode, 200, text.slice(0, 20))
  }
  const many = Array.from({ length: 600 }, (_, n) => `word${n}`).join(' ')
  await write(admin, 'Long', many)
  await write(admin, 'Longer', many)
  t.same(await titles(admin, '/v1/articles/long/related'), ['Longer'])
})
