import fc from 'fast-check'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import type { JsonObject } from '../helpers/closed.ts'
import { onPostgres } from '../helpers/database.ts'
import { ok, paragraph, post, refusal, settled, walk } from '../helpers/news.ts'

const names = ['person', 'place', 'section', 'tag', 'year', 'language', 'kind'] as const
type Name = (typeof names)[number]
type Item = { value: string; count: number } | { id: string; slug: string; name: string; count: number }
type Facets = Partial<Record<Name, Item[]>>

const facetsOf = async (caller: Caller, query: string, wanted: readonly Name[] = names): Promise<Facets> =>
  (await ok(caller.get(`/v1/search?${query}&facets=${wanted.join()}`))).facets
/** `name count` of each item, in order. */
const told = (items: Item[] = []) => items.map(item => `${'name' in item ? item.name : item.value} ${item.count}`)
const facet = async (caller: Caller, name: Name, query: string) => told((await facetsOf(caller, query, [name]))[name])

/** Four articles that have the word `news`, and one that has not. */
async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store } = await build(t)
  const admin = as(app)
  const ada = await post(admin, '/v1/people', { name: 'Ada Berg', bio: 'Reads the news' })
  const bo = await post(admin, '/v1/people', { name: 'Bo Dahl' })
  const oslo = await post(admin, '/v1/places', { name: 'Oslo', kind: 'city', description: 'Where news is made' })
  const rome = await post(admin, '/v1/places', { name: 'Rome', kind: 'city' })
  await settled(store)
  const write = (title: string, publishedAt: string, text: string, more: JsonObject = {}) =>
    post(admin, '/v1/articles', { title, status: 'published', publishedAt, body: [paragraph('p', text)], ...more })
  await write('One', '2022-01-01T00:00:00.000Z', 'News of Ada Berg in Oslo.', { section: 'World', tags: ['b', 'a'], aboutIds: [ada.id] })
  await write('Two', '2021-12-31T23:59:59.999Z', 'News of Ada Berg and Bo Dahl.', { section: 'World', tags: ['a'] })
  await write('Three', '2021-06-01T00:00:00.000Z', 'News of Bo Dahl in Rome and in Oslo.', { section: 'Arts', tags: ['c'], language: 'de' })
  await write('Four', '2020-06-01T00:00:00.000Z', 'News of Ada Berg.', { tags: ['c'] })
  await write('Other', '2019-06-01T00:00:00.000Z', 'Nothing of Rome.', { section: 'Arts', tags: ['d'], language: 'sv' })
  await post(admin, '/v1/articles', { title: 'Draft', section: 'Secret', tags: ['secret'], body: [paragraph('p', 'News of Ada Berg in Rome.')] })
  return { app, store, admin, nobody: as(app, null), ada, bo, oslo, rome, write }
}

t.test('each facet counts the whole result, most first, then by name or value', async t => {
  const { nobody, ada, bo } = await newsroom(t)
  t.same(await facetsOf(nobody, 'q=news&limit=1'), {
    person: [
      { id: ada.id, slug: 'ada-berg', name: 'Ada Berg', count: 3 },
      { id: bo.id, slug: 'bo-dahl', name: 'Bo Dahl', count: 2 },
    ],
    place: (await facetsOf(nobody, 'q=news', ['place'])).place,
    section: [
      { value: 'World', count: 2 },
      { value: 'Arts', count: 1 },
    ],
    tag: [
      { value: 'a', count: 2 },
      { value: 'c', count: 2 },
      { value: 'b', count: 1 },
    ],
    year: [
      { value: '2021', count: 2 },
      { value: '2020', count: 1 },
      { value: '2022', count: 1 },
    ],
    language: [
      { value: 'en', count: 3 },
      { value: 'de', count: 1 },
    ],
    kind: [
      { value: 'article', count: 4 },
      { value: 'person', count: 1 },
      { value: 'place', count: 1 },
    ],
  })
  t.same(await facet(nobody, 'place', 'q=news'), ['Oslo 2', 'Rome 1'])
  t.same(await facet(nobody, 'person', ''), ['Ada Berg 3', 'Bo Dahl 2'], 'without a word everything counts')
  t.same(await facet(nobody, 'place', 'q=-news'), ['Rome 1'], 'what is left out does not')
  t.same(await facet(nobody, 'year', 'q=-news'), ['2019 1'])
  t.same(await facet(nobody, 'kind', 'q=-news'), ['article 1', 'person 1', 'place 1'])
  t.same(await facet(nobody, 'kind', ''), ['article 5', 'person 2', 'place 2'])
})

t.test('only what is asked for is there, and as many values as are asked for', async t => {
  const { nobody } = await newsroom(t)
  t.same((await ok(nobody.get('/v1/search?q=news'))).facets, {})
  t.same(Object.keys(await facetsOf(nobody, 'q=news', ['year', 'tag'])), ['tag', 'year'])
  t.same((await ok(nobody.get('/v1/search?q=news&facets=tag&facets=tag,section&facetLimit=1'))).facets, {
    section: [{ value: 'World', count: 2 }],
    tag: [{ value: 'a', count: 2 }],
  })
  t.same(await facetsOf(nobody, 'q=unheardof'), Object.fromEntries(names.map(name => [name, []])), 'nothing found, nothing counted')
  const first = await ok(nobody.get('/v1/search?q=news&limit=2&facets=year'))
  const second = await ok(nobody.get(`/v1/search?q=news&limit=2&cursor=${first.page.next}`))
  t.equal(second.data.length, 2, 'a cursor goes on without the facets')
})

t.test('ten values are told where nothing else is asked for, a hundred at most', async t => {
  const { nobody, write } = await newsroom(t)
  for (let n = 0; n < 3; n++)
    await write(`Many ${n}`, '2020-01-01T00:00:00Z', 'zebra', { tags: Array.from({ length: 38 }, (_, k) => `t${n}-${String(k).padStart(2, '0')}`) })
  const tags = async (more: string) => (await facet(nobody, 'tag', `q=zebra${more}`)).length
  t.same([await tags(''), await tags('&facetLimit=11'), await tags('&facetLimit=100')], [10, 11, 100])
})

t.test('a facet is counted without the filters of its own field, and all others with them', async t => {
  const { nobody, ada, oslo } = await newsroom(t)
  const cases: [Name, string, string[], string[]][] = [
    ['person', 'person=ada-berg', ['Ada Berg 3', 'Bo Dahl 2'], ['World 2']],
    ['person', `person.any=${ada.id},bo-dahl`, ['Ada Berg 3', 'Bo Dahl 2'], ['World 2', 'Arts 1']],
    ['person', 'person.all=ada-berg,bo-dahl', ['Ada Berg 3', 'Bo Dahl 2'], ['World 1']],
    ['person', 'person.none=ada-berg', ['Ada Berg 3', 'Bo Dahl 2'], ['Arts 1']],
    ['person', 'person=nobody', ['Ada Berg 3', 'Bo Dahl 2'], []],
    ['place', `place=${oslo.id}`, ['Oslo 2', 'Rome 1'], ['Arts 1', 'World 1']],
    ['place', 'place.none=rome', ['Oslo 2', 'Rome 1'], ['World 2']],
    ['tag', 'tag=a', ['a 2', 'c 2', 'b 1'], ['World 2']],
    ['tag', 'tag.any=b,c', ['a 2', 'c 2', 'b 1'], ['Arts 1', 'World 1']],
    ['tag', 'tag.all=a,b', ['a 2', 'c 2', 'b 1'], ['World 1']],
    ['tag', 'tag.none=a', ['a 2', 'c 2', 'b 1'], ['Arts 1']],
    ['language', 'language=de', ['en 3', 'de 1'], ['Arts 1']],
    ['year', 'publishedAt.gte=2021-01-01', ['2021 2', '2020 1', '2022 1'], ['World 2', 'Arts 1']],
    ['year', 'publishedAt.gte=2021-01-01&publishedAt.lt=2022-01-01', ['2021 2', '2020 1', '2022 1'], ['Arts 1', 'World 1']],
    ['kind', 'kind=article', ['article 4', 'person 1', 'place 1'], ['World 2', 'Arts 1']],
    ['kind', 'kind=person,place', ['article 4', 'person 1', 'place 1'], []],
  ]
  for (const [name, filter, own, sections] of cases) {
    t.same(await facet(nobody, name, `q=news&${filter}`), own, `${name}, as without ${filter}`)
    t.same(await facet(nobody, 'section', `q=news&${filter}`), sections, `sections with ${filter}`)
  }
  t.same(await facet(nobody, 'section', 'q=news&section=Arts'), ['World 2', 'Arts 1'])
  t.same(await facet(nobody, 'kind', 'q=news&section=Arts'), ['article 1'], 'an article filter leaves articles only')
  t.same(await facet(nobody, 'kind', 'q=news&section=Arts&kind=person'), ['article 1'])
  t.same(await facet(nobody, 'section', 'q=news&section=Arts&kind=person'), [], 'and people are in no section')
  for (const query of ['q=news&kind=person', 'q=&kind=place', 'q=news+berg&kind=person&updatedAt.gte=2000-01-01']) {
    const { kind, ...rest } = await facetsOf(nobody, query)
    t.same(Object.values(rest).flat(), [], `${query}: what is no article has no facet but its kind`)
    t.ok(
      told(kind).some(item => item.startsWith('article')),
      'and the other kinds stay in sight',
    )
  }
  t.same(await facetsOf(nobody, 'q=news&person=ada-berg&section=World&tag=b', ['person', 'section', 'tag', 'year']), {
    person: [{ id: ada.id, slug: 'ada-berg', name: 'Ada Berg', count: 1 }],
    section: [{ value: 'World', count: 1 }],
    tag: [
      { value: 'a', count: 2 },
      { value: 'b', count: 1 },
    ],
    year: [{ value: '2022', count: 1 }],
  })
})

t.test('filters in the query are filters, too', async t => {
  const { nobody } = await newsroom(t)
  const cases: [Name, string, string[]][] = [
    ['person', 'news person:ada-berg', ['Ada Berg 3', 'Bo Dahl 2']],
    ['person', 'news -person:ada-berg', ['Ada Berg 3', 'Bo Dahl 2']],
    ['person', 'person:ada-berg', ['Ada Berg 3', 'Bo Dahl 2']],
    ['place', 'news person:ada-berg', ['Oslo 1']],
    ['place', 'news place:rome', ['Oslo 2', 'Rome 1']],
    ['section', 'news section:Arts', ['World 2', 'Arts 1']],
    ['tag', 'news tag:a -tag:b', ['a 2', 'c 2', 'b 1']],
    ['language', 'news lang:de', ['en 3', 'de 1']],
    ['year', 'news lang:de', ['2021 1']],
    ['kind', 'news lang:de', ['article 1']],
    ['tag', 'tag:a', ['c 2', 'a 2', 'b 1', 'd 1'].sort((a, b) => Number(b.slice(2)) - Number(a.slice(2)) || (a < b ? -1 : 1))],
    ['person', '!!!', []],
  ]
  for (const [name, q, wanted] of cases) t.same(await facet(nobody, name, `q=${encodeURIComponent(q)}`), wanted, `${name}: ${q}`)
})

t.test('where fewer than twenty have all words those that follow count, too; by time they do not', async t => {
  const { nobody, write } = await newsroom(t)
  const make = (n: number, text: string, tag: string) => write(`${text} ${n}`, '2020-01-01T00:00:00Z', text, { tags: [tag] })
  for (let n = 0; n < 19; n++) await make(n, 'alpha bravo', 'both')
  for (let n = 0; n < 3; n++) await make(n, 'alpha', 'one')
  await make(0, 'alpha charlie', 'not')
  const tags = (more = '') => facet(nobody, 'tag', `q=alpha+bravo+-charlie${more}`)
  t.same(await tags(), ['both 19', 'one 3'])
  t.same(await tags('&tag=both'), ['both 19', 'one 3'], 'as the search without that filter has it')
  t.same(await tags('&sort=-publishedAt'), ['both 19'])
  t.same(await facet(nobody, 'kind', 'q=alpha+bravo+-charlie'), ['article 22'])
  await make(19, 'alpha bravo', 'both')
  t.same(await tags(), ['both 20'], 'twenty are enough')
  t.same(await tags('&language=de'), [])
})

t.test('counts go on where pages end', async t => {
  const { admin, nobody } = await newsroom(t)
  const lines = Array.from({ length: 1_020 }, (_, n) =>
    JSON.stringify({
      title: `Zebra ${n}`,
      status: 'published',
      publishedAt: `${2000 + (n % 2)}-06-01T00:00:00Z`,
      aboutIds: ['bo-dahl'],
      tags: ['z'],
    }),
  )
  t.equal((await admin.post('/v1/articles/bulk', lines.join('\n'), { 'content-type': 'application/x-ndjson' })).statusCode, 200)
  const { facets, page } = await ok(nobody.get('/v1/search?q=zebra&facets=person,year,tag,kind&count=exact&highlight=false'))
  t.equal(page.total, 1_000, 'as many as pages give')
  t.same(
    [told(facets.person), told(facets.year), told(facets.tag), told(facets.kind)],
    [['Bo Dahl 1020'], ['2000 510', '2001 510'], ['z 1020'], ['article 1020']],
  )
})

t.test('what nobody may see is in no facet', async t => {
  const { admin, nobody, store } = await newsroom(t)
  await ok(admin.delete('/v1/people/ada-berg'), 204)
  for (const [who, caller] of Object.entries({ admin, nobody })) {
    for (const query of ['', 'q=news', 'q=-unheardof', 'q=news&language=en', 'q=news+berg']) {
      const answer = await facetsOf(caller, query)
      t.notMatch(JSON.stringify(answer), /Secret|secret|Ada|ada-berg/, `${who}: ${query}`)
    }
    t.same(await facet(caller, 'person', 'q=news'), ['Bo Dahl 2'])
    t.same(await facet(caller, 'kind', ''), ['article 5', 'place 2', 'person 1'])
    t.same(await facet(caller, 'kind', 'q=news'), ['article 4', 'place 1'])
  }
  await ok(admin.delete('/v1/articles/three'), 204)
  await ok(admin.patch('/v1/articles/two', { status: 'archived' }))
  t.same(await facet(nobody, 'person', 'q=news'), [])
  t.same(await facet(nobody, 'person', ''), [])
  await ok(admin.post('/v1/people/ada-berg/restore'))
  await settled(store)
  t.same(await facet(nobody, 'person', 'q=news'), ['Ada Berg 2'])
})

t.test('a name that is changed or merged is counted as it is now', async t => {
  const { admin, nobody, store } = await newsroom(t)
  await ok(admin.post('/v1/people/bo-dahl/merge', { into: 'ada-berg' }))
  await settled(store)
  t.same(await facet(nobody, 'person', 'q=news'), ['Ada Berg 4'])
  t.same(await facet(nobody, 'person', 'q=news&person=bo-dahl'), ['Ada Berg 4'])
})

t.test('what cannot be asked is refused with its place', async t => {
  const { nobody } = await newsroom(t)
  for (const [query, ...wanted] of [
    ['facets=', '400 invalid_request', 'facets empty_item'],
    ['facets=person,,tag', '400 invalid_request', 'facets empty_item'],
    ['facets=author', '400 invalid_request', 'facets not_allowed'],
    ['facets=person,__proto__', '400 invalid_request', 'facets not_allowed'],
    ["facets=tag'--", '400 invalid_request', 'facets not_allowed'],
    ['facet=tag', '400 invalid_request', 'facet unknown_parameter'],
    ['facets%5B%5D=tag', '400 invalid_request', 'facets[] unknown_parameter'],
    ['facetLimit=0', '400 invalid_request', 'facetLimit out_of_range'],
    ['facetLimit=101', '400 invalid_request', 'facetLimit out_of_range'],
    ['facetLimit=1e1', '400 invalid_request', 'facetLimit out_of_range'],
    ['facetLimit=1&facetLimit=2', '400 invalid_request', 'facetLimit not_one_value'],
    ['facets=x&facetLimit=x&limit=x', '400 invalid_request', 'facets not_allowed', 'facetLimit out_of_range', 'limit out_of_range'],
  ] as const) {
    const [status, ...places] = await refusal(nobody.get(`/v1/search?${query}`))
    t.same([status, ...places.sort()], [wanted[0], ...wanted.slice(1).sort()], query)
  }
})

t.test('whatever is asked, it is counted or refused', async t => {
  const { nobody } = await newsroom(t)
  const piece = fc.oneof(
    fc.constantFrom(...'"\'*-():', ' OR ', 'news', ' tag:', 'person:', ' -', '%', "' or 1=1 --", '\0'),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.array(piece, { minLength: 1, maxLength: 3 }), async (q, section) => {
      const words = encodeURIComponent(q.join('').toWellFormed())
      const filter = encodeURIComponent(section.join('').toWellFormed())
      const { statusCode } = await nobody.get(`/v1/search?q=${words}&facets=${names.join()}`)
      const filtered = await nobody.get(`/v1/search?q=${words}&section=${filter}&person.any=x&facets=${names.join()}`)
      if (statusCode !== 200 || ![200, 400].includes(filtered.statusCode)) throw new Error(`${statusCode}, ${filtered.statusCode}: ${filtered.body}`)
    }),
    { numRuns: onPostgres ? 15 : 40 },
  )
})

const people = ['ada-berg', 'bo-dahl', 'cy-eng', 'di-falk']
const places = ['oslo', 'rome', 'lima']
const tags = ['x', 'y', 'z y']
const sections = ['World', 'Arts & "Ideas"']
const languages = ['en', 'de', 'sv']
const words = ['alpha', 'bravo', 'charlie']
const instants = ['2019-06-01T00:00:00.000Z', '2020-12-31T23:59:59.999Z', '2021-01-01T00:00:00.000Z', '2021-06-01T00:00:00.000Z']

const story = fc.record({
  status: fc.constantFrom('published', 'published', 'published', 'draft', 'archived'),
  publishedAt: fc.constantFrom(...instants),
  language: fc.constantFrom(...languages),
  section: fc.constantFrom(...sections, null),
  tags: fc.subarray(tags),
  aboutIds: fc.subarray([...people, ...places]),
  text: fc.subarray(words, { minLength: 1 }).map(some => some.join(' ')),
})

/** One part of a search and the facet whose own filter it is. */
type Part = { own: Name | undefined; parameter?: [string, string]; inQuery?: string }

const listed = (own: Name, mode: string, values: string[]): Part => ({ own, parameter: [mode === '' ? own : `${own}.${mode}`, values.join()] })
const quoted = (value: string) => (/[ "]/.test(value) ? `"${value.replaceAll('"', '')}"` : value)
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.constantFrom(...words, '-charlie', '"alpha bravo"', 'br*', 'alpha OR charlie').map(inQuery => ({ own: undefined, inQuery })),
  ...(['person', 'place', 'tag'] as const).flatMap(own => {
    const values = { person: [...people, 'nobody'], place: places, tag: tags }[own]
    return [
      fc.constantFrom(...values).map(value => listed(own, '', [value])),
      fc.tuple(fc.constantFrom('any', 'all', 'none'), fc.subarray(values, { minLength: 1 })).map(([mode, some]) => listed(own, mode, some)),
      fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...values)).map(([not, value]) => ({ own, inQuery: `${not}${own}:${quoted(value)}` })),
    ]
  }),
  fc.constantFrom(...sections).map(value => listed('section', '', [value])),
  fc.constantFrom(...languages).map(value => ({ own: 'language' as const, inQuery: `lang:${value}` })),
  fc.constantFrom(...languages).map(value => listed('language', '', [value])),
  fc
    .tuple(fc.constantFrom('publishedAt.gte', 'publishedAt.lt'), fc.constantFrom(...instants))
    .map(([name, at]): Part => ({ own: 'year', parameter: [name, at] })),
  fc.subarray(['article', 'person', 'place'], { minLength: 1 }).map(some => listed('kind', '', some)),
  fc.constantFrom('relevance', '-publishedAt').map((sort): Part => ({ own: undefined, parameter: ['sort', sort] })),
)

/** The query string of some parts, the last of each parameter's. */
function urlOf(parts: readonly Part[]): string {
  const parameters = new Map(parts.flatMap(({ parameter }) => (parameter ? [parameter] : [])))
  const q = parts.flatMap(({ inQuery }) => (inQuery === undefined ? [] : [inQuery])).join(' ')
  return new URLSearchParams([['q', q], ...parameters]).toString()
}

type Shown = { section: string | null; tags: string[]; language: string; publishedAt: string; people: { slug: string }[]; places: { slug: string }[] }

/** What a hit counts for in each facet. */
const valuesOf = (kind: string, article: Shown | undefined): Record<Name, string[]> => ({
  person: article?.people.map(({ slug }) => slug) ?? [],
  place: article?.places.map(({ slug }) => slug) ?? [],
  section: article?.section ? [article.section] : [],
  tag: article?.tags ?? [],
  year: article ? [article.publishedAt.slice(0, 4)] : [],
  language: article ? [article.language] : [],
  kind: [kind],
})

t.test('every count is what paging to the end gives, whatever is published and asked', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  for (const slug of people) await post(admin, '/v1/people', { name: slug, slug, bio: 'alpha' })
  for (const slug of places) await post(admin, '/v1/places', { name: slug, slug, kind: 'city', description: 'alpha bravo' })
  await settled(store)
  await ok(admin.delete('/v1/people/di-falk'), 204)
  let counted = 0
  const run = async (stories: JsonObject[], searches: Part[][]) => {
    const ids: string[] = []
    for (const { text, aboutIds, ...rest } of stories) {
      const about = (aboutIds as string[]).filter(slug => slug !== 'di-falk')
      ids.push((await post(admin, '/v1/articles', { title: 'T', markdown: String(text), aboutIds: about, ...rest })).id)
    }
    const articles = new Map<string, Shown>()
    for (const id of ids) articles.set(id, await ok(admin.get(`/v1/articles/${id}?include=people,places`)))
    for (const parts of searches) {
      const facets = await facetsOf(as(app, null), `${urlOf(parts)}&facetLimit=100`)
      for (const name of names) {
        const wanted = new Map<string, number>()
        const hits: { kind?: string; id: string }[] = await walk(as(app, null), `/v1/search?${urlOf(parts.filter(({ own }) => own !== name))}`, 100)
        for (const { kind = '', id } of hits)
          for (const value of valuesOf(kind, articles.get(id))[name]) wanted.set(value, (wanted.get(value) ?? 0) + 1)
        const found = (facets[name] ?? []).map(item => ['slug' in item ? item.slug : item.value, item.count] as const)
        counted += found.length
        const inOrder = [...wanted].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        if (JSON.stringify(found) !== JSON.stringify(inOrder)) throw new Error(`${name} of ${urlOf(parts)}: ${JSON.stringify({ found, inOrder })}`)
      }
    }
    for (const id of ids) await ok(admin.delete(`/v1/articles/${id}?purge=true`), 204)
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(story, { minLength: 5, maxLength: 28, size: 'max' }),
      fc.array(fc.array(part, { maxLength: 4 }), { minLength: 6, maxLength: 10 }),
      run,
    ),
    { numRuns: onPostgres ? 3 : 6, endOnFailure: true },
  )
  t.ok(counted > 100, `${counted} values were counted`)
})
