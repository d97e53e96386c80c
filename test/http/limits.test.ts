// How many requests a caller may send, and who counts as one caller.
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { nobody } from '../../src/http/auth.ts'
import { countRequests } from '../../src/http/limits.ts'
import { build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'

const url = '/v1/people/nobody'

/** What is left to a caller after a request more: of an address, with headers. */
const leftOf =
  (app: FastifyInstance) =>
  async (remoteAddress: string, headers: Record<string, string> = {}): Promise<number> => {
    const answer = await app.inject({ url, remoteAddress, headers })
    return Number(/;r=(\d+)/.exec(String(answer.headers.ratelimit))?.[1])
  }

/** Lets time pass for what reads the clock of the machine. */
function laterBy(t: Test, ms: number) {
  const { now } = Date
  t.intercept(Date, 'now', { value: () => now() + ms })
}

t.test('every answer says how many requests are left; beyond the last one it is a 429 until the minute is over', async t => {
  const { app } = await build(t, { ratePerMinute: 3 })
  const caller = as(app, null)
  for (const left of [2, 1, 0]) {
    const answer = await caller.get('/')
    t.equal(answer.statusCode, 200)
    t.equal(answer.headers['ratelimit-policy'], '"default";q=3;w=60')
    const [, r, seconds] = /^"default";r=(\d+);t=(\d+)$/.exec(String(answer.headers.ratelimit)) ?? []
    t.equal(Number(r), left)
    t.ok(Number(seconds) > 0 && Number(seconds) <= 60)
    t.equal(answer.headers['retry-after'], undefined)
  }
  const refused = await caller.get('/')
  t.match(refused.json(), { status: 429, code: 'rate_limited', detail: 'More than 3 requests in a minute; go on in ' })
  t.match(refused.headers, { 'ratelimit-policy': '"default";q=3;w=60', ratelimit: `"default";r=0;t=${refused.headers['retry-after']}` })
  t.match(refused.headers['retry-after'], /^[1-9]\d?$/)
  t.equal((await caller.head('/')).statusCode, 429)
  laterBy(t, 60_000)
  const after = await caller.get('/')
  t.match([after.statusCode, after.headers.ratelimit], [200, '"default";r=2;t=60'])
})

t.test('each key has a count of its own, wherever it comes from, and so has nobody of each address', async t => {
  const { app, store } = await build(t, { ratePerMinute: 100 })
  const left = leftOf(app)
  const keys = [await keyWith(store, 'content:read'), await keyWith(store, 'content:read')].map(key => ({ authorization: `Bearer ${key}` }))
  t.equal(await left('192.0.2.1', keys[0]), 99)
  t.equal(await left('192.0.2.2', keys[0]), 98)
  t.equal(await left('192.0.2.1', keys[1]), 99)
  t.equal(await left('192.0.2.1'), 99)
  t.equal(await left('192.0.2.2'), 99)
  t.equal((await as(app).get(url)).headers.ratelimit, '"default";r=99;t=60', 'the admin key of the environment is a key')
  t.match((await as(app).get(url)).headers.ratelimit, /r=98/)
})

t.test('refusals are counted: whoever guesses keys is limited by address', async t => {
  const { app } = await build(t, { ratePerMinute: 5 })
  const [caller, guesser] = [as(app, null), as(app, 'dl_guess')]
  const asked = [
    await guesser.get(url),
    await guesser.get('/health/live'),
    await caller.get('/v1/nothing'),
    await caller.delete('/v1/people'),
    await caller.post('/v1/people', {}),
  ]
  t.same(
    asked.map(({ statusCode, headers }) => [statusCode, /r=\d/.exec(String(headers.ratelimit))?.[0]]),
    [
      [401, 'r=4'],
      [401, 'r=3'],
      [404, 'r=2'],
      [405, 'r=1'],
      [401, 'r=0'],
    ],
  )
  t.equal((await guesser.get(url)).statusCode, 429, '429 tells nothing about the key')
  t.equal(
    (await caller.post('/v1/people', { x: 'x'.repeat(3_000_000) }, { 'content-type': 'text/css' })).statusCode,
    429,
    'before the body is judged',
  )
  t.equal((await as(app).get('/')).statusCode, 200, 'a key of the same address is not in it')
})

t.test('the pulse and preflights are not counted, and without a limit nothing is', async t => {
  const { app } = await build(t, { ratePerMinute: 1 })
  const caller = as(app, null)
  for (let n = 0; n < 3; n++) {
    for (const path of ['/health/live', '/health/ready']) {
      const pulse = await caller.get(path)
      t.equal(pulse.statusCode, 200)
      t.hasOwnProps(pulse.headers, ['x-request-id'])
      t.notOk('ratelimit' in pulse.headers || 'ratelimit-policy' in pulse.headers)
    }
    const preflight = await app.inject({
      method: 'OPTIONS',
      url,
      headers: { origin: 'https://site.example', 'access-control-request-method': 'PUT' },
    })
    t.equal(preflight.statusCode, 204)
    t.notOk('ratelimit' in preflight.headers)
  }
  t.equal((await caller.get('/')).statusCode, 200)
  t.equal((await caller.get('/')).statusCode, 429)
  const free = await build(t, { ratePerMinute: undefined })
  for (let n = 0; n < 3; n++) t.notOk(Object.keys((await as(free.app, null).get('/')).headers).some(name => name.startsWith('ratelimit')))
})

t.test('an address is an IPv4 address or the /64 of an IPv6 one, however it is written', async t => {
  const { app } = await build(t, { ratePerMinute: 100 })
  const left = leftOf(app)
  t.equal(await left('2001:db8:0:1::1'), 99)
  t.equal(await left('2001:DB8:0:1:ffff:ffff:ffff:ffff'), 98)
  t.equal(await left('2001:db8:0:2::1'), 99, 'the next /64 is another customer')
  t.equal(await left('192.0.2.7'), 99)
  t.equal(await left('::ffff:192.0.2.7'), 98, 'an IPv4 address on an IPv6 socket')
  t.equal(await left('::ffff:192.0.2.8'), 99)
  t.equal(await left('fe80::1%eth0'), 99)
  t.equal(await left(''), 99, 'a connection that has ended has none')
})

t.test('X-Forwarded-For is what anybody can write, so nobody is believed unless TRUST_PROXY names them', async t => {
  const { app } = await build(t, { ratePerMinute: 100 })
  const left = leftOf(app)
  t.equal(await left('192.0.2.1', { 'x-forwarded-for': '198.51.100.1' }), 99)
  t.equal(await left('192.0.2.1', { 'x-forwarded-for': '198.51.100.2', forwarded: 'for=198.51.100.3', 'x-real-ip': '198.51.100.4' }), 98)

  const behind = await build(t, { ratePerMinute: 100, trustProxy: ['10.0.0.0/8', 'loopback'] })
  const told = leftOf(behind.app)
  const from = (forwarded: string, peer = '10.0.0.1') => told(peer, { 'x-forwarded-for': forwarded })
  t.equal(await from('198.51.100.1'), 99)
  t.equal(await from('198.51.100.2'), 99, 'two callers of one proxy are two')
  t.equal(await from('203.0.113.99, 198.51.100.1'), 98, 'what the caller itself has written is not believed')
  const fifty = Array.from({ length: 50 }, (_, n) => `203.0.113.${n}`).join(', ')
  t.equal(await from(`${fifty}, 198.51.100.1`), 97)
  t.equal(await from('198.51.100.1, 10.9.9.9, 127.0.0.1'), 96, 'proxy behind proxy')
  t.equal(await from('198.51.100.1', '::ffff:10.0.0.1'), 95, 'the proxy on an IPv6 socket')
  t.equal(await from('::ffff:198.51.100.1'), 94)
  t.equal(await from('198.51.100.1', '192.0.2.1'), 99, 'a peer that is no proxy is the caller')
  t.equal(await from('198.51.100.77', '192.0.2.1'), 98)
  t.equal(await from('unknown'), 99, 'no address: the proxy is counted')
  t.equal(await from(`x${'x'.repeat(5_000)}`), 98, 'and no text becomes a caller')
  t.equal(await told('10.0.0.1'), 97)
})

t.test('what is remembered of callers is bounded: those that asked longest ago are forgotten', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.decorateRequest('caller')
  const count = await countRequests(app, 10, 2)
  app.get('/', async (request, reply) => {
    request.caller = nobody
    await count(request, reply)
    return ''
  })
  const left = async (remoteAddress: string) => (await app.inject({ url: '/', remoteAddress })).headers.ratelimit
  await left('192.0.2.1')
  await left('192.0.2.2')
  t.match(await left('192.0.2.1'), /r=8/)
  await left('192.0.2.3')
  t.match(await left('192.0.2.1'), /r=7/, 'it asked not long ago')
  t.match(await left('192.0.2.2'), /r=9/)
})
