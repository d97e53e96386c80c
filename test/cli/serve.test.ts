import { once } from 'node:events'
import { createServer, get, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import t, { type Test } from 'tap'
import { listenFault, startServer } from '../../src/cli/server.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { dateline } from './spawned.ts'

const silent = pino({ level: 'silent' })
const key = `dl_${'spawned-admin-key-'.repeat(3)}`
const database = (t: Test) => `file:${join(t.testdir(), 'dateline.db')}`

async function started(t: Test, settings: Partial<Config> = {}) {
  const server = await startServer({ ...readConfig({ DATABASE_URL: database(t), PORT: '0' }), ...settings }, silent)
  t.teardown(() => server.close())
  return server
}

t.test('the first line on stdout says where it listens; logs go to stderr; SIGTERM ends it with 0', async t => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = dateline(t, ['serve'], { DATABASE_URL: database(t) })
    const url = await server.url()
    t.match(server.said.out, /^\{"listening":"http:\/\/127\.0\.0\.1:[1-9]\d*"\}\n$/)
    t.equal((await fetch(`${url}/health/ready`)).status, 200)
    server.child.kill(signal)
    t.equal(await server.ended, 0, signal)
    t.equal(server.said.out.split('\n').length, 2, 'nothing more on stdout')
    const lines = server.said.err.split('\n').filter(line => line.startsWith('{'))
    t.ok(lines.some(line => JSON.parse(line).signal === signal))
  }
})

t.test('an answer in flight is finished before the server ends, and nobody new is let in', async t => {
  const server = dateline(t, ['serve'], { DATABASE_URL: database(t), DATELINE_ADMIN_KEY: key, LOG_LEVEL: 'info' })
  const url = new URL(await server.url())
  const body = JSON.stringify({ name: 'Ann Drain' })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length }
  const inFlight = request(new URL('/v1/people', url), { method: 'POST', headers })
  const answered = once(inFlight, 'response')
  inFlight.write(body.slice(0, 5))
  await once(inFlight, 'socket').then(([socket]) => socket.connecting && once(socket, 'connect'))
  t.equal((await fetch(new URL('/health/live', url))).status, 200, 'by now the first half has arrived')
  server.child.kill('SIGTERM')
  while (!server.said.err.includes('shutting down')) await new Promise(resolve => setTimeout(resolve, 20))
  await t.rejects(fetch(new URL('/health/live', url)), 'no new connection')
  inFlight.end(body.slice(5))
  const [response] = await answered
  t.equal(response.statusCode, 201)
  response.resume()
  t.equal(await server.ended, 0)
})

t.test('a second signal ends it at once', async t => {
  const server = dateline(t, ['serve'], { DATABASE_URL: database(t) })
  const { port } = new URL(await server.url())
  const hanging = connect(Number(port), '127.0.0.1')
  hanging.on('error', () => {})
  hanging.write('POST /v1/people HTTP/1.1\r\nHost: x\r\n')
  await once(hanging, 'connect')
  const started = Date.now()
  server.child.kill('SIGTERM')
  while (!server.said.err.includes('shutting down')) await new Promise(resolve => setTimeout(resolve, 20))
  server.child.kill('SIGTERM')
  t.not(await server.ended, 0)
  t.ok(Date.now() - started < 5_000, 'the drain was not waited for')
  hanging.destroy()
})

t.test('an error that nobody caught is logged, and ends it in order with 1', async t => {
  const preload = "process.stdin.once('data', () => { throw new Error('nobody caught me') })"
  const server = dateline(t, ['serve'], { DATABASE_URL: database(t) }, { preload })
  await server.url()
  server.child.stdin.write('now')
  t.equal(await server.ended, 1)
  t.match(server.said.err, /"level":60.*nobody caught me/)
})

t.test('what stops the start is one sentence on stderr and exit code 1; nonsense is 2', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const address = taken.address()
  const port = String(typeof address === 'object' && address?.port)
  const inUse = dateline(t, ['serve'], { DATABASE_URL: database(t), PORT: port, LOG_LEVEL: 'fatal' })
  t.equal(await inUse.ended, 1)
  t.match(inUse.said, { out: '', err: new RegExp(`^dateline: port ${port} of 127.0.0.1 is in use by another program: .+\n`, 'm') })
  const nonsense = dateline(t, ['serve', '--port', '80'], {})
  t.equal(await nonsense.ended, 2)
  const help = dateline(t, ['--help'], {})
  t.equal(await help.ended, 0)
  t.match(help.said.out, /DATABASE_URL/)
})

t.test('a server that cannot listen says why and leaves its database closed', async t => {
  const { url } = await started(t)
  const config = { ...readConfig({ DATABASE_URL: database(t) }), port: Number(new URL(url).port) }
  await t.rejects(startServer(config, silent), { message: /^port \d+ of 127\.0\.0\.1 is in use/ })
  await t.rejects(startServer({ ...config, host: '192.0.2.1' }, silent), { message: /^HOST: 192\.0\.2\.1 is no address of this machine/ })
  await t.rejects(startServer({ ...config, host: 'nowhere.invalid' }, silent), { message: /^HOST: nowhere\.invalid is not known|EAI_AGAIN/ })
  await t.rejects(startServer({ ...config, port: 65_536 }, silent), { message: /65536/ }, 'the words of Node, where there are none of ours')
  t.match(listenFault(Object.assign(new Error('no'), { code: 'EACCES' }), { ...config, port: 80 }), 'port 80 needs rights')
  t.equal(listenFault('no error at all', config), undefined)
  const free = await startServer({ ...config, port: 0 }, silent)
  await free.close()
})

t.test('the address that is told works: IPv6 in brackets, the machine itself for a server on every address', async t => {
  const everywhere = await started(t, { host: '0.0.0.0' })
  t.match(everywhere.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal((await fetch(`${everywhere.url}/health/live`)).status, 200)
})

const hasIpv6 = Object.values(networkInterfaces()).some(addresses => addresses?.some(({ address }) => address === '::1'))

t.test('the same with IPv6', { skip: !hasIpv6 && 'this machine has no IPv6' }, async t => {
  for (const host of ['::1', '::']) {
    const server = await started(t, { host })
    t.match(server.url, /^http:\/\/\[::1\]:\d+$/)
    t.equal((await fetch(`${server.url}/health/live`)).status, 200)
  }
})

t.test('a connection that never ends is cut after the drain', async t => {
  const server = await startServer({ ...readConfig({ DATABASE_URL: database(t) }), port: 0 }, silent, 100)
  const hanging = connect(Number(new URL(server.url).port), '127.0.0.1')
  const ended = once(hanging, 'close')
  hanging.on('error', () => {})
  hanging.write('POST /v1/people HTTP/1.1\r\nHost: x\r\n')
  await new Promise(resolve => get(`${server.url}/health/live`, { agent: false }, answer => answer.resume().on('end', resolve)))
  await server.close()
  await ended
  t.pass('closed')
})
