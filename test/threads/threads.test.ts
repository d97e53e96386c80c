// Searches in threads: the same answers, none of the reads waits, and what takes too long is given up.
import Database from 'better-sqlite3'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { sqliteCode, troubleOf } from '../../src/db/errors.ts'
import type { Question } from '../../src/threads/jobs.ts'
import { threadsOf } from '../../src/threads/threads.ts'
import { build } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'
import { onPostgres } from '../helpers/database.ts'
import { ok, post } from '../helpers/news.ts'

const skip = onPostgres ? 'PostgreSQL searches in processes of its own' : false
const questions = [
  'q=vladivostok',
  'q=kim+putin+talks&facets=person,year&count=exact',
  'q="russian+president"&limit=1',
  'kind=person',
  'q=%00',
  'q=nobody+wrote+this',
]

t.test('a search in a thread answers as one without', { skip }, async t => {
  const { app, deps } = await build(t, { searchThreads: 2 })
  const plain = await buildApp({ ...deps, config: { ...deps.config, searchThreads: 0 } })
  t.teardown(() => plain.close())
  const admin = as(app)
  const kim = await post(admin, '/v1/people', { name: 'Kim Jong-un' })
  for (const title of ['Kim talks with Putin in Vladivostok', 'The Russian president in Vladivostok', 'Kim again'])
    await post(admin, '/v1/articles', { title, status: 'published', authorIds: [kim.id] })
  for (const question of questions) {
    const threaded = await admin.get(`/v1/search?${question}`)
    t.equal(threaded.statusCode, 200, question)
    t.equal(threaded.body, (await as(plain).get(`/v1/search?${question}`)).body, question)
  }
  t.equal((await ok(admin.get('/v1/search?q=vladivostok'))).data.length, 2)
  await post(admin, '/v1/articles', { title: 'Vladivostok once more', status: 'published' })
  t.equal((await ok(admin.get('/v1/search?q=vladivostok'))).data.length, 3, 'what was acknowledged is found at once')
  const next = (await ok(admin.get('/v1/search?q=vladivostok&limit=1'))).page.next
  t.equal((await ok(admin.get(`/v1/search?q=vladivostok&limit=1&cursor=${next}`))).data.length, 1)
  t.match((await admin.get('/v1/search?q=kim&cursor=x')).json(), { status: 400, code: 'cursor_mismatch' })
})

/** What searches beside `/v1/search`, and what it refuses. */
const others: [url: string, status: number][] = [
  ['/v1/articles?q=vladivostok', 200],
  ['/v1/articles?q=vladivostok&sort=-publishedAt&include=people&count=exact', 200],
  ['/v1/articles?q=vladivostok&person=nobody', 200],
  ['/v1/articles?include=related&fields=title', 200],
  ['/v1/articles/kim-again?include=related,text', 200],
  ['/v1/articles/nothing?include=related', 404],
  ['/v1/articles?q=vladivostok&cursor=x', 400],
  ['/v1/people?q=kim&count=exact', 200],
  ['/v1/people?q=kim&sort=-updatedAt', 200],
  ['/v1/places?q=korea', 200],
  ['/v1/places?q=korea&near=40,127', 200],
  ['/v1/people/kim-jong-un/articles?q=again', 200],
  ['/v1/people/nobody/articles?q=again', 404],
  ['/v1/people/kim-jong-un/timeline?interval=year', 200],
  ['/v1/people/kim-jong-un/timeline?interval=day&tz=Nowhere', 400],
  ['/v1/people/kim/timeline', 308],
  ['/v1/places/north-korea/timeline?nested=true', 200],
  ['/v1/places/nowhere/timeline', 404],
]

t.test(
  'whatever searches does so in a thread: without the database, the thread that answers gives the same answers and refusals',
  { skip },
  async t => {
    const { app, deps, store } = await build(t)
    const admin = as(app)
    const kim = await post(admin, '/v1/people', { name: 'Kim Jong-un', slug: 'kim' })
    await admin.patch('/v1/people/kim', { slug: 'kim-jong-un' })
    const korea = await post(admin, '/v1/places', { name: 'North Korea', lat: 40, lng: 127 })
    for (const title of ['Kim talks with Putin in Vladivostok', 'Kim again'])
      await post(admin, '/v1/articles', { title, status: 'published', aboutIds: [kim.id, korea.id] })
    const none = async () => Promise.reject(new Error('the thread that answers was asked to read'))
    const threaded = await buildApp({ ...deps, store: { ...store, read: none, search: none }, config: { ...deps.config, searchThreads: 1 } })
    t.teardown(() => threaded.close())
    const told = (body: string) => body.replace(/"(?:instance|requestId)":"[^"]*",?/g, '')
    for (const [url, status] of others) {
      const [wanted, found] = [await admin.get(url), await as(threaded).get(url)]
      t.equal(wanted.statusCode, status, url)
      t.equal(found.statusCode, status, url)
      t.equal(told(found.body), told(wanted.body), url)
      t.same(
        [found.headers.etag, found.headers.link, found.headers.location],
        [wanted.headers.etag, wanted.headers.link, wanted.headers.location],
        url,
      )
    }
  },
)

const untold = (error: unknown) => {
  throw error
}

const question: Question<'search'> = {
  asked: { q: 'vladivostok' },
  order: 'relevance',
  from: undefined,
  limit: 20,
  count: false,
  highlight: true,
  facets: [],
  facetLimit: 10,
}

t.test('one that takes too long is given up, and the next one is answered', { skip }, async t => {
  const { store } = await build(t)
  const impatient = threadsOf(store, 1, untold, 1)
  t.teardown(impatient.close)
  const trouble = await impatient.run('search', question, 'fresh').then(
    () => 'found',
    error => troubleOf(error),
  )
  t.equal(trouble, 'slow', 'HTTP calls it query_too_slow')
  const patient = threadsOf(store, 1, untold, 30_000)
  t.teardown(patient.close)
  patient.warm()
  const found = await Promise.all(Array.from({ length: 20 }, () => patient.run('search', question, 'fresh')))
  t.same(
    found.map(({ data }) => data),
    found.map(() => []),
  )
})

t.test('what the database says in a thread is told as anywhere', { skip }, async t => {
  const { store } = await build(t)
  const threads = threadsOf(store, 1, untold)
  t.teardown(threads.close)
  t.same((await threads.run('search', question, 'fresh')).data, [])
  const other = new Database(store.file)
  other.exec('drop table search_languages')
  other.close()
  const error = await threads.run('search', question, 'fresh').catch((thrown: unknown) => thrown)
  t.equal(sqliteCode(error), 'SQLITE_ERROR')
  t.match(error, { message: /no such table: search_languages/ })
})

t.test('a thread that cannot start fails what it was to do, and nothing else', { skip }, async t => {
  const { store } = await build(t)
  const told: unknown[] = []
  const threads = threadsOf({ ...store, file: '/nowhere/dateline.db' }, 1, error => told.push(error), 3_000)
  t.teardown(threads.close)
  const error = await threads.run('search', question, 'fresh').catch((thrown: unknown) => thrown)
  t.ok(error instanceof Error)
  t.ok(told.length < 50, `told ${told.length} times`)
  t.same((await threadsOf(store, 0, untold).run('search', question, 'fresh')).data, [])
})
