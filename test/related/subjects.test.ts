import fc from 'fast-check'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, post, refusal, walk } from '../helpers/news.ts'

type Subject = { kind: string; id: string; slug: string; name: string; articles: number }

const about = (caller: Caller, aboutIds: string[], more: object = {}) =>
  post(caller, '/v1/articles', { title: `About ${aboutIds.length}`, status: 'published', aboutIds, ...more })

/** `person ada 2` a subject. */
const told = async (caller: Caller, url: string): Promise<string[]> =>
  (await ok(caller.get(url))).data.map(({ kind, slug, articles }: Subject) => `${kind} ${slug} ${articles}`)

t.test('who and where is named together with one, most often first, then by name', async t => {
  const { app } = await build(t)
  const admin = as(app)
  for (const [name, slug] of [
    ['Zoe Example', 'zoe'],
    ['Ada Example', 'ada'],
    ['Bo Example', 'bo'],
  ] as const)
    await post(admin, '/v1/people', { name, slug })
  await post(admin, '/v1/places', { name: 'Älvtown', slug: 'town' })
  await post(admin, '/v1/places', { name: 'Elsewhere', slug: 'elsewhere' })
  t.same(await ok(admin.get('/v1/people/ada/related?count=exact')), { data: [], page: { limit: 20, next: null, prev: null, total: 0 } })
  await about(admin, ['ada', 'bo', 'town'])
  await about(admin, ['ada', 'zoe', 'town'])
  await about(admin, ['ada', 'zoe', 'town'], { authorIds: ['bo'], datelinePlaceId: 'elsewhere' })
  await about(admin, ['bo', 'elsewhere'])
  await about(admin, ['ada', 'bo', 'elsewhere'], { status: 'draft' })
  t.same(
    await told(admin, '/v1/people/ada/related'),
    ['place town 3', 'person zoe 2', 'person bo 1'],
    'authors and datelines are not what it is about',
  )
  t.same(await told(admin, '/v1/people/ada/related?kind=person'), ['person zoe 2', 'person bo 1'])
  t.same(await told(admin, '/v1/people/ada/related?kind=place,person'), ['place town 3', 'person zoe 2', 'person bo 1'])
  t.same(await told(admin, '/v1/places/town/related?kind=place'), [])
  t.same(await told(admin, '/v1/places/town/related'), ['person ada 3', 'person zoe 2', 'person bo 1'])
  t.match((await ok(admin.get('/v1/people/bo/related'))).data, [
    { kind: 'person', slug: 'ada', name: 'Ada Example', articles: 1 },
    { kind: 'place', slug: 'town', name: 'Älvtown', articles: 1 },
    { kind: 'place', slug: 'elsewhere', name: 'Elsewhere', articles: 1 },
  ])
  await ok(admin.delete('/v1/people/zoe'), 204)
  t.same(await told(admin, '/v1/people/ada/related'), ['place town 3', 'person bo 1'], 'the trash is left out')
  await ok(admin.post('/v1/people/zoe/restore'))
  t.same(await told(admin, '/v1/people/ada/related'), ['place town 3', 'person zoe 2', 'person bo 1'])
  await ok(admin.post('/v1/people/zoe/merge', { into: 'bo' }))
  t.same(await told(admin, '/v1/people/ada/related'), ['place town 3', 'person bo 3'])
  t.match((await admin.get('/v1/people/zoe/related?limit=2')).headers.location, '/v1/people/bo/related?limit=2')
})

t.test('what cannot be answered is refused with all that is wrong', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'Ada Example', slug: 'ada' })
  await post(admin, '/v1/places', { name: 'Exampletown', slug: 'town' })
  t.same(await refusal(admin.get('/v1/people/ada/related?kind=article&limit=0&knd=person')), [
    '400 invalid_request',
    'kind not_allowed',
    'limit out_of_range',
    'knd unknown_parameter',
  ])
  t.same(await refusal(admin.get('/v1/people/ada/related?kind=')), ['400 invalid_request', 'kind empty_item'])
  t.same(await refusal(admin.get('/v1/people/town/related')), ['404 not_found'])
  t.same(await refusal(admin.get('/v1/places/ada/related')), ['404 not_found'])
  for (const end of ['["n",null,"a","b"]', '["n",-1,"a"]', '["n",-1.5,"a","b"]', '["n",-1,"\\u0000","b"]']) {
    const cursor = Buffer.from(end).toString('base64url')
    t.same(await refusal(admin.get(`/v1/people/ada/related?cursor=${cursor}`)), ['400 cursor_mismatch', 'cursor cursor_mismatch'])
  }
})

const states = ['published', 'draft', 'archived', 'trashed'] as const
const day = fc.integer({ min: 1, max: 28 }).map(n => `2024-02-${String(n).padStart(2, '0')}`)
const plan = fc.record({
  articles: fc.array(fc.record({ about: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }), state: fc.constantFrom(...states), day }), {
    minLength: 1,
    maxLength: 12,
  }),
  trashed: fc.option(fc.integer({ min: 1, max: 6 })),
  limit: fc.integer({ min: 1, max: 4 }),
})

t.test('counts are those of a look at every article, page by page, and so is the timeline', async t => {
  const { app } = await build(t)
  const admin = as(app)
  let run = 0
  await fc.assert(
    fc.asyncProperty(plan, async ({ articles, trashed, limit }) => {
      run += 1
      const subjects: Subject[] = []
      for (const n of [0, 1, 2, 3, 4, 5, 6]) {
        const kind = n % 2 === 0 ? 'person' : 'place'
        subjects.push({ ...(await post(admin, kind === 'person' ? '/v1/people' : '/v1/places', { name: `Run ${run} ${'zyxwvut'[n]}` })), kind })
      }
      const idsOf = (about: number[]) => about.map(n => subjects[n]?.id ?? '')
      for (const { about: who, state, day } of articles) {
        const made = await about(admin, idsOf(who), { status: state === 'trashed' ? 'published' : state, publishedAt: `${day}T12:00:00Z` })
        if (state === 'trashed') await ok(admin.delete(`/v1/articles/${made.id}`), 204)
      }
      const gone = trashed === null ? undefined : subjects[trashed]
      if (gone) await ok(admin.delete(`/v1/${gone.kind === 'person' ? 'people' : 'places'}/${gone.id}`), 204)
      const shown = articles.filter(({ state, about: who }) => state === 'published' && who.includes(0))
      const wanted = subjects
        .slice(1)
        .map((subject, n) => ({
          kind: subject.kind,
          id: subject.id,
          name: subject.name,
          articles: shown.filter(one => one.about.includes(n + 1)).length,
        }))
        .filter(({ id, articles }) => articles > 0 && id !== gone?.id)
        .sort((a, b) => b.articles - a.articles || (a.name < b.name ? -1 : 1))
      const url = `/v1/people/${subjects[0]?.id}`
      const found = await walk(admin, `${url}/related`, limit)
      t.match(found, wanted)
      t.equal(found.length, wanted.length)
      t.equal((await ok(admin.get(`${url}/related?count=exact&limit=1`))).page.total, wanted.length)
      const back = await backwards(admin, `${url}/related`, limit)
      t.same(back, found, 'and back')
      const { data } = await ok(admin.get(`${url}/timeline?interval=day`))
      const days = shown.map(one => one.day).sort()
      const first = Number(days[0]?.slice(8) ?? 1)
      const last = Number(days.at(-1)?.slice(8) ?? 0)
      const naive = Array.from({ length: last - first + 1 }, (_, n) => `2024-02-${String(first + n).padStart(2, '0')}`)
      t.same(
        data,
        naive.map(one => ({ from: `${one}T00:00:00.000Z`, articles: days.filter(other => other === one).length })),
      )
    }),
    { numRuns: 12 },
  )
})

/** A list from its end to its beginning. */
async function backwards(caller: Caller, url: string, limit: number) {
  let { data, page } = await ok(caller.get(`${url}?limit=${limit}`))
  while (page.next !== null) ({ data, page } = await ok(caller.get(`${url}?limit=${limit}&cursor=${page.next}`)))
  const items = [...data]
  while (page.prev !== null) {
    ;({ data, page } = await ok(caller.get(`${url}?limit=${limit}&cursor=${page.prev}`)))
    items.unshift(...data)
  }
  return items
}
