import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import pino from 'pino'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { startServer } from '../src/cli/server.ts'
import { readConfig } from '../src/config.ts'

const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  requestId: z.uuid(),
  errors: z.array(z.unknown()),
})

/** A server on a real socket, and a way to send it bytes that no client library would. */
async function listening(t: Test) {
  const config = readConfig({ DATABASE_URL: `file:${join(t.testdir(), 'dateline.db')}`, PORT: '0' })
  const server = await startServer(config, pino({ level: 'silent' }))
  t.teardown(() => server.close())
  const port = Number(new URL(server.url).port)
  const send = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', part => {
      text += part
    })
    socket.on('error', () => {})
    socket.end(bytes)
    await once(socket, 'close')
    const [head = '', body = ''] = text.split('\r\n\r\n', 2)
    const [first = '', ...fields] = head.toLowerCase().split('\r\n')
    const headers = new Map(fields.map(field => [field.split(': ')[0], field.slice(field.indexOf(': ') + 2)]))
    return { status: Number(first.split(' ')[1]), headers, body }
  }
  return { send, url: server.url }
}

const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n')

t.test('what Node refuses before there is a request is a problem, too', async t => {
  const { send } = await listening(t)
  const refused: [string, string, number, string][] = [
    ['not HTTP at all', 'hello\r\n\r\n', 400, 'malformed_http'],
    ['binary', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400, 'malformed_http'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400, 'malformed_http'],
    ['a header without a colon', get('/', 'nonsense'), 400, 'malformed_http'],
    ['two lengths', get('/', 'Content-Length: 1', 'Content-Length: 2'), 400, 'malformed_http'],
    ['a length and chunks', get('/', 'Content-Length: 1', 'Transfer-Encoding: chunked'), 400, 'malformed_http'],
    ['HTTP/1.1 without Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_http'],
    ['an expectation that nobody knows', get('/health/live', 'Expect: garbage'), 417, 'expectation_failed'],
    ['headers over 16 kB', get('/health/live', `X-Long: ${'x'.repeat(17_000)}`), 431, 'headers_too_large'],
    ['an address over 8,192 characters', get(`/health/live?q=${'x'.repeat(8_179)}`), 414, 'uri_too_long'],
    ['an escape that is none', get('/v1/people/%zz'), 400, 'malformed_url'],
    ['bytes that are no UTF-8', get('/v1/people/%ff'), 400, 'malformed_url'],
  ]
  for (const [what, bytes, status, code] of refused) {
    const answer = await send(bytes)
    t.equal(answer.status, status, what)
    t.equal(answer.headers.get('content-type')?.split(';')[0], 'application/problem+json', what)
    t.equal(answer.headers.get('cache-control'), 'no-store', what)
    const problem = Problem.parse(JSON.parse(answer.body))
    t.match(problem, { status, code, type: new RegExp(`${code}$`) }, what)
    t.equal(answer.headers.get('x-request-id'), problem.requestId, what)
  }
})

t.test('what is within the limits is answered', async t => {
  const { send } = await listening(t)
  const live = await send(get('/health/live', `X-Long: ${'x'.repeat(15_000)}`))
  t.equal(live.status, 200)
  const path = '/v1/people?cursor='
  t.equal((await send(get(`${path}${'x'.repeat(8_192 - path.length)}`))).status, 400, 'the cursor is judged, not the length of the address')
  t.equal((await send('GET /health/live HTTP/1.0\r\n\r\n')).status, 200, 'HTTP/1.0 knows no Host')
})

t.test('Expect: 100-continue is met before the body is sent', async t => {
  const { send } = await listening(t)
  const body = '{"name":"Ann"}'
  const answer = await send(
    `POST /v1/people HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body}`,
  )
  t.equal(answer.status, 100)
  t.match(answer.body, /^HTTP\/1\.1 401 /, 'and then the request is judged')
})

t.test('after a refusal the server goes on answering', async t => {
  const { send, url } = await listening(t)
  for (let round = 0; round < 20; round++) await send('hello\r\n\r\n')
  const broken = connect(Number(new URL(url).port), '127.0.0.1')
  await once(broken, 'connect')
  broken.write('GET / HTTP/1.1\r\nHost')
  await send(get('/health/live'))
  broken.resetAndDestroy()
  await once(broken, 'close')
  t.equal((await fetch(`${url}/health/live`)).status, 200)
})
