import fc from 'fast-check'
import t, { type Test } from 'tap'
import { adminCaller } from '../../src/http/auth.ts'
import type { Page } from '../../src/http/page.ts'
import { distanceMetres, type Point } from '../../src/lib/geo.ts'
import { circles } from '../../src/places/near.ts'
import { type Place, PlaceCreate } from '../../src/places/schema.ts'
import { createPlace } from '../../src/places/write.ts'
import { adminKey, build } from '../helpers/build.ts'

type Listed = { data: Place[]; page: Page }
type Problem = { code: string; errors: { parameter?: string; code: string; detail: string }[] }
type Seed = { name: string; lat?: number | null; lng?: number | null; [field: string]: unknown }
const headers = { authorization: `Bearer ${adminKey}` }

/** An app with places, made in one transaction, a second apart. */
async function start(t: Test, seeds: Seed[]) {
  const { app, clock, deps, store } = await build(t)
  const ask = (path: string, method: 'GET' | 'PATCH' | 'POST' | 'DELETE' = 'GET', payload?: object) =>
    app.inject({ method, url: `/v1/places${path}`, headers, ...(payload ? { payload } : {}) })
  await store.write(async db => {
    for (const seed of seeds) {
      await createPlace(db, PlaceCreate.parse(seed), { caller: adminCaller, keyId: null, requestId: null, now: clock.now(), names: deps.names })
      clock.tick()
    }
  })
  const list = async (query: string) => {
    const answer = await ask(`?${query}`)
    t.equal(answer.statusCode, 200, `${query} ${answer.body.slice(0, 300)}`)
    return answer.json<Listed>()
  }
  const names = async (query: string) => (await list(query)).data.map(place => place.name)
  const faults = async (query: string) => {
    const answer = await ask(`?${query}`)
    t.equal(answer.statusCode, 400, `${query} ${answer.body.slice(0, 300)}`)
    return answer.json<Problem>().errors
  }
  return { ask, list, names, faults }
}

/** Pages from one end to the other and back; both ways must give the same. */
async function walk(t: Test, list: (query: string) => Promise<Listed>, query: string, limit: number): Promise<string[]> {
  const there: string[][] = []
  let page = await list(`${query}&limit=${limit}`)
  t.equal(page.page.prev, null, 'nothing lies before the first page')
  there.push(page.data.map(place => place.name))
  while (page.page.next !== null) {
    page = await list(`${query}&limit=${limit}&cursor=${page.page.next}`)
    t.not(page.page.prev, null)
    there.push(page.data.map(place => place.name))
  }
  const back: string[][] = [there.at(-1) ?? []]
  while (page.page.prev !== null) {
    page = await list(`${query}&limit=${limit}&cursor=${page.page.prev}`)
    t.not(page.page.next, null)
    back.unshift(page.data.map(place => place.name))
  }
  t.same(back, there, `${query} is the same backwards`)
  return there.flat()
}

/** Places all over the Earth, crowded at poles, antimeridian and around one town; some at the very same point, some nowhere. */
function scattered(count: number, seed: number): Seed[] {
  const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  const point = fc.oneof(
    { weight: 4, arbitrary: fc.record({ lat: degrees(-90, 90), lng: degrees(-180, 180) }) },
    { weight: 3, arbitrary: fc.record({ lat: degrees(59, 60), lng: degrees(24, 26) }) },
    { weight: 1, arbitrary: fc.record({ lat: degrees(-10, 10), lng: fc.constantFrom(-180, 180, 179.999, -179.999) }) },
    { weight: 1, arbitrary: fc.record({ lat: fc.constantFrom(90, -90, 89.99), lng: degrees(-180, 180) }) },
    { weight: 1, arbitrary: fc.constant({ lat: 59.437, lng: 24.7536 }) },
    { weight: 1, arbitrary: fc.constant({ lat: null, lng: null }) },
  )
  return fc.sample(point, { numRuns: count, seed }).map((at, n) => ({ ...at, name: `Place ${n}` }))
}

const located = (seeds: Seed[]) => seeds.flatMap(({ name, lat, lng }) => (lat == null || lng == null ? [] : [{ name, lat, lng }]))
const nearest = (seeds: Seed[], origin: Point, metres = Number.POSITIVE_INFINITY) =>
  located(seeds)
    .map(place => ({ name: place.name, distance: distanceMetres(origin, place) }))
    .filter(({ distance }) => distance <= metres)
    .sort((a, b) => a.distance - b.distance)

t.test('near gives the nearest first, both ways, as computed by hand', async t => {
  const seeds = scattered(260, 20_240_621)
  const { list } = await start(t, seeds)
  const distances = (origin: Point) => new Map(nearest(seeds, origin).map(({ name, distance }) => [name, distance]))
  for (const [lat, lng] of [
    [59.437, 24.7536],
    [0, 180],
    [90, 0],
    [-90, -77],
    [-59.437, -155.2464],
    [12.5, -33],
  ] as const) {
    const expected = distances({ lat, lng })
    const found = await walk(t, list, `near=${lat},${lng}`, 40)
    t.same([...found].sort(), [...expected.keys()].sort(), 'everyone who is somewhere, once')
    const metres = found.map(name => expected.get(name) ?? Number.NaN)
    t.ok(
      metres.every((distance, n) => n === 0 || distance >= (metres[n - 1] ?? 0) - 0.2),
      `nearest first around ${lat},${lng}`,
    )
  }
})

t.test('within draws the circle, and count counts it', async t => {
  const seeds = scattered(150, 7)
  const { list } = await start(t, seeds)
  for (const [origin, within, metres] of [
    [{ lat: 59.437, lng: 24.7536 }, '50km', 50_000],
    [{ lat: 59.437, lng: 24.7536 }, '800m', 800],
    [{ lat: 59.437, lng: 24.7536 }, '0', 0],
    [{ lat: 0, lng: 179.9 }, '1200', 1_200_000],
    [{ lat: 89.9, lng: 12 }, '100.5km', 100_500],
    [{ lat: -20, lng: 60 }, '7500km', 7_500_000],
    [{ lat: -20, lng: 60 }, '20100km', 20_100_000],
  ] as const) {
    const expected = nearest(seeds, origin, metres)
    const query = `near=${origin.lat},${origin.lng}&within=${within}`
    const found = await walk(t, list, query, 7)
    t.same([...found].sort(), expected.map(({ name }) => name).sort(), query)
    t.equal((await list(`${query}&count=exact&limit=1`)).page.total, expected.length)
    const byName = await list(`${query}&sort=name&count=exact&limit=100`)
    t.equal(byName.page.total, expected.length, 'as a filter of other orders, too')
    t.same(byName.data.map(place => place.name).sort(), [...found].sort().slice(0, 100))
  }
})

t.test('near stays exact while places come and go', async t => {
  const { ask, list, names } = await start(
    t,
    ['A', 'B', 'C', 'D', 'E'].map((name, n) => ({ name, lat: 0, lng: n })),
  )
  const first = await list('near=0,0&limit=2')
  await ask('/b', 'DELETE')
  await ask('', 'POST', { name: 'B2', lat: 0, lng: 1.5 })
  const second = await list(`near=0,0&limit=2&cursor=${first.page.next}`)
  t.same(
    second.data.map(place => place.name),
    ['B2', 'C'],
    'what came behind the border is there',
  )
  t.same(
    (await list(`near=0,0&limit=2&cursor=${second.page.prev}`)).data.map(place => place.name),
    ['A'],
  )
  for (const slug of ['a', 'c', 'd', 'e', 'b2']) await ask(`/${slug}`, 'DELETE')
  t.same(await names('near=0,0'), [])
  t.match(
    (await list(`near=0,0&limit=2&cursor=${first.page.next}`)).page,
    { next: null, prev: null },
    'an empty page has nothing before it where nothing is left',
  )
})

t.test('circles widen from the border to the last one', async t => {
  t.same(circles(0, 30_000), [5_000, 20_000, 30_000])
  t.same(circles(40_000, 1_000_000), [60_000, 240_000, 960_000, 1_000_000])
  t.same(circles(0, 1_000), [1_000])
  t.equal(circles(0, 20_000_000).at(-1), 20_000_000)
  t.ok(circles(0, 20_000_000).length < 8)
  t.same(circles(6_000_000, 20_000_000), [20_000_000])
})

t.test('a box holds its border, crosses the antimeridian and spans the Earth', async t => {
  const seeds = scattered(150, 11)
  const { list } = await start(t, seeds)
  for (const [west, south, east, north] of [
    [24, 59, 26, 60],
    [170, -20, -170, 20],
    [180, -90, -180, 90],
    [-180, -90, 180, 90],
    [-10, 80, 10, 90],
    [179, -90, 10, 90],
    [24.7536, 59.437, 24.7536, 59.437],
  ] as const) {
    const inside = (lng: number) => (west <= east ? lng >= west && lng <= east : lng >= west || lng <= east)
    const expected = located(seeds).filter(({ lat, lng }) => lat >= south && lat <= north && inside(lng))
    const query = `bbox=${west},${south},${east},${north}`
    t.same((await walk(t, list, query, 30)).sort(), expected.map(({ name }) => name).sort(), query)
    t.equal((await list(`${query}&count=exact`)).page.total, expected.length)
    t.equal((await list(`${query}&near=0,0&count=exact`)).page.total, expected.length, 'with near, too')
  }
})

t.test('a place that moves is found where it is', async t => {
  const { ask, names } = await start(t, [{ name: 'Ship', lat: 1, lng: 1 }])
  await ask('/ship', 'PATCH', { lat: 50, lng: 50 })
  t.same(await names('bbox=0,0,2,2'), [])
  t.same(await names('bbox=49,49,51,51'), ['Ship'])
  await ask('/ship', 'PATCH', { lat: null, lng: null })
  t.same(await names('bbox=49,49,51,51'), [])
  t.same(await names('near=50,50'), [])
  t.same(await names(''), ['Ship'])
})

t.test('nulls come last both ways', async t => {
  const { list } = await start(t, [
    { name: 'Some', population: 5 },
    { name: 'Unknown 1' },
    { name: 'None', population: 0 },
    { name: 'Most', population: 2_147_483_646 },
    { name: 'Unknown 2', population: null },
  ])
  t.same(await walk(t, list, 'sort=population', 2), ['None', 'Some', 'Most', 'Unknown 1', 'Unknown 2'])
  t.same(await walk(t, list, 'sort=-population', 2), ['Most', 'Some', 'None', 'Unknown 2', 'Unknown 1'])
})

t.test('names sort folded, times as they passed, counts by number', async t => {
  const { list } = await start(t, [{ name: 'Zagreb' }, { name: 'Łódź' }, { name: 'århus' }, { name: 'Lodi' }])
  t.same(await walk(t, list, '', 3), ['århus', 'Lodi', 'Łódź', 'Zagreb'])
  t.same(await walk(t, list, 'sort=-name', 3), ['Zagreb', 'Łódź', 'Lodi', 'århus'])
  t.same(await walk(t, list, 'sort=updatedAt', 3), ['Zagreb', 'Łódź', 'århus', 'Lodi'])
  t.same(await walk(t, list, 'sort=-updatedAt', 3), ['Lodi', 'århus', 'Łódź', 'Zagreb'])
  t.same((await walk(t, list, 'sort=articleCount', 3)).reverse(), await walk(t, list, 'sort=-articleCount', 3))
})

const korea = [
  { name: 'Asia', kind: 'region', lat: 34, lng: 100 },
  {
    name: 'North Korea',
    kind: 'country',
    containedInId: 'asia',
    countryCode: 'KP',
    wikidataId: 'Q423',
    geonamesId: 1_873_107,
    lat: 40,
    lng: 127,
    source: { name: 'geonames', externalId: '1873107' },
  },
  { name: 'South Korea', kind: 'country', containedInId: 'asia', countryCode: 'KR', lat: 36, lng: 128 },
  {
    name: 'Pyongyang',
    kind: 'city',
    containedInId: 'north-korea',
    countryCode: 'KP',
    lat: 39.03,
    lng: 125.75,
    description: 'capital of North Korea',
  },
]

t.test('filters find what they name, and references that nobody has find nothing', async t => {
  const { names, ask, list } = await start(t, korea)
  t.same(await names('countryCode=KP'), ['North Korea', 'Pyongyang'])
  t.same(await names('wikidataId=Q423'), ['North Korea'])
  t.same(await names('geonamesId=1873107'), ['North Korea'])
  t.same(await names('source=geonames'), ['North Korea'])
  t.same(await names('kind=city,region'), ['Asia', 'Pyongyang'])
  t.same(await names('kind=city&kind=country&countryCode=KP'), ['North Korea', 'Pyongyang'])
  t.same(await names('containedIn=asia'), ['North Korea', 'South Korea'], 'directly inside only')
  t.same(await names('containedIn=geonames/1873107'), ['Pyongyang'])
  t.same(await names('containedIn=mars'), [])
  t.same(await names('containedIn=mars&near=0,0'), [])
  t.same(await names('id.any=asia,nobody,geonames/1873107'), ['Asia', 'North Korea'])
  t.same(await names('id.any=nobody'), [])
  t.same(await names('updatedAt.gte=2024-06-21T08:00:02Z'), ['Pyongyang', 'South Korea'])
  t.equal((await list('kind=country&count=exact&limit=1')).page.total, 2)
  await ask('/asia', 'DELETE')
  t.same(await names('containedIn=asia'), [], 'what is in the trash contains nothing')
  t.same(await names('trashed=true'), ['Asia'])
  t.same(await names('trashed=true&near=0,0'), ['Asia'])
})

t.test('q finds by words, best first, or in the order that is asked for', async t => {
  const { names, list } = await start(t, korea)
  t.same((await names('q=korea')).sort(), ['North Korea', 'Pyongyang', 'South Korea'])
  t.equal((await names('q=korea')).at(-1), 'Pyongyang', 'a name weighs more than a description')
  t.same(await names('q=korea -north&sort=name'), ['South Korea'])
  t.same(await names('q=-korea&sort=name'), ['Asia'])
  t.same(await names('q=...&sort=name'), [], 'what has no word finds nothing')
  for (const sort of ['', '&sort=name', '&near=0,0']) t.same(await names(`q=korea person:x${sort}`), [], 'a filter of articles leaves articles alone')
  t.same(await names('q=&sort=name'), ['Asia', 'North Korea', 'Pyongyang', 'South Korea'], 'nothing asked is everything')
  t.same(await names('q=korea&near=39,125.7'), ['Pyongyang', 'North Korea', 'South Korea'], 'near beats q')
  t.same(await names('q=korea&near=39,125.7&within=100km&sort=relevance'), ['Pyongyang'])
  t.same(await names('q=korea&bbox=127.5,30,129,50&sort=relevance'), ['South Korea'])
  t.equal((await walk(t, list, 'q=korea', 2)).length, 3)
  t.equal((await list('q=korea&count=exact')).page.total, 3)
})

t.test('places of an order or distance that lack what they go by are refused', async t => {
  const { faults } = await start(t, [])
  t.match(await faults('within=5km'), [{ parameter: 'within', code: 'needs_near' }])
  t.match(await faults('sort=distance'), [{ parameter: 'sort', code: 'needs_near' }])
  t.match(await faults('sort=relevance&near=1,1'), [{ parameter: 'sort', code: 'needs_q' }])
  t.match(await faults('sort=relevance&within=5'), [{ parameter: 'within' }, { parameter: 'sort', code: 'needs_q' }])
  t.match(await faults('sort=distance&within=5'), [{ parameter: 'within' }, { parameter: 'sort', code: 'needs_near' }])
  t.match(await faults('sort=relevance&within=5&q=x'), [{ parameter: 'within' }])
  t.match(await faults('sort=-distance&near=1,1'), [{ parameter: 'sort', code: 'not_allowed' }])
})

t.test('degrees and distances that are none are refused by the name of their parameter', async t => {
  const { faults, list } = await start(t, [])
  const long = '9'.repeat(3_000)
  for (const near of [
    '91,0',
    '-90.1,0',
    '0,181',
    '0,-180.5',
    'a,b',
    '1',
    '1,2,3',
    '1, 2',
    '',
    ',',
    'NaN,NaN',
    '1e1,0',
    '0x1,0',
    `${long},1`,
    `1.${long},1`,
    '1,2\0',
  ]) {
    t.match(await faults(`near=${encodeURIComponent(near)}`), [{ parameter: 'near', code: 'invalid_near', detail: /latitude and longitude/ }])
  }
  for (const within of ['-5km', '1e3km', 'NaN', 'km', '', '5 km', '5mi', '20100.1km', '20101', '20100001m', '1.5.5km', 'Infinity', `${long}km`]) {
    t.match(await faults(`near=1,1&within=${encodeURIComponent(within)}`), [{ parameter: 'within', code: 'invalid_distance', detail: /50km/ }])
  }
  for (const bbox of ['1,2,3', '1,2,3,4,5', '0,10,0,-10', '181,0,0,0', '0,-91,0,0', 'a,b,c,d', '', ',,,', '[1,2,3,4]', `${long},0,0,0`]) {
    t.match(await faults(`bbox=${encodeURIComponent(bbox)}`), [{ parameter: 'bbox', code: 'invalid_bbox', detail: /west, ?south, ?east, ?north/ }])
  }
  t.match(await faults('near=1,1&near=2,2'), [{ parameter: 'near', code: 'not_one_value' }])
  t.match(await faults('geonamesId=0&kind=town'), [{ parameter: 'kind' }, { parameter: 'geonamesId' }])
  for (const query of [
    'near=90,180',
    'near=-90.0,-180.000',
    'near=-0,0',
    'near=1,1&within=20100.0km',
    'near=1,1&within=20100000m',
    'bbox=180,90,-180,90',
  ])
    t.same((await list(query)).data, [])
})

t.test('a cursor goes with its query alone', async t => {
  const { list, faults } = await start(t, korea)
  const { next } = (await list('near=1,1&limit=1')).page
  t.match(await faults(`near=1,2&cursor=${next}`), [{ code: 'cursor_mismatch' }])
  t.match(await faults(`near=1,1&within=9000&cursor=${next}`), [{ code: 'cursor_mismatch' }])
  const box = (await list('bbox=10,20,130,80&limit=1')).page.next
  t.match(await faults(`bbox=20,10,130,80&cursor=${box}`), [{ code: 'cursor_mismatch' }], 'the same numbers in another order are another box')
  const parts = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
  for (const distance of [-1, 3, '0', null, [0]]) {
    const forged = Buffer.from(JSON.stringify([...parts.slice(0, 3), distance, ...parts.slice(4)])).toString('base64url')
    t.match(await faults(`near=1,1&cursor=${forged}`), [{ code: 'cursor_mismatch' }])
  }
})
