import t from 'tap'
import { maxSynonyms } from '../../src/synonyms/store.ts'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled, walk } from '../helpers/news.ts'

const search = async (caller: Caller, q: string, more = '') => (await ok(caller.get(`/v1/search?q=${encodeURIComponent(q)}${more}`))).data
type Hit = { kind: string; title?: string; name?: string; allWords: boolean; snippet: string }
const found = async (caller: Caller, q: string, more = '') =>
  (await search(caller, q, `&kind=article${more}`))
    .filter(({ allWords }: Hit) => allWords)
    .map(({ title }: Hit) => title)
    .sort()

async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store, clock, deps } = await build(t)
  const admin = as(app)
  const write = (title: string, text: string, more: object = {}) =>
    post(admin, '/v1/articles', { title, status: 'published', body: [paragraph('p', text)], ...more })
  return { app, store, clock, deps, admin, nobody: as(app, null), write }
}

t.test('a synonym is made, read, replaced, changed and deleted for good', async t => {
  const { admin, clock } = await newsroom(t)
  const made = await admin.post('/v1/synonyms', { terms: ['DPRK', ' North  Korea '] })
  t.equal(made.statusCode, 201)
  const synonym = made.json()
  t.equal(made.headers.location, `/v1/synonyms/${synonym.id}`)
  t.match(synonym, { from: null, terms: ['DPRK', 'North Korea'], version: 1, createdAt: '2024-06-21T08:00:00.000Z' })
  const url = `/v1/synonyms/${synonym.id}`
  const read = await admin.get(url)
  t.same(read.json(), synonym)
  t.match(read.headers.etag, /^"1-/)
  t.equal((await admin.get(url, { 'if-none-match': String(read.headers.etag) })).statusCode, 304)
  clock.tick()
  t.match(await ok(admin.patch(url, { terms: synonym.terms })), { version: 1, updatedAt: synonym.updatedAt }, 'what changes nothing moves nothing')
  t.match(await ok(admin.patch(url, { from: 'the North' })), {
    from: 'the North',
    terms: synonym.terms,
    version: 2,
    updatedAt: '2024-06-21T08:00:01.000Z',
  })
  t.match(await ok(admin.put(url, { terms: ['a', 'b'], version: 2, id: synonym.id })), { from: null, terms: ['a', 'b'], version: 3 })
  t.same(await refusal(admin.put(url, { terms: ['a', 'c'] }, { 'if-match': '"2-x"' })), ['412 version_mismatch'])
  t.same(await refusal(admin.delete(url, undefined, { 'if-match': '"1"' })), ['412 version_mismatch'])
  await ok(admin.delete(`${url}?dryRun=true`), 204)
  t.equal((await admin.get(url)).statusCode, 200)
  await ok(admin.delete(url), 204)
  for (const method of ['get', 'delete'] as const) t.same(await refusal(admin[method](url)), ['404 not_found'])
  t.same(await refusal(admin.patch(url, {})), ['404 not_found'])
  const { data } = await ok(admin.get(`/v1/audit?entityId=${synonym.id}`))
  t.match(data, [
    { action: 'deleteSynonym', kind: 'synonym', details: { from: null, terms: ['a', 'b'] } },
    { action: 'replaceSynonym' },
    { action: 'updateSynonym' },
    { action: 'updateSynonym' },
    { action: 'createSynonym', details: { terms: ['DPRK', 'North Korea'] } },
  ])
})

t.test('the list is the newest first, by pages', async t => {
  const { admin } = await newsroom(t)
  const ids: string[] = []
  for (const letter of 'abcde') ids.unshift((await post(admin, '/v1/synonyms', { terms: [letter, letter + letter] })).id)
  t.same(
    (await walk(admin, '/v1/synonyms', 2)).map(({ id }) => id),
    ids,
  )
  t.equal((await ok(admin.get('/v1/synonyms?count=exact&limit=1'))).page.total, 5)
})

t.test('what makes no synonym is refused with its place', async t => {
  const { admin } = await newsroom(t)
  const refused = (body: object) => refusal(admin.post('/v1/synonyms', body))
  t.same(await refused({ terms: ['!!!', 'a', 'À', 'a b c d e f g h i'] }), [
    '400 invalid_request',
    '/terms/0 no_word',
    '/terms/2 same_term',
    '/terms/3 too_many_words',
  ])
  t.same(await refused({ terms: ['a'] }), ['400 invalid_request', '/terms too_few'])
  t.same(await refused({ from: 'U.S.', terms: ['us'] }), ['400 invalid_request', '/terms/0 same_term'])
  t.same((await refused({ terms: [] })).length, 2)
  const all = ['/kind unknown_field', '/terms too_few', '/terms/0 no_word', '400 invalid_request']
  t.same((await refused({ terms: ['!!!'], kind: 'both' })).sort(), all, 'beside fields that there are not')
  t.same(await refused({ from: 7, terms: ['a', 'A'] }), ['400 invalid_request', '/from wrong_type'], 'what has the wrong type is no term')
  t.same((await refused({ terms: ['x'.repeat(101), 'y'], kind: 'both' })).length, 3)
  t.equal((await admin.post('/v1/synonyms', { terms: ['x'.repeat(100), 'y'] })).statusCode, 201)
  t.same((await refused({ terms: Array.from({ length: 21 }, (_, n) => `word${n}`) })).length, 2)
  const { id } = await post(admin, '/v1/synonyms', { from: 'fleet', terms: ['navy'] })
  t.same(await refusal(admin.patch(`/v1/synonyms/${id}`, { from: null })), ['400 invalid_request', '/terms too_few'])
  t.same(await refusal(admin.patch(`/v1/synonyms/${id}`, { terms: null })), ['400 invalid_request', '/terms not_nullable'])
  t.same((await refusal(admin.patch(`/v1/synonyms/${id}`, { terms: ['a', 'A'], kind: 1 }))).sort(), [
    '/kind unknown_field',
    '/terms/1 same_term',
    '400 invalid_request',
  ])
  t.same(await refusal(admin.put(`/v1/synonyms/${id}`, { terms: ['a'], kind: 1 })), ['400 invalid_request', '/kind unknown_field', '/terms too_few'])
  t.same(await refusal(admin.patch(`/v1/synonyms/${id}`, { createdAt: 'x' })), ['400 invalid_request', '/createdAt read_only'])
  t.same(await refusal(admin.get('/v1/synonyms/fleet')), ['400 invalid_request', 'id invalid_format'])
})

t.test('only so many are kept', async t => {
  const { admin, store } = await newsroom(t)
  const at = '2024-06-21T08:00:00.000Z'
  await store.write(async ({ sql, tables: { synonyms } }) => {
    const id = (n: number) => `0192d4f0-0000-7000-8000-${String(n).padStart(12, '0')}`
    const rows = Array.from({ length: maxSynonyms - 1 }, (_, n) => ({
      id: id(n),
      fromTerm: null,
      terms: ['a', 'b'],
      createdAt: at,
      updatedAt: at,
      version: 1,
    }))
    await sql.insert(synonyms).values(rows)
  })
  const last = await post(admin, '/v1/synonyms', { terms: ['a', 'b'] })
  t.same(await refusal(admin.post('/v1/synonyms', { terms: ['a', 'b'] })), ['409 limit_reached'])
  await ok(admin.delete(`/v1/synonyms/${last.id}`), 204)
  await post(admin, '/v1/synonyms', { terms: ['a', 'b'] })
})

t.test('who may not read or write synonyms does not', async t => {
  const { app, store, admin, nobody } = await newsroom(t)
  const { id } = await post(admin, '/v1/synonyms', { terms: ['a', 'b'] })
  const reader = as(app, await keyWith(store, 'content:read'))
  const writer = as(app, await keyWith(store, 'content:write'))
  for (const url of ['/v1/synonyms', `/v1/synonyms/${id}`]) {
    t.equal((await nobody.get(url)).statusCode, 401)
    t.equal((await writer.get(url)).statusCode, 403)
    t.equal((await reader.get(url)).statusCode, 200)
  }
  t.equal((await reader.post('/v1/synonyms', { terms: ['c', 'd'] })).statusCode, 403)
  t.equal((await reader.delete(`/v1/synonyms/${id}`)).statusCode, 403)
  t.equal((await writer.post('/v1/synonyms', { terms: ['c', 'd'] })).statusCode, 201)
})

t.test('a request that is sent again with its Idempotency-Key makes no second one, and a dry run none', async t => {
  const { admin } = await newsroom(t)
  const again = () => admin.post('/v1/synonyms', { terms: ['a', 'b'] }, { 'idempotency-key': 'k' })
  t.equal((await again()).json().id, (await again()).json().id)
  await ok(admin.post('/v1/synonyms?dryRun=true', { terms: ['c', 'd'] }), 201)
  t.equal((await ok(admin.get('/v1/synonyms?count=exact'))).page.total, 1)
})

t.test('who searches for one term finds the others, as if it were there', async t => {
  const { admin, nobody, write } = await newsroom(t)
  await write('One', 'Talks of the DPRK went on.')
  await write('Two', 'Talks in North Korea went on.')
  await write('Three', 'Talks of Korea, from the north.')
  await write('Four', 'Talks elsewhere.')
  t.same(await found(nobody, 'dprk talks'), ['One'])
  const { id } = await post(admin, '/v1/synonyms', { terms: ['D.P.R.K.', 'North Korea'] })
  t.same(await found(nobody, 'dprk talks'), ['One', 'Two'])
  t.same(await found(nobody, 'DPRK'), ['One', 'Two'])
  t.same(await found(nobody, 'north korea talking'), ['One', 'Three', 'Two'], 'all its words, wherever they stand, or what means the same')
  t.same(await found(nobody, 'korea north'), ['Three', 'Two'], 'other words are other words')
  t.same(await found(nobody, 'elsewhere OR dprk'), ['Four', 'One', 'Two'])
  t.same(await found(nobody, '"dprk"'), ['One'], 'in quotes it is what it is')
  t.same(await found(nobody, '"north korea"'), ['Two'])
  t.same(await found(nobody, 'dprk*'), ['One'])
  t.same(await found(nobody, 'talks -dprk'), ['Four', 'Three', 'Two'], 'what is excluded, too')
  t.same(await found(nobody, 'dprk talks', '&sort=publishedAt'), ['One', 'Two'])
  const [hit] = (await search(nobody, 'dprk')).filter(({ title }: Hit) => title === 'Two')
  t.equal(hit.snippet, 'Talks in <mark>North Korea</mark> went on.')
  t.equal((await ok(nobody.get('/v1/search?q=dprk+talks&facets=kind&kind=article'))).facets.kind[0].count, 4)
  t.equal((await ok(nobody.get('/v1/search?q=dprk&facets=kind&kind=article'))).facets.kind[0].count, 2)
  const list = async () => (await ok(nobody.get('/v1/articles?q=dprk&sort=title'))).data.map(({ title }: Hit) => title)
  t.same(await list(), ['One', 'Two'], 'lists know it, too')
  await ok(admin.patch(`/v1/synonyms/${id}`, { terms: ['DPRK', 'elsewhere'] }))
  t.same(await found(nobody, 'dprk'), ['Four', 'One'])
  t.same(await found(nobody, 'north korea'), ['Three', 'Two'])
  await ok(admin.delete(`/v1/synonyms/${id}`), 204)
  t.same(await found(nobody, 'dprk'), ['One'])
})

t.test('one way: the terms do not find what it is from', async t => {
  const { admin, nobody, write } = await newsroom(t)
  await write('Fleet', 'A fleet.')
  await write('Navy', 'A navy.')
  await post(admin, '/v1/synonyms', { from: 'fleet', terms: ['navy'] })
  t.same(await found(nobody, 'fleet'), ['Fleet', 'Navy'])
  t.same(await found(nobody, 'navy'), ['Navy'])
  await post(admin, '/v1/synonyms', { terms: ['fleet', 'ships'] })
  await write('Ships', 'Ships.')
  t.same(await found(nobody, 'fleet'), ['Fleet', 'Navy', 'Ships'], 'a word may be in several')
})

async function registry(t: Parameters<typeof build>[0]) {
  const room = await newsroom(t)
  const { admin, store, write } = room
  const kim = await post(admin, '/v1/people', { name: 'Kim Jong Un', aliases: ['Kim'] })
  const korea = await post(admin, '/v1/places', { name: 'North Korea', aliases: ['DPRK'], kind: 'country' })
  const city = await post(admin, '/v1/places', { name: 'Pyongyang', kind: 'city', containedInId: korea.id })
  await post(admin, '/v1/places', { name: 'Kim', kind: 'city' })
  await settled(store)
  await write('By alias', 'Talks of the DPRK.')
  await write('By name', 'Talks in North Korea with Kim Jong Un.')
  await write('By link', 'Talks there.', { aboutIds: [korea.id] })
  await write('City', 'Talks in Pyongyang.')
  await write('Apart', 'Talks of Korea, from the north.')
  await write('Draft', 'Talks there, again.', { aboutIds: [korea.id], status: 'draft' })
  return { ...room, kim, korea, city }
}

t.test('a name or an alias finds what is linked under another, or under none', async t => {
  const { admin, nobody, korea, store } = await registry(t)
  t.same(await found(nobody, 'dprk'), ['By alias', 'By link', 'By name'])
  t.same(await found(nobody, 'DPRK talks'), ['By alias', 'By link', 'By name'])
  t.same(await found(nobody, 'north korea'), ['Apart', 'By alias', 'By link', 'By name'])
  t.same(await found(nobody, 'north korea kim jong un'), ['By name'])
  t.same(await found(nobody, 'dprk -alias'), ['By link', 'By name'])
  t.same(await found(nobody, '"dprk"'), ['By alias'])
  t.same(await found(nobody, 'dprk', '&sort=-publishedAt'), ['By alias', 'By link', 'By name'])
  t.same(await found(nobody, 'talks -dprk'), ['Apart', 'By link', 'By name', 'City'], 'an exclusion is of the word alone')
  t.same(
    (await search(nobody, 'dprk', '&kind=place')).map(({ name }: Hit) => name),
    ['North Korea'],
  )
  const whole = await ok(nobody.get('/v1/search?q=dprk&kind=article&facets=kind,place&count=exact'))
  t.equal(whole.page.total, 3)
  t.match(whole.facets, { kind: [{ value: 'article', count: 3 }], place: [{ name: 'North Korea', count: 3 }] })
  t.same(whole.data.map(({ title }: Hit) => title).indexOf('By link'), 2, 'what says the name comes before what is only about it')
  t.match(
    whole.data.filter(({ title }: Hit) => title === 'By name'),
    [{ snippet: 'Talks in <mark>North Korea</mark> with Kim Jong Un.' }],
  )
  t.same(
    (await ok(admin.get('/v1/articles?q=dprk&status=draft'))).data.map(({ title }: Hit) => title),
    ['Draft'],
  )
  const partly = await search(nobody, 'north korea alias', '&kind=article')
  t.same(
    partly.filter(({ allWords }: Hit) => allWords).map(({ title }: Hit) => title),
    ['By alias'],
  )
  t.ok(
    partly.some(({ title, allWords }: Hit) => title === 'Apart' && !allWords),
    'what has some of the words follows',
  )
  await ok(admin.delete(`/v1/places/${korea.id}`), 204)
  t.same(await found(nobody, 'dprk'), ['By alias'], 'one in the trash is a word')
  await ok(admin.post(`/v1/places/${korea.id}/restore`))
  await ok(admin.patch(`/v1/places/${korea.id}`, { aliases: [] }))
  await settled(store)
  t.same(await found(nobody, 'dprk'), ['By alias'], 'a name that was taken away, too')
  t.same(await found(nobody, 'north korea'), ['Apart', 'By link', 'By name'])
})

t.test('a name of many tells of none of them', async t => {
  const { admin, nobody, write, store } = await newsroom(t)
  const people: { id: string }[] = []
  for (let n = 0; n < 8; n++) people.push(await post(admin, '/v1/people', { name: `Person ${n}`, aliases: ['Smith'] }))
  await settled(store)
  await write('Linked', 'Talks.', { aboutIds: [people[3]?.id] })
  t.same(await found(nobody, 'smith'), ['Linked'], 'any of a few')
  await post(admin, '/v1/people', { name: 'Smith' })
  t.same(await found(nobody, 'smith'), [])
})

t.test('a synonym and names together, and more names than are followed', async t => {
  const { admin, nobody, write, korea, kim } = await registry(t)
  await post(admin, '/v1/synonyms', { terms: ['dprk', 'the Norks'] })
  await write('North', 'In the Norks.')
  t.same(await found(nobody, 'dprk'), ['By alias', 'By link', 'By name', 'North'])
  await write('All', 'x', { aboutIds: [korea.id, kim.id] })
  t.same(await found(nobody, 'dprk kim jong un pyongyang'), [])
  t.same(await found(nobody, 'dprk kim jong un'), ['All', 'By name'])
  t.same(await found(nobody, 'dprk kim OR x'), ['All', 'By name'])
  for (const q of [
    'dprk kim pyongyang dprk kim pyongyang north korea',
    'kim -x',
    '-kim dprk',
    'dprk OR kim OR pyongyang',
    'dprk kim jong un talks x y z',
  ])
    for (const more of ['', '&sort=publishedAt', '&facets=kind,person&count=exact'])
      await ok(nobody.get(`/v1/search?q=${encodeURIComponent(q)}${more}`))
})

t.test('person: and place: take names, and a place takes those inside it along', async t => {
  const { nobody, admin, write, kim, store } = await registry(t)
  t.same(await found(nobody, 'person:"Kim Jong-un"'), ['By name'])
  t.same(await found(nobody, 'person:kim-jong-un'), ['By name'])
  t.same(await found(nobody, 'person:Kim talks'), ['By name'])
  t.same(await found(nobody, 'person:"Kim Il Sung"'), [])
  t.same(await found(nobody, 'person:"!"'), [])
  t.same(await found(nobody, 'place:"North Korea"'), ['By alias', 'By link', 'By name', 'City'])
  t.same(await found(nobody, 'place:dprk'), ['By alias', 'By link', 'By name', 'City'])
  t.same(await found(nobody, 'place:pyongyang'), ['City'])
  t.same(await found(nobody, 'talks -place:north-korea'), ['Apart'])
  t.same(await found(nobody, 'talks -person:"nobody at all" apart'), ['Apart'])
  const other = await post(admin, '/v1/people', { name: 'Kim Jong Un', slug: 'another' })
  await settled(store)
  await write('About one', 'x', { aboutIds: [kim.id] })
  await write('About the other', 'x', { aboutIds: [other.id] })
  t.same(await found(nobody, 'person:"kim jong un" x'), ['About one', 'About the other'], 'any of those with a name')
  t.same(await found(nobody, 'person:another'), ['About the other'])
})
