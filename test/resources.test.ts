// What every noun promises, asserted of each: uniformity is checked, not inherited.
import t from 'tap'
import { build } from './helpers/build.ts'
import { as, make } from './helpers/callers.ts'
import { nouns } from './helpers/nouns.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const source = { name: 'reuters', url: 'https://reuters.example/1', externalId: '1' }

for (const noun of nouns) {
  const { path, named, defaults, workedOut, full, kept } = noun

  t.test(`${path}: POST takes the least body, and every field is there with its default`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const made = await admin.post(path, { [named]: '  Kim \n Jong-un ' })
    t.equal(made.statusCode, 201)
    const { id, ...rest } = made.json()
    t.match(id, uuid)
    const at = '2024-06-21T08:00:00.000Z'
    t.same(rest, { slug: 'kim-jong-un', [named]: 'Kim Jong-un', ...defaults, ...workedOut, createdAt: at, updatedAt: at, version: 1 })
    t.equal(made.headers.location, `${path}/kim-jong-un`)
    const read = await admin.get(`${path}/kim-jong-un`)
    t.equal(read.body, made.body)
    t.equal(read.headers.etag, made.headers.etag)
    t.equal((await admin.get(`${path}/${id}`)).body, made.body)
    t.equal((await admin.get(`${path}/${id.toUpperCase()}`)).body, made.body, 'hex digits of an id have no case')
    t.equal((await admin.get(`${path}/Kim-Jong-un`)).statusCode, 404, 'a slug has')
    t.equal((await admin.get(`${path}/nobody`)).json().code, 'not_found')
  })

  t.test(`${path}: what is written is read`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const sent = { [named]: 'Full', slug: 'all-of-it', ...full, source }
    const made = await admin.post(path, sent)
    t.match(made.json(), sent)
    t.equal((await admin.get(`${path}/all-of-it`)).body, made.body)
  })

  t.test(`${path}: PATCH changes what it names, and null empties it`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const { id, ...made } = (await admin.post(path, { [named]: 'Patched', ...full, source })).json()
    clock.tick()
    const url = `${path}/${id}`
    const merged = await admin.patch(url, JSON.stringify({ [noun.words]: 'Other words' }), { 'content-type': 'application/merge-patch+json' })
    t.same(merged.json(), { id, ...made, [noun.words]: 'Other words', version: 2, updatedAt: clock.now() })
    const partly = await admin.patch(url, { image: { alt: null, width: 32 }, source: { externalId: '2' } })
    t.match(
      partly.json(),
      { image: { url: made.image.url, alt: null, width: 32, height: 9 }, source: { name: 'reuters', externalId: '2' } },
      'a patch goes into objects',
    )
    const emptied = Object.keys(full).filter(name => !noun.notNullable.includes(name) && !kept.includes(name))
    const bare = await admin.patch(url, Object.fromEntries([...emptied, 'source'].map(name => [name, null])))
    t.equal(bare.statusCode, 200, bare.body)
    for (const name of [...emptied, 'source']) t.same(bare.json()[name], defaults[name], `${name} is empty`)
    for (const name of [named, 'slug', ...noun.notNullable]) {
      const refused = await admin.patch(url, { [name]: null })
      t.equal(refused.statusCode, 400)
      t.same(
        refused.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
        [[`/${name}`, 'not_nullable']],
      )
    }
  })

  t.test(`${path}: a write that changes nothing moves nothing`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const made = await admin.post(path, { [named]: 'Still', ...full, source })
    clock.tick()
    const { body: blocks, ...plain } = full
    for (const patch of [{}, plain, { [named]: ' Still ' }, { slug: 'still' }, { source }]) {
      const same = await admin.patch(`${path}/still`, patch)
      t.equal(same.statusCode, 200, same.body)
      t.equal(same.body, made.body)
      t.equal(same.headers.etag, made.headers.etag)
    }
    t.equal((await admin.put(`${path}/still`, { [named]: 'Still', ...full })).body, made.body)
  })

  t.test(`${path}: PUT resets what it leaves out, but for the fields that change only when named`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const made = (await admin.post(path, { [named]: 'Put', slug: 'putted', ...full, source })).json()
    clock.tick()
    const answer = await admin.put(`${path}/putted`, { [named]: 'Put again' })
    const keeps = Object.fromEntries([...kept, 'id', 'slug', 'source', 'createdAt'].map(name => [name, made[name]]))
    t.same(answer.json(), { ...made, ...defaults, ...workedOut, ...keeps, [named]: 'Put again', version: 2, updatedAt: clock.now() })
    t.equal((await admin.put(`${path}/putted`, {})).json().errors[0].code, 'required')
    t.equal((await admin.put(`${path}/putted`, { [named]: 'Put again', source: null, slug: 'new' })).json().source, null)
    t.equal((await admin.put(`${path}/nobody`, { [named]: 'Nobody' })).statusCode, 404, 'PUT makes nothing at an address of ours')
  })

  t.test(`${path}: what was read can be changed in one field and sent back`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await admin.post(path, { [named]: 'Round', ...full, source })
    for (const send of [admin.put, admin.patch]) {
      const read = (await admin.get(`${path}/round`)).json()
      const answer = await send(`${path}/round`, { ...read, [noun.words]: `words ${read.version}` })
      t.equal(answer.statusCode, 200, answer.body)
      t.match(answer.json(), { ...read, [noun.words]: `words ${read.version}`, version: read.version + 1, updatedAt: String })
      const again = await send(`${path}/round`, answer.json())
      t.equal(again.body, answer.body, 'unchanged, it changes nothing')
    }
  })

  t.test(`${path}: read-only fields stand beside the version, and nowhere else`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const { id } = await make(admin, noun, 'Read only')
    const other = await make(admin, noun, 'Other')
    const readOnly = { createdAt: '2001-01-01T00:00:00.000Z', updatedAt: '2001-01-01T00:00:00.000Z', ...workedOut, id }
    for (const send of [admin.put, admin.patch]) {
      const body = { [named]: 'Read only', ...readOnly }
      const refused = await send(`${path}/${id}`, body)
      t.equal(refused.statusCode, 400)
      t.same(
        refused
          .json()
          .errors.map((error: { pointer: string }) => error.pointer)
          .sort(),
        Object.keys(readOnly)
          .map(name => `/${name}`)
          .sort(),
      )
      t.ok(
        refused.json().errors.every((error: { code: string; detail: string }) => error.code === 'read_only' && error.detail.length > 20),
        'it says what to do instead',
      )
      const { version } = (await admin.get(`${path}/${id}`)).json()
      const taken = await send(`${path}/${id}`, { ...body, version })
      t.equal(taken.statusCode, 200, taken.body)
      t.not(taken.json().createdAt, readOnly.createdAt)
      const wrong = await send(`${path}/${id}`, { ...body, id: other.id, version })
      t.match(wrong.json(), { status: 400, errors: [{ pointer: '/id', code: 'wrong_resource' }] })
    }
    for (const name of Object.keys({ ...readOnly, version: 1 })) {
      const refused = await admin.post(path, { [named]: 'New', [name]: Reflect.get({ ...readOnly, version: 1 }, name) })
      t.equal(refused.statusCode, 400, `POST takes no ${name}`)
    }
  })

  t.test(`${path}: fields gives what it names, and the id, as a media type of its own`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const { id } = await make(admin, noun, 'Sparse')
    for (const query of [`fields=${named},slug`, `fields=${named}&fields=slug`, `fields=slug,${named},slug`]) {
      const one = await admin.get(`${path}/sparse?${query}`)
      t.equal(one.headers['content-type'], 'application/json; profile=sparse; charset=utf-8')
      t.same(one.json(), { id, slug: 'sparse', [named]: 'Sparse' })
      const many = await admin.get(`${path}?${query}`)
      t.equal(many.headers['content-type'], 'application/json; profile=sparse; charset=utf-8')
      t.same(many.json().data, [{ id, slug: 'sparse', [named]: 'Sparse' }])
    }
    const whole = (await admin.get(`${path}/sparse`)).json()
    const all = Object.keys(whole).join()
    t.same((await admin.get(`${path}/sparse?fields=${all}`)).json(), whole, 'every field has its name')
    for (const query of [`fields=${named},slugg`, `fields=${named}&fields=slugg`]) {
      t.match((await admin.get(`${path}/sparse?${query}`)).json().errors, [
        { parameter: 'fields', code: 'not_allowed', detail: /did you mean slug\?$/ },
      ])
    }
  })

  t.test(`${path}: HEAD is GET without the body`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'Head')
    for (const url of [`${path}/head`, path, `${path}?limit=1&fields=slug`, `${path}/nobody`]) {
      const [head, get] = [await admin.head(url), await admin.get(url)]
      t.equal(head.statusCode, get.statusCode)
      t.equal(head.body, '')
      const shared = ({ date, 'x-request-id': id, ...rest }: typeof head.headers) => rest
      t.same(shared(head.headers), shared(get.headers), url)
    }
  })

  t.test(`${path}: every sort, both ways, nulls last, count=exact on top`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const states = noun.kind === 'article' ? [noun.seen, noun.seen, noun.seen, {}, {}] : [{}, {}, {}, {}, {}]
    for (const [n, name] of ['bravo', 'Älpha', 'charlie', 'alpha', 'Delta'].entries()) {
      clock.tick()
      const made = await admin.post(path, { [named]: name, ...states[n], ...(noun.kind === 'place' && n < 3 ? { population: 5 - n } : {}) })
      t.equal(made.statusCode, 201)
    }
    const everything = noun.kind === 'article' ? 'status.any=draft,published&' : ''
    for (const [sort, field] of Object.entries(noun.sorts)) {
      for (const sign of ['', '-']) {
        const { data, page } = (await admin.get(`${path}?${everything}count=exact&sort=${sign}${sort}`)).json()
        t.equal(page.total, 5)
        const fold = (value: unknown) => (typeof value === 'string' ? value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase() : value)
        const keyed = data.map((item: { id: string }) => [fold(Reflect.get(item, field)), item.id])
        const known = keyed.filter(([key]: [unknown]) => key !== null)
        const nulls = keyed.filter(([key]: [unknown]) => key === null)
        const direction = sign === '' ? 1 : -1
        const before = (a: [string | number, string], b: [string | number, string]) =>
          direction * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1)
        t.same(keyed, [...[...known].sort(before), ...nulls], `sort=${sign}${sort}`)
      }
    }
    t.equal((await admin.get(path)).json().page.total, null, 'total is null unless asked for')
    t.match((await admin.get(`${path}?sort=relevance`)).json(), { status: 400, errors: [{ parameter: 'sort' }] })
    t.equal((await admin.get(`${path}?sort=relevance&q=alpha`)).statusCode, 200)
    t.match((await admin.get(`${path}?sort=nme`)).json(), { errors: [{ parameter: 'sort', code: 'not_allowed' }] })
  })
}
