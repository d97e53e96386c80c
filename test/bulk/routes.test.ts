// Many records in one request: each as by itself, all or none, or the good ones; in constant memory.
import { Readable } from 'node:stream'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, settled } from '../helpers/news.ts'
import { nouns } from '../helpers/nouns.ts'

const type = { 'content-type': 'application/x-ndjson' }
const lines = (...records: (object | string)[]) => records.map(record => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')
const send = (caller: Caller, url: string, body: string | Buffer, headers = {}) => caller.post(url, body, { ...type, ...headers })
const results = (body: string) =>
  body
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
/** An answer without what differs from one database to the next. */
const bare = (answer: object) =>
  JSON.parse(
    JSON.stringify(answer)
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
      .replace(/"requestId":"[^"]*"/g, '"requestId":""'),
  )
const statuses = (body: string) => results(body).map(({ line, status }: { line: number; status: number }) => `${line} ${status}`)

for (const noun of nouns) {
  t.test(`${noun.path}/bulk makes and replaces, a line each in order`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const url = `${noun.path}/bulk`
    const one = { [noun.named]: 'One', source: { name: 'wire', externalId: '1' } }
    const answer = await send(admin, url, `${lines(one, { [noun.named]: 'Two' })}\n\n  \r\n${lines({ [noun.named]: 'Two' })}\r\n`)
    t.equal(answer.statusCode, 200)
    t.equal(answer.headers['content-type'], 'application/x-ndjson; charset=utf-8')
    t.match(results(answer.body), [
      { line: 1, status: 201, slug: 'one' },
      { line: 2, status: 201, slug: 'two' },
      { line: 5, status: 201, slug: 'two-2' },
    ])
    const again = await send(admin, url, lines({ ...one, [noun.named]: 'Uno' }))
    t.match(results(again.body), [{ line: 1, status: 200, id: results(answer.body)[0].id, slug: 'one' }])
    const now = await ok(admin.get(`${noun.path}/by-source/wire/1`))
    t.match(now, { [noun.named]: 'Uno', version: 2 })
    t.same(statuses((await send(admin, url, lines({ ...one, [noun.named]: 'Uno' }))).body), ['1 200'])
    t.equal((await ok(admin.get(`${noun.path}/by-source/wire/1`))).version, 2, 'the same once more changes nothing')
    t.equal((await ok(admin.get('/v1/audit?limit=100'))).data.filter(({ action }: { action: string }) => action.startsWith('bulkSave')).length, 5)
    await ok(admin.delete(`${noun.path}/one`), 204)
    t.match((await send(admin, url, lines(one))).json().errors, [{ line: 1, pointer: '/source', code: 'source_taken' }], 'in the trash it stays')
  })

  t.test(`${noun.path}/bulk stores nothing where one line is bad, or the good ones`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const url = `${noun.path}/bulk`
    const named = (name: string) => ({ [noun.named]: name })
    const body = lines(named('One'), '{', { nmae: 'x' }, { ...named('Two'), slug: 'one' }, named('Three'), '[]', 'null', '{"__proto__":{}}')
    const refused = await send(admin, url, body)
    t.equal(refused.statusCode, 400)
    t.match(refused.json(), { code: 'invalid_request', detail: /^Nothing was saved: 6 bad lines among the first 8\. Line 2: / })
    const told = refused.json().errors.map(({ line, code }: { line: number; code: string }) => `${line} ${code}`)
    t.same(told, ['2 malformed_json', '3 required', '3 unknown_field', '4 slug_taken', '6 not_one_value', '7 not_nullable', '8 malformed_json'])
    t.equal((await ok(admin.get(`${noun.path}?count=exact`))).page.total, 0)
    t.equal((await ok(admin.get('/v1/audit'))).data.length, 0)

    const tried = await send(admin, `${url}?onError=continue&dryRun=true`, body)
    const wanted = ['1 201', '2 400', '3 400', '4 409', '5 201', '6 400', '7 400', '8 400']
    t.same(statuses(tried.body), wanted)
    t.equal((await ok(admin.get(`${noun.path}?count=exact`))).page.total, 0)
    const kept = await send(admin, `${url}?onError=continue`, body)
    t.same(statuses(kept.body), wanted)
    t.match(results(kept.body)[3].problem, { code: 'conflict', errors: [{ pointer: '/slug', code: 'slug_taken' }] })
    t.same((await ok(admin.get(`${noun.path}?${noun.path === '/v1/articles' ? 'status=draft&' : ''}count=exact`))).page.total, 2)
  })
}

t.test('a replaced article keeps what PUT keeps, and people and places are referred to by id, slug or source', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const people = results(
    (await send(admin, '/v1/people/bulk', lines({ name: 'Ada Example', source: { name: 'wire', externalId: '7' } }, { name: 'Bo' }))).body,
  )
  const source = { name: 'wire', externalId: '1' }
  const made = await send(
    admin,
    '/v1/articles/bulk',
    lines({ title: 'One', status: 'published', source, authorIds: ['wire/7', 'bo'], aboutIds: [people[0].id], markdown: 'Ada Example spoke.' }),
  )
  t.same(statuses(made.body), ['1 201'])
  t.same(statuses((await send(admin, '/v1/articles/bulk', lines({ title: 'Uno', source }))).body), ['1 200'])
  t.match(await ok(as(app, null).get('/v1/articles/one')), { title: 'Uno', status: 'published', authorIds: [], personIds: [], version: 2 })
  await settled(store)
  t.equal((await ok(admin.get('/v1/people/ada-example'))).articleCount, 0)
})

t.test('a file gives what its records give one by one, in one lot and across several', async t => {
  const person = { name: 'Ada Example', slug: 'ada' }
  const record = (n: number) => ({
    title: n % 14 === 0 ? 'The same again' : `Story ${n}`,
    ...(n % 5 === 0 && { slug: n % 2 === 0 ? 'taken' : `own-${n}` }),
    ...(n % 3 === 0 && { source: { name: n % 6 === 0 ? 'wire' : 'desk', externalId: String(n % 24) } }),
    ...(n % 4 === 0 && { aboutIds: [n % 8 === 0 ? 'ada' : 'nobody'] }),
    ...(n % 11 === 0 && { status: 'archived' }),
    ...(n % 11 !== 0 && { status: 'published', publishedAt: '2024-01-01T00:00:00.000Z' }),
    language: n % 9 === 0 ? 'fr' : 'en',
    tags: ['one', `t${n % 3}`],
    body: [
      { type: 'paragraph', id: 'p1', text: `Ada Example spoke of ${n} words. Word${n} was one.` },
      { type: 'list', id: 'l1', items: [{ text: 'Ada Example' }, { text: 'und so weiter' }] },
    ],
  })
  const records = Array.from({ length: 60 }, (_, n) => record(n))
  const made = async (send: (admin: Caller) => Promise<string[]>) => {
    const { app, deps } = await build(t)
    const admin = as(app)
    await ok(admin.post('/v1/people', person), 201)
    await settled(deps.store)
    const told = await send(admin)
    const { data } = await ok(admin.get('/v1/articles?status.any=published,archived&limit=100&sort=title&include=people'))
    const some: string[] = data.slice(0, 8).map(({ slug }: { slug: string }) => slug)
    const whole = await Promise.all(some.map(async slug => bare(await ok(admin.get(`/v1/articles/${slug}`)))))
    const past = await Promise.all(some.map(async slug => (await ok(admin.get(`/v1/articles/${slug}/revisions`))).data.map(bare)))
    const found = await Promise.all(
      ['same', 'word1', 'words -story', '"und so"'].map(async q => {
        const { data: hits } = await ok(admin.get(`/v1/search?kind=article&limit=100&q=${encodeURIComponent(q)}`))
        return hits.map((hit: { slug: string }) => hit.slug).sort()
      }),
    )
    const suggested = (await ok(admin.get('/v1/suggest?q=story&limit=20'))).data.map(({ title }: { title: string }) => title)
    const { articleCount } = await ok(admin.get('/v1/people/ada'))
    return { told, list: data.map(bare), whole, past, found, suggested, articleCount }
  }
  const together = await made(async admin => statuses((await send(admin, '/v1/articles/bulk?onError=continue', lines(...records))).body))
  const alone = await made(async admin => {
    const told: string[] = []
    for (const [n, one] of records.entries())
      told.push(...statuses((await send(admin, '/v1/articles/bulk?onError=continue', lines(one))).body).map(text => text.replace('1 ', `${n + 1} `)))
    return told
  })
  t.same(together, alone)
  t.ok(
    together.told.some(text => text.endsWith(' 409')) &&
      together.told.some(text => text.endsWith(' 200')) &&
      together.told.some(text => text.endsWith(' 400')),
  )
  t.ok(together.articleCount > 10)
  t.ok(together.found.every(hits => hits.length > 0))
})

t.test('each line is judged as by itself', async t => {
  const { app, store } = await build(t)
  const writer = as(app, await keyWith(store, 'content:write', 'content:read'))
  const body = lines({ title: 'Draft' }, { title: 'Out', status: 'published' })
  t.same(statuses((await send(writer, '/v1/articles/bulk?onError=continue', body)).body), ['1 201', '2 403'])
  t.match((await send(writer, '/v1/articles/bulk', body)).json().errors, [{ line: 2, pointer: '', code: 'missing_scope' }])
  t.equal((await send(as(app, null), '/v1/articles/bulk', body)).statusCode, 401)
  t.equal((await send(as(app, await keyWith(store, 'content:read')), '/v1/articles/bulk', body)).statusCode, 403)
  t.equal((await writer.post('/v1/articles/bulk', { title: 'x' })).statusCode, 415)
  t.equal((await send(writer, '/v1/articles/bulk', body, { accept: 'application/json' })).statusCode, 406)
  t.equal((await send(writer, '/v1/articles/bulk?onError=ignore', body)).statusCode, 400)
})

t.test('odd bodies', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const empty = await send(admin, '/v1/people/bulk', '\n'.repeat(100_000))
  t.equal(empty.statusCode, 200)
  t.equal(empty.body, '')
  const ragged = Buffer.concat([Buffer.from('{"name":"A'), Buffer.from([0xff]), Buffer.from('"}\n{"name":"Ok"}')])
  t.match((await send(admin, '/v1/people/bulk', ragged)).json().errors, [{ line: 1, code: 'malformed_json', detail: /not valid UTF-8/ }])
  const long = `{"name":"${'x'.repeat(3_000_000)}"}\n{"name":"After"}`
  t.same(statuses((await send(admin, '/v1/people/bulk?onError=continue', long)).body), ['1 413', '2 201'])
  const exact = (bytes: number) => `{"name":"N","bio":"${'x'.repeat(bytes - 21)}"}`
  t.equal(exact(2_000_000).length, 2_000_000)
  t.match((await send(admin, '/v1/people/bulk?onError=continue', `${exact(2_000_001)}\n`)).body, /"status":413/)
  t.notMatch((await send(admin, '/v1/people/bulk?onError=continue', `${exact(2_000_000)}\n`)).body, /"status":413/)
  const many = await send(admin, '/v1/people/bulk', '{}\n'.repeat(150))
  t.equal(many.json().errors.length, 100)
  t.equal(many.json().errors.at(-1).line, 100)
  t.equal((await send(admin, '/v1/people/bulk', `{"name":"${'é'.repeat(10)}"}`)).statusCode, 200, 'a last line without a line feed')
})

t.test('an Idempotency-Key gives the same lines again, and is refused where there is no one transaction', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const key = { 'idempotency-key': 'bulk-1' }
  const first = await send(admin, '/v1/people/bulk', lines({ name: 'A' }, { name: 'B' }), key)
  const second = await send(admin, '/v1/people/bulk', lines({ name: 'A' }, { name: 'B' }), key)
  t.equal(second.statusCode, 200)
  t.equal(second.body, first.body)
  t.equal(second.headers['content-type'], 'application/x-ndjson; charset=utf-8')
  t.equal((await ok(admin.get('/v1/people?count=exact'))).page.total, 2)
  t.equal((await send(admin, '/v1/people/bulk', lines({ name: 'A' }), key)).statusCode, 422)
  t.equal(
    (await send(admin, '/v1/people/bulk?onError=continue', lines({ name: 'A' }), { 'idempotency-key': 'x' })).json().errors[0].code,
    'idempotency_impossible',
  )
})

t.test('a body over 64 MB is refused, and others are served while a long one is saved', async t => {
  const { app } = await build(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const authorization = String((await import('../helpers/build.ts')).adminKey)
  const post = (body: ReadableStream) =>
    fetch(`${address}/v1/people/bulk`, { method: 'POST', headers: { ...type, authorization: `Bearer ${authorization}` }, body, duplex: 'half' })
  function* blank(bytes: number) {
    for (let n = 0; n < bytes; n += 1_000_000) yield Buffer.alloc(Math.min(1_000_000, bytes - n), '\n')
  }
  t.equal((await post(Readable.toWeb(Readable.from(blank(64_000_000))) as ReadableStream)).status, 200)
  const over = await post(Readable.toWeb(Readable.from(blank(64_000_001))) as ReadableStream).then(
    answer => answer.status,
    () => 413, // the answer came while the sender was still sending, and it gave up
  )
  t.equal(over, 413)
  const records = Array.from({ length: 400 }, (_, n) => ({ name: `Person ${n}` }))
  let isDone = false
  const saving = post(Readable.toWeb(Readable.from([Buffer.from(lines(...records))])) as ReadableStream).finally(() => {
    isDone = true
  })
  let served = 0
  while (!isDone) {
    const answer = await fetch(`${address}/v1/people?count=exact`)
    const { page } = JSON.parse(await answer.text())
    if (!isDone) {
      served += 1
      if (page.total !== 0 && page.total !== 400) t.fail(`half of it is seen: ${page.total}`)
    }
  }
  t.equal((await saving).status, 200)
  t.ok(served > 3, `${served} reads meanwhile`)
})
