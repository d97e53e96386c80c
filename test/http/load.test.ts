// How many requests are answered at once, and how long a sender may take.
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import t, { type Test } from 'tap'
import { adminKey, build } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'

const url = '/v1/people'

/** An app whose reads wait until they are let go; `begun` tells of each that waits. */
async function held(t: Test, maxRequests: number) {
  const lines: string[] = []
  const { app, store } = await build(t, { maxRequests }, pino({ level: 'warn' }, { write: line => void lines.push(line) }))
  const read = store.read.bind(store)
  const gate = new EventEmitter().setMaxListeners(0)
  let waiting = 0
  /** Resolves as soon as so many reads wait. */
  const begun = async (reads: number) => {
    while (waiting < reads) await once(gate, 'read')
  }
  const hold = () => {
    store.read = async (...args) => {
      waiting++
      const opened = once(gate, 'open')
      gate.emit('read')
      await opened
      return read(...args)
    }
  }
  const letGo = () => {
    store.read = read
    gate.emit('open')
  }
  return { app, begun, hold, letGo, lines }
}

/** A connection that sends bytes, and what has come back when it has ended. */
async function sender(app: FastifyInstance, bytes: string) {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(app.listeningOrigin).port), '127.0.0.1').on('error', () => {})
  let text = ''
  socket.setEncoding('utf8').on('data', part => {
    text += part
  })
  socket.write(bytes)
  const closed = once(socket, 'close').then(() => text)
  return { socket, closed }
}

const post = `POST ${url} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminKey}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`

t.test('above MAX_REQUESTS at once it is a 503 without waiting; the pulse and preflights have no part in it', async t => {
  const { app, begun, hold, letGo, lines } = await held(t, 2)
  const caller = as(app, null)
  await caller.get('/') // the document has been read
  hold()
  const waiting = [caller.get(url), caller.get(url)]
  await begun(2)
  for (const answer of [await caller.get('/'), await as(app, 'dl_bad').get(url), await as(app).post(url, { name: 'Ann' })]) {
    t.match(answer.json(), { status: 503, code: 'busy' })
    t.match(answer.headers, { 'retry-after': '1', 'cache-control': 'no-store' })
  }
  t.equal((await caller.get('/health/live')).statusCode, 200)
  t.equal((await app.inject({ method: 'OPTIONS', url })).statusCode, 204)
  t.match(
    lines.map(line => JSON.parse(line)),
    [{ max: 2, msg: /MAX_REQUESTS/ }],
    'the log says so once',
  )
  t.equal(lines.length, 1)
  letGo()
  for (const answer of await Promise.all(waiting)) t.equal(answer.statusCode, 200)
  t.equal((await caller.get(url)).statusCode, 200)
})

t.test('whatever becomes of a request, its place is free again', async t => {
  const { app } = await build(t, { maxRequests: 1, publicRead: false })
  const [admin, bad, nobody] = [as(app), as(app, 'dl_bad'), as(app, null)]
  const { headers } = await admin.get(url)
  for (let round = 0; round < 3; round++) {
    const statuses: number[] = []
    for (const asked of [
      () => admin.get(url),
      () => admin.head(url),
      () => admin.get(url, { 'if-none-match': String(headers.etag) }),
      () => admin.get(`${url}?x=1`),
      () => bad.get(url),
      () => nobody.get(url),
      () => admin.get('/v1/nothing'),
      () => admin.get('/v1/people/%zz'),
      () => admin.delete(url),
      () => admin.post(url, '{', { 'content-type': 'application/json' }),
      () => admin.post(url, 'x', { 'content-type': 'text/css' }),
      () => admin.post(url, 'x'.repeat(2_000_001), { 'content-type': 'application/json' }),
      () => nobody.get('/', { accept: 'text/html' }),
    ])
      statuses.push((await asked()).statusCode)
    t.same(statuses, [200, 200, 304, 400, 401, 401, 404, 400, 405, 400, 415, 413, 302])
  }
})

t.test('who goes away before the answer keeps the place for as long as the work goes on, and no longer', async t => {
  const { app, begun, hold, letGo } = await held(t, 1)
  const caller = as(app, null)
  await caller.get('/')
  hold()
  const asked = once(app.server, 'request')
  const { socket } = await sender(app, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const [[, response]] = await Promise.all([asked, begun(1)])
  const ended = once(response, 'close')
  socket.destroy()
  await ended
  t.equal((await caller.get('/')).statusCode, 503, 'the database works for it still')
  letGo()
  let status = 503
  for (let tries = 0; status === 503 && tries < 1_000; tries++) {
    await new Promise(resolve => setTimeout(resolve, 5))
    status = (await caller.get('/')).statusCode
  }
  t.equal(status, 200)
})

t.test('who goes away before the body has come gives the place back', async t => {
  const { app } = await build(t, { maxRequests: 1 })
  const caller = as(app, null)
  await caller.get('/')
  const asked = once(app.server, 'request')
  const { socket } = await sender(app, post)
  const [, response] = await asked
  await new Promise(resolve => setImmediate(resolve))
  t.equal((await caller.get('/')).statusCode, 503)
  const ended = once(response, 'close')
  socket.destroy()
  await ended
  t.equal((await caller.get('/')).statusCode, 200)
})

t.test('who sends a byte now and then is answered 408, and the connection is closed', async t => {
  const { app } = await build(t, { maxRequests: 1 })
  await as(app, null).get('/')
  let ended: Promise<unknown> | undefined
  app.server.on('request', (_, response) => {
    ended = once(response, 'close')
  })
  Object.assign(app.server, { headersTimeout: 200, requestTimeout: 400 }) // what it is otherwise: test below
  for (const [what, bytes, drop] of [
    ['headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x'],
    ['a body', post, ' '],
    ['nothing', '', ''],
  ] as const) {
    const { socket, closed } = await sender(app, bytes)
    const dripping = setInterval(() => drop && socket.writable && socket.write(drop), 50)
    t.teardown(() => clearInterval(dripping))
    const text = await closed
    await ended
    clearInterval(dripping)
    t.match(text, /^HTTP\/1\.1 408 /, what)
    t.match(text, /\r\nconnection: close\r\n/, what)
    t.match(JSON.parse(text.split('\r\n\r\n')[1] ?? ''), { status: 408, code: 'request_timeout' }, what)
    t.equal((await as(app, null).get('/')).statusCode, 200, `${what}: the place is free`)
  }
})

t.test('headers have 10 seconds, a request 30, a connection that nobody uses 72, one on which nothing moves 2 minutes', async t => {
  const { app } = await build(t)
  t.match(app.server, { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 72_000, timeout: 120_000 })
})
