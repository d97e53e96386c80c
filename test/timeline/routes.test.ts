import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, post, refusal } from '../helpers/news.ts'

const about = (caller: Caller, publishedAt: string, aboutIds: string[], more: object = {}) =>
  post(caller, '/v1/articles', { title: `At ${publishedAt}`, status: 'published', publishedAt, aboutIds, ...more })

/** `2024-06-01T00:00:00.000Z 3` an interval. */
const told = async (caller: Caller, url: string): Promise<string[]> =>
  (await ok(caller.get(url))).data.map(({ from, articles }: { from: string; articles: number }) => `${from} ${articles}`)

async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store } = await build(t)
  const admin = as(app)
  const person = await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada', source: { name: 'wire', externalId: 'a/1' } })
  const land = await post(admin, '/v1/places', { name: 'Exampleland', slug: 'land' })
  const town = await post(admin, '/v1/places', { name: 'Exampletown', slug: 'town', containedInId: 'land' })
  return { app, store, admin, person, land, town }
}

t.test('articles of each month from the first to the last, gaps filled, by default', async t => {
  const { admin } = await newsroom(t)
  t.same(await ok(admin.get('/v1/people/ada/timeline')), { data: [], interval: 'month' }, 'nothing of nothing')
  for (const at of ['2023-12-31T23:59:59.999Z', '2024-03-01T00:00:00Z', '2024-03-31T23:59:59.999Z']) await about(admin, at, ['ada'])
  await about(admin, '2022-01-01T00:00:00Z', ['ada'], { status: 'draft' })
  await about(admin, '2020-01-01T00:00:00Z', ['town'])
  t.same(await ok(admin.get('/v1/people/ada/timeline')), {
    data: [
      { from: '2023-12-01T00:00:00.000Z', articles: 1 },
      { from: '2024-01-01T00:00:00.000Z', articles: 0 },
      { from: '2024-02-01T00:00:00.000Z', articles: 0 },
      { from: '2024-03-01T00:00:00.000Z', articles: 2 },
    ],
    interval: 'month',
  })
  t.same(await ok(admin.get('/v1/people/ada/timeline?interval=year')), {
    data: [
      { from: '2023-01-01T00:00:00.000Z', articles: 1 },
      { from: '2024-01-01T00:00:00.000Z', articles: 2 },
    ],
    interval: 'year',
  })
  t.same(await told(admin, '/v1/people/by-source/wire/a%2F1/timeline?interval=week&publishedAt.lt=2024-01-09'), ['2023-12-25T00:00:00.000Z 1'])
})

t.test('days and years end where the zone says, across changes of the clock', async t => {
  const { admin } = await newsroom(t)
  const times = ['2024-03-09T04:59:59Z', '2024-03-09T05:00:00Z', '2024-03-10T04:59:59.999Z', '2024-03-11T03:59:59Z', '2024-03-11T04:00:00Z']
  for (const at of times) await about(admin, at, ['ada'])
  t.same(await told(admin, '/v1/people/ada/timeline?interval=day&tz=America/New_York'), [
    '2024-03-08T05:00:00.000Z 1',
    '2024-03-09T05:00:00.000Z 2',
    '2024-03-10T05:00:00.000Z 1',
    '2024-03-11T04:00:00.000Z 1',
  ])
  t.same(await told(admin, '/v1/people/ada/timeline?interval=day&tz=UTC'), [
    '2024-03-09T00:00:00.000Z 2',
    '2024-03-10T00:00:00.000Z 1',
    '2024-03-11T00:00:00.000Z 2',
  ])
  await about(admin, '2023-12-31T18:14:59.999Z', ['town'])
  await about(admin, '2023-12-31T18:15:00.000Z', ['town'])
  t.same(await told(admin, '/v1/places/town/timeline?interval=year&tz=Asia%2FKathmandu'), [
    '2022-12-31T18:15:00.000Z 1',
    '2023-12-31T18:15:00.000Z 1',
  ])
  await about(admin, '1900-06-01T18:40:27Z', ['land'])
  await about(admin, '1900-06-01T18:40:28Z', ['land'])
  const oldTime = await told(admin, '/v1/places/land/timeline?interval=day&tz=Europe/Amsterdam')
  t.equal(
    oldTime.reduce((sum, one) => sum + Number(one.split(' ')[1]), 0),
    2,
    'odd seconds lose nothing',
  )
})

t.test('bounds leave out what lies beyond them, and the gaps there', async t => {
  const { admin } = await newsroom(t)
  for (const at of ['2020-01-01T00:00:00Z', '2024-01-15T12:00:00Z', '2024-01-17T12:00:00Z', '2024-02-01T00:00:00Z']) await about(admin, at, ['ada'])
  t.same(await told(admin, '/v1/people/ada/timeline?interval=day&publishedAt.gte=2024-01-01&publishedAt.lt=2024-02-01'), [
    '2024-01-15T00:00:00.000Z 1',
    '2024-01-16T00:00:00.000Z 0',
    '2024-01-17T00:00:00.000Z 1',
  ])
  t.same(await told(admin, '/v1/people/ada/timeline?publishedAt.gte=2024-01-16T00:00:00Z'), [
    '2024-01-01T00:00:00.000Z 1',
    '2024-02-01T00:00:00.000Z 1',
  ])
  t.same(await told(admin, '/v1/people/ada/timeline?publishedAt.gte=2024-02-02'), [])
})

t.test('a place takes the places inside it along, and counts an article about several of them once', async t => {
  const { admin } = await newsroom(t)
  await post(admin, '/v1/places', { name: 'Examplequay', slug: 'quay', containedInId: 'town' })
  await about(admin, '2024-01-15T12:00:00Z', ['town', 'quay', 'land'])
  await about(admin, '2024-01-15T12:00:00Z', ['town', 'quay'])
  await about(admin, '2024-01-16T12:00:00Z', ['quay'])
  t.same(await told(admin, '/v1/places/land/timeline'), ['2024-01-01T00:00:00.000Z 1'])
  t.same(await told(admin, '/v1/places/land/timeline?nested=false'), ['2024-01-01T00:00:00.000Z 1'])
  t.same(await told(admin, '/v1/places/land/timeline?nested=true'), ['2024-01-01T00:00:00.000Z 3'])
  t.same(await told(admin, '/v1/places/land/timeline?nested=true&interval=day'), ['2024-01-15T00:00:00.000Z 2', '2024-01-16T00:00:00.000Z 1'])
  await ok(admin.delete('/v1/places/quay'), 204)
  t.same(await told(admin, '/v1/places/land/timeline?nested=true'), ['2024-01-01T00:00:00.000Z 2'], 'what lies in the trash leads nowhere')
})

t.test('what cannot be answered is refused with all that is wrong', async t => {
  const { admin } = await newsroom(t)
  await about(admin, '2004-01-15T12:00:00Z', ['ada'])
  await about(admin, '2024-01-15T12:00:00Z', ['ada'])
  t.same(await refusal(admin.get('/v1/people/ada/timeline?interval=day')), ['400 invalid_request', 'interval too_many_intervals'])
  t.equal((await told(admin, '/v1/people/ada/timeline?interval=day&publishedAt.gte=2010-01-01')).length, 1)
  t.same(await refusal(admin.get('/v1/people/ada/timeline?interval=hour&tz=Mars/Olympus&publishedAt.lt=soon&nested=true')), [
    '400 invalid_request',
    'interval not_allowed',
    'tz unknown_time_zone',
    'publishedAt.lt invalid_time',
    'nested unknown_parameter',
  ])
  for (const tz of ['', '%2B05:30', 'Asia', 'Asia/Tokyo%00', 'x'.repeat(4_000), "UTC'--"])
    t.same(await refusal(admin.get(`/v1/people/ada/timeline?tz=${tz}`)), ['400 invalid_request', 'tz unknown_time_zone'], tz.slice(0, 20))
  t.same(await refusal(admin.get('/v1/people/nobody/timeline')), ['404 not_found'])
  t.same(await refusal(admin.get('/v1/places/ada/timeline?interval=day')), ['404 not_found'])
})

t.test('former keys lead on, and an answer that is known is not sent again', async t => {
  const { admin } = await newsroom(t)
  await ok(admin.patch('/v1/people/ada', { slug: 'ada-now' }))
  const moved = await admin.get('/v1/people/ada/timeline?interval=day')
  t.match([moved.statusCode, moved.headers.location], [308, '/v1/people/ada-now/timeline?interval=day'])
  const twin = await post(admin, '/v1/people', { name: 'A. Example' })
  await about(admin, '2024-01-15T12:00:00Z', [twin.id])
  await ok(admin.post(`/v1/people/${twin.id}/merge`, { into: 'ada-now' }))
  t.match((await admin.get(`/v1/people/${twin.id}/timeline`)).headers.location, '/v1/people/ada-now/timeline')
  const { headers } = await admin.get('/v1/people/ada-now/timeline')
  t.equal((await admin.get('/v1/people/ada-now/timeline', { 'if-none-match': String(headers.etag) })).statusCode, 304)
  await ok(admin.delete('/v1/people/ada-now'), 204)
  t.equal((await admin.get('/v1/people/ada-now/timeline')).statusCode, 404)
})
