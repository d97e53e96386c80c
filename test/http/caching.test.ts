// Who may keep an answer, and who may read at all: the same for every noun.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith, make } from '../helpers/callers.ts'
import { nouns } from '../helpers/nouns.ts'

const vary = 'Authorization, Accept, Accept-Encoding'
const badKeys = ['Bearer dl_nobody', 'Bearer ', 'Bearer', 'Basic YTpi', 'dl_x', `Bearer ${'x'.repeat(600)}`, 'Bearer a b', '']

t.test('what nobody reads may be kept and is asked for again; what a key reads is private; errors are not kept', async t => {
  const { app } = await build(t)
  const [admin, nobody] = [as(app), as(app, null)]
  for (const noun of nouns) {
    await make(admin, noun, 'Cached')
    for (const url of [noun.path, `${noun.path}/cached`, `${noun.path}?fields=slug`]) {
      t.match((await nobody.get(url)).headers, { 'cache-control': 'public, no-cache', vary })
      t.match((await admin.get(url)).headers, { 'cache-control': 'private, no-cache', vary })
    }
    for (const answer of [
      await nobody.get(`${noun.path}/no`),
      await admin.get(`${noun.path}/no`),
      await nobody.get(`${noun.path}?x=1`),
      await nobody.post(noun.path, {}),
      await admin.delete(noun.path),
      await nobody.get('/no'),
    ]) {
      t.match(answer.headers, { 'cache-control': 'no-store', vary })
    }
    t.equal((await admin.patch(`${noun.path}/cached`, {})).headers['cache-control'], 'private, no-cache')
  }
})

t.test('CACHE_MAX_AGE is for answers to nobody alone', async t => {
  const { app } = await build(t, { cacheMaxAgeSeconds: 60 })
  const [admin, nobody] = [as(app), as(app, null)]
  for (const noun of nouns) {
    await make(admin, noun, 'Cached')
    const read = await nobody.get(`${noun.path}/cached`)
    t.equal(read.headers['cache-control'], 'public, max-age=60')
    t.equal((await nobody.get(`${noun.path}/cached`, { 'if-none-match': String(read.headers.etag) })).headers['cache-control'], 'public, max-age=60')
    t.equal((await admin.get(`${noun.path}/cached`)).headers['cache-control'], 'private, no-cache')
    t.equal((await nobody.get(`${noun.path}/no`)).headers['cache-control'], 'no-store')
  }
})

t.test('PUBLIC_READ=false answers nobody but on the ways in, and any key', async t => {
  const { app, store } = await build(t, { publicRead: false })
  const nobody = as(app, null)
  const key = await keyWith(store, 'webhooks:write')
  for (const noun of nouns) {
    await make(as(app), noun, 'Closed')
    for (const url of [noun.path, `${noun.path}/closed`, `${noun.path}/no`, `${noun.path}?x=1`]) {
      const refused = await nobody.get(url)
      t.match(refused.json(), { status: 401, code: 'unauthenticated' })
      t.match(refused.headers['www-authenticate'], /^Bearer realm="dateline"$/)
      t.equal((await nobody.head(url)).statusCode, 401)
    }
    t.equal((await as(app, key).get(`${noun.path}/closed`)).statusCode, 200)
  }
  for (const url of ['/', '/health/live', '/health/ready', '/openapi.json']) t.equal((await nobody.get(url)).statusCode, 200)
})

t.test('a bad key is a 401 everywhere, and never taken for nobody', async t => {
  const { app } = await build(t)
  const document = (await app.inject('/openapi.json')).json()
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(Object(methods)).map(method => ({ path, method })))
  t.ok(operations.length > 20)
  for (const { path, method } of [
    ...operations,
    { path: '/openapi.json', method: 'get' },
    { path: '/no', method: 'get' },
    { path: '/v1/people', method: 'delete' },
  ]) {
    const ask = as(app, 'dl_unknown')
    const send = { get: ask.get, post: ask.post, put: ask.put, patch: ask.patch, delete: ask.delete }[method]
    const answer = await send?.(path.replace(/\{\w+\}/g, 'x'))
    t.match(answer?.json(), { status: 401, code: 'invalid_key' }, `${method} ${path}`)
  }
  for (const authorization of badKeys) {
    const answer = await app.inject({ url: '/health/live', headers: { authorization } })
    t.match(answer.json(), { status: 401, code: 'invalid_key' }, authorization)
    t.match(answer.headers['www-authenticate'], /error="invalid_token"/)
  }
})

t.test('each write asks for its scope, and no other will do', async t => {
  const { app, store } = await build(t)
  const reader = as(app, await keyWith(store, 'content:read', 'content:publish', 'keys:write', 'webhooks:write'))
  const boss = as(app, await keyWith(store, 'admin'))
  const nobody = as(app, null)
  for (const noun of nouns) {
    const url = `${noun.path}/owned`
    await make(boss, noun, 'Owned')
    const writes = (caller: typeof nobody) => [
      caller.post(noun.path, { [noun.named]: 'No' }),
      caller.put(url, { [noun.named]: 'No' }),
      caller.patch(url, {}),
      caller.delete(url),
      caller.post(`${url}/restore`),
    ]
    for (const answer of await Promise.all(writes(reader))) t.match(answer.json(), { status: 403, code: 'missing_scope', detail: /content:write/ })
    for (const answer of await Promise.all(writes(nobody))) t.match(answer.json(), { status: 401, code: 'unauthenticated', detail: /content:write/ })
    t.equal((await boss.get(url)).json().version, 1)
  }
})
