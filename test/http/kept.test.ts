// Answers that are kept: nobody can tell them from answers that are made, and none outlives a write.
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { nobody } from '../../src/http/auth.ts'
import { keepAnswers } from '../../src/http/kept.ts'
import { build } from '../helpers/build.ts'
import { as, make } from '../helpers/callers.ts'
import { openDatabase } from '../helpers/database.ts'
import { nouns } from '../helpers/nouns.ts'

const addresses = nouns.flatMap(({ path }) => [path, `${path}?limit=1`, `${path}/kept`, `${path}/kept?fields=slug`])
const all = [...addresses, '/v1/people/kept/articles', '/v1/places/kept/articles', '/v1/suggest?q=ke', '/v1/suggest?q=kepd']

/** All that an answer says, but for what is of one request alone. */
const said = ({ statusCode, headers, rawPayload }: Awaited<ReturnType<ReturnType<typeof as>['get']>>) => {
  const { 'x-request-id': id, date, ...fields } = headers
  return { statusCode, fields, body: rawPayload.toString('base64') }
}

t.test('an answer that is given again is the same in its bytes and fields, whoever asked first and how', async t => {
  const { app } = await build(t)
  for (const noun of nouns) await make(as(app), noun, 'Kept')
  const client = as(app, null)
  for (const url of all) {
    const first = await client.get(url)
    t.equal(first.statusCode, 200, url)
    t.same(said(await client.get(url)), said(first), url)
    const etag = String(first.headers.etag)
    const known = await client.get(url, { 'if-none-match': etag })
    t.match(known, { statusCode: 304, body: '', headers: { etag } }, url)
    t.same(said(await client.get(url)), said(first), `${url} after a 304`)
    t.same((await client.head(url)).headers.etag, etag, url)
    const coded = await client.get(url, { 'accept-encoding': 'gzip' })
    t.same(said(await client.get(url, { 'accept-encoding': 'gzip' })), said(coded), `${url} in gzip`)
    t.not((await client.get(url)).headers['x-request-id'], first.headers['x-request-id'])
  }
})

t.test('whatever is written is in the next answer, whoever wrote it', async t => {
  const { app, deps } = await build(t)
  const [admin, client] = [as(app), as(app, null)]
  const other = await openDatabase(deps.config.database)
  t.teardown(() => other.close())
  for (const noun of nouns) await make(admin, noun, 'Kept')
  const suggested = async (q: string) => (await client.get(`/v1/suggest?q=${q}`)).json().data.map(({ slug }: { slug: string }) => slug)
  for (const word of ['alpha', 'bravo', 'charlie']) {
    t.same(await suggested(word), [])
    await admin.patch('/v1/people/kept', { name: `${word} name` })
    t.same((await client.get('/v1/people/kept')).json().name, `${word} name`)
    t.same(await suggested(word), ['kept'])
    await other.write(async db => void (await db.sql.update(db.tables.people).set({ description: `by ${word}` })))
    t.same((await client.get('/v1/people/kept')).json().description, `by ${word}`, 'by another process')
    t.same((await client.get('/v1/people')).json().data[0].description, `by ${word}`)
  }
})

t.test('nobody is answered what was made for a key, nor what is no longer published', async t => {
  const { app } = await build(t)
  const [admin, client] = [as(app), as(app, null)]
  await admin.post('/v1/articles', { title: 'Kept', status: 'draft', body: [] })
  const urls = ['/v1/articles/kept', '/v1/articles', '/v1/suggest?q=kept']
  const shown = async () => (await Promise.all(urls.map(url => client.get(url)))).filter(({ body }) => body.includes('Kept')).length
  t.equal(await shown(), 0)
  for (const url of urls) await admin.get(url)
  t.equal(await shown(), 0, 'a draft')
  await admin.patch('/v1/articles/kept', { status: 'published' })
  t.equal(await shown(), 3)
  t.equal(await shown(), 3)
  await admin.patch('/v1/articles/kept', { status: 'draft' })
  t.equal(await shown(), 0, 'a draft again')
  t.equal((await admin.get('/v1/articles/kept')).statusCode, 200)
})

/** A server that counts how often it has to work; `moment` is set by the test. */
async function counting(t: Test, most?: number) {
  const app = Fastify()
  const state = { moment: 1, made: 0, whileMade: () => {} }
  app.decorateRequest('caller').decorateRequest('shownVersion', 0)
  app.addHook('onRequest', async (request, reply) => {
    request.caller = request.headers.authorization === undefined ? nobody : { known: true, keyId: null, scopes: new Set() }
    reply.header('x-request-id', request.id)
  })
  keepAnswers(app, () => state.moment, most)
  app.get('/kept', { config: { kept: true } }, async (request, reply) => {
    state.made += 1
    state.whileMade()
    const { status = '200', size = '10' } = request.query as Record<string, string>
    reply.code(Number(status)).type('application/json').header('link', '<next>')
    return JSON.stringify('x'.repeat(Number(size)))
  })
  app.get('/not', { config: {} }, async () => ({ made: ++state.made }))
  t.teardown(() => app.close())
  /** How often `ask` made the server work. */
  const work = async (...urls: string[]) => {
    const before = state.made
    for (const url of urls) await app.inject(url)
    return state.made - before
  }
  return { app, state, work }
}

t.test('what was answered is not made again until there was a commit', async t => {
  const { app, state, work } = await counting(t)
  t.equal(await work('/kept', '/kept', '/kept?a=1', '/kept', '/kept?a=1'), 2)
  const again = await app.inject('/kept')
  t.match(again.headers, { link: '<next>', 'content-type': 'application/json', etag: /^"0-[\da-f]{16}"$/ })
  state.moment = 2
  t.equal(await work('/kept', '/kept?a=1', '/kept', '/kept?a=1'), 2)
})

t.test('refusals, answers to a key, other methods and other routes are made each time', async t => {
  const { app, state, work } = await counting(t)
  t.equal(await work('/not', '/not'), 2)
  t.equal(await work('/kept?status=404', '/kept?status=404', '/kept?status=302', '/kept?status=302'), 4)
  await app.inject({ url: '/kept', headers: { authorization: 'x' } })
  await app.inject({ url: '/kept', headers: { authorization: 'x' } })
  await app.inject({ url: '/kept', method: 'HEAD' })
  t.equal(state.made, 9)
  t.equal(await work('/kept', '/kept'), 1)
})

t.test('an answer that was being made while something was committed is kept for nobody', async t => {
  const { state, work } = await counting(t)
  state.whileMade = () => {
    state.moment += 1
  }
  t.equal(await work('/kept', '/kept', '/kept'), 3)
  state.whileMade = () => {}
  t.equal(await work('/kept', '/kept'), 1)
})

t.test('there is room for so much, and those go first that were asked for longest ago', async t => {
  const { work } = await counting(t, 5_000)
  const sizes = [1, 2, 3, 4].map(n => `/kept?size=900&n=${n}`)
  t.equal(await work('/kept?size=900&n=1', '/kept?size=900&n=2', '/kept?size=900&n=1'), 2)
  t.equal(await work('/kept?size=900&n=3'), 1, 'the second goes')
  t.equal(await work('/kept?size=900&n=1', '/kept?size=900&n=3'), 0)
  t.equal(await work('/kept?size=900&n=2'), 1)
  await work(...sizes)
  t.equal(await work(...sizes), 4, 'more than there is room for')
  t.equal(await work('/kept?size=6000', '/kept?size=6000'), 2, 'one too great')
  const { work: roomy } = await counting(t)
  t.equal(await roomy('/kept?size=250000', '/kept?size=250000', '/kept?size=249000', '/kept?size=249000'), 3, 'one too great to be kept at all')
})
