// What time alone does, within a second of when it is due, once, and after a stop as well.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, post } from '../helpers/news.ts'

/** Asks until an article has a status; the clock stands still meanwhile. */
async function becomes(caller: Caller, key: string, status: string) {
  const end = Date.now() + 10_000
  for (;;) {
    const article = await ok(caller.get(`/v1/articles/${key}`))
    if (article.status === status) return article
    if (Date.now() > end) throw new Error(`${key} is ${article.status} and not ${status}`)
    await sleep(20)
  }
}
const rowsOf = (store: Awaited<ReturnType<typeof build>>['store']) =>
  store.read(async ({ sql, tables }) => ({
    audit: (await sql.select().from(tables.audit)).filter(({ requestId }) => requestId === null),
    revisions: await sql.select().from(tables.revisions),
  }))

t.test('an article goes out and comes back on time, and not before', async t => {
  const { app, clock, store } = await build(t)
  const [admin, nobody] = [as(app), as(app, null)]
  const [out, back] = ['2024-06-21T08:00:10.000Z', '2024-06-21T08:00:20.000Z']
  await post(admin, '/v1/people', { name: 'Ada Example' })
  await post(admin, '/v1/articles', { title: 'One', markdown: 'Ada Example spoke.', status: 'scheduled', publishAt: out, unpublishAt: back })
  clock.tick(9_999)
  await sleep(900)
  t.equal((await nobody.get('/v1/articles/one')).statusCode, 404, 'a millisecond too early')
  clock.tick(501)
  t.match(await becomes(admin, 'one', 'published'), { publishedAt: out, publishAt: null, unpublishAt: back, version: 2, updatedAt: clock.now() })
  t.equal((await nobody.get('/v1/articles/one')).statusCode, 200)
  t.equal((await ok(nobody.get('/v1/people/ada-example'))).articleCount, 1)
  clock.tick(10_000)
  t.match(await becomes(admin, 'one', 'archived'), { publishedAt: out, unpublishAt: null, version: 3 })
  t.equal((await nobody.get('/v1/articles/one')).statusCode, 404)
  t.equal((await ok(nobody.get('/v1/people/ada-example'))).articleCount, 0)
  const { audit } = await rowsOf(store)
  t.match(
    audit.map(({ action, details }) => ({ action, details })),
    [
      { action: 'publishOnTime', details: { due: out } },
      { action: 'archiveOnTime', details: { due: back } },
    ],
  )
})

t.test('what was due while nothing ran is caught up with, and has the time it was to have', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  for (const [title, more] of [
    ['Late', {}],
    ['Over', { unpublishAt: '2024-06-21T09:30:00.000Z' }],
    ['Held', {}],
  ] as const)
    await post(admin, '/v1/articles', { title, status: 'scheduled', publishAt: '2024-06-21T09:00:00.000Z', ...more })
  await ok(admin.delete('/v1/articles/held'), 204)
  clock.tick(86_400_000)
  t.match(await becomes(admin, 'late', 'published'), { publishedAt: '2024-06-21T09:00:00.000Z', updatedAt: clock.now() })
  t.match(await becomes(admin, 'over', 'archived'), { publishedAt: '2024-06-21T09:00:00.000Z', version: 2 }, 'it was out and is back')
  t.match((await ok(admin.get('/v1/articles?trashed=true'))).data, [{ slug: 'held', status: 'scheduled' }])
  await ok(admin.post('/v1/articles/held/restore'))
  await becomes(admin, 'held', 'published')
})

t.test('of two processes one acts', async t => {
  const { app, clock, deps, store } = await build(t)
  const other = await buildApp({ ...deps, names: createKnownNames() })
  t.teardown(() => other.close())
  await other.ready()
  const admin = as(app)
  const publishAt = '2024-06-21T08:01:00.000Z'
  for (let n = 0; n < 30; n++) await post(admin, '/v1/articles', { title: `A ${n}`, slug: `a-${n}`, status: 'scheduled', publishAt })
  clock.tick(60_000)
  for (let n = 0; n < 30; n++) t.equal((await becomes(admin, `a-${n}`, 'published')).version, 2)
  await sleep(900)
  const { audit, revisions } = await rowsOf(store)
  t.equal(audit.length, 30)
  t.equal(revisions.length, 60)
})

t.test('the trash is emptied when its days are over', async t => {
  const { app, clock, deps, store } = await build(t)
  const admin = as(app)
  for (const path of ['/v1/articles', '/v1/people', '/v1/places']) {
    await post(admin, path, { [path === '/v1/articles' ? 'title' : 'name']: 'Old' })
    await post(admin, path, { [path === '/v1/articles' ? 'title' : 'name']: 'New' })
    await ok(admin.delete(`${path}/old`), 204)
  }
  clock.tick(30 * 86_400_000)
  for (const path of ['/v1/articles', '/v1/people', '/v1/places']) await ok(admin.delete(`${path}/new`), 204)
  clock.tick(1)
  const next = await buildApp({ ...deps, names: createKnownNames() }) // a start looks at once
  await next.ready()
  for (let left = 500; left > 0 && (await rowsOf(store)).audit.length < 3; left -= 1) await sleep(20)
  await next.close()
  for (const path of ['/v1/articles', '/v1/people', '/v1/places']) {
    t.equal((await admin.post(`${path}/old/restore`)).statusCode, 404)
    t.equal((await admin.post(`${path}/new/restore`)).statusCode, 200)
  }
})
