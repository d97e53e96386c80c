import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled } from '../helpers/news.ts'

const titles = (articles: { title: string }[]) => articles.map(({ title }) => title)
const write = (caller: Caller, title: string, text: string, more: object = {}) =>
  post(caller, '/v1/articles', { title, status: 'published', body: [paragraph('p', text)], ...more })

t.test('include adds what it names, and nothing else', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const ada = await post(admin, '/v1/people', { name: 'Ada Example', description: 'Reporter', aliases: ['Ada'] })
  const bo = await post(admin, '/v1/people', { name: 'Bo Other' })
  const land = await post(admin, '/v1/places', { name: 'Exampleland', kind: 'country' })
  const town = await post(admin, '/v1/places', { name: 'Exampletown', kind: 'city', containedInId: land.id, countryCode: 'RU', lat: 1.5, lng: -2.5 })
  const person = ({ id, slug, name, description, image }: typeof ada) => ({ id, slug, name, description, image })
  const place = ({ id, slug, name, kind, containedInId, countryCode, lat, lng }: typeof town) => ({
    id,
    slug,
    name,
    kind,
    containedInId,
    countryCode,
    lat,
    lng,
  })
  const { body, ...summary } = await write(admin, 'One', 'Bo Other went to Exampletown.', {
    authorIds: [ada.id],
    aboutIds: [ada.id, land.id],
    datelinePlaceId: 'exampletown',
  })
  const wanted = {
    authors: [person(ada)],
    people: [person(bo), person(ada)],
    places: [place(town), place(land)],
    datelinePlace: place(town),
    related: [],
    html: '<p>Bo Other went to Exampletown.</p>',
    markdown: 'Bo Other went to Exampletown.',
    text: 'Bo Other went to Exampletown.',
  }
  const one = await ok(admin.get('/v1/articles/one'))
  t.same(one, { ...summary, body })
  for (const [name, value] of Object.entries(wanted)) {
    const { [name]: added, ...rest } = await ok(admin.get(`/v1/articles/one?include=${name}`))
    t.same(typeof added === 'string' ? added.trim() : added, value, name)
    t.same(rest, one)
    const { data } = await ok(admin.get(`/v1/articles?include=${name}`))
    t.same(typeof data[0][name] === 'string' ? data[0][name].trim() : data[0][name], value, `${name} in a list`)
    t.notOk('body' in data[0])
  }
  t.same(
    Object.keys(await ok(admin.get(`/v1/articles/one?include=${Object.keys(wanted).join()},mentions,body`))).sort(),
    [...Object.keys(one), ...Object.keys(wanted), 'mentions'].sort(),
  )
  t.same((await ok(admin.get('/v1/articles?include=body'))).data[0].body, body)
  t.same(await ok(admin.get('/v1/articles/one?fields=title&include=people')), { id: one.id, title: 'One', people: wanted.people })
  t.same((await ok(admin.get('/v1/articles?fields=body,title'))).data, [{ id: one.id, title: 'One', body }])
  t.same((await ok(admin.get('/v1/articles?fields=title&include=related&include=text'))).data[0].related, [])
  t.same(await refusal(admin.get('/v1/articles/one?include=everything')), ['400 invalid_request', 'include not_allowed'])
})

t.test('without a dateline the place is null, without people the lists are empty', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await write(admin, 'One', 'Nobody.')
  t.match(await ok(admin.get('/v1/articles/one?include=authors,people,places,datelinePlace,mentions,related')), {
    authors: [],
    people: [],
    places: [],
    datelinePlace: null,
    mentions: [],
    related: [],
  })
  await ok(admin.put('/v1/articles/one', { title: 'One' }))
  t.match(await ok(admin.get('/v1/articles/one?include=html,markdown,text')), { html: '', markdown: '', text: '', body: [] })
})

t.test('related articles share people and places, the rarest weighing most, five at most', async t => {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  for (const name of ['Common Man', 'Rare Woman']) await post(admin, '/v1/people', { name })
  await post(admin, '/v1/places', { name: 'Sometown' })
  await settled(store)
  for (let n = 0; n < 9; n++) {
    clock.tick()
    await write(admin, `Common ${n}`, 'Common Man again.')
  }
  await write(admin, 'Rare', 'Rare Woman and Common Man.')
  await write(admin, 'Place', 'In Sometown.')
  await write(admin, 'Other', 'Nobody.')
  await write(admin, 'Draft', 'Rare Woman, Common Man, Sometown.', { status: 'draft' })
  await write(admin, 'One', 'Common Man, Rare Woman in Sometown.')
  const { related } = await ok(admin.get('/v1/articles/one?include=related'))
  t.same(titles(related).slice(0, 2).sort(), ['Place', 'Rare'])
  t.equal(titles(related)[0], 'Rare', 'two in common come before one')
  t.equal(related.length, 5)
  t.notOk(titles(related).some(title => ['One', 'Draft', 'Other'].includes(title)))
  t.same(titles((await ok(admin.get('/v1/articles/place?include=related'))).related), ['One'])
  await ok(admin.delete('/v1/places/sometown'), 204)
  t.same((await ok(admin.get('/v1/articles/place?include=related'))).related, [], 'what lies in the trash relates nothing')
  t.same((await ok(admin.get('/v1/articles/draft?include=related'))).related.length, 5, 'a draft is shown what it relates to')
})
