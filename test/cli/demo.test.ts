import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { z } from 'zod'
import { guide } from '../../src/cli/demo.ts'
import { run } from '../../src/cli/program.ts'
import { seed } from '../../src/cli/seed.ts'
import { dateline } from './spawned.ts'

const key = `dl_${'demo-admin-key-'.repeat(3)}`

const Counted = z.object({ page: z.object({ total: z.number() }) })
const Found = z.object({ data: z.array(z.unknown()) })

const article = {
  slug: 'kim-and-putin',
  people: [{ slug: 'kim-jong-un' }],
  places: [],
}

t.test('the demo is made, served, and made again without doubling anything', async t => {
  const env = { DATABASE_URL: `file:${join(t.testdir(), 'demo.db')}`, DATELINE_ADMIN_KEY: key, LOG_LEVEL: 'error' }
  const made = dateline(t, ['demo', '--no-serve'], env)
  t.equal(await made.ended, 0, made.said.err)
  t.match(made.said.out, /^.+demo\.db has the article kim-jong-un-\S+ with \d+ people and \d+ places\n$/)

  const server = dateline(t, ['demo'], env)
  const url = await server.url()
  while (!server.said.out.includes('Key for writing')) await new Promise(resolve => setTimeout(resolve, 20))
  const count = async (path: string) => {
    const answer = await fetch(`${url}${path}?count=exact`)
    return Counted.parse(await answer.json()).page.total
  }
  t.equal(await count('/v1/articles'), 1)
  t.equal(await count('/v1/people'), 10)
  t.equal(await count('/v1/places'), 18)

  const lines = server.said.out.split('\n').filter(line => line.startsWith('curl '))
  t.equal(lines.length, 5)
  const answers = await Promise.all(lines.map(fetchOf))
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 201],
  )
  for (const { body } of answers.slice(1, 4)) t.ok(Found.parse(body).data.length > 0, 'something is found')
  t.match(server.said.out, `${url}/docs`)
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
})

/** What a shell and curl would make of a line. */
async function fetchOf(line: string) {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  const url = words.findLast(word => word.startsWith('http')) ?? ''
  const headers = words.flatMap((word, at) => (words[at - 1] === '-H' ? [word.split(': ')] : []))
  const body = words[words.indexOf('-d') + 1]
  const answer = await fetch(url, words.includes('-d') && body ? { method: 'POST', headers: Object.fromEntries(headers), body } : {})
  return { status: answer.status, body: await answer.json() }
}

t.test('without a setting it is made in data/demo.db', async t => {
  const cwd = t.testdir()
  const made = dateline(t, ['demo', '--no-serve'], {}, { cwd })
  t.equal(await made.ended, 0, made.said.err)
  t.ok(existsSync(join(cwd, 'data', 'demo.db')))
})

t.test('a demo that cannot be made ends with a sentence and 1, and closes its database', async t => {
  const path = join(t.testdir(), 'demo.db')
  const said: string[] = []
  const demo = () =>
    run(['demo', '--no-serve'], { env: { DATABASE_URL: `file:${path}`, LOG_LEVEL: 'silent' }, out: () => {}, err: text => void said.push(text) })
  t.equal(await demo(), 0)
  const connection = new Database(path)
  connection.prepare('update articles set trashed_at = ?, visible = 0').run(new Date().toISOString()) // what lies there for long is purged at the start
  connection.close()
  t.equal(await demo(), 1)
  t.match(said.join(''), /^dateline: the article of the demo is in the trash of this database: .+\n$/)
  t.notOk(existsSync(`${path}-wal`), 'nobody has it open')
})

t.test('where readers need a key, every line has it', async t => {
  const lines = guide('http://x', 'dl_key', { slug: 'a', people: [{ slug: 'b' }], places: [] }, false).split('\n')
  for (const line of lines.filter(line => line.startsWith('curl '))) t.match(line, "-H 'Authorization: Bearer dl_key'")
})

t.test('what is there already is left alone; any other refusal is told as the server tells it', async t => {
  const asked: string[] = []
  const problem = (detail: string, ...codes: string[]) => ({ detail, errors: codes.map(code => ({ code })) })
  let answers: (path: string) => [number, unknown] = () => [500, problem('Broken.')]
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    const [status, body] = answers(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address?.port}`

  await t.rejects(seed(url, key), { message: 'the demo could not be made, /v1/places says: Broken.' })

  let found: unknown[] = [{ slug: 'kim-and-putin' }]
  answers = path => {
    if (path.startsWith('/v1/articles?')) return [200, { data: found }]
    return path.startsWith('/v1/articles/') ? [200, article] : [409, problem('Taken.', 'source_taken')]
  }
  t.same(await seed(url, key), article)
  t.same(asked.slice(-2), ['GET /v1/articles', 'GET /v1/articles/kim-and-putin'])
  found = []
  await t.rejects(seed(url, key), { message: /in the trash/ })

  answers = () => [409, problem('The slug is taken.', 'slug_taken')]
  await t.rejects(seed(url, key), { message: 'the demo could not be made, /v1/places says: The slug is taken.' })
})
