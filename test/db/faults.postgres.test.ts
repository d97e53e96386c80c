// What callers see while PostgreSQL is slow, full, restarted, crashed or cut off: 503 with a code and Retry-After, and service again by itself.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { troubleOf } from '../../src/db/errors.ts'
import { ok, paragraph, post, settled } from '../helpers/news.ts'
import { appOn, newDatabase, onOwnCluster, until, wireTo } from '../helpers/own-cluster.ts'

type Answer = { statusCode: number; headers: Record<string, unknown>; body: string }

/** `200`, or the status with the code; a 503 must say when to try again. */
function seen(t: Test, { statusCode, headers, body }: Answer): string {
  if (statusCode < 400) return String(statusCode)
  if (statusCode === 503) t.equal(headers['retry-after'], '1')
  t.notMatch(body, /password|127\.0\.0\.1|select |ECONN/i, 'nothing of the inside is shown')
  return `${statusCode} ${JSON.parse(body).code}`
}
const tally = (t: Test, answers: Answer[]) => [...new Set(answers.map(answer => seen(t, answer)))].sort()

/** A connection that holds what it is told to, until it is let go. */
async function holder(t: Test, url: string, ...statements: string[]) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  for (const statement of ['begin', ...statements]) await client.query(statement)
  const letGo = () => client.end().catch(() => {})
  t.teardown(letGo)
  return letGo
}

const short = { connectMs: 1_000, statementMs: 1_000 }
const lockArticles = 'lock table articles in access exclusive mode'
const article = (title: string, text = 'Ada Example spoke.') => ({ title, status: 'published', body: [paragraph('p', text)] })

await onOwnCluster(
  t,
  async ({ primary }) => {
    const fresh = async () => {
      const database = await newDatabase(primary)
      return { database, url: primary.url(database) }
    }

    t.test('a statement that takes too long is ended, and says so', async t => {
      const { url } = await fresh()
      const { admin, nobody, store } = await appOn(t, url, { times: short })
      await post(admin, '/v1/articles', article('One'))
      const letGo = await holder(t, url, lockArticles)
      t.same(tally(t, await Promise.all([nobody.get('/v1/articles'), nobody.get('/v1/articles/one'), admin.post('/v1/articles', article('Two'))])), [
        '503 query_too_slow',
      ])
      t.same(tally(t, [await nobody.get('/health/ready'), await nobody.get('/v1/people')]), ['200'], 'what does not wait for it is served')
      await letGo()
      t.same(tally(t, [await nobody.get('/v1/articles/one'), await admin.get('/v1/articles/two')]), ['200', '404 not_found'])
      await settled(store)
    })

    t.test('more slow reads than there are connections: the rest is told to come again, nobody hangs, and it passes', async t => {
      const { url } = await fresh()
      const { admin, nobody } = await appOn(t, url, { times: { connectMs: 3_000, statementMs: 60_000 } })
      await post(admin, '/v1/articles', article('One'))
      const letGo = await holder(t, url, lockArticles)
      let answered = 0
      const asked = Array.from({ length: 40 }, () => nobody.get('/v1/articles/one'))
      for (const one of asked) one.then(() => (answered += 1))
      await until('all but those that have a connection were told to come again', async () => answered === 32)
      t.same(tally(t, [await nobody.get('/health/ready'), await nobody.get('/health/live')]), ['200', '503 busy'])
      await letGo()
      const answers = await Promise.all(asked)
      t.same(tally(t, answers), ['200', '503 busy'])
      t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 8, 'those that had a connection were served')
      for (let n = 0; n < 8; n++) t.same(tally(t, await Promise.all([1, 2, 3].map(() => nobody.get('/v1/articles/one')))), ['200'])
    })

    t.test('a write waits for its turn longer than a read for a connection, and at last is told to come again', async t => {
      const { url } = await fresh()
      const { admin, store } = await appOn(t, url, { times: { connectMs: 300, statementMs: 4_000 } })
      const letGo = await holder(t, url, lockArticles)
      const waiting = Promise.all(['One', 'Two', 'Three'].map(title => admin.post('/v1/articles', article(title))))
      await sleep(1_000)
      await letGo()
      t.same(tally(t, await waiting), ['201'])
      const letGoAgain = await holder(t, url, lockArticles)
      const tooMany = Promise.all(['Four', 'Five', 'Six'].map(title => admin.post('/v1/articles', article(title))))
      const answers = await tooMany
      t.same(tally(t, answers), ['503 busy', '503 query_too_slow'])
      await letGoAgain()
      await settled(store)
      t.equal((await post(admin, '/v1/articles', article('Seven'))).slug, 'seven', 'and the line goes on')
    })

    for (const [how, signal] of [
      ['restarted', 'SIGINT'],
      ['killed and started again', 'SIGQUIT'],
    ] as const)
      t.test(`a server that is ${how} under load: only 503s meanwhile, and all goes on by itself`, async t => {
        const { url } = await fresh()
        const one = await appOn(t, url)
        const two = await appOn(t, url)
        const acknowledged: string[] = []
        const answers: Answer[] = []
        let isLoaded = true
        const load = async (n: number) => {
          for (let round = 0; isLoaded; round += 1) {
            const title = `Load ${n} ${round}`
            const made = await (n % 2 ? one : two).admin.post('/v1/articles', article(title))
            if (made.statusCode === 201) acknowledged.push(made.json().slug)
            answers.push(made, await one.nobody.get('/v1/articles?limit=3'), await two.nobody.get('/v1/search?q=ada'))
            await sleep(5)
          }
        }
        const loads = [0, 1, 2, 3].map(load)
        await until('it is under way', () => acknowledged.length > 8)
        await primary.stop(signal)
        t.same(tally(t, [await one.nobody.get('/health/ready'), await one.nobody.get('/health/live')]), ['200', '503 storage_away'])
        const asked = performance.now()
        await one.nobody.get('/v1/articles')
        t.ok(performance.now() - asked < 4_000, 'a server that is away is no reason to wait')
        await primary.start()
        const before = acknowledged.length
        await until('writes are taken again', () => acknowledged.length > before + 4)
        isLoaded = false
        await Promise.all(loads)
        t.same(
          tally(t, answers).filter(what => what !== '503 storage_away'),
          ['200', '201'],
        )
        for (const slug of acknowledged) t.equal((await one.admin.get(`/v1/articles/${slug}`)).statusCode, 200, slug)
        // names that changed are linked on, and told to the other one
        await post(one.admin, '/v1/people', { name: 'Ada Example' })
        await settled(two.store)
        const made = await ok(two.admin.get('/v1/articles?limit=100&count=exact'))
        t.equal(
          (await ok(two.admin.get('/v1/people/ada-example'))).articleCount,
          made.page.total,
          'every article that was made is linked, and none twice',
        )
      })

    t.test('what was announced while nobody could hear it is made up for', async t => {
      const { url, database } = await fresh()
      const { admin, store, warnings } = await appOn(t, url)
      await post(admin, '/v1/articles', article('One'))
      const listens = "datname = current_database() and query ~ '^(LISTEN|select 1)'"
      await until(
        'it listens',
        async () => (await primary.query(`select from pg_stat_activity where ${listens} and pid <> pg_backend_pid()`, database)).length > 0,
      )
      await sleep(50)
      let heard = 0
      store.onNotice(() => {
        heard += 1
      })
      await primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${listens} and pid <> pg_backend_pid()`, database)
      await until('it listens again, and was told all', () => heard > 0)
      t.ok(warnings.length <= 1)
      t.same(tally(t, [await admin.get('/v1/articles/one')]), ['200'])
    })

    t.test('a connection that is cut inside a transaction: nothing half written, and the next one works', async t => {
      const { url, database } = await fresh()
      const { admin, store } = await appOn(t, url)
      await post(admin, '/v1/articles', article('One'))
      const letGo = await holder(t, url, 'lock table slugs in access exclusive mode')
      const waiting = admin.post('/v1/articles', article('Two'))
      await until('it waits inside its transaction', async () => {
        const cut = await primary.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
          database,
        )
        return cut.length > 0
      })
      t.same(tally(t, [await waiting]), ['503 storage_away'])
      await letGo()
      t.same(tally(t, [await admin.get('/v1/articles/two'), await admin.get('/v1/articles/one')]), ['200', '404 not_found'])
      t.equal((await ok(admin.get('/v1/articles?count=exact'))).page.total, 1)
      t.same(tally(t, [await admin.post('/v1/articles', article('Two'))]), ['201'])
      t.equal((await ok(admin.get('/v1/articles/two'))).slug, 'two', 'not even its slug was kept')
      await settled(store)
    })

    t.test('a transaction that is left idle is ended by the server, and says that it was lost', async t => {
      const { url } = await fresh()
      const { store, admin } = await appOn(t, url, { times: { connectMs: 1_000, statementMs: 200 } })
      const lost = await store
        .write(async db => {
          await db.sql.insert(db.tables.searchLanguages).values({ language: 'en' })
          await sleep(800)
          await db.sql.insert(db.tables.searchLanguages).values({ language: 'de' })
        })
        .catch((error: unknown) => error)
      t.equal(troubleOf(lost), 'away')
      t.same(await store.read(async db => db.sql.select().from(db.tables.searchLanguages)), [])
      t.same(tally(t, [await admin.post('/v1/articles', article('One'))]), ['201'])
    })

    t.test('a server that falls silent is given up, not waited for without end', async t => {
      const { database } = await fresh()
      const wire = await wireTo(t, primary)
      const { admin, nobody } = await appOn(t, wire.url(database), { times: { connectMs: 2_000, statementMs: 2_000 } })
      await post(admin, '/v1/articles', article('One'))
      wire.silence(true)
      const asked = performance.now()
      const [read, written, ready] = await Promise.all([
        nobody.get('/v1/articles/one'),
        admin.post('/v1/articles', article('Two')),
        nobody.get('/health/ready'),
      ])
      t.same(tally(t, [read, ready]), ['503 storage_away'])
      t.match(tally(t, [written])[0], /^503 (?:storage_away|busy)$/, 'the one connection that writes may be waiting for the server already')
      t.ok(performance.now() - asked < 40_000, 'one silent connection is enough to know')
      t.same(tally(t, [await nobody.get('/health/live')]), ['200'])
      wire.silence(false)
      wire.cut()
      await until('it is served again', async () => (await nobody.get('/v1/articles/one')).statusCode === 200)
      t.same(tally(t, [await admin.post('/v1/articles', article('Three'))]), ['201'])
    })

    t.test('connections that broke while nobody used them cost nobody an answer', async t => {
      const { database } = await fresh()
      const wire = await wireTo(t, primary)
      const { admin, nobody } = await appOn(t, wire.url(database))
      await post(admin, '/v1/articles', article('One'))
      const asAtOnce = () => Promise.all(Array.from({ length: 12 }, () => nobody.get('/v1/articles/one')))
      await asAtOnce()
      wire.breakWhenUsed()
      t.same(tally(t, [await nobody.get('/v1/articles/one'), await admin.post('/v1/articles', article('Two'))]), ['200', '201'])
      wire.breakWhenUsed()
      t.same(tally(t, await asAtOnce()), ['200'])
      t.equal((await ok(admin.get('/v1/articles?count=exact'))).page.total, 2, 'nothing was written twice')
    })

    t.test('writes that get in each other’s way are not seen by callers', async t => {
      const { url } = await fresh()
      const one = await appOn(t, url)
      const two = await appOn(t, url)
      await post(one.admin, '/v1/people', { name: 'Ada Example' })
      const writes = Array.from({ length: 24 }, (_, n) => {
        const { admin } = n % 2 ? one : two
        return n % 3 ? admin.post('/v1/articles', article('The same title')) : admin.patch('/v1/people/ada-example', { description: `No. ${n}` })
      })
      t.same(tally(t, await Promise.all(writes)), ['200', '201'])
      t.equal((await ok(one.admin.get('/v1/people/ada-example'))).version, 9, 'each of the eight changes is a version')
      t.equal((await ok(one.admin.get('/v1/people/ada-example'))).articleCount, 16)
      t.equal(new Set((await ok(two.admin.get('/v1/articles?limit=100'))).data.map(({ slug }: { slug: string }) => slug)).size, 16)
    })
  },
  { flags: ['-c', 'synchronous_commit=on'] },
) // what was acknowledged outlives a crash
