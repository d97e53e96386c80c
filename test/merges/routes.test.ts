// Two records of one person or place become one: nothing that pointed at the one that goes is lost.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'
import { ok, paragraph, post, settled } from '../helpers/news.ts'

const published = { status: 'published' }

t.test('names, articles, mentions, authors and slugs move, and every key of the one that went leads to the other', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const nobody = as(app, null)
  const ada = await post(admin, '/v1/people', { name: 'Ada Example', aliases: ['Countess'] })
  const twin = await post(admin, '/v1/people', {
    name: 'Augusta Example',
    aliases: ['Countess', 'Ms. Example'],
    source: { name: 'wire', externalId: '7' },
  })
  await ok(admin.patch('/v1/people/augusta-example', { slug: 'augusta' }))
  const both = await post(admin, '/v1/articles', {
    title: 'Both',
    ...published,
    body: [paragraph('p', 'Ada Example met Augusta Example.')],
    authorIds: ['augusta', 'ada-example'],
    aboutIds: ['ada-example', 'augusta'],
  })
  const one = await post(admin, '/v1/articles', { title: 'One', ...published, body: [paragraph('p', 'Augusta Example spoke.')] })
  const draft = await post(admin, '/v1/articles', { title: 'Draft', body: [paragraph('p', 'Augusta Example slept.')] })
  t.same(both.personIds, [ada.id, twin.id])

  const merged = await ok(admin.post('/v1/people/augusta/merge', { into: 'ada-example' }))
  t.match(merged, { id: ada.id, slug: 'ada-example', aliases: ['Countess', 'Augusta Example', 'Ms. Example'], articleCount: 2, version: 2 })
  const expectLinks = async () => {
    t.match(await ok(admin.get('/v1/articles/both')), { personIds: [ada.id], authorIds: [ada.id], aboutIds: [ada.id], version: 1 })
    t.match(await ok(nobody.get('/v1/articles/one')), { personIds: [ada.id] })
    t.match(await ok(admin.get(`/v1/articles/${draft.id}`)), { personIds: [ada.id] })
    t.same(
      (await ok(nobody.get(`/v1/articles/${one.id}/mentions`))).data.map((mention: { entityId: string }) => mention.entityId),
      [ada.id],
    )
    t.equal((await ok(nobody.get('/v1/people/ada-example'))).articleCount, 2)
    t.equal((await ok(nobody.get('/v1/people/ada-example/articles?count=exact'))).page.total, 2)
  }
  await expectLinks()
  await settled(store)
  await expectLinks()

  for (const key of [twin.id, twin.id.toUpperCase(), 'augusta', 'augusta-example', 'by-source/wire/7']) {
    const answer = await nobody.get(`/v1/people/${key}?fields=name`)
    t.equal(answer.statusCode, 308, key)
    t.equal(answer.headers.location, '/v1/people/ada-example?fields=name', key)
  }
  t.equal((await admin.patch(`/v1/people/${twin.id}`, { bio: 'x' })).statusCode, 308)
  t.equal((await admin.put('/v1/people/by-source/wire/7', { name: 'Augusta Example' })).statusCode, 308, 'an import does not make it again')
  t.equal((await admin.post('/v1/people', { name: 'X', source: { name: 'wire', externalId: '7' } })).json().errors[0].code, 'source_taken')
  t.equal((await admin.post('/v1/people', { name: 'X', slug: 'augusta' })).json().errors[0].code, 'slug_taken')
  const later = await post(admin, '/v1/articles', { title: 'Later', authorIds: [twin.id], aboutIds: ['wire/7', 'augusta'] })
  t.match(later, { authorIds: [ada.id], aboutIds: [ada.id] }, 'references of the one that went are the other')
  t.equal((await ok(nobody.get(`/v1/articles?person=${twin.id}&count=exact`))).page.total, 2)
  t.equal((await ok(nobody.get('/v1/people?count=exact'))).page.total, 1)
  t.same(
    (await ok(nobody.get('/v1/search?q=augusta&kind=person'))).data.map((hit: { id: string }) => hit.id),
    [ada.id],
  )

  const [entry] = (await ok(admin.get(`/v1/audit?entityId=${twin.id}&action=mergePerson`))).data
  t.match(entry.details, {
    into: ada.id,
    version: 2,
    slugs: ['augusta', 'augusta-example'],
    addedAliases: ['Augusta Example', 'Ms. Example'],
    state: { name: 'Augusta Example', aliases: ['Countess', 'Ms. Example'], source: { name: 'wire', externalId: '7' } },
    links: { about: [both.id], author: [both.id], dateline: [], mentions: [], both: { about: [both.id], author: [both.id], dateline: [] } },
  })

  await ok(admin.delete('/v1/people/ada-example'), 204)
  t.equal((await nobody.get(`/v1/people/${twin.id}`)).statusCode, 404)
  await ok(admin.delete('/v1/people/ada-example?purge=true'), 204)
  t.equal((await nobody.get(`/v1/people/${twin.id}`)).statusCode, 404, 'where it led is gone')
  await post(admin, '/v1/people', { name: 'X', slug: 'augusta', source: { name: 'wire', externalId: '7' } })
})

t.test('merges follow each other, and never go round', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const [a, b, c] = [
    await post(admin, '/v1/people', { name: 'A' }),
    await post(admin, '/v1/people', { name: 'B' }),
    await post(admin, '/v1/people', { name: 'C' }),
  ]
  const code = async (url: string, into: string) => (await admin.post(url, { into })).json().errors[0].code
  t.equal(await code('/v1/people/a/merge', 'a'), 'merge_into_itself')
  t.equal(await code('/v1/people/a/merge', a.id), 'merge_into_itself')
  t.equal(await code('/v1/people/a/merge', 'nobody'), 'unknown_reference')
  t.equal((await admin.post('/v1/people/nobody/merge', { into: 'a' })).statusCode, 404)
  await ok(admin.post('/v1/people/a/merge', { into: 'b' }))
  t.equal(await code('/v1/people/b/merge', 'a'), 'merge_into_itself', 'a is b now')
  t.equal((await admin.post('/v1/people/a/merge', { into: 'b' })).headers.location, '/v1/people/b/merge')
  await ok(admin.post('/v1/people/b/merge', { into: 'c' }))
  for (const { id } of [a, b]) t.equal((await admin.get(`/v1/people/${id}`)).headers.location, '/v1/people/c')
  t.match(await ok(admin.get(`/v1/people/${c.id}`)), { aliases: ['B', 'A'] })
})

t.test('what an editor said of a mention holds for the one that stays', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const ada = await post(admin, '/v1/people', { name: 'Ada Example' })
  await post(admin, '/v1/people', { name: 'Augusta Sample' })
  const text = { ...published, body: [paragraph('p', 'Ada Example and the Countess.')] }
  await post(admin, '/v1/articles', { title: 'One', ...text })
  const [mention] = (await ok(admin.get('/v1/articles/one/mentions'))).data
  await ok(admin.patch(`/v1/articles/one/mentions/${mention.id}`, { state: 'rejected' }))
  await post(admin, '/v1/articles/one/mentions', { entityId: 'augusta-sample', blockId: 'p', item: null, start: 20, end: 28 })
  await ok(admin.post('/v1/people/augusta-sample/merge', { into: 'ada-example' }))
  const mentions = async (state: string) =>
    (await ok(admin.get(`/v1/articles/one/mentions?state=${state}`))).data.map((one: { entityId: string; surface: string }) => [
      one.entityId,
      one.surface,
    ])
  const expect = async () => {
    t.same(await mentions('linked'), [[ada.id, 'Countess']])
    t.same(await mentions('rejected'), [[ada.id, 'Ada Example']])
  }
  await expect()
  await settled(store)
  await expect()
})

t.test('a rejection of the one beats the machine’s link to the other on the same characters', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const first = await post(admin, '/v1/people', { name: 'Ada Example' })
  await post(admin, '/v1/articles', { title: 'One', ...published, body: [paragraph('p', 'Ada Example spoke.')] })
  const [mention] = (await ok(admin.get('/v1/articles/one/mentions'))).data
  await ok(admin.patch(`/v1/articles/one/mentions/${mention.id}`, { state: 'rejected' }))
  const second = await post(admin, '/v1/people', { name: 'Ada Example' })
  await settled(store)
  t.same((await ok(admin.get('/v1/articles/one'))).personIds, [second.id])
  await ok(admin.post(`/v1/people/${second.slug}/merge`, { into: first.id }))
  await settled(store)
  t.same((await ok(admin.get('/v1/articles/one'))).personIds, [])
  t.equal((await ok(admin.get(`/v1/people/${first.id}`))).articleCount, 0)
})

t.test('places inside the one lie in the other, never in a ring', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const korea = await post(admin, '/v1/places', { name: 'Korea', kind: 'country' })
  await post(admin, '/v1/places', { name: 'DPRK', kind: 'country' })
  const city = await post(admin, '/v1/places', { name: 'Pyongyang', kind: 'city', containedInId: 'dprk' })
  await post(admin, '/v1/places', { name: 'Square', kind: 'venue', containedInId: 'pyongyang' })
  await post(admin, '/v1/articles', { title: 'One', ...published, datelinePlaceId: 'dprk', body: [paragraph('p', 'The DPRK.')] })
  t.equal((await admin.post('/v1/places/dprk/merge', { into: 'square' })).json().errors[0].code, 'containment_ring')
  t.equal((await admin.post('/v1/places/dprk/merge', { into: 'one' })).json().errors[0].code, 'unknown_reference')
  t.match(await ok(admin.post('/v1/places/dprk/merge', { into: 'korea' })), { aliases: ['DPRK'], articleCount: 1 })
  t.equal((await ok(admin.get('/v1/places/pyongyang'))).containedInId, korea.id)
  t.match(await ok(admin.get('/v1/articles/one')), { placeIds: [korea.id], datelinePlaceId: korea.id })
  t.match(
    await ok(admin.post('/v1/places/korea/merge', { into: 'pyongyang' })),
    { containedInId: null, aliases: ['Korea', 'DPRK'] },
    'into what lies in it',
  )
  t.equal((await ok(admin.get('/v1/places/square'))).containedInId, city.id)
  t.same((await ok(admin.get('/v1/places/dprk/revisions').then(answer => admin.get(String(answer.headers.location))))).data[0].version, 3)
})

t.test('who may not, and what does not fit, changes nothing', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'A', aliases: Array.from({ length: 300 }, (_, n) => `a ${n}`) })
  await post(admin, '/v1/people', { name: 'B', aliases: Array.from({ length: 300 }, (_, n) => `b ${n}`) })
  t.equal((await as(app, null).post('/v1/people/a/merge', { into: 'b' })).statusCode, 401)
  t.equal((await as(app, await keyWith(store, 'content:read')).post('/v1/people/a/merge', { into: 'b' })).statusCode, 403)
  t.equal((await admin.post('/v1/people/a/merge', { into: 'b' })).json().errors[0].code, 'too_many_aliases')
  t.equal((await admin.post('/v1/people/a/merge', {})).json().errors[0].pointer, '/into')
  t.equal((await admin.post('/v1/people/a/merge', { into: 'b' }, { 'if-match': '"7"' })).statusCode, 412)
  await ok(admin.patch('/v1/people/b', { aliases: [] }))
  t.match(await ok(admin.post('/v1/people/a/merge?dryRun=true', { into: 'b' })), { slug: 'b', version: 3 })
  t.same(
    (await ok(admin.get('/v1/people'))).data.map((person: { slug: string; version: number }) => [person.slug, person.version]),
    [
      ['a', 1],
      ['b', 2],
    ],
  )
})
