// What is refused, with which word, and in which order: the same for every noun.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith, make } from '../helpers/callers.ts'
import { nouns } from '../helpers/nouns.ts'

const json = { 'content-type': 'application/json' }
const bodyLimit = 2_000_000
type Told = { pointer?: string; parameter?: string; code: string }
const told = (answer: { json(): { errors: Told[] } }) => answer.json().errors.map(({ pointer, parameter, code }) => [pointer ?? parameter, code])

for (const noun of nouns) {
  const { path, named, slips } = noun

  t.test(`${path}: a name that is not known is refused with the one that is meant`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'There')
    const [field, meant] = slips.field
    for (const answer of [
      await admin.post(path, { [named]: 'x', [field]: 'y' }),
      await admin.put(`${path}/there`, { [named]: 'x', [field]: 'y' }),
      await admin.patch(`${path}/there`, { [field]: 'y' }),
    ]) {
      t.match(answer.json(), {
        status: 400,
        code: 'invalid_request',
        errors: [{ pointer: `/${field}`, code: 'unknown_field', detail: new RegExp(`did you mean ${meant}\\?`) }],
      })
    }
    const [parameter, wanted] = slips.parameter
    t.match((await admin.get(`${path}?${parameter}=x`)).json().errors, [
      { parameter, code: 'unknown_parameter', detail: new RegExp(`did you mean ${wanted}\\?`) },
    ])
    t.match(told(await admin.get(`${path}/there?feilds=x`)), [['feilds', 'unknown_parameter']])
    t.match(told(await admin.post(`${path}?dry=1`, { [named]: 'x' })), [['dry', 'unknown_parameter']])
    t.match(told(await admin.delete(`${path}/there?purge=yes`)), [['purge', 'not_allowed']])
    t.match(told(await admin.patch(`${path}/there`, { image: { urll: 'x' } })), [['/image/urll', 'unknown_field']])
    t.match(told(await admin.patch(`${path}/there`, { 'a/b~c': 1 })), [['/a~1b~0c', 'unknown_field']])
    t.equal((await admin.get(`${path}/there`)).json().version, 1)
  })

  t.test(`${path}: parameters are exact: nothing is clamped, guessed or taken twice`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    for (const limit of ['0', '101', '-1', '1.5', '0x10', '1e1', ' 5', '', 'ten', '99999999999999999999'])
      t.match(told(await admin.get(`${path}?limit=${encodeURIComponent(limit)}`)), [['limit', 'out_of_range']], limit)
    for (const limit of ['1', '100']) t.equal((await admin.get(`${path}?limit=${limit}`)).json().page.limit, Number(limit))
    t.equal((await admin.get(path)).json().page.limit, 20)
    for (const twice of [
      'limit=1&limit=2',
      'sort=updatedAt&sort=updatedAt',
      'source=a&source=b',
      'count=exact&count=exact',
      'q=a&q=b',
      'trashed=true&trashed=true',
      'updatedAt.gte=2024-01-01&updatedAt.gte=2024-01-01',
    ]) {
      t.same(told(await admin.get(`${path}?${twice}`)), [[twice.split('=')[0], 'not_one_value']], twice)
    }
    for (const list of ['fields=slug&fields=id', 'fields=slug,id', 'id.any=a&id.any=b,c', 'id.any=nobody'])
      t.equal((await admin.get(`${path}?${list}`)).statusCode, 200, list)
    for (const list of ['fields=', 'fields=slug,', 'fields=,slug', 'fields=slug,,id', 'id.any='])
      t.match(told(await admin.get(`${path}?${list}`)), [[list.split('=')[0], 'empty_item']], list)
    t.match(told(await admin.get(`${path}?updatedAt.gte=2024-02-30`)), [['updatedAt.gte', 'invalid_time']])
    t.equal((await admin.get(`${path}?updatedAt.gte=2024-02-29T00:00:00%2B02:00`)).statusCode, 200)
    t.match(told(await admin.get(`${path}?__proto__=x&constructor=y`)), [
      ['__proto__', 'unknown_parameter'],
      ['constructor', 'unknown_parameter'],
    ])
  })

  t.test(`${path}: all faults of a request are told at once, a hundred at most`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const answer = await admin.post(`${path}?x=1&y=2`, { [named]: 5, slug: 'No Slug', image: { url: 'nowhere', width: 0 }, nothing: 1 })
    t.equal(answer.statusCode, 400)
    t.same(
      told(answer)
        .map(([place]) => place)
        .sort(),
      ['/image/url', '/image/width', `/${named}`, '/nothing', '/slug', 'x', 'y'].sort(),
    )
    t.match(answer.json().detail, /\(and 6 more\)$/)
    t.equal(answer.json().errorsTruncated, undefined)
    const fields = (n: number) => ({ [named]: 'x', ...Object.fromEntries(Array.from({ length: n }, (_, i) => [`unknown${i}`, i])) })
    const [full, more] = [await admin.post(path, fields(100)), await admin.post(path, fields(101))]
    t.same([full.json().errors.length, full.json().errorsTruncated], [100, undefined])
    t.same([more.json().errors.length, more.json().errorsTruncated], [100, true])
    t.same(
      told(await admin.put(`${path}/a?b=1`, {})).map(([place]) => place),
      [`/${named}`, 'b'],
    )
  })

  t.test(`${path}: strings that cannot be stored are refused, with their place`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    for (const half of ['\\u0000', '\\u0007', '\\u000d', '\\u001f', '\\ud800', '\\udc00', '\\udc00\\ud800']) {
      const answer = await admin.post(path, `{"${named}":"a${half}b","${noun.words}":"${half}"}`, json)
      t.same(
        told(answer).sort(),
        [
          [`/${named}`, 'invalid_characters'],
          [`/${noun.words}`, 'invalid_characters'],
        ].sort(),
        half,
      )
    }
    const fine = await admin.post(path, `{"${named}":"a\\tb \\ud83d\\ude00","${noun.words}":"a\\n\\tb"}`, json)
    t.match(fine.json(), { [named]: 'a b 😀', [noun.words]: 'a\n\tb' })
    t.equal((await admin.get(`${path}?q=%00%07`)).statusCode, 200, 'any query for full text is valid')
    for (const query of ['source=%07', 'id.any=%00', 'cursor=%00'])
      t.match(told(await admin.get(`${path}?${query}`)), [[query.split('=')[0], 'invalid_characters']])
    t.match(told(await admin.get(`${path}/%00`)), [['key', 'invalid_characters']])
    for (const blank of ['', '   ', '\u2003\u00a0', '\n']) t.match(told(await admin.post(path, { [named]: blank })), [[`/${named}`, 'blank']])
    t.equal((await admin.post(path, { [named]: '😀'.repeat(500) })).statusCode, 201, 'characters are counted, not their halves')
    t.match(told(await admin.post(path, { [named]: '😀'.repeat(501) })), [[`/${named}`, 'too_long']])
    t.match((await admin.post(path, { [named]: 'Cafe\u0301' })).json(), { [named]: 'Café', slug: 'cafe' }, 'names are in NFC')
  })

  t.test(`${path}: a body that is no JSON is refused with the place where it breaks`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    t.match((await admin.post(path, `{"${named}": "x" "y"}`, json)).json(), {
      status: 400,
      code: 'malformed_json',
      detail: new RegExp(`position ${named.length + 9}`),
    })
    for (const body of ['{', '[1,]', "{'a':1}", '{"a":NaN}', 'nothing', '{"a":"\t"}', '{"a":1}{', '\u0000'])
      t.match(
        (await admin.post(path, body, json)).json(),
        { status: 400, code: 'malformed_json', detail: /position \d|" is not valid|end of JSON/ },
        body,
      )
    t.equal((await admin.post(path, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), json)).json().code, 'malformed_json')
    t.match((await admin.post(path, '['.repeat(100_000), json)).json(), { status: 400, code: 'malformed_json' })
    for (const body of [
      `{"${named}":"x","__proto__":{"admin":true}}`,
      `{"${named}":"x","image":{"__proto__":null}}`,
      `{"${named}":"x","constructor":{"prototype":{}}}`,
    ])
      t.equal((await admin.post(path, body, json)).statusCode, 400, body)
    for (const body of ['null', '[]', '"x"', '1', 'true'])
      t.match(told(await admin.post(path, body, json)), [['', /not_nullable|not_one_value|wrong_type/]], body)
    for (const empty of [await admin.post(path, '', json), await admin.post(path), await admin.patch(`${path}/x`), await admin.put(`${path}/x`)])
      t.match(empty.json(), { status: 400, code: 'body_required' })
    t.equal((await admin.post(`${path}/x/restore`, '', json)).statusCode, 404, 'the type of no body, where none is needed')
    t.equal((await admin.post(path, `\ufeff{"${named}":"x"}`, json)).statusCode, 201, 'a byte order mark is no fault')
  })

  t.test(`${path}: 405 says what is allowed; 406 and 415 say what there is`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'There')
    const url = `${path}/there`
    const not = await admin.delete(path)
    t.match([not.json().code, not.headers.allow], ['method_not_allowed', 'GET, HEAD, POST'])
    const post = await admin.post(url, {})
    t.match([post.json().code, post.headers.allow], ['method_not_allowed', 'DELETE, GET, HEAD, PATCH, PUT'])
    t.match((await admin.get(`${url}/restore`)).headers.allow, 'POST')
    t.equal((await admin.get(`${path}/`)).statusCode, 404, 'an empty key is no key')
    t.equal((await admin.get(`${url}/nothing`)).statusCode, 404)

    for (const accept of ['text/css', 'application/xml, text/*', 'application/json;q=0', '*/*;q=0'])
      t.match((await admin.get(url, { accept })).json(), { status: 406, detail: /application\/json/ }, accept)
    for (const accept of ['application/*', 'text/css, */*;q=0.1', 'application/json; profile=sparse', 'APPLICATION/JSON'])
      t.equal((await admin.get(url, { accept })).statusCode, 200, accept)

    const body = JSON.stringify({ [named]: 'x' })
    const wrong = await admin.post(path, body, { 'content-type': 'text/plain' })
    t.match([wrong.json().code, wrong.headers.accept], ['unsupported_media_type', 'application/json'])
    t.equal((await admin.post(path, body, { 'content-type': 'application/merge-patch+json' })).statusCode, 415, 'a merge patch makes nothing')
    for (const type of [
      'application/json; charset=utf-16',
      'application/json; charset=latin1',
      'application/jsonx',
      'application/x-www-form-urlencoded',
      'json',
      '',
    ])
      t.equal((await admin.post(path, body, { 'content-type': type })).statusCode, 415, type)
    for (const type of ['application/json; charset=UTF-8', 'Application/JSON', 'application/json;charset="utf-8"'])
      t.equal((await admin.post(path, body, { 'content-type': type })).statusCode, 201, type)
    const coded = await admin.post(path, body, { ...json, 'content-encoding': 'gzip' })
    t.match([coded.statusCode, coded.headers['accept-encoding']], [415, 'identity'])
    t.match(coded.json(), { detail: /Content-Encoding: must be identity/, errors: [{ header: 'Content-Encoding', code: 'unsupported_coding' }] })
    for (const coding of ['br', 'x-gzip', 'zstd', 'identity, gzip', 'GZIP'])
      t.equal((await admin.post(path, body, { ...json, 'content-encoding': coding })).statusCode, 415, coding)
    t.equal((await admin.post(path, body, { ...json, 'content-encoding': 'identity' })).statusCode, 201)
    for (const answer of [await admin.post(`${url}/restore`, {}), await admin.delete(url, {})])
      t.match(answer.json(), { status: 415, detail: 'This operation takes no body.' })
  })

  t.test(`${path}: a body may have two million bytes, and not one more`, async t => {
    const { app } = await build(t)
    const padded = (bytes: number) => `{"${named}":""}`.padEnd(bytes, ' ')
    t.match(told(await as(app).post(path, padded(bodyLimit), json)), [[`/${named}`, 'blank']])
    t.match((await as(app).post(path, padded(bodyLimit + 1), json)).json(), { status: 413, code: 'body_too_large', detail: /2000000/ })
    t.match((await as(app).get(`${path}?q=${'x'.repeat(8_192)}`)).json(), { status: 414, code: 'uri_too_long' })
  })

  t.test(`${path}: of several faults the first in the order of the contract is told`, async t => {
    const { app, store } = await build(t)
    const [admin, nobody, bad] = [as(app), as(app, null), as(app, 'dl_bad')]
    const reader = as(app, await keyWith(store, 'content:read'))
    const first = await make(admin, noun, 'First')
    await make(admin, noun, 'Second')
    const large = `{"no":"${'x'.repeat(bodyLimit)}"}`
    const [css, acceptCss] = [{ 'content-type': 'text/css' }, { accept: 'text/css' }]
    const stale = { 'if-match': '"99"' }
    const steps: [number, Promise<{ statusCode: number; body: string }>, string][] = [
      [401, bad.get('/v1/nothing'), '401 before 404 of the route'],
      [401, bad.delete(path), '401 before 405'],
      [404, reader.post('/v1/nothing', {}), '404 of the route before 403'],
      [405, reader.delete(path), '405 before 403'],
      [405, nobody.delete(path), '405 before the 401 of a missing key'],
      [401, nobody.post(path, large, { ...css, ...acceptCss }), 'no key before all faults of the request'],
      [403, reader.post(path, '{}', { ...css, ...acceptCss }), '403 before 406'],
      [403, reader.post(path, large, json), '403 before a byte of the body is read'],
      [406, admin.post(path, '{}', { ...css, ...acceptCss }), '406 before 415'],
      [415, admin.post(path, large, css), '415 before 413'],
      [413, admin.post(`${path}?x=1`, large, json), '413 before 400'],
      [400, admin.patch(`${path}/nobody`, { no: 1 }), '400 before 404 of the resource'],
      [400, admin.patch(`${path}/first`, { no: 1 }, stale), '400 before 412'],
      [404, admin.patch(`${path}/nobody`, {}, stale), '404 of the resource before 412'],
      [400, admin.patch(`${path}/first`, { id: first.id }, stale), 'a read-only field before 412'],
      [412, admin.patch(`${path}/first`, { slug: 'second' }, stale), '412 before 409'],
      [409, admin.patch(`${path}/first`, { slug: 'second' }), '409'],
    ]
    for (const [status, asked, what] of steps) {
      const answer = await asked
      t.equal(answer.statusCode, status, `${what}: ${answer.body.slice(0, 200)}`)
    }
  })
}

t.test('a body of another type than the operation takes is a 400, wherever one is taken', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const { paths } = (await admin.get('/openapi.json')).json()
  const taking = Object.entries<Record<string, { requestBody?: { content: object } }>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) =>
      requestBody && 'application/json' in requestBody.content ? [{ path: path.replaceAll('{', '').replaceAll('}', ''), method }] : [],
    ),
  )
  t.ok(taking.length > 15)
  for (const { path, method } of taking)
    for (const body of ['null', '[]', '"x"', '1', 'true']) {
      const answer = await admin[method as 'post' | 'put' | 'patch'](path, body, json)
      t.equal(answer.statusCode, 400, `${method} ${path} ${body}`)
      const ofBody = answer.json().errors.filter((issue: Told) => issue.pointer === '')
      t.match(ofBody, [{ code: /^(?:not_nullable|not_one_value|wrong_type)$/ }], `${method} ${path} ${body}`)
    }
})

t.test('references that lead nowhere are told beside what the shape of the body has wrong, each once', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await admin.post('/v1/people', { name: 'Ada' })
  const article = { titel: 'x', authorIds: ['ada', 'nobody', 7], aboutIds: ['', 'nowhere'], datelinePlaceId: 'ada', body: [], html: '' }
  const faults = [
    ['/html', 'text_twice'],
    ['/title', 'required'],
    ['/authorIds/2', 'wrong_type'],
    ['/authorIds/1', 'unknown_reference'],
    ['/aboutIds/0', 'too_short'],
    ['/aboutIds/1', 'unknown_reference'],
    ['/datelinePlaceId', 'unknown_reference'],
    ['/titel', 'unknown_field'],
  ].sort()
  t.same(told(await admin.post('/v1/articles', article)).sort(), faults)
  t.same(told(await admin.post('/v1/articles/bulk', JSON.stringify(article), { 'content-type': 'application/x-ndjson' })).sort(), faults)
  t.same(told(await admin.post('/v1/places', { name: 1, containedInId: 'nowhere' })), [
    ['/name', 'wrong_type'],
    ['/containedInId', 'unknown_reference'],
  ])
  await admin.post('/v1/places', { name: 'Ada' })
  await admin.post('/v1/articles', { title: 'One' })
  const mention = { entityId: 'ada', blockId: 'p', item: null, start: 0, end: '3' }
  const wrong = ['/end', 'wrong_type']
  t.same(told(await admin.post('/v1/articles/one/mentions', mention)), [wrong, ['/entityId', 'ambiguous_reference']])
  t.same(told(await admin.post('/v1/articles/one/mentions', { ...mention, kind: 'place' })), [wrong], 'the kind says which is meant')
  t.same(told(await admin.post('/v1/people', { name: 1, aboutIds: ['nobody'] })), [
    ['/name', 'wrong_type'],
    ['/aboutIds', 'unknown_field'],
  ])
})

t.test('errors of the router, the parser and the server are problems, too', async t => {
  const { app, store } = await build(t)
  const nobody = as(app, null)
  t.match((await nobody.get('/nothing')).json(), { status: 404, code: 'not_found', type: '/docs/problems#not_found', errors: [] })
  t.match((await nobody.get('/v1/people/%zz')).json(), { status: 400, code: 'malformed_url' })
  t.match((await nobody.get(`/v1/people/${'x'.repeat(501)}`)).json(), { status: 400, errors: [{ parameter: 'key', code: 'too_long' }] })
  t.equal((await nobody.get(`/v1/people/${'x'.repeat(2_001)}`)).statusCode, 400)
  store.read = () => Promise.reject(new Error('a secret of the database'))
  const broken = await nobody.get('/health/ready')
  t.match(broken.json(), { status: 500, code: 'internal' })
  t.notMatch(broken.body, /secret/)
})
