// One predicate decides who sees an article, and every path uses it.
import t from 'tap'
import { build } from './helpers/build.ts'
import { as, type Caller, keyWith } from './helpers/callers.ts'
import { ok, paragraph, post, settled } from './helpers/news.ts'

const states = ['draft', 'scheduled', 'archived', 'trashed', 'published'] as const
type State = (typeof states)[number]
const hidden = states.filter(state => state !== 'published')
const untrashed = states.filter(state => state !== 'trashed')

const statusOf = (state: State) => (state === 'trashed' ? 'published' : state)

/** An article a state, all alike but for their titles; a person and a place that all of them name, and one more article about the two. */
async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  const person = await post(admin, '/v1/people', { name: 'Ada Example' })
  const place = await post(admin, '/v1/places', { name: 'Exampletown', kind: 'city' })
  const ids = new Map<string, string>()
  for (const state of states) {
    clock.tick()
    const article = await post(admin, '/v1/articles', {
      title: `The ${state} story`,
      slug: `former-${state}`,
      status: statusOf(state),
      publishedAt: '2024-06-01T00:00:00Z',
      ...(state === 'scheduled' ? { publishAt: '2030-01-01T00:00:00Z' } : {}),
      section: 'World',
      tags: ['secret'],
      summary: `Zebra ${state}`,
      authorIds: [person.id],
      body: [paragraph('p1', `Ada Example came to Exampletown with a zebra, says ${state}.`)],
    })
    await ok(admin.patch(`/v1/articles/${article.id}`, { slug: `now-${state}` }))
    if (state === 'trashed') await ok(admin.delete(`/v1/articles/${article.id}`), 204)
    ids.set(state, article.id)
  }
  const callers = {
    nobody: as(app, null),
    'a key without content:read': as(app, await keyWith(store, 'content:write')),
    'a key with it': as(app, await keyWith(store, 'content:read')),
  }
  const idOf = (state: State) => ids.get(state) ?? ''
  const seenBy = (name: string) => (name === 'a key with it' ? untrashed : (['published'] as const))
  return { app, store, clock, admin, person, place, idOf, callers, seenBy }
}

const idsIn = async (caller: Caller, url: string): Promise<string[]> => (await ok(caller.get(url))).data.map(({ id }: { id: string }) => id).sort()

t.test('one article is there for those who may see it, and nothing at all for the others', async t => {
  const { callers, seenBy, idOf, admin } = await newsroom(t)
  for (const [name, caller] of Object.entries(callers)) {
    for (const state of states) {
      const seen = seenBy(name).some(one => one === state)
      for (const key of [idOf(state), `now-${state}`]) {
        for (const path of [
          '',
          '?fields=title',
          '?include=related,mentions,html',
          '/mentions',
          '/mentions?count=exact',
          '/related',
          '/related?count=exact',
        ]) {
          const answer = await caller.get(`/v1/articles/${key}${path}`)
          t.equal(answer.statusCode, seen ? 200 : 404, `${name}: ${state} by ${key}${path}`)
          if (!seen) t.notMatch(answer.body, /story|Ada|Example/, 'the refusal tells nothing')
        }
      }
      const moved = await caller.get(`/v1/articles/former-${state}`)
      t.equal(moved.statusCode, seen ? 308 : 404, `${name}: ${state} by its former slug`)
      t.equal(moved.headers.location, seen ? `/v1/articles/now-${state}` : undefined)
      const whole = await admin.get(`/v1/articles/${idOf(state)}`)
      const known = { 'if-none-match': String(whole.headers.etag ?? '*') }
      t.equal((await caller.get(`/v1/articles/${idOf(state)}`, known)).statusCode, seen ? 304 : 404, `${name}: ${state} by its ETag`)
      t.equal((await caller.get(`/v1/articles/${idOf(state)}`, { 'if-none-match': '*' })).statusCode, seen ? 304 : 404)
      t.equal((await caller.head(`/v1/articles/${idOf(state)}`)).statusCode, seen ? 200 : 404)
    }
  }
})

t.test('a hidden article answers like one that never was', async t => {
  const { callers, idOf } = await newsroom(t)
  for (const [name, caller] of Object.entries(callers)) {
    for (const state of hidden.filter(one => name !== 'a key with it' || one === 'trashed')) {
      const told = (text: string, key: string) => JSON.stringify({ ...JSON.parse(text), requestId: '' }).replaceAll(key, 'KEY')
      const nothing = '0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12'
      const [there, absent] = [await caller.get(`/v1/articles/${idOf(state)}`), await caller.get(`/v1/articles/${nothing}`)]
      t.equal(told(there.body, idOf(state)), told(absent.body, nothing), `${name}: ${state}`)
    }
  }
})

t.test('lists, totals, searches and filters have published articles alone, whoever asks', async t => {
  const { callers, idOf, person, place, admin } = await newsroom(t)
  await post(admin, '/v1/synonyms', { terms: ['zebra', 'xebra'] })
  const lists = [
    '/v1/articles',
    `/v1/people/${person.id}/articles`,
    `/v1/places/${place.id}/articles`,
    `/v1/places/${place.slug}/articles?nested=true`,
  ]
  const filters = [
    '',
    'q=zebra',
    'q=story&sort=title',
    'q=exampletown+xebra',
    'q=%22came+to+Exampletown%22',
    'q=-giraffe',
    'section=World',
    'tag=secret',
    'tag.none=open',
    `author=${person.id}`,
    `person.all=${person.slug}`,
    `place=${place.slug}`,
    'language=en&sort=updatedAt',
    'publishedAt.gte=2024-05-01',
    'updatedAt.gte=2024-05-01&sort=-title',
    'trashed=false',
    'status=published',
    'status.any=published',
    `id.any=${states.map(state => `now-${state},former-${state},${idOf(state)}`).join()}`,
  ]
  for (const [name, caller] of Object.entries(callers)) {
    for (const list of lists) {
      for (const filter of filters) {
        const url = `${list}${list.includes('?') ? '&' : '?'}${filter}&count=exact&include=related,text`.replace('?&', '?')
        const answer = await ok(caller.get(url))
        t.same(
          answer.data.map(({ id }: { id: string }) => id),
          [idOf('published')],
          `${name}: ${url}`,
        )
        t.same(answer.page, { limit: 20, next: null, prev: null, total: 1 })
        t.same(answer.data[0].related, [], 'related ones are published, too')
      }
    }
    for (const query of [
      'q=zebra',
      'q=%22zebra%22+OR+says',
      'q=story',
      'q=',
      'kind=article',
      'section=World',
      'q=zebra&sort=publishedAt',
      'q=draft',
      'q=trashed',
      'q=zebra+tag:secret',
      'q=Ada+Example',
      'q=xebra',
      'q=person:%22ada+example%22',
      'q=place:Exampletown+zebra',
    ]) {
      const found = await ok(caller.get(`/v1/search?${query}&count=exact&facets=person,place,section,tag,year,language,kind`))
      const articles = found.data.filter((hit: { kind: string }) => hit.kind === 'article')
      const none = query === 'q=draft' || query === 'q=trashed'
      t.same(
        articles.map(({ id }: { id: string }) => id),
        none ? [] : [idOf('published')],
        `${name}: ${query}`,
      )
      t.equal(found.page.total, found.data.length)
      const { kind: kinds, ...facets } = found.facets
      for (const [name, items] of Object.entries(facets))
        t.same(
          [items].flat().map(item => Object(item).count),
          none ? [] : [1],
          `${name} of ${query} counts what is published`,
        )
      t.same(
        kinds.filter(({ value }: { value: string }) => value === 'article').map(({ count }: { count: number }) => count),
        none ? [] : [1],
      )
      t.notMatch(JSON.stringify(found), /draft|scheduled|archived|trashed/, 'no snippet either')
    }
  }
})

t.test('suggestions have titles of published articles alone, whoever asks', async t => {
  const { admin, callers, idOf, store } = await newsroom(t)
  await settled(store)
  const typed = ['t', 'th', 'the', 'the ', 'the s', 'story', 'stroy', 'story the', ...states.map(state => `the ${state}`), ...states]
  for (const [name, caller] of Object.entries({ ...callers, admin }))
    for (const q of typed)
      for (const kind of ['', '&kind=article']) {
        const answer = await caller.get(`/v1/suggest?q=${q}${kind}&limit=20`)
        t.notMatch(answer.body, /draft|scheduled|archived|trashed/, `${name}: ${q}${kind}`)
        const ids = answer.json().data.map(({ id }: { id: string }) => id)
        t.same(ids, hidden.some(state => q.includes(state)) ? [] : [idOf('published')], `${name}: ${q}${kind}`)
      }
  const before = await callers.nobody.get('/v1/suggest?q=the')
  await post(admin, '/v1/articles', { title: 'The next one' })
  const known = { 'if-none-match': String(before.headers.etag) }
  t.equal((await callers.nobody.get('/v1/suggest?q=the', known)).statusCode, 304, 'nor does it tell that there is one more')
})

t.test('a misspelt word is corrected to words that everybody may see, whoever asks', async t => {
  const { callers } = await newsroom(t)
  for (const [name, caller] of Object.entries(callers)) {
    const meant = async (q: string) => (await ok(caller.get(`/v1/search?q=${q}`))).didYouMean
    for (const state of hidden) {
      t.equal(await meant(`${state}x`), null, `${name}: ${state} is not offered`)
      t.equal(await meant(state), null, `${name}: nor is it known`)
    }
    t.equal(await meant('publishd'), 'published')
  }
})

t.test('an article that is out relates to published ones alone', async t => {
  const { admin, callers, idOf } = await newsroom(t)
  const other = await post(admin, '/v1/articles', { title: 'Out', status: 'published', markdown: 'Ada Example once more.' })
  for (const [name, caller] of Object.entries(callers)) {
    const { related } = await ok(caller.get(`/v1/articles/${other.id}?include=related`))
    t.same(
      related.map(({ id }: { id: string }) => id),
      [idOf('published')],
      name,
    )
    const { data, page } = await ok(caller.get(`/v1/articles/${other.id}/related?count=exact`))
    t.same([data, page.total], [related, 1], name)
    t.same(await idsIn(caller, `/v1/articles/${idOf('published')}/related`), [other.id], name)
  }
})

t.test('who is named with whom, and when, is told of published articles alone', async t => {
  const { admin, callers, person, place, idOf, store } = await newsroom(t)
  await settled(store)
  const told = async (caller: Caller) => [
    (await ok(caller.get(`/v1/people/${person.id}/related`))).data.map(({ id, articles }: { id: string; articles: number }) => [id, articles]),
    (await ok(caller.get(`/v1/places/${place.id}/related?count=exact`))).data.map(({ id, articles }: { id: string; articles: number }) => [
      id,
      articles,
    ]),
    (await ok(caller.get(`/v1/people/${person.id}/timeline`))).data.map(({ articles }: { articles: number }) => articles),
    (await ok(caller.get(`/v1/places/${place.id}/timeline?nested=true&interval=day`))).data.map(({ articles }: { articles: number }) => articles),
  ]
  const shared = (articles: number) => [[[place.id, articles]], [[person.id, articles]], [articles], [articles]]
  for (const [name, caller] of Object.entries(callers)) t.same(await told(caller), shared(1), name)
  await ok(admin.post(`/v1/articles/${idOf('trashed')}/restore`))
  for (const [name, caller] of Object.entries(callers)) t.same(await told(caller), shared(2), name)
  for (const state of ['trashed', 'published'] as const) await ok(admin.patch(`/v1/articles/${idOf(state)}`, { status: 'archived' }))
  for (const [name, caller] of Object.entries(callers)) t.same(await told(caller), [[], [], [], []], name)
})

t.test('what is not published is for keys with content:read, by asking for it', async t => {
  const { callers, idOf, person, place } = await newsroom(t)
  const asked: [string, State[]][] = [
    ['status=draft', ['draft']],
    ['status=scheduled', ['scheduled']],
    ['status=archived', ['archived']],
    ['status.any=draft,archived', ['draft', 'archived']],
    ['status.any=published,draft', ['published', 'draft']],
    ['status.any=draft,published,archived&q=zebra', ['draft', 'published', 'archived']],
    ['status.any=draft,scheduled,published,archived&sort=title', [...untrashed]],
    ['status=published&status.any=draft', []],
    ['status.any=draft,scheduled&status=draft&tag=secret', ['draft']],
    ['trashed=true', ['trashed']],
    ['trashed=true&status=published', ['trashed']],
    ['trashed=true&status=draft', []],
    ['trashed=true&status.any=archived,draft', []],
    ['trashed=true&q=zebra', ['trashed']],
    ['trashed=true&q=zebra&sort=-title', ['trashed']],
    ['trashed=true&tag=secret', ['trashed']],
  ]
  for (const list of ['/v1/articles', `/v1/people/${person.id}/articles`, `/v1/places/${place.id}/articles`]) {
    for (const [query, wanted] of asked) {
      t.same(await idsIn(callers['a key with it'], `${list}?${query}`), wanted.map(idOf).sort(), `${list}?${query}`)
      const { page } = await ok(callers['a key with it'].get(`${list}?${query}&count=exact`))
      t.equal(page.total, wanted.length)
      const refused = await callers.nobody.get(`${list}?${query}`)
      t.match(refused.json(), { status: 401, code: 'unauthenticated' })
      t.match((await callers['a key without content:read'].get(`${list}?${query}`)).json(), { status: 403, code: 'missing_scope' })
    }
  }
})

t.test('the trash of a status is of that status', async t => {
  const { admin, idOf } = await newsroom(t)
  await ok(admin.delete(`/v1/articles/${idOf('draft')}`), 204)
  t.same(await idsIn(admin, '/v1/articles?trashed=true'), [idOf('draft'), idOf('trashed')].sort())
  t.same(await idsIn(admin, '/v1/articles?trashed=true&status=published'), [idOf('trashed')])
  t.same(await idsIn(admin, '/v1/articles?trashed=true&status.any=published'), [idOf('trashed')])
  t.same(await idsIn(admin, '/v1/articles?trashed=true&status=draft'), [idOf('draft')])
})

t.test("an editor's cursor opens nothing for others", async t => {
  const { admin, callers, idOf } = await newsroom(t)
  const { page } = await ok(admin.get('/v1/articles?status.any=draft,published,archived,scheduled&limit=1&sort=title'))
  const { nobody } = callers
  const all = await nobody.get(`/v1/articles?status.any=draft,published,archived,scheduled&limit=1&sort=title&cursor=${page.next}`)
  t.equal(all.statusCode, 401)
  const bare = await nobody.get(`/v1/articles?limit=1&sort=title&cursor=${page.next}`)
  t.match(bare.json(), { status: 400, code: 'cursor_mismatch' })
  await post(admin, '/v1/articles', { title: 'A story', status: 'published' })
  const mine = await ok(admin.get('/v1/articles?limit=1&sort=title'))
  const next = await ok(nobody.get(`/v1/articles?limit=5&sort=title&cursor=${mine.page.next}`))
  t.same(
    next.data.map(({ id }: { id: string }) => id),
    [idOf('published')],
    'one of the public list goes on with what is public',
  )
})

t.test('counts of people and places are the same for everyone, and tell of published articles alone', async t => {
  const { admin, callers, person, place, idOf, store } = await newsroom(t)
  await settled(store)
  const counts = async (caller: Caller) => [
    (await ok(caller.get(`/v1/people/${person.id}`))).articleCount,
    (await ok(caller.get(`/v1/places/${place.id}`))).articleCount,
  ]
  for (const [name, caller] of Object.entries(callers)) t.same(await counts(caller), [1, 1], name)
  await ok(admin.post(`/v1/articles/${idOf('trashed')}/restore`))
  for (const [name, caller] of Object.entries(callers)) t.same(await counts(caller), [2, 2], name)
})

t.test('who writes without content:publish sees the answer of a write, and no more', async t => {
  const { callers, idOf } = await newsroom(t)
  const writer = callers['a key without content:read']
  t.equal((await ok(writer.patch(`/v1/articles/${idOf('draft')}`, { title: 'Mine' }))).title, 'Mine')
  t.equal((await writer.get(`/v1/articles/${idOf('draft')}`)).statusCode, 404)
  for (const state of ['published', 'scheduled'] as const) {
    const refused = await writer.patch(`/v1/articles/${idOf(state)}`, { title: 'Mine' })
    t.match(refused.json(), { status: 403, code: 'missing_scope' }, state)
  }
  t.equal((await writer.patch(`/v1/articles/${idOf('trashed')}`, { title: 'Mine' })).statusCode, 404, 'the trash is nowhere')
  t.equal((await writer.delete(`/v1/articles/${idOf('trashed')}`)).statusCode, 404)
})

t.test('PUBLIC_READ=false shows nobody anything, and any key what is published', async t => {
  const { app, store } = await build(t, { publicRead: false })
  const admin = as(app)
  await post(admin, '/v1/articles', { title: 'Out', status: 'published' })
  const key = as(app, await keyWith(store, 'webhooks:write'))
  for (const url of [
    '/v1/articles',
    '/v1/articles/out',
    '/v1/articles/out/mentions',
    '/v1/search?q=out',
    '/v1/people',
    '/v1/people/x/articles',
    '/v1/people/x/related',
    '/v1/places/x/timeline',
    '/v1/articles/out/related',
  ]) {
    t.match((await as(app, null).get(url)).json(), { status: 401 }, url)
  }
  t.equal((await ok(key.get('/v1/articles/out'))).title, 'Out')
  t.equal((await ok(key.get('/v1/search?q=out'))).data.length, 1)
})

t.test('synonyms are for those alone who may read what is not published', async t => {
  const { admin, callers } = await newsroom(t)
  const { id } = await post(admin, '/v1/synonyms', { terms: ['zebra', 'secretword'] })
  const refused: Record<string, number> = { nobody: 401, 'a key without content:read': 403 }
  for (const [name, caller] of Object.entries(callers))
    for (const url of ['/v1/synonyms', `/v1/synonyms/${id}`]) {
      const { statusCode, body } = await caller.get(url)
      t.equal(statusCode, refused[name] ?? 200, `${name}: ${url}`)
      if (statusCode !== 200) t.notMatch(body, /secretword/)
    }
})

t.test('revisions are for those alone who may read what is not published, of published articles too', async t => {
  const { callers, idOf } = await newsroom(t)
  const refused: Record<string, number> = { nobody: 401, 'a key without content:read': 403 }
  for (const [name, caller] of Object.entries(callers))
    for (const state of states)
      for (const path of ['', '?count=exact', '/1', '/1/diff', '/2/diff?against=1']) {
        const { statusCode, body } = await caller.get(`/v1/articles/${idOf(state)}/revisions${path}`)
        t.equal(statusCode, refused[name] ?? (state === 'trashed' ? 404 : 200), `${name}: revisions${path} of ${state}`)
        if (statusCode !== 200) t.notMatch(body, /story|Ada|Zebra|zebra/, 'the refusal tells nothing')
      }
})
