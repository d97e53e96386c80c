// What answers tell browsers, what scripts of other origins may read, and what the log does not know.
import { once } from 'node:events'
import { connect } from 'node:net'
import pino from 'pino'
import t, { type Test } from 'tap'
import { adminKey, build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'

const fields = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Every kind of answer that can be injected, by what it is. */
async function answers(t: Test, publicUrl?: string) {
  const { app, store } = await build(t, { publicUrl, ratePerMinute: 20 })
  const [admin, nobody] = [as(app), as(app, null)]
  const list = await nobody.get('/v1/people')
  const known = { 'if-none-match': String(list.headers.etag) }
  const all = {
    list,
    head: await nobody.head('/v1/people'),
    unchanged: await nobody.get('/v1/people', known),
    preflight: await app.inject({ method: 'OPTIONS', url: '/v1/people', headers: { origin: 'https://site.example' } }),
    moved: await nobody.get('/', { accept: 'text/html' }),
    script: await nobody.get('/docs/start.js'),
    refused: await nobody.post('/v1/people', {}),
    nothing: await nobody.get('/nothing'),
    malformed: await nobody.get('/v1/people/%zz'),
    wrong: await admin.post('/v1/people', '{', { 'content-type': 'application/json' }),
    pulse: await nobody.get('/health/live'),
  }
  store.read = () => Promise.reject(new Error('a secret of the database'))
  return { app, all: { ...all, broken: await nobody.get('/v1/people') } }
}

t.test('every answer is for fetching alone: nothing of it is sniffed, run or framed', async t => {
  const { all } = await answers(t)
  for (const [what, { headers, body }] of Object.entries(all)) {
    t.match(headers, fields, what)
    t.notOk('strict-transport-security' in headers || 'server' in headers || 'x-powered-by' in headers, what)
    t.notMatch(body, /secret|node_modules|\n\s+at /, what)
  }
})

t.test('with an https PUBLIC_URL browsers are told to stay with https', async t => {
  const { all } = await answers(t, 'https://api.news.example')
  for (const [what, { headers }] of Object.entries(all)) t.equal(headers['strict-transport-security'], 'max-age=31536000', what)
  const plain = await build(t, { publicUrl: 'http://api.news.example' })
  t.notOk('strict-transport-security' in (await as(plain.app, null).get('/')).headers)
})

t.test('what is refused before there is a request has the same headers', async t => {
  const { app } = await build(t, { publicUrl: 'https://api.news.example' })
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  for (const bytes of ['hello\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: garbage\r\n\r\n']) {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    let text = ''
    socket.on('data', part => {
      text += part
    })
    socket.write(bytes)
    await once(socket, 'close')
    for (const [name, value] of Object.entries(fields)) t.ok(text.includes(`\r\n${name}: ${value}\r\n`), `${name} after ${bytes}`)
    t.match(text, '\r\nstrict-transport-security: max-age=31536000\r\n')
  }
})

t.test('pages keep a policy of their own', async t => {
  const { app } = await build(t)
  for (const url of ['/docs', '/docs/problems']) {
    const { headers } = await app.inject({ url, headers: { accept: 'text/html' } })
    t.match(headers['content-security-policy'], /style-src/)
    t.match(headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'cross-origin' })
  }
})

t.test('scripts of other origins may send what requests bear, and read what answers tell', async t => {
  const { app } = await build(t, { corsOrigins: ['https://site.example', 'https://other.example'] })
  const origin = 'https://site.example'
  const asked = { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,if-match' }
  const preflight = await app.inject({ method: 'OPTIONS', url: '/v1/people/a', headers: asked })
  t.equal(preflight.headers['access-control-allow-origin'], origin)
  for (const name of ['Accept', 'Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'])
    t.match(preflight.headers['access-control-allow-headers'], name)
  const answer = await app.inject({ url: '/v1/people', headers: { origin } })
  t.equal(answer.headers['access-control-allow-origin'], origin)
  t.match(answer.headers.vary, /\bOrigin\b/, 'so that no cache gives it to another origin')
  const seen = [answer, await app.inject({ method: 'DELETE', url: '/v1/people', headers: { origin } }), await as(app, 'dl_bad').get('/')]
  const safe = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  const ours = /^(?:access-control-|vary$|date$|connection$|content-|referrer-|cross-|x-content-)/
  for (const { headers } of seen)
    for (const name of Object.keys(headers).filter(name => !safe.includes(name) && !ours.test(name)))
      t.match(answer.headers['access-control-expose-headers'], new RegExp(`\\b${name}\\b`, 'i'))
  for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'Location', 'Deprecation', 'Sunset'])
    t.match(String(answer.headers['access-control-expose-headers']).split(', ').includes(name), true, name)
  const other = await app.inject({ url: '/v1/people', headers: { origin: 'https://nobody.example' } })
  t.notOk('access-control-allow-origin' in other.headers)
  t.match(other.headers.vary, /\bOrigin\b/)
})

t.test('no key, Idempotency-Key or value of a failed query is in the log, at any level', async t => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: line => void lines.push(line) })
  const { app, store } = await build(t, { logLevel: 'trace' }, log)
  const key = await keyWith(store, 'content:write')
  const [writer, guess] = [as(app, key), 'dl_a-guess-that-somebody-made']
  const replay = 'a-key-for-a-replay-1234'
  await writer.post('/v1/people', { name: 'Ann' }, { 'idempotency-key': replay })
  await as(app).get('/v1/people')
  await as(app, guess).get('/v1/people')
  for (const path of [`/v1/people/${key}`, `/v1/people?key=${key}`, `/v1/people?q=${encodeURIComponent(`x ${key}`)}`])
    for (const url of [path, path.replace('dl_', 'dl%5F'), path.replace('dl_', '%64l_')]) await writer.get(url)
  await writer.get('/v1/people?access_token=hunter2&apiKey=hunter2&q=shown')
  store.write = () =>
    Promise.reject(new Error(`Failed query: insert\nparams: hunter2`, { cause: new AggregateError([new Error('hunter\nparams: hunter2')]) }))
  t.equal((await writer.post('/v1/people', { name: 'Bob' })).statusCode, 500)
  const text = lines.join('')
  t.match(text, '"url":"/v1/people?access_token=…&apiKey=…&q=shown"')
  t.match(text, /"err":\{"type":"Error","message":"Failed query: insert","stack":"at /)
  t.match(text, /"errors":\[\{"type":"Error","message":"hunter"/)
  const secret = key.slice(10)
  for (const hidden of [secret, adminKey, guess, replay, 'hunter2']) t.notOk(text.includes(hidden), hidden)
  t.ok(lines.length > 20)
})
