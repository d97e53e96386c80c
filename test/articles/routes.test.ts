// What is an article's own: its fields, references and filing. The manners that all nouns share are in resources.test.ts.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled } from '../helpers/news.ts'

const one = '/v1/articles/one'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

async function newsroom(t: Parameters<typeof build>[0], more: object = {}) {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  const ada = await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada', source: { name: 'wiki', externalId: 'a/1' } })
  const bo = await post(admin, '/v1/people', { name: 'Bo Other', slug: 'bo' })
  const town = await post(admin, '/v1/places', { name: 'Exampletown', slug: 'town', source: { name: 'geo', externalId: '1' } })
  await settled(store)
  const article = await post(admin, '/v1/articles', { title: 'One', ...more })
  clock.tick()
  const counts = async () => [
    (await ok(admin.get('/v1/people/ada'))).articleCount,
    (await ok(admin.get('/v1/people/bo'))).articleCount,
    (await ok(admin.get('/v1/places/town'))).articleCount,
  ]
  return { app, store, clock, admin, nobody: as(app, null), ada, bo, town, article, counts, patch: (body: object) => ok(admin.patch(one, body)) }
}

t.test('every field of its own comes back, is replaced by PUT and kept by PATCH', async t => {
  const { admin, clock, ada, bo, town } = await newsroom(t)
  const full = {
    title: 'Full',
    slug: 'full',
    summary: 'A summary\nof two lines',
    language: 'pt-BR',
    section: 'World',
    tags: ['war', 'peace & quiet'],
    byline: 'By Ada',
    body: [paragraph('p', 'Text')],
    image: { url: 'https://images.example/a.jpg', alt: 'a', caption: null, credit: 'c', width: 1, height: 100_000 },
    source: { name: 'The Wire', url: 'https://wire.example/1', externalId: '1' },
    rights: '© Wire',
    authorIds: [bo.id, ada.id],
    aboutIds: [town.id, ada.id],
    datelinePlaceId: town.id,
    corrections: [{ id: '0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12', at: '2024-01-01T00:00:00.000Z', kind: 'retraction', text: 'All wrong.' }],
    status: 'scheduled',
    publishedAt: '1999-12-31T23:59:59.999Z',
    publishAt: '2030-01-01T00:00:00.000Z',
    unpublishAt: '2031-01-01T00:00:00.000Z',
  }
  const made = await post(admin, '/v1/articles', full)
  t.same(made, { ...made, ...full })
  const sentBack = await ok(admin.put('/v1/articles/full', made))
  t.same(sentBack, made, 'sent back as it was read, nothing moves')
  clock.tick()
  const { version, body, ...least } = await ok(admin.put('/v1/articles/full', { title: 'Full' }))
  t.equal(version, 2)
  t.same(body, [])
  for (const name of ['slug', 'status', 'publishedAt', 'publishAt', 'unpublishAt', 'source', 'corrections'] as const)
    t.same(least[name], full[name], `${name} is kept`)
  t.match(least, {
    summary: null,
    language: 'en',
    section: null,
    tags: [],
    byline: null,
    image: null,
    rights: null,
    authorIds: [],
    aboutIds: [],
    personIds: [],
    placeIds: [],
    datelinePlaceId: null,
  })
  const again = await ok(admin.put('/v1/articles/full', full))
  t.same(again, { ...made, version: 3, updatedAt: again.updatedAt })
})

t.test('people and places are named by id, slug, former slug or natural key', async t => {
  const { admin, ada, town, patch } = await newsroom(t)
  await ok(admin.patch('/v1/people/ada', { slug: 'ada-new' }))
  for (const reference of [ada.id, ada.id.toUpperCase(), 'ada-new', 'ada', 'wiki/a/1']) {
    t.match(
      await patch({ authorIds: [reference], aboutIds: [reference] }),
      { authorIds: [ada.id], aboutIds: [ada.id], personIds: [ada.id] },
      reference,
    )
    await patch({ authorIds: null, aboutIds: null })
  }
  for (const reference of [town.id, 'town', 'geo/1']) {
    t.match(
      await patch({ datelinePlaceId: reference, aboutIds: [reference] }),
      { datelinePlaceId: town.id, aboutIds: [town.id], placeIds: [town.id], personIds: [] },
      reference,
    )
    t.match(await patch({ datelinePlaceId: null, aboutIds: [] }), { datelinePlaceId: null, aboutIds: [], placeIds: [] })
  }
  t.match(await patch({ authorIds: ['ada', 'ada-new', ada.id] }), { authorIds: [ada.id] }, 'one person once')
})

t.test('a reference that is nobody, or two, is refused with all others', async t => {
  const { admin, patch, ada } = await newsroom(t)
  const place = await post(admin, '/v1/places', { name: 'Ada', slug: 'ada' })
  const answer = await admin.patch(one, { authorIds: ['ada', 'town', 'x'], aboutIds: ['bo', 'ada', 'wiki/none'], datelinePlaceId: 'bo' })
  t.same(await refusal(Promise.resolve(answer)), [
    '400 invalid_request',
    '/authorIds/1 unknown_reference',
    '/authorIds/2 unknown_reference',
    '/aboutIds/1 ambiguous_reference',
    '/aboutIds/2 unknown_reference',
    '/datelinePlaceId unknown_reference',
  ])
  const told = answer.json().errors[2].detail
  t.ok(told.includes(ada.id) && told.includes(place.id), 'both are named')
  t.same(await refusal(admin.post('/v1/articles', { title: 'x', aboutIds: ['ada'] })), ['400 invalid_request', '/aboutIds/0 ambiguous_reference'])
  t.same(await refusal(admin.put(one, { title: 'x', aboutIds: ['ada'] })), ['400 invalid_request', '/aboutIds/0 ambiguous_reference'])
  t.match(
    await patch({ aboutIds: [place.id], authorIds: ['ada'], datelinePlaceId: 'ada' }),
    { aboutIds: [place.id], authorIds: [ada.id], datelinePlaceId: place.id },
    'where only one kind may stand it is plain',
  )
  await ok(admin.delete('/v1/people/bo'), 204)
  t.same(await refusal(admin.patch(one, { authorIds: ['bo'] })), ['400 invalid_request', '/authorIds/0 unknown_reference'], 'nobody is in the trash')
})

t.test('aboutIds stands behind what the text links', async t => {
  const { ada, bo, town, patch, counts } = await newsroom(t, { status: 'published' })
  const land = await patch({ aboutIds: ['town', 'ada', 'bo'], markdown: 'Bo Other was there.' })
  t.match(land, { aboutIds: [town.id, ada.id, bo.id], personIds: [bo.id, ada.id], placeIds: [town.id] })
  t.same(await counts(), [1, 1, 1])
  t.match(await patch({ markdown: 'Exampletown, says Ada Example.' }), { personIds: [ada.id, bo.id], placeIds: [town.id] })
  t.match(await patch({ aboutIds: null }), { aboutIds: [], personIds: [ada.id], placeIds: [town.id] })
  t.same(await counts(), [1, 0, 1])
  t.match(await patch({ markdown: 'Nobody.' }), { personIds: [], placeIds: [] })
  t.same(await counts(), [0, 0, 0])
})

t.test('corrections get ids and times, and keep them', async t => {
  const { admin, clock, patch } = await newsroom(t)
  const first = clock.now()
  const { corrections } = await patch({
    corrections: [{ text: 'It was five.' }, { text: 'Not so.', kind: 'retraction', at: '2024-01-01T01:00:00+01:00' }],
  })
  t.match(corrections, [
    { at: first, kind: 'correction', text: 'It was five.' },
    { at: '2024-01-01T00:00:00.000Z', kind: 'retraction' },
  ])
  for (const { id } of corrections) t.match(id, uuid)
  clock.tick()
  const [{ id }, second] = corrections
  const more = await patch({ corrections: [{ id, text: 'It was six.' }, second, { text: 'One more', kind: 'clarification' }] })
  t.match(more.corrections, [{ id, at: first, text: 'It was six.' }, second, { at: clock.now(), kind: 'clarification' }])
  t.same((await ok(admin.put(one, { title: 'One' }))).corrections, more.corrections, 'PUT keeps them where it does not name them')
  t.same(await refusal(admin.patch(one, { corrections: [second, { ...second, text: 'x' }] })), [
    '400 invalid_request',
    '/corrections/1/id duplicate_id',
  ])
  t.same(await refusal(admin.post('/v1/articles', { title: 'x', corrections: [second, second] })), [
    '400 invalid_request',
    '/corrections/1/id duplicate_id',
  ])
  t.same(await refusal(admin.patch(one, { corrections: [{ text: '' }, { id: 'x', text: 'x' }, {}] })), [
    '400 invalid_request',
    '/corrections/0/text too_short',
    '/corrections/1/id invalid_format',
    '/corrections/2/text required',
  ])
  t.same((await patch({ corrections: null })).corrections, [])
})

t.test('tags have no commas and come once, languages are canonical', async t => {
  const { admin, patch } = await newsroom(t)
  t.same((await patch({ tags: [' war ', 'war', 'cafe\u0301', 'café', 'two  words'] })).tags, ['war', 'café', 'two words'])
  t.same(await refusal(admin.patch(one, { tags: ['a,b', '', 'x'.repeat(101)] })), [
    '400 invalid_request',
    '/tags/0 comma',
    '/tags/1 blank',
    '/tags/2 too_long',
  ])
  for (const [given, wanted] of [
    ['en-gb', 'en-GB'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['ko', 'ko'],
  ])
    t.equal((await patch({ language: given })).language, wanted)
  for (const language of ['english!', 'EN_gb', '', 'e', 'de-'])
    t.same(await refusal(admin.patch(one, { language })), ['400 invalid_request', '/language invalid_format'], language)
  t.same(await refusal(admin.patch(one, { language: null, status: null, title: null })), [
    '400 invalid_request',
    '/title not_nullable',
    '/status not_nullable',
    '/language not_nullable',
  ])
})

t.test('articleCount is of published articles that are not in the trash', async t => {
  const { admin, counts, patch, store } = await newsroom(t, { markdown: 'Ada Example in Exampletown', aboutIds: ['bo'], authorIds: ['bo'] })
  t.same(await counts(), [0, 0, 0], 'a draft')
  await patch({ status: 'scheduled', publishAt: '2030-01-01T00:00:00Z' })
  t.same(await counts(), [0, 0, 0], 'a scheduled one')
  await patch({ status: 'published' })
  t.same(await counts(), [1, 1, 1])
  await patch({ title: 'Another' })
  await patch({ status: 'published' })
  t.same(await counts(), [1, 1, 1])
  await ok(admin.delete(one), 204)
  t.same(await counts(), [0, 0, 0], 'in the trash')
  await ok(admin.post(`${one}/restore`))
  await ok(admin.post(`${one}/restore`))
  t.same(await counts(), [1, 1, 1])
  await patch({ markdown: 'Exampletown alone' })
  t.same(await counts(), [0, 1, 1])
  await patch({ status: 'archived' })
  t.same(await counts(), [0, 0, 0])
  await patch({ status: 'published', markdown: 'Ada Example' })
  t.same(await counts(), [1, 1, 0])
  const cy = await post(admin, '/v1/people', { name: 'Ada Example', slug: 'other' })
  await settled(store)
  t.same(await counts(), [0, 1, 0], 'two of one name: neither')
  await ok(admin.delete(`/v1/people/${cy.id}?purge=true`), 204)
  await settled(store)
  t.same(await counts(), [1, 1, 0])
  await ok(admin.delete(one), 204)
  await ok(admin.delete(`${one}?purge=true`), 204)
  t.same(await counts(), [0, 0, 0])
  await post(admin, '/v1/articles', { title: 'One', status: 'published', markdown: 'Ada Example' })
  await ok(admin.delete(`${one}?purge=true`), 204)
  t.same(await counts(), [0, 0, 0], 'purged from its place')
})

t.test('filing follows what an article is filed under', async t => {
  const { admin, nobody, patch } = await newsroom(t, {
    status: 'published',
    tags: ['a'],
    section: 'S',
    source: { name: 'wire', externalId: '1' },
    authorIds: ['bo'],
  })
  const listed = async (query: string) => (await ok(nobody.get(`/v1/articles?${query}`))).data.length
  for (const query of ['tag=a', 'section=S', 'language=en', 'source=wire', 'author=bo']) t.equal(await listed(query), 1, query)
  await patch({ tags: ['b'], section: null, language: 'de', source: null, authorIds: ['ada'] })
  for (const query of ['tag=a', 'section=S', 'language=en', 'source=wire', 'author=bo']) t.equal(await listed(query), 0, query)
  for (const query of ['tag=b', 'language=de', 'author=ada']) t.equal(await listed(query), 1, query)
  await patch({ publishedAt: '2000-01-01T00:00:00Z' })
  t.equal(await listed('tag=b&publishedAt.lt=2001-01-01'), 1)
  t.same(await refusal(admin.patch(one, { source: { url: 'https://a.example/' } })), ['400 invalid_request', '/source/name required'])
})

t.test('version and updatedAt move with writable fields, links and counts move the ETag alone', async t => {
  const { admin, nobody, clock, patch, ada } = await newsroom(t, { status: 'published', markdown: 'Ada Example and Cy Charlie' })
  const seen = async (caller: Caller = nobody) => {
    const { headers, body } = await caller.get(one)
    const { version, updatedAt } = JSON.parse(body)
    return { etag: headers.etag, version, updatedAt }
  }
  const before = await seen()
  clock.tick()
  for (const nothing of [{}, { title: 'One' }, { tags: [] }, { status: 'published' }, { summary: null }, { authorIds: [] }]) {
    const answer = await admin.patch(one, nothing)
    t.equal(answer.headers.etag, before.etag, JSON.stringify(nothing))
  }
  t.same(await seen(), before)
  await ok(admin.delete(`/v1/people/${ada.id}`), 204)
  const without = await seen()
  t.not(without.etag, before.etag)
  t.same([without.version, without.updatedAt], [before.version, before.updatedAt])
  t.equal((await patch({ summary: 'x' })).version, 2)
  t.match(await seen(), { version: 2, updatedAt: clock.now() })
})

t.test('a reference to the trash that is sent back as it was read stays', async t => {
  const { admin, ada, bo, town, patch } = await newsroom(t, { authorIds: ['ada', 'bo'], aboutIds: ['town'], datelinePlaceId: 'town' })
  await ok(admin.delete('/v1/people/ada'), 204)
  await ok(admin.delete('/v1/places/town'), 204)
  const read = await ok(admin.get(one))
  t.match(read, { authorIds: [bo.id], aboutIds: [], datelinePlaceId: null })
  t.equal((await ok(admin.put(one, { ...read, summary: 'Edited' }))).version, 2)
  await ok(admin.post('/v1/people/ada/restore'))
  await ok(admin.post('/v1/places/town/restore'))
  t.match(await ok(admin.get(one)), { authorIds: [ada.id, bo.id], aboutIds: [town.id], datelinePlaceId: town.id, placeIds: [town.id] })
  await ok(admin.delete('/v1/people/ada'), 204)
  t.match(await patch({ authorIds: null }), { authorIds: [] })
  await ok(admin.post('/v1/people/ada/restore'))
  t.same((await ok(admin.get(one))).authorIds, [], 'what was taken away stays away')
})

t.test('the revisions of an article are kept from the first day', async t => {
  const { store, patch, admin } = await newsroom(t)
  await patch({ title: 'Two', aboutIds: ['ada'] })
  await patch({ title: 'Two' })
  const rows = () => store.read(({ sql, tables: { revisions } }) => sql.select().from(revisions))
  const mine = (await rows()).filter(({ kind }) => kind === 'article')
  t.same(
    mine.map(({ version, changed }) => [version, changed.length > 20 ? 'all' : changed]),
    [
      [1, 'all'],
      [2, ['title', 'aboutIds']],
    ],
  )
  await ok(admin.delete(`${one}?purge=true`), 204)
  t.same(
    (await rows()).filter(({ kind }) => kind === 'article'),
    [],
    'until it is purged',
  )
})
