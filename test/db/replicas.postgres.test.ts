// Who is answered by a replica, and when none is asked.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { maxLagMs } from '../../src/db/store.ts'
import { ok, post } from '../helpers/news.ts'
import { appOn, newDatabase, onOwnCluster, until, wireTo } from '../helpers/own-cluster.ts'

/** How late a timer may be on a machine that has other work. */
const slipMs = 200

await onOwnCluster(t, async ({ primary, addReplica }) => {
  const database = await newDatabase(primary)
  const url = primary.url(database)
  const replica = await addReplica()
  const readUrls = [replica.url(database)]
  /** What was acknowledged may not have been flushed yet, as commits do not wait here: one that does flushes all before it. */
  const caughtUp = async () => {
    await primary.query("begin; set local synchronous_commit = on; select pg_logical_emit_message(true, 'test', 'all'); commit")
    const [{ lsn }] = await primary.query('select pg_current_wal_flush_lsn()::text as lsn')
    await until('the replica has caught up', async () => {
      const [{ done }] = await replica.query(`select pg_last_wal_replay_lsn() >= '${lsn}' as done`)
      return done
    })
  }
  /** How many reads the replica has begun for the program, as its log has them. */
  const askedOfReplica = () => replica.log().split('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY').length - 1

  t.test('nobody is answered by the replica, a key never', async t => {
    const { admin, nobody } = await appOn(t, url, { readUrls })
    await post(admin, '/v1/people', { name: 'Ada Example' })
    await caughtUp()
    await primary.query("alter role postgres set log_statement = 'all'")
    await caughtUp()
    const { admin: key, nobody: none } = await appOn(t, url, { readUrls })
    const paths = ['/v1/people/ada-example', '/v1/people', '/v1/articles', '/v1/search?q=ada', '/v1/places?near=1,2&within=5km']
    await until('the replica is asked', async () => {
      const before = askedOfReplica()
      await ok(none.get('/v1/people'))
      await sleep(20)
      return askedOfReplica() > before
    })
    await sleep(100)
    const before = askedOfReplica()
    for (const path of paths) await ok(key.get(path))
    await post(key, '/v1/people', { name: 'Second Example' })
    await sleep(100)
    t.equal(askedOfReplica(), before, 'of a key it hears nothing')
    for (const path of paths) await ok(none.get(path))
    await until('each of the reads of nobody is in its log', () => askedOfReplica() >= before + paths.length)
    t.same(await ok(nobody.get('/v1/people/ada-example')), await ok(admin.get('/v1/people/ada-example')), 'the answer is the same')
  })

  t.test('one that is held back answers what is a second old at most, and is asked again once it has caught up', async t => {
    const { admin, nobody, warnings } = await appOn(t, url, { readUrls })
    await post(admin, '/v1/people', { name: 'Held Back' })
    await caughtUp()
    await replica.query('select pg_wal_replay_pause()')
    const at = performance.now()
    await ok(admin.patch('/v1/people/held-back', { description: 'new' }))
    let staleMs = 0
    for (let freshInARow = 0; freshInARow < 20; ) {
      const asked = performance.now()
      const { description } = await ok(nobody.get('/v1/people/held-back'))
      if (description !== 'new') staleMs = asked - at
      freshInARow = description === 'new' ? freshInARow + 1 : 0
      t.equal((await ok(admin.get('/v1/people/held-back'))).description, 'new', 'a key sees it at once')
      await sleep(30)
    }
    t.ok(staleMs > 0, 'the replica was asked while it could be')
    t.ok(staleMs <= maxLagMs + slipMs, `${Math.round(staleMs)} ms old`)
    t.match(warnings, [/is behind or away: the primary answers for it$/])
    await ok(admin.patch('/v1/people/held-back', { description: 'newer' }))
    t.equal((await ok(nobody.get('/v1/people/held-back'))).description, 'newer', 'answers to nobody are fresh by then')
    await replica.query('select pg_wal_replay_resume()')
    await caughtUp()
    await primary.query("alter role postgres set log_statement = 'all'")
    await until('it is asked again', async () => {
      await replica.query('select pg_wal_replay_pause()')
      await ok(admin.patch('/v1/people/held-back', { description: `at ${performance.now()}` }))
      const shown = await ok(nobody.get('/v1/people/held-back'))
      const isFromReplica = shown.description !== (await ok(admin.get('/v1/people/held-back'))).description
      await replica.query('select pg_wal_replay_resume()')
      await sleep(300)
      return isFromReplica
    })
  })

  t.test('one that falls silent costs nobody an answer', async t => {
    const wire = await wireTo(t, replica)
    const times = { connectMs: 3_000, statementMs: 2_000 }
    const { admin, nobody } = await appOn(t, url, { readUrls: [wire.url(database), ...readUrls], times })
    await post(admin, '/v1/people', { name: 'Silent Example' })
    await caughtUp()
    await sleep(400)
    wire.silence(true)
    const asked = Array.from({ length: 6 }, () => nobody.get('/v1/people/silent-example'))
    await sleep(maxLagMs)
    await ok(admin.patch('/v1/people/silent-example', { description: 'new' }))
    await caughtUp()
    await sleep(maxLagMs)
    const before = askedOfReplica()
    const start = performance.now()
    for (let n = 0; n < 10; n += 1) t.equal((await ok(nobody.get('/v1/people/silent-example'))).description, 'new')
    t.ok(performance.now() - start < 3_000, 'it is not asked any more')
    await until('the other one still answers, though the silent one says nothing', () => askedOfReplica() >= before + 10)
    t.same([...new Set((await Promise.all(asked)).map(({ statusCode }) => statusCode))], [200])
  })

  t.test('one that dies and comes again costs nobody an answer', async t => {
    const { admin, nobody, warnings } = await appOn(t, url, { readUrls })
    const statuses: number[] = []
    let isLoaded = true
    const load = async () => {
      for (; isLoaded; ) {
        statuses.push((await nobody.get('/v1/people?limit=3')).statusCode, (await nobody.get('/v1/search?q=example')).statusCode)
        await sleep(2)
      }
    }
    const loads = [load(), load(), load()]
    await sleep(300)
    await replica.stop('SIGQUIT')
    await until('it is noticed', () => warnings.length > 0)
    await ok(admin.patch('/v1/people/ada-example', { description: 'while it was away' }))
    t.equal((await ok(nobody.get('/v1/people/ada-example'))).description, 'while it was away')
    await replica.start()
    await sleep(500)
    await replica.stop('SIGINT')
    await sleep(200)
    await replica.start()
    await sleep(300)
    isLoaded = false
    await Promise.all(loads)
    t.same([...new Set(statuses)], [200], `of ${statuses.length}`)
  })

  t.test('one that was promoted is not asked any more', async t => {
    const { admin, nobody, warnings } = await appOn(t, url, { readUrls })
    await sleep(400)
    await replica.query('select pg_promote(true)')
    await until('it is noticed', () => warnings.length > 0)
    await replica.query("update people set description = 'written on the other one'", database)
    await ok(admin.patch('/v1/people/ada-example', { description: 'written here' }))
    for (let n = 0; n < 10; n += 1) t.equal((await ok(nobody.get('/v1/people/ada-example'))).description, 'written here')
  })
})
