import t, { type Test } from 'tap'
import { insidesOf, maxChainPlaces } from '../../src/places/contain.ts'
import { presentPlaceSummary } from '../../src/places/present.ts'
import type { Place } from '../../src/places/schema.ts'
import { needPlace, placesBySeq, placesOf } from '../../src/places/store.ts'
import { adminKey, build } from '../helpers/build.ts'

type Problem = { status: number; code: string; errors: { pointer?: string; code: string; detail: string }[] }
const headers = { authorization: `Bearer ${adminKey}` }

async function start(t: Test, overrides = {}) {
  const { app, store, clock } = await build(t, overrides)
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    app.inject({ method, url: `/v1/places${path}`, headers, ...(payload ? { payload } : {}) })
  const make = async (payload: object) => {
    const answer = await ask('POST', '', payload)
    t.equal(answer.statusCode, 201, answer.body)
    return answer.json<Place>()
  }
  const read = async (key: string) => (await ask('GET', `/${key}`)).json<Place>()
  const faults = async (method: 'POST' | 'PUT' | 'PATCH', path: string, payload: object) => {
    const answer = await ask(method, path, payload)
    t.equal(answer.statusCode, 400, answer.body)
    return answer.json<Problem>().errors
  }
  return { app, store, clock, ask, make, read, faults }
}

const whole = {
  name: 'Pyongyang',
  slug: 'pyongyang',
  aliases: ['P’yŏngyang'],
  kind: 'city',
  containedInId: null,
  countryCode: 'KP',
  lat: 39.03385,
  lng: 125.75432,
  bbox: [125.5, 38.8, 126, 39.2],
  timezone: 'Asia/Pyongyang',
  population: 3_222_000,
  geonamesId: 1_871_859,
  wikidataId: 'Q18808',
  sameAs: ['https://en.wikipedia.org/wiki/Pyongyang'],
  source: { name: 'geonames', url: null, externalId: '1871859' },
  description: 'capital of North Korea',
  image: { url: 'https://images.example/p.jpg', alt: null, caption: null, credit: null, width: null, height: null },
}

t.test('a place needs a name and nothing more', async t => {
  const { ask } = await start(t)
  const answer = await ask('POST', '', { name: 'Somewhere' })
  const place = answer.json<Place>()
  t.equal(answer.headers.location, '/v1/places/somewhere')
  t.match(place, {
    slug: 'somewhere',
    kind: 'other',
    aliases: [],
    sameAs: [],
    articleCount: 0,
    version: 1,
    lat: null,
    lng: null,
    containedInId: null,
    population: null,
  })
  t.notOk('containerId' in place || 'populationKey' in place || 'sortKey' in place, 'no column shows that is not of the contract')
})

t.test('what is written is what is read, by id and by slug', async t => {
  const { make, read, ask } = await start(t)
  const made = await make(whole)
  t.match(made, whole)
  t.same(await read(made.id.toUpperCase()), made)
  t.same(await read('pyongyang'), made)
  t.same((await ask('GET', '/pyongyang?fields=name,lat')).json(), { id: made.id, name: 'Pyongyang', lat: 39.03385 })
})

t.test('what was read can be sent back as it is, and nothing moves', async t => {
  const { make, ask, clock } = await start(t)
  const made = await make({ ...whole, containedInId: (await make({ name: 'North Korea' })).slug })
  clock.tick()
  t.same((await ask('PUT', '/pyongyang', made)).json(), made)
  t.same((await ask('PATCH', '/pyongyang', made)).json(), made)
})

t.test('PUT empties what is left out, but slug and source', async t => {
  const { make, ask, clock } = await start(t)
  await make({ ...whole, containedInId: (await make({ name: 'North Korea' })).id })
  clock.tick()
  const place = (await ask('PUT', '/pyongyang', { name: 'Pyongyang City' })).json<Place>()
  t.match(place, {
    version: 2,
    name: 'Pyongyang City',
    slug: 'pyongyang',
    kind: 'other',
    source: whole.source,
    updatedAt: '2024-06-21T08:00:01.000Z',
  })
  for (const name of ['containedInId', 'countryCode', 'lat', 'lng', 'bbox', 'timezone', 'population', 'geonamesId', 'wikidataId', 'image'] as const)
    t.equal(place[name], null, name)
  t.equal((await ask('PUT', '/pyongyang', { name: 'X', source: null })).json<Place>().source, null, 'unless they are named')
})

t.test('PATCH changes what is named and null empties', async t => {
  const { make, ask, faults } = await start(t)
  await make({ ...whole, containedInId: (await make({ name: 'North Korea' })).id })
  const emptied = (
    await ask('PATCH', '/pyongyang', { containedInId: null, population: null, aliases: null, sameAs: null, lat: null, lng: null })
  ).json<Place>()
  t.match(emptied, {
    containedInId: null,
    population: null,
    aliases: [],
    sameAs: [],
    lat: null,
    lng: null,
    kind: 'city',
    timezone: 'Asia/Pyongyang',
    version: 2,
  })
  t.match((await ask('PATCH', '/pyongyang', { aliases: ['A'], sameAs: ['https://a.example/'], image: { alt: 'A view' } })).json(), {
    aliases: ['A'],
    sameAs: ['https://a.example/'],
    image: { ...whole.image, alt: 'A view' },
  })
  t.match(await faults('PATCH', '/pyongyang', { kind: null, name: null }), [{ pointer: '/name', code: 'not_nullable' }, { pointer: '/kind' }])
  t.match(await faults('PATCH', '/pyongyang', { articleCount: 3 }), [{ pointer: '/articleCount', code: 'read_only' }])
})

t.test('coordinates come in pairs, on the place as it would be', async t => {
  const { make, ask, faults } = await start(t)
  t.match(await faults('POST', '', { name: 'X', lat: 1, containedInId: 'nowhere' }), [
    { pointer: '/lng', code: 'incomplete_coordinates' },
    { pointer: '/containedInId', code: 'unknown_reference' },
  ])
  t.match(await faults('POST', '', { name: 'X', lng: 1, lat: null }), [{ pointer: '/lat', code: 'incomplete_coordinates' }])
  await make({ name: 'X', lat: 0, lng: 0 })
  t.match(await faults('PATCH', '/x', { lat: null }), [{ pointer: '/lat', code: 'incomplete_coordinates' }])
  t.match(await faults('PUT', '/x', { name: 'X', lat: 3 }), [{ pointer: '/lng', code: 'incomplete_coordinates' }])
  t.match((await ask('PATCH', '/x', { lat: 90 })).json(), { lat: 90, lng: 0 }, 'one alone may change where the other is there')
})

t.test('degrees, boxes, time zones and numbers keep their limits', async t => {
  const { faults, make } = await start(t)
  const point = (lat: unknown, lng: unknown) => ({ name: 'X', lat, lng })
  for (const [lat, lng] of [
    [90.001, 0],
    [-90.001, 0],
    [0, 180.001],
    [0, -180.001],
    ['1', 0],
  ])
    t.equal((await faults('POST', '', point(lat, lng))).length, 1)
  t.match(await make({ name: 'A', lat: -90, lng: 180, bbox: [170, -90, -170, 90], population: 0, geonamesId: 1 }), { bbox: [170, -90, -170, 90] })
  t.match(await make({ name: 'B', lat: 90, lng: -180, bbox: [-180, 5, 180, 5], population: 2_147_483_647, geonamesId: 2_147_483_647 }), {
    population: 2_147_483_647,
  })
  t.match(await faults('POST', '', { name: 'X', bbox: [0, 10, 0, -10] }), [{ pointer: '/bbox', code: 'invalid_bbox' }])
  for (const bbox of [[1, 2, 3], [1, 2, 3, 4, 5], [0, -91, 0, 0], [0, 0, 181, 0], 'x', { west: 1 }])
    t.not((await faults('POST', '', { name: 'X', bbox })).length, 0)
  for (const timezone of ['Asia/Atlantis', '', '+01:00', 'Europe/Paris\n', `A/${'b'.repeat(100)}`, 'x'.repeat(100_000), '('.repeat(100_000)]) {
    t.match(await faults('POST', '', { name: 'X', timezone }), [{ pointer: '/timezone', code: 'unknown_timezone' }])
  }
  for (const population of [-1, 1.5, 2_147_483_648]) t.equal((await faults('POST', '', { name: 'X', population })).length, 1)
  for (const geonamesId of [0, 1.5, 2_147_483_648]) t.equal((await faults('POST', '', { name: 'X', geonamesId })).length, 1)
})

t.test('a container is an id, a slug or source/externalId, and its id comes back', async t => {
  const { make, ask, faults } = await start(t)
  const asia = await make({ name: 'Asia', source: { name: 'geonames', externalId: '6255147' } })
  for (const reference of [asia.id, 'asia', 'geonames/6255147']) t.equal((await make({ name: 'X', containedInId: reference })).containedInId, asia.id)
  t.match(await faults('PATCH', '/x', { containedInId: 'asia/minor' }), [{ pointer: '/containedInId', code: 'unknown_reference' }])
  await ask('DELETE', '/asia')
  t.match(
    await faults('POST', '', { name: 'Y', containedInId: asia.id }),
    [{ code: 'unknown_reference' }],
    'what lies in the trash contains nothing new',
  )
})

t.test('no place lies in itself, however far round', async t => {
  const { make, ask, faults, read } = await start(t)
  await make({ name: 'A' })
  await make({ name: 'B', containedInId: 'a' })
  await make({ name: 'C', containedInId: 'b' })
  t.match(await faults('PATCH', '/a', { containedInId: 'a' }), [{ pointer: '/containedInId', code: 'containment_ring', detail: /a in a$/ }])
  t.match(await faults('PATCH', '/a', { containedInId: 'c' }), [{ code: 'containment_ring', detail: /a in c in b in a$/ }])
  t.match(await faults('PUT', '/b', { name: 'B', containedInId: 'c' }), [{ code: 'containment_ring', detail: /b in c in b$/ }])
  t.match(await read('a'), { containedInId: null, version: 1 })
  await ask('DELETE', '/b')
  t.match(
    await faults('PATCH', '/a', { containedInId: 'c' }),
    [{ code: 'containment_ring' }],
    'nor round through the trash, from where it may come back',
  )
  await ask('DELETE', '/b?purge=true')
  t.equal((await ask('PATCH', '/a', { containedInId: 'c' })).statusCode, 200, 'with the middle gone for good there is no ring')
})

t.test('chains have at most 20 places, counted from both ends', async t => {
  const { make, ask, faults } = await start(t)
  await make({ name: 'p1' })
  for (let n = 2; n <= maxChainPlaces; n += 1) await make({ name: `p${n}`, containedInId: `p${n - 1}` })
  t.match(await faults('POST', '', { name: 'One too many', containedInId: `p${maxChainPlaces}` }), [
    { pointer: '/containedInId', code: 'containment_too_deep' },
  ])
  await make({ name: 'Top' })
  t.match(await faults('PATCH', '/p1', { containedInId: 'top' }), [{ code: 'containment_too_deep' }], 'what is inside counts, too')
  t.equal((await ask('PATCH', '/p2', { containedInId: 'top' })).statusCode, 200)
})

t.test('a container in the trash is shown nowhere, and again when it comes back', async t => {
  const { make, ask, read, clock } = await start(t)
  const korea = await make({ name: 'Korea' })
  const seoul = await make({ name: 'Seoul', containedInId: 'korea' })
  const etag = async () => (await ask('GET', '/seoul')).headers.etag
  const before = await etag()
  clock.tick()
  t.equal((await ask('DELETE', '/korea')).statusCode, 204)
  t.same(await read('seoul'), { ...seoul, containedInId: null }, 'no version moves')
  t.not(await etag(), before)
  t.equal((await ask('GET', '/korea')).statusCode, 404)
  t.same(
    (await ask('GET', '?trashed=true')).json<{ data: Place[] }>().data.map(place => place.slug),
    ['korea'],
  )

  const hidden = await read('seoul')
  t.equal((await ask('PUT', '/seoul', hidden)).json<Place>().version, 1, 'sending back what was read changes nothing')
  t.equal((await ask('PATCH', '/seoul', { population: 9 })).json<Place>().containedInId, null)
  t.equal((await ask('POST', '/korea/restore')).json<Place>().version, korea.version)
  t.equal((await ask('POST', '/korea/restore')).statusCode, 200, 'what is not in the trash stays as it is')
  t.equal((await read('seoul')).containedInId, korea.id)
})

t.test('a container that is emptied while in the trash does not come back, one that is purged neither', async t => {
  const { make, ask, read } = await start(t)
  await make({ name: 'Korea' })
  await make({ name: 'Seoul', containedInId: 'korea' })
  await make({ name: 'Busan', containedInId: 'korea' })
  await ask('DELETE', '/korea')
  t.match((await ask('PATCH', '/seoul', { containedInId: null })).json(), { containedInId: null, version: 2 })
  await ask('POST', '/korea/restore')
  t.equal((await read('seoul')).containedInId, null)
  t.not((await read('busan')).containedInId, null)
  t.equal((await ask('DELETE', '/korea?purge=true')).statusCode, 204)
  t.match(await read('busan'), { containedInId: null, version: 1 })
  t.equal((await ask('POST', '/korea/restore')).statusCode, 404)
  t.equal((await make({ name: 'Korea' })).slug, 'korea', 'its slug is free again')
})

t.test('what is inside a place is found level by level, without the trash and what lies in it', async t => {
  const { make, ask, store } = await start(t)
  const ids: Record<string, string> = {}
  for (const [name, inside] of [
    ['world', null],
    ['europe', 'world'],
    ['asia', 'world'],
    ['france', 'europe'],
    ['korea', 'asia'],
    ['paris', 'france'],
    ['seoul', 'korea'],
  ] as const) {
    ids[name] = (await make({ name, containedInId: inside })).id
  }
  await make({ name: 'moon' })
  const insides = async (name: string) => {
    const found = await store.read(db => insidesOf(db, ids[name] ?? ''))
    return found.map(id => Object.keys(ids).find(key => ids[key] === id))
  }
  t.same(await insides('world'), ['world', 'europe', 'asia', 'france', 'korea', 'paris', 'seoul'], 'each level in the order of ids')
  t.same(await insides('paris'), ['paris'])
  await ask('DELETE', '/korea')
  t.same((await insides('world')).sort(), ['asia', 'europe', 'france', 'paris', 'world'])
  t.same(await insides('korea'), [])
})

t.test('a former slug answers 308 with the present one', async t => {
  const { make, ask } = await start(t)
  const made = await make({ name: 'Astana' })
  t.equal((await ask('PATCH', '/astana', { slug: 'nur-sultan' })).json<Place>().id, made.id)
  const moved = await ask('GET', '/astana?fields=name')
  t.match(moved, { statusCode: 308, headers: { location: '/v1/places/nur-sultan?fields=name' } })
  t.equal((await ask('GET', '/nowhere')).statusCode, 404)
  t.match((await ask('POST', '', { name: 'X', slug: 'astana' })).json(), { status: 409, errors: [{ code: 'slug_taken' }] })
})

t.test('a natural key is one place’s', async t => {
  const { make, ask } = await start(t)
  await make({ name: 'A', source: { name: 'geonames', externalId: '1' } })
  await make({ name: 'B' })
  t.match((await ask('PATCH', '/b', { source: { name: 'geonames', externalId: '1' } })).json(), { status: 409, errors: [{ code: 'source_taken' }] })
})

t.test('who writes blindly or without a key is refused', async t => {
  const { make, ask, app } = await start(t, { requireIfMatch: true })
  await make({ name: 'A' })
  t.equal((await ask('PATCH', '/a', { population: 1 })).statusCode, 428)
  t.equal((await ask('DELETE', '/a')).statusCode, 428)
  t.equal((await ask('PATCH', '/a', { population: 1, version: 1 })).statusCode, 200)
  t.equal((await ask('PUT', '/a', { name: 'A', version: 1 })).statusCode, 412)
  t.equal((await app.inject({ method: 'POST', url: '/v1/places', payload: { name: 'B' } })).statusCode, 401)
  t.equal((await app.inject({ url: '/v1/places?trashed=true' })).statusCode, 401)
  t.equal((await app.inject({ url: '/v1/places/a' })).statusCode, 200)
})

t.test('places are fetched by ids and by numbers in the order asked, the trash left out', async t => {
  const { make, ask, store } = await start(t)
  const [a, b, c] = [await make({ name: 'A' }), await make({ name: 'B', lat: 1, lng: 2 }), await make({ name: 'C' })]
  await ask('DELETE', '/c')
  await store.read(async db => {
    t.same(
      (await placesOf(db, [c.id, b.id, 'nobody', a.id])).map(row => row.name),
      ['B', 'A'],
    )
    t.same(await placesOf(db, []), [])
    const row = await needPlace(db, b.id)
    t.same(
      (await placesBySeq(db, [row.seq, row.seq - 1])).map(found => found.name),
      ['B', 'A'],
    )
    t.same(await placesBySeq(db, []), [])
    t.same(presentPlaceSummary(row), { id: b.id, slug: 'b', name: 'B', kind: 'other', containedInId: null, countryCode: null, lat: 1, lng: 2 })
  })
})

t.test('every saved state is a revision, with the container itself', async t => {
  const { make, ask, store } = await start(t)
  const korea = await make({ name: 'Korea' })
  const seoul = await make({ name: 'Seoul', containedInId: 'korea' })
  await ask('DELETE', '/korea')
  await ask('PATCH', '/seoul', { population: 9 })
  const rows = await store.read(db => db.sql.select().from(db.tables.revisions))
  const last = rows.find(row => row.entityId === seoul.id && row.version === 2)
  t.match(last, { kind: 'place', changed: ['population'], state: { population: 9, containedInId: korea.id } })
})
