// Every filter and every order of lists of articles, held against the same question asked of all articles in plain JavaScript.
import fc from 'fast-check'
import t from 'tap'
import type { Article } from '../../src/articles/schema.ts'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, post, refusal, walk } from '../helpers/news.ts'

const howMany = 150
const names = ['Ada Alpha', 'Bo Bravo', 'Cy Charlie', 'Di Delta', 'Ed Echo']
const towns = ['Aston', 'Borton', 'Carton']
const tags = ['war', 'peace', 'café', 'tag with space', 'x&y']
const sections = ['World', 'Arts & Ideas', null]
const languages = ['en', 'de', 'en-GB']
const sources = ['reuters', 'The Wire', null]
const statuses = ['draft', 'scheduled', 'published', 'published', 'published', 'published', 'archived'] as const
const titles = ['Alpha', 'älpha', 'Bravo', 'bravo', 'Zulu', '東京', '!', 'A title that says more']
const days = ['2023-12-31', '2024-01-01', '2024-02-29', '2024-06-20']

type Made = Article & { trashed: boolean }
type Newsroom = { admin: Caller; nobody: Caller; all: Made[]; people: string[]; places: string[] }

/** Numbers from a seed (Lehmer), so that a failure comes again. */
function dice(seed: number) {
  let state = seed
  const below = (max: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % max
  }
  return {
    one: <T>(of: readonly T[]): T => of[below(of.length)] ?? of[0] ?? fail(),
    some: <T>(of: readonly T[]): T[] => of.filter(() => below(3) === 0),
    below,
  }
}

function fail(): never {
  throw new Error('nothing to choose from')
}

async function newsroom(t: Parameters<typeof build>[0]): Promise<Newsroom> {
  const { app, clock } = await build(t)
  const admin = as(app)
  const people: string[] = []
  for (const name of names) people.push((await post(admin, '/v1/people', { name, source: { name: 'wiki', externalId: name } })).id)
  const places: string[] = []
  for (const name of towns) places.push((await post(admin, '/v1/places', { name, containedInId: places[0] ?? null })).id)
  const { one, some, below } = dice(20_240_621)
  const all: Made[] = []
  for (let n = 0; n < howMany; n++) {
    if (below(3) > 0) clock.tick(below(3) * 3_600_000)
    const status = one(statuses)
    const published = { publishedAt: `${one(days)}T0${below(3)}:00:00Z` }
    const source = one(sources)
    const article = await post(admin, '/v1/articles', {
      title: one(titles),
      status,
      ...(status === 'published' || below(2) === 0 ? published : {}),
      ...(status === 'scheduled' ? { publishAt: '2030-01-01T00:00:00Z' } : {}),
      section: one(sections),
      language: one(languages),
      tags: some(tags),
      source: source && { name: source, externalId: String(n) },
      authorIds: some(people),
      aboutIds: [...some(people), ...some(places)],
      markdown: `${some(names).join(' met ')} in ${some(towns).join(' and ')}, ${one(['zebra', 'giraffe', 'nothing'])}.`,
    })
    const trashed = below(10) === 0
    if (trashed) await ok(admin.delete(`/v1/articles/${article.id}`), 204)
    all.push({ ...article, trashed })
  }
  return { admin, nobody: as(app, null), all, people, places }
}

const hours = (article: Made) => article.publishedAt ?? ''
const textOf = (article: Made) => article.body.map(block => ('text' in block ? block.text : '')).join()

/** The order of a sort: nulls last both ways, titles by folded key, then ids; all but nulls turned round by `-`. */
function ordered(articles: readonly Made[], sort: string): string[] {
  const sign = sort.startsWith('-') ? -1 : 1
  const key = (article: Made): string =>
    sort.endsWith('title')
      ? (folded[article.title] ?? article.title)
      : sort.endsWith('updatedAt')
        ? article.updatedAt
        : (article.publishedAt ?? (sign < 0 ? '' : '~'))
  const compare = (a: string, b: string) => (a < b ? -sign : Number(a > b) * sign)
  return articles.toSorted((a, b) => compare(key(a), key(b)) || compare(a.id, b.id)).map(({ id }) => id)
}
const folded: Record<string, string> = {
  Alpha: 'alpha',
  älpha: 'alpha',
  Bravo: 'bravo',
  Zulu: 'zulu',
  '!': '',
  'A title that says more': 'a title that says more',
}

type Rule = { query: string; holds(article: Made): boolean }
const param = (name: string, ...values: string[]) => `${name}=${values.map(encodeURIComponent).join()}`

/** `name`, `name.any`, `name.all` and `name.none` over some values that articles carry in a field. */
function setRules(name: string, values: string[], of: (article: Made) => readonly string[], spelled = (value: string) => value): Rule[] {
  const has = (article: Made, value: string) => of(article).includes(value)
  const [first = '', second = '', third = ''] = values
  return [
    ...values.map(value => ({ query: param(name, spelled(value)), holds: (article: Made) => has(article, value) })),
    { query: param(`${name}.any`, spelled(first)), holds: article => has(article, first) },
    { query: param(`${name}.any`, spelled(second), spelled(third)), holds: article => has(article, second) || has(article, third) },
    {
      query: `${param(`${name}.any`, spelled(first))}&${param(`${name}.any`, spelled(second))}`,
      holds: article => has(article, first) || has(article, second),
    },
    { query: param(`${name}.all`, spelled(first), spelled(second)), holds: article => has(article, first) && has(article, second) },
    { query: param(`${name}.none`, spelled(first), spelled(third)), holds: article => !has(article, first) && !has(article, third) },
    { query: param(name, 'nobody'), holds: () => false },
    { query: param(`${name}.any`, 'nobody', spelled(first)), holds: article => has(article, first) },
    { query: param(`${name}.any`, 'nobody'), holds: () => false },
    { query: param(`${name}.all`, spelled(first), 'nobody'), holds: () => false },
    { query: param(`${name}.none`, 'nobody'), holds: () => true },
    { query: param(`${name}.none`, 'nobody', spelled(second)), holds: article => !has(article, second) },
  ]
}

function rulesOf({ people, places, all }: Newsroom): Rule[] {
  const nameOf = (id: string) => names[people.indexOf(id)] ?? towns[places.indexOf(id)] ?? ''
  const slugOf = (id: string) => nameOf(id).toLowerCase().replace(' ', '-')
  const picked = all.filter((_, n) => n % 29 === 0)
  return [
    ...setRules('person', people, article => article.personIds),
    ...setRules('person', people, article => article.personIds, slugOf),
    ...setRules(
      'person',
      people,
      article => article.personIds,
      id => `wiki/${nameOf(id)}`,
    ),
    ...setRules('place', places, article => article.placeIds, slugOf),
    ...setRules(
      'author',
      people,
      article => article.authorIds,
      id => id.toUpperCase(),
    ),
    ...setRules('tag', tags, article => article.tags),
    ...sections.flatMap(section =>
      section === null ? [] : [{ query: param('section', section), holds: (article: Made) => article.section === section }],
    ),
    ...languages.map(language => ({ query: param('language', language), holds: (article: Made) => article.language === language })),
    ...sources.flatMap(source =>
      source === null ? [] : [{ query: param('source', source), holds: (article: Made) => article.source?.name === source }],
    ),
    { query: 'section=None', holds: () => false },
    { query: 'publishedAt.gte=2024-01-01', holds: article => hours(article) >= '2024-01-01' },
    { query: 'publishedAt.gte=2024-01-01T02:00:00%2B01:00', holds: article => hours(article) >= '2024-01-01T01:00:00.000Z' },
    { query: 'publishedAt.lt=2024-02-29T01:00:00Z', holds: article => hours(article) !== '' && hours(article) < '2024-02-29T01:00:00.000Z' },
    {
      query: 'publishedAt.gte=2024-01-01&publishedAt.lt=2024-02-29',
      holds: article => hours(article) >= '2024-01-01' && hours(article) < '2024-02-29',
    },
    { query: 'publishedAt.gte=2025-01-01', holds: () => false },
    { query: 'updatedAt.gte=2024-06-22', holds: article => article.updatedAt >= '2024-06-22' },
    { query: param('id.any', ...picked.map(({ id }) => id)), holds: article => picked.some(({ id }) => id === article.id) },
    { query: param('id.any', 'nobody', ...picked.map(({ slug }) => slug)), holds: article => picked.some(({ id }) => id === article.id) },
    { query: 'id.any=nobody', holds: () => false },
    { query: 'q=zebra', holds: article => textOf(article).includes('zebra') },
    { query: 'q=-zebra', holds: article => !textOf(article).includes('zebra') },
    { query: `q=zebra+tag:war`, holds: article => textOf(article).includes('zebra') && article.tags.includes('war') },
    { query: `q=-person:ada-alpha`, holds: article => !article.personIds.includes(people[0] ?? '') },
  ]
}

/** Which part of all articles a list is about, and who may ask for it. */
const scopes: Record<string, (article: Made) => boolean> = {
  '': article => article.status === 'published' && !article.trashed,
  'status=draft': article => article.status === 'draft' && !article.trashed,
  'status.any=draft,archived': article => ['draft', 'archived'].includes(article.status) && !article.trashed,
  'status.any=draft,scheduled,published,archived': article => !article.trashed,
  'trashed=true': article => article.trashed,
  'trashed=true&status=published': article => article.trashed && article.status === 'published',
}
const sorts = ['publishedAt', '-publishedAt', 'updatedAt', '-updatedAt', 'title', '-title']

t.test('lists', async t => {
  const room = await newsroom(t)
  const { admin, nobody, all } = room
  const rules = rulesOf(room)

  /** The list, walked to its end, is what the rules leave of all articles; the count says as much. */
  async function check(scope: string, sort: string, chosen: readonly Rule[], limit: number) {
    const caller = scope === '' ? nobody : admin
    const wanted = ordered(
      all.filter(article => scopes[scope]?.(article) && chosen.every(rule => rule.holds(article))),
      sort,
    )
    const url = `/v1/articles?${[scope, ...chosen.map(({ query }) => query), `sort=${sort}`].filter(Boolean).join('&')}`
    const found = (await walk(caller, url, limit)).map(({ id }) => id)
    const { page } = await ok(caller.get(`${url}&limit=1&count=exact`))
    return { url, wanted, found, total: page.total }
  }

  t.test('every order in every scope, nulls last both ways', async t => {
    for (const scope of Object.keys(scopes)) {
      for (const sort of sorts) {
        const { url, wanted, found, total } = await check(scope, sort, [], 40)
        t.ok(wanted.length > 2, `${url} has something to show`)
        t.same(found, wanted, url)
        t.equal(total, wanted.length)
      }
    }
    t.same(
      (await walk(nobody, '/v1/articles', 100)).map(({ id }) => id),
      ordered(
        all.filter(article => scopes['']?.(article)),
        '-publishedAt',
      ),
      'without a sort the newest come first',
    )
  })

  for (const [n, sort] of sorts.entries()) {
    t.test(`every filter, by ${sort}`, async t => {
      for (const [m, rule] of rules.entries()) {
        const scope = Object.keys(scopes)[m % 3 === n % 3 ? (m + n) % 6 : 0] ?? ''
        const { url, wanted, found, total } = await check(scope, sort, [rule], 25)
        t.same(found, wanted, url)
        t.equal(total, wanted.length, `${url} counts`)
      }
    })
  }

  t.test('filters together', async t => {
    const chosen = fc.uniqueArray(fc.constantFrom(...rules), { minLength: 2, maxLength: 4, selector: rule => rule.query.split('=')[0] })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(scopes)),
        fc.constantFrom(...sorts),
        chosen,
        fc.integer({ min: 1, max: 30 }),
        async (scope, sort, some, limit) => {
          const mixed = some.filter(rule => some.every(other => other === rule || !sharesName(rule, other)))
          const { url, wanted, found, total } = await check(scope, sort, mixed, limit)
          if (found.join() !== wanted.join() || total !== wanted.length)
            throw new Error(`${url}: ${found.length} found, ${total} told, ${wanted.length} wanted`)
        },
      ),
      { numRuns: 150, seed: 621 },
    )
    t.pass('150 mixtures')
  })

  t.test('lists of a person and of a place take the same filters', async t => {
    const [ada = '', bo = ''] = room.people
    const [aston = '', borton = '', carton = ''] = room.places
    const cases: [string, (article: Made) => boolean][] = [
      [`/v1/people/${ada}/articles?`, article => article.personIds.includes(ada)],
      [`/v1/people/ada-alpha/articles?person=${bo}`, article => article.personIds.includes(ada) && article.personIds.includes(bo)],
      [`/v1/people/ada-alpha/articles?person.none=${ada}`, () => false],
      [
        `/v1/people/ada-alpha/articles?place.any=${aston},${borton}`,
        article => article.personIds.includes(ada) && [aston, borton].some(id => article.placeIds.includes(id)),
      ],
      [`/v1/people/ada-alpha/articles?q=zebra`, article => article.personIds.includes(ada) && textOf(article).includes('zebra')],
      [`/v1/places/aston/articles?`, article => article.placeIds.includes(aston)],
      [`/v1/places/aston/articles?nested=false&tag=war`, article => article.placeIds.includes(aston) && article.tags.includes('war')],
      [`/v1/places/aston/articles?nested=true`, article => [aston, borton, carton].some(id => article.placeIds.includes(id))],
      [
        `/v1/places/aston/articles?nested=true&place.none=${carton}`,
        article => [aston, borton].some(id => article.placeIds.includes(id)) && !article.placeIds.includes(carton),
      ],
    ]
    for (const [url, holds] of cases) {
      for (const sort of ['-publishedAt', 'publishedAt', 'title']) {
        const wanted = ordered(
          all.filter(article => scopes['']?.(article) && holds(article)),
          sort,
        )
        const found = await walk(nobody, `${url}&sort=${sort}`.replace('?&', '?'), 6)
        t.same(
          found.map(({ id }) => id),
          wanted,
          `${url} ${sort}`,
        )
        const { page } = await ok(nobody.get(`${url}&sort=${sort}&count=exact&limit=1`.replace('?&', '?')))
        t.equal(page.total, wanted.length)
      }
    }
    t.same(await refusal(nobody.get('/v1/people/nobody/articles')), ['404 not_found'])
    t.same(await refusal(nobody.get('/v1/places/nobody/articles?nested=true')), ['404 not_found'])
    t.same(await refusal(nobody.get('/v1/people/ada-alpha/articles?nested=true')), ['400 invalid_request', 'nested unknown_parameter'])
    t.same(await refusal(nobody.get('/v1/articles?nested=true')), ['400 invalid_request', 'nested unknown_parameter'])
  })

  t.test('by relevance, all hits come once, over all pages and back', async t => {
    for (const scope of ['', 'status.any=draft,scheduled,published,archived', 'trashed=true']) {
      const caller = scope === '' ? nobody : admin
      const url = `/v1/articles?q=zebra&${scope}`.replace(/&$/, '')
      const wanted = all.filter(article => scopes[scope]?.(article) && textOf(article).includes('zebra')).map(({ id }) => id)
      t.same((await walk(caller, url, 4)).map(({ id }) => id).sort(), wanted.sort())
      const { page } = await ok(caller.get(`${url}&limit=1&count=exact`))
      t.equal(page.total, wanted.length)
    }
  })

  t.test('what cannot be asked is refused with its place', async t => {
    for (const [query, ...wanted] of [
      ['sort=relevance', '400 invalid_request', 'sort needs_q'],
      ['sort=name', '400 invalid_request', 'sort not_allowed'],
      ['person.any=', '400 invalid_request', 'person.any empty_item'],
      ['tag.any=a,,b', '400 invalid_request', 'tag.any empty_item'],
      ['person=a&person=b', '400 invalid_request', 'person not_one_value'],
      ['publishedAt.gte=yesterday', '400 invalid_request', 'publishedAt.gte invalid_time'],
      ['publishedAt.lt=2024-02-30', '400 invalid_request', 'publishedAt.lt invalid_time'],
      ['status=gone', '400 invalid_request', 'status not_allowed'],
      ['tags=war', '400 invalid_request', 'tags unknown_parameter'],
      ['section=', '400 invalid_request', 'section too_short'],
    ] as const) {
      t.same(await refusal(admin.get(`/v1/articles?${query}`)), wanted, query)
    }
  })
})

/** True where two filters give one parameter twice, or ask it of both. */
function sharesName(a: Rule, b: Rule) {
  const namesOf = ({ query }: Rule) => query.split('&').map(part => part.split('=')[0])
  return namesOf(a).some(name => namesOf(b).includes(name))
}
