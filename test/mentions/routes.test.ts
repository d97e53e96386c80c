import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled, walk } from '../helpers/news.ts'

type Mention = {
  id: string
  kind: string
  entityId: string
  blockId: string
  item: number | null
  start: number
  end: number
  surface: string
  confidence: number
  origin: string
  state: string
}

const one = '/v1/articles/one'
const mentionsOf = async (caller: Caller, query = ''): Promise<Mention[]> => (await ok(caller.get(`${one}/mentions?limit=100${query}`))).data
const told = (mentions: Mention[]) =>
  mentions.map(({ blockId, item, start, surface, origin, state }) => [blockId, item, start, surface, origin, state].join(' '))

const body = [
  { id: 'h', type: 'heading', level: 2, text: 'Ada Example in Exampletown' },
  paragraph('p', 'Ada met Ada. Bo came, too. 😀 Ada!'),
  { id: 'q', type: 'quote', text: 'I am Bo', marks: [], attribution: 'Bo' },
  {
    id: 'l',
    type: 'list',
    ordered: false,
    items: [
      { text: 'Bo', marks: [] },
      { text: 'and Ada', marks: [] },
    ],
  },
  { id: 'i', type: 'image', url: 'https://images.example/a.jpg', caption: 'Ada and Bo' },
]

async function newsroom(t: Parameters<typeof build>[0], status = 'published') {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  const ada = await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada', aliases: ['Ada'] })
  const bo = await post(admin, '/v1/people', { name: 'Bo', slug: 'bo' })
  const town = await post(admin, '/v1/places', { name: 'Exampletown', slug: 'town' })
  await settled(store)
  const article = await post(admin, '/v1/articles', { title: 'One', slug: 'one', status, body })
  clock.tick()
  const entity = async (path: string) => (await ok(admin.get(path))).articleCount
  return { app, store, clock, admin, nobody: as(app, null), ada, bo, town, article, entity }
}

t.test('mentions come in reading order, of texts and items alone, with exact offsets', async t => {
  const { nobody, ada, bo, town, article } = await newsroom(t)
  const all = await mentionsOf(nobody)
  t.same(told(all), [
    'h  0 Ada Example machine linked',
    'h  15 Exampletown machine linked',
    'p  0 Ada machine linked',
    'p  8 Ada machine linked',
    'p  13 Bo machine linked',
    'p  30 Ada machine linked',
    'q  5 Bo machine linked',
    'l 0 0 Bo machine linked',
    'l 1 4 Ada machine linked',
  ])
  t.same([...new Set(all.map(({ kind, entityId }) => `${kind} ${entityId}`))], [`person ${ada.id}`, `place ${town.id}`, `person ${bo.id}`])
  t.same(article.personIds, [ada.id, bo.id])
  t.same(article.placeIds, [town.id])
  for (const mention of all) {
    t.equal(mention.end - mention.start, mention.surface.length)
    t.ok(mention.confidence > 0 && mention.confidence < 1)
    t.same(await ok(nobody.get(`${one}/mentions/${mention.id}`)), mention)
  }
  t.same((await ok(nobody.get(`${one}?include=mentions`))).mentions, all)
  t.same((await ok(nobody.get('/v1/articles?include=mentions'))).data[0].mentions, all)
})

t.test('mentions are paged both ways', async t => {
  const { nobody } = await newsroom(t)
  const all = (await mentionsOf(nobody)).map(({ id }) => id)
  t.same(
    (await walk(nobody, `${one}/mentions`, 2)).map(({ id }) => id),
    all,
  )
  const first = await ok(nobody.get(`${one}/mentions?limit=4&count=exact`))
  t.equal(first.page.total, all.length)
  t.equal(first.page.prev, null)
  const second = await nobody.get(`${one}/mentions?limit=4&cursor=${first.page.next}`)
  t.match(second.headers.link, /rel="next".*rel="prev"/)
  const back = await ok(nobody.get(`${one}/mentions?limit=4&cursor=${second.json().page.prev}`))
  t.same(back.data, first.data)
  t.same(await refusal(nobody.get(`/v1/articles?cursor=${first.page.next}`)), ['400 cursor_mismatch', 'cursor cursor_mismatch'])
  t.same(await refusal(nobody.get(`${one}/mentions?limit=101`)), ['400 invalid_request', 'limit out_of_range'])
  t.same(await refusal(nobody.get(`${one}/mentions?state=gone`)), ['400 invalid_request', 'state not_allowed'])
})

t.test("an editor's mention takes the place of the machine's, and moves the ETag alone", async t => {
  const { admin, nobody, ada, bo, article, entity } = await newsroom(t)
  const before = await nobody.get(one)
  const answer = await admin.post(`${one}/mentions`, { entityId: 'bo', blockId: 'p', start: 4, end: 11, surface: 'met Ada' })
  t.equal(answer.statusCode, 201, answer.body)
  const made = answer.json()
  t.match(made, {
    kind: 'person',
    entityId: bo.id,
    blockId: 'p',
    item: null,
    start: 4,
    end: 11,
    surface: 'met Ada',
    confidence: 1,
    origin: 'editor',
    state: 'linked',
  })
  t.equal(answer.headers.location, `${one}/mentions/${made.id}`)
  t.same(await ok(nobody.get(String(answer.headers.location))), made)
  t.same(told((await mentionsOf(nobody)).filter(({ blockId }) => blockId === 'p')), [
    'p  0 Ada machine linked',
    'p  4 met Ada editor linked',
    'p  13 Bo machine linked',
    'p  30 Ada machine linked',
  ])
  const after = await nobody.get(`${one}?include=mentions`)
  const { mentions, ...rest } = after.json()
  t.same(rest, article, 'the article itself has not moved')
  t.same((await nobody.get(one, { 'if-none-match': String(before.headers.etag) })).statusCode, 304, 'nor its bytes, where nobody came or went')
  await ok(admin.post(`${one}/mentions`, { entityId: 'town', blockId: 'q', start: 0, end: 4 }), 201)
  t.same([await entity('/v1/people/ada'), await entity('/v1/places/town')], [1, 1])
  t.equal(mentions.length, 9)
  t.same(rest.personIds, [ada.id, bo.id])
})

t.test('who is linked by an editor alone is counted, listed and shown', async t => {
  const { admin, nobody, entity } = await newsroom(t)
  const cy = await post(admin, '/v1/people', { name: 'Cy Charlie' })
  const before = await nobody.get(one)
  const made = await post(admin, `${one}/mentions`, { entityId: cy.id.toUpperCase(), kind: 'person', blockId: 'l', item: 1, start: 0, end: 3 })
  const after = await nobody.get(one)
  t.not(after.headers.etag, before.headers.etag)
  t.equal(after.json().version, 1)
  t.equal(after.json().updatedAt, before.json().updatedAt)
  t.equal(after.json().personIds.at(-1), cy.id)
  t.equal(await entity('/v1/people/cy-charlie'), 1)
  t.equal((await ok(nobody.get('/v1/people/cy-charlie/articles'))).data.length, 1)
  await ok(admin.patch(`${one}/mentions/${made.id}`, { state: 'rejected' }))
  t.equal(await entity('/v1/people/cy-charlie'), 0)
  t.same((await ok(nobody.get('/v1/people/cy-charlie/articles'))).data, [])
  t.equal((await nobody.get(one)).headers.etag, before.headers.etag)
})

t.test('a mention that cannot be is refused with its place', async t => {
  const { admin } = await newsroom(t)
  await post(admin, '/v1/places', { name: 'Ada', slug: 'ada' })
  const range = { blockId: 'p', start: 0, end: 3 }
  const cases: [object, ...string[]][] = [
    [{ entityId: 'ada', ...range }, '400 invalid_request', '/entityId ambiguous_reference'],
    [{ entityId: 'nobody', ...range }, '400 invalid_request', '/entityId unknown_reference'],
    [{ entityId: 'bo', kind: 'place', ...range }, '400 invalid_request', '/entityId unknown_reference'],
    [{ entityId: 'bo', ...range, blockId: 'z' }, '400 invalid_request', '/blockId unknown_block'],
    [{ entityId: 'bo', ...range, blockId: 'i' }, '400 invalid_request', '/blockId unknown_block'],
    [{ entityId: 'bo', ...range, blockId: 'a b' }, '400 invalid_request', '/blockId invalid_format'],
    [{ entityId: 'bo', ...range, item: 0 }, '400 invalid_request', '/item unknown_item'],
    [{ entityId: 'bo', ...range, blockId: 'l' }, '400 invalid_request', '/item unknown_item'],
    [{ entityId: 'bo', ...range, blockId: 'l', item: 2 }, '400 invalid_request', '/item unknown_item'],
    [{ entityId: 'bo', blockId: 'p', start: 3, end: 3 }, '400 invalid_request', '/end mention_out_of_range'],
    [{ entityId: 'bo', blockId: 'p', start: 3, end: 2 }, '400 invalid_request', '/end mention_out_of_range'],
    [{ entityId: 'bo', blockId: 'p', start: 3, end: 35 }, '400 invalid_request', '/end mention_out_of_range'],
    [{ entityId: 'bo', blockId: 'p', start: -1, end: 3 }, '400 invalid_request', '/start too_small'],
    [{ entityId: 'bo', blockId: 'p', start: 0.5, end: 3 }, '400 invalid_request', '/start wrong_type'],
    [{ entityId: 'bo', blockId: 'p', start: 28, end: 30 }, '400 invalid_request', '/start mention_splits_character'],
    [{ entityId: 'bo', blockId: 'p', start: 27, end: 28 }, '400 invalid_request', '/start mention_splits_character'],
    [{ entityId: 'bo', ...range, surface: 'Bo' }, '400 invalid_request', '/surface surface_mismatch'],
    [{ entityId: 'nobody', ...range, surface: 'Bo' }, '400 invalid_request', '/entityId unknown_reference', '/surface surface_mismatch'],
    [{ ...range }, '400 invalid_request', '/entityId required'],
    [{ entityId: 'bo', ...range, confidence: 1 }, '400 invalid_request', '/confidence unknown_field'],
  ]
  for (const [input, ...wanted] of cases) t.same(await refusal(admin.post(`${one}/mentions`, input)), wanted, JSON.stringify(input))
  const { errors } = (await admin.post(`${one}/mentions`, { entityId: 'ada', ...range })).json()
  t.match(errors[0].detail, /person .* and the place /)
  const whole = await post(admin, `${one}/mentions`, { entityId: 'bo', blockId: 'p', start: 0, end: 34 })
  t.match(whole, { end: 34 }, 'to the last code unit')
  await post(admin, `${one}/mentions`, { entityId: 'ada', kind: 'person', blockId: 'h', start: 0, end: 3 })
})

t.test("two editors' mentions do not overlap", async t => {
  const { admin, bo } = await newsroom(t)
  const first = await post(admin, `${one}/mentions`, { entityId: 'bo', blockId: 'p', start: 4, end: 11 })
  for (const [start, end] of [
    [4, 11],
    [0, 5],
    [10, 12],
    [5, 6],
    [0, 34],
  ]) {
    for (const entityId of ['bo', 'town'])
      t.same(
        await refusal(admin.post(`${one}/mentions`, { entityId, blockId: 'p', start, end })),
        ['409 conflict', '/start mention_overlaps'],
        `${start}–${end}`,
      )
  }
  for (const [start = 0, end = 0] of [
    [0, 4],
    [11, 12],
  ])
    await post(admin, `${one}/mentions`, { entityId: 'town', blockId: 'p', start, end })
  await ok(admin.patch(`${one}/mentions/${first.id}`, { state: 'rejected' }))
  const other = await post(admin, `${one}/mentions`, { entityId: 'town', blockId: 'p', start: 5, end: 9 })
  t.same(await refusal(admin.patch(`${one}/mentions/${first.id}`, { state: 'linked' })), ['409 conflict', '/start mention_overlaps'])
  await ok(admin.patch(`${one}/mentions/${other.id}`, { state: 'rejected' }))
  t.match(await ok(admin.patch(`${one}/mentions/${first.id}`, { state: 'linked' })), { id: first.id, entityId: bo.id, state: 'linked' })
})

t.test('a rejected link stays rejected, over relinking and edits, until an editor links it again', async t => {
  const { admin, nobody, ada, store } = await newsroom(t)
  const [, , first] = await mentionsOf(nobody)
  const rejected = await ok(admin.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' }))
  t.match(rejected, { id: first?.id, state: 'rejected', origin: 'editor', start: 0 })
  const here = async () => told((await mentionsOf(nobody)).filter(({ blockId }) => blockId === 'p'))
  const rest = ['p  8 Ada machine linked', 'p  13 Bo machine linked', 'p  30 Ada machine linked']
  t.same(await here(), rest)
  t.same(await ok(admin.post(`${one}/mentions/relink`)), { linked: 8, added: 0, removed: 0 })
  await ok(admin.patch('/v1/people/ada', { aliases: ['Ada', 'Countess'] }))
  await settled(store)
  t.same(await here(), rest)
  await ok(admin.patch(one, { body: body.map(block => (block.id === 'p' ? paragraph('p', 'So: Ada met Ada. Bo came, too. 😀 Ada!') : block)) }))
  t.same(await here(), ['p  12 Ada machine linked', 'p  17 Bo machine linked', 'p  34 Ada machine linked'])
  t.match(await mentionsOf(admin, '&state=rejected'), [{ id: first?.id, start: 4, end: 7, surface: 'Ada' }])
  t.equal((await nobody.get(`${one}/mentions/${first?.id}`)).statusCode, 404, 'nobody is told')
  t.equal((await nobody.get(`${one}/mentions?state=rejected`)).statusCode, 401)
  t.notMatch((await nobody.get(`${one}?include=mentions`)).body, 'rejected')
  t.equal((await admin.get(`${one}/mentions/${first?.id}`)).statusCode, 200)
  const again = await ok(admin.patch(`${one}/mentions/${first?.id}`, { state: 'linked' }))
  t.match(again, { origin: 'editor', state: 'linked', confidence: 1, entityId: ada.id })
  t.equal((await here()).length, 4)
  t.same(await ok(admin.patch(`${one}/mentions/${first?.id}`, { state: 'linked' })), again, 'twice is once')
  t.same(await ok(admin.patch(`${one}/mentions/${first?.id}`, {})), again)
})

t.test('adding what was rejected takes the rejection back', async t => {
  const { admin, nobody } = await newsroom(t)
  const [first] = await mentionsOf(nobody)
  await ok(admin.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' }))
  const made = await post(admin, `${one}/mentions`, { entityId: 'ada', blockId: 'h', start: 0, end: 11 })
  t.same(await mentionsOf(admin, '&state=rejected'), [])
  t.equal((await mentionsOf(nobody))[0]?.id, made.id)
})

t.test('all links of a person rejected, the article is no more about it', async t => {
  const { admin, nobody, bo, ada, entity } = await newsroom(t)
  for (const { id, entityId } of await mentionsOf(nobody))
    if (entityId === bo.id) await ok(admin.patch(`${one}/mentions/${id}`, { state: 'rejected' }))
  t.same((await ok(nobody.get(one))).personIds, [ada.id])
  t.equal(await entity('/v1/people/bo'), 0)
  t.same((await ok(nobody.get('/v1/articles?person=bo'))).data, [])
  await ok(admin.patch(one, { aboutIds: ['bo'] }))
  t.same((await ok(nobody.get(one))).personIds, [ada.id, bo.id], 'aboutIds is the word of an editor, too')
  t.notMatch(told(await mentionsOf(nobody)), [/Bo/])
})

t.test("an editor's mention survives edits before it, behind it and round it", async t => {
  const { admin, nobody } = await newsroom(t)
  const { id } = await post(admin, `${one}/mentions`, { entityId: 'town', blockId: 'p', start: 4, end: 7 })
  const at = async () =>
    (await mentionsOf(nobody)).filter(mention => mention.id === id).map(({ blockId, start, surface }) => `${blockId} ${start} ${surface}`)
  await ok(
    admin.patch(one, {
      body: [paragraph('new', 'Before'), ...body.map(block => (block.id === 'p' ? paragraph('p', 'Long ago, Ada met Ada. Bo came.') : block))],
    }),
  )
  t.same(await at(), ['p 14 met'])
  const { markdown } = await ok(admin.get(`${one}?include=markdown`))
  await ok(admin.patch(one, { markdown: `First of all.\n\n${markdown}\n\nLast.` }))
  t.same(await at(), ['p 14 met'])
  await ok(admin.post(`${one}/mentions/relink`))
  t.same(await at(), ['p 14 met'])
  await ok(admin.patch(one, { title: 'Another' }))
  t.same(await at(), ['p 14 met'])
  await ok(admin.patch(one, { body: [paragraph('p', 'All is gone')] }))
  t.same(await at(), [], 'with its text it goes')
  t.same((await ok(nobody.get(one))).placeIds, [])
})

t.test('where it cannot be seen, an article has no mentions', async t => {
  const { app, store, nobody } = await newsroom(t, 'draft')
  const reader = as(app, await keyWith(store, 'content:read'))
  const [first] = await mentionsOf(reader)
  t.ok(first)
  for (const url of [`${one}/mentions`, `${one}/mentions/${first?.id}`, `${one}/mentions/none`, '/v1/articles/none/mentions'])
    t.equal((await nobody.get(url)).statusCode, 404, url)
  t.equal((await reader.get(`${one}/mentions/${first?.id?.toUpperCase()}`)).statusCode, 200)
  t.equal((await reader.get(`${one}/mentions/0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12`)).statusCode, 404)
  for (const key of ['%00', 'a%00b'])
    t.match((await reader.get(`${one}/mentions/${key}`)).json(), { status: 400, errors: [{ parameter: 'id' }] }, key)
})

t.test('mentions of a draft are for writers, of what is out for those who publish', async t => {
  for (const [status, wanted] of [
    ['draft', 201],
    ['archived', 201],
    ['published', 403],
    ['scheduled', 403],
  ] as const) {
    const { app, store, admin } = await newsroom(t, 'draft')
    const [first, second] = await mentionsOf(admin)
    await ok(admin.patch(one, status === 'scheduled' ? { status, publishAt: '2030-01-01T00:00:00Z' } : { status }))
    const writer = as(app, await keyWith(store, 'content:write'))
    const publisher = as(app, await keyWith(store, 'content:write', 'content:publish'))
    const input = { entityId: 'bo', blockId: 'p', start: 4, end: 7 }
    t.equal((await writer.post(`${one}/mentions`, input)).statusCode, wanted, status)
    t.equal((await writer.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' })).statusCode, wanted === 201 ? 200 : 403)
    t.equal((await writer.post(`${one}/mentions/relink`)).statusCode, wanted === 201 ? 200 : 403)
    t.equal((await publisher.post(`${one}/mentions`, { ...input, start: 0, end: 3 })).statusCode, 201)
    t.equal((await publisher.patch(`${one}/mentions/${second?.id}`, { state: 'rejected' })).statusCode, 200)
    const reader = as(app, await keyWith(store, 'content:read'))
    t.equal((await reader.post(`${one}/mentions`, input)).statusCode, 403)
    t.equal((await as(app, null).post(`${one}/mentions`, input)).statusCode, 401)
  }
})

t.test('a version that is not the present one is refused', async t => {
  const { admin, nobody } = await newsroom(t)
  const [first] = await mentionsOf(nobody)
  const input = { entityId: 'bo', blockId: 'p', start: 4, end: 7 }
  t.equal((await admin.post(`${one}/mentions`, input, { 'if-match': '"2"' })).statusCode, 412)
  t.equal((await admin.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' }, { 'if-match': '"2-0123456789abcdef"' })).statusCode, 412)
  const { headers } = await nobody.get(one)
  t.equal((await admin.post(`${one}/mentions`, input, { 'if-match': String(headers.etag) })).statusCode, 201)
  t.equal((await admin.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' }, { 'if-match': String(headers.etag) })).statusCode, 200)
})

t.test('mentions of an article in the trash are nowhere, and come back with it', async t => {
  const { admin } = await newsroom(t)
  const [first, ...rest] = await mentionsOf(admin)
  await ok(admin.delete(one), 204)
  t.equal((await admin.get(`${one}/mentions`)).statusCode, 404)
  t.equal((await admin.post(`${one}/mentions`, { entityId: 'bo', blockId: 'p', start: 4, end: 7 })).statusCode, 404)
  t.equal((await admin.patch(`${one}/mentions/${first?.id}`, { state: 'rejected' })).statusCode, 404)
  t.equal((await admin.post(`${one}/mentions/relink`)).statusCode, 404)
  await ok(admin.post(`${one}/restore`))
  t.same(await mentionsOf(admin), [first, ...rest])
})

/** Every answer in which somebody may be shown. */
async function traces(caller: Caller, id: string, slug: string) {
  const urls = [
    one,
    `${one}?include=people,places,mentions,authors,datelinePlace`,
    `${one}/mentions`,
    '/v1/articles?include=people,places,mentions,authors,datelinePlace',
    '/v1/people',
    '/v1/places',
    '/v1/search?q=ada+exampletown+bo',
    '/v1/search?kind=person,place',
  ]
  const found: string[] = []
  for (const url of urls) if ((await caller.get(url)).body.includes(id)) found.push(url)
  for (const filter of [`person=${slug}`, `place.any=${slug}`, `author=${id}`, `q=person:${slug}`, `q=place:${slug}`]) {
    for (const path of ['/v1/articles', '/v1/search'])
      if ((await ok(caller.get(`${path}?${filter}`))).data.length > 0) found.push(`${path}?${filter}`)
  }
  for (const noun of ['people', 'places']) {
    for (const path of [slug, `${id}/articles`]) if ((await caller.get(`/v1/${noun}/${path}`)).statusCode === 200) found.push(path)
  }
  return found
}

for (const [noun, slug, kind] of [
  ['people', 'ada', 'person'],
  ['places', 'town', 'place'],
] as const) {
  t.test(`${noun} in the trash are shown nowhere; restored they are back, purged they are gone`, async t => {
    const { admin, nobody, store, ada, town } = await newsroom(t)
    const { id } = kind === 'person' ? ada : town
    await ok(admin.patch(one, { authorIds: ['ada'], aboutIds: [slug], datelinePlaceId: 'town' }))
    const editors = await post(admin, `${one}/mentions`, { entityId: slug, blockId: 'p', start: 4, end: 7 })
    const machines = (await mentionsOf(nobody)).find(({ entityId, origin }) => entityId === id && origin === 'machine')
    await ok(admin.patch(`${one}/mentions/${machines?.id}`, { state: 'rejected' }))
    const before = await ok(nobody.get(`${one}?include=mentions`))
    const was = await traces(nobody, id, slug)
    t.ok(was.length > 10)
    const { version } = before
    const { headers } = await nobody.get(one)

    await ok(admin.delete(`/v1/${noun}/${slug}`), 204)
    t.same(await traces(nobody, id, slug), [], 'at once')
    t.same(await traces(admin, id, slug), [], 'not for keys either')
    await settled(store)
    t.same(await traces(admin, id, slug), [])
    t.equal((await admin.get(`${one}/mentions/${editors.id}`)).statusCode, 404)
    t.equal((await admin.patch(`${one}/mentions/${editors.id}`, { state: 'rejected' })).statusCode, 404)
    t.same(await mentionsOf(admin, '&state=rejected'), [])
    const without = await nobody.get(one)
    t.not(without.headers.etag, headers.etag)
    t.equal(without.json().version, version, 'the version has not moved')
    t.equal((await admin.get(`/v1/${noun}?trashed=true`)).json().data[0].id, id)

    const { slug: own, ...same } = without.json()
    await ok(admin.put(one, { ...same, slug: own, title: 'Edited meanwhile' }))
    await ok(admin.post(`/v1/${noun}/${id}/restore`))
    await settled(store)
    t.same(await traces(nobody, id, slug), was)
    const after = await ok(nobody.get(`${one}?include=mentions`))
    for (const field of ['authorIds', 'aboutIds', 'personIds', 'placeIds', 'datelinePlaceId']) t.same(after[field], before[field], field)
    const places = (mentions: Mention[]) => told(mentions)
    t.same(places(after.mentions), places(before.mentions))
    t.equal((await mentionsOf(admin, '&state=rejected'))[0]?.id, machines?.id)
    t.equal((await ok(nobody.get(`/v1/${noun}/${slug}`))).articleCount, 1)

    await ok(admin.delete(`/v1/${noun}/${slug}?purge=true`), 204)
    await settled(store)
    t.same(await traces(admin, id, slug), [])
    const rows = await store.read(async ({ sql, tables: { mentions, articleLinks } }) => [
      ...(await sql.select().from(mentions)),
      ...(await sql.select().from(articleLinks)),
    ])
    t.notOk(JSON.stringify(rows).includes(id), 'no row is left')
    t.match(await ok(admin.get(one)), { aboutIds: [], version: version + 1 })
  })
}

t.test('an editor may name another where one of the trash stood', async t => {
  const { admin, store, bo } = await newsroom(t)
  await post(admin, `${one}/mentions`, { entityId: 'ada', blockId: 'p', start: 0, end: 7 })
  await ok(admin.delete('/v1/people/ada'), 204)
  const made = await post(admin, `${one}/mentions`, { entityId: 'bo', blockId: 'p', start: 4, end: 11 })
  t.equal(made.entityId, bo.id)
  await ok(admin.post('/v1/people/ada/restore'))
  await settled(store)
  const here = (await mentionsOf(admin)).filter(({ blockId }) => blockId === 'p')
  t.same(told(here), ['p  0 Ada machine linked', 'p  4 met Ada editor linked', 'p  13 Bo machine linked', 'p  30 Ada machine linked'])
})

t.test('purging a person in the trash leaves nothing of it', async t => {
  const { admin, store, ada } = await newsroom(t)
  await ok(admin.patch(one, { aboutIds: ['ada', 'bo'], authorIds: ['ada'] }))
  await ok(admin.delete('/v1/people/ada'), 204)
  await ok(admin.delete('/v1/people/ada?purge=true'), 204)
  await settled(store)
  t.notOk((await admin.get(`${one}?include=mentions`)).body.includes(ada.id))
  await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada' })
  await settled(store)
  t.match(told(await mentionsOf(admin)), ['h  0 Ada Example machine linked'])
})
