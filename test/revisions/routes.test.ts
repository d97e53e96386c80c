// Every saved state of every noun: who, when, what changed; compared, and saved again.
import { applyPatch } from 'rfc6902'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith, make } from '../helpers/callers.ts'
import { nouns } from '../helpers/nouns.ts'

for (const noun of nouns) {
  const { path, named, words } = noun

  t.test(`${path}: each save is a revision, newest first, with who and what`, async t => {
    const { app, clock, store } = await build(t)
    const admin = as(app)
    const editor = as(app, await keyWith(store, 'content:write', 'content:publish', 'content:read'))
    const made = await admin.post(path, { [named]: 'One', ...noun.seen })
    clock.tick()
    await editor.patch(`${path}/one`, { [words]: 'Words', [named]: 'Two' })
    await editor.patch(`${path}/one`, { [words]: 'Words' })
    clock.tick()
    await admin.put(`${path}/by-source/wire/1`, { [named]: 'Other' })
    await admin.patch(`${path}/one`, { [words]: null })
    const { data, page } = (await admin.get(`${path}/one/revisions?count=exact`)).json()
    t.equal(page.total, 3, 'a patch that changes nothing is none')
    t.match(data, [
      { version: 3, changed: [words], keyId: null },
      { version: 2, changed: /./, keyId: /^\w{10}$/, at: '2024-06-21T08:00:01.000Z' },
      { version: 1, requestId: made.headers['x-request-id'] },
    ])
    t.same([...data[1].changed].sort(), [words, named].sort())
    const seen: number[] = []
    let next = ''
    do {
      const answer = (await admin.get(`${path}/${made.json().id}/revisions?limit=2${next}`)).json()
      seen.push(...answer.data.map((one: { version: number }) => one.version))
      next = answer.page.next ? `&cursor=${answer.page.next}` : ''
    } while (next)
    t.same(seen, [3, 2, 1])
    t.match((await admin.get(`${path}/one/revisions/2`)).json(), { version: 2, state: { [named]: 'Two', [words]: 'Words', slug: 'one' } })
    t.equal((await admin.get(`${path}/one/revisions/4`)).statusCode, 404)
    t.equal((await admin.get(`${path}/one/revisions/0`)).statusCode, 400)
    t.equal((await admin.get(`${path}/by-source/wire/1/revisions`)).statusCode, 200)
  })

  t.test(`${path}: a diff makes one state out of the other`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'One', noun.full)
    await admin.patch(`${path}/one`, { [named]: 'Two' })
    await admin.put(`${path}/one`, { [named]: 'Three', [words]: 'Other words' })
    const state = async (n: number) => (await admin.get(`${path}/one/revisions/${n}`)).json().state
    for (const [n, against] of [
      [2, 1],
      [3, 1],
      [1, 3],
      [3, 3],
    ] as const) {
      const diff = (await admin.get(`${path}/one/revisions/${n}/diff?against=${against}`)).json()
      t.match(diff, { from: against, to: n })
      const patched = await state(against)
      t.same(applyPatch(patched, diff.patch).filter(Boolean), [])
      t.same(patched, await state(n), `${against} to ${n}`)
    }
    t.match((await admin.get(`${path}/one/revisions/3/diff`)).json(), { from: 2, to: 3 }, 'the one before')
    t.same((await admin.get(`${path}/one/revisions/1/diff`)).json(), { from: 1, to: 1, patch: [] })
    t.equal((await admin.get(`${path}/one/revisions/3/diff?against=9`)).statusCode, 404)
  })

  t.test(`${path}: a revision is restored as a new version, and nothing is lost`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const made = await make(admin, noun, 'One', noun.full)
    clock.tick()
    const bare = await admin.put(`${path}/one`, { [named]: 'Bare', slug: 'bare' })
    t.equal(bare.statusCode, 200, bare.body)
    const dry = await admin.post(`${path}/bare/revisions/1/restore?dryRun=true`)
    const restored = await admin.post(`${path}/bare/revisions/1/restore`)
    t.equal(restored.statusCode, 200, restored.body)
    t.equal(dry.body, restored.body)
    t.match(restored.json(), { id: made.id, version: 3, [named]: 'One', slug: 'bare' })
    const { slug, version, updatedAt, ...rest } = restored.json()
    for (const [name, value] of Object.entries(rest)) t.same(value, made[name], name)
    t.equal((await admin.get(`${path}/bare`)).body, restored.body)
    t.same((await admin.get(`${path}/bare/revisions`)).json().page.next, null)
    const again = await admin.post(`${path}/bare/revisions/1/restore`)
    t.equal(again.json().version, 3, 'what is so already is no new version')
    t.match((await admin.post(`${path}/bare/revisions/2/restore`, undefined, { 'if-match': '"1"' })).json(), { code: 'version_mismatch' })
    t.match((await admin.get('/v1/audit?limit=1')).json().data, [{ entityId: made.id, details: { revision: 1 } }])
  })

  t.test(`${path}: revisions are for content:read alone, of what is published, too`, async t => {
    const { app, store } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'One')
    await admin.patch(`${path}/one`, { [named]: 'Two' })
    const writer = as(app, await keyWith(store, 'content:write', 'content:publish'))
    for (const url of ['', '/1', '/2/diff']) {
      t.equal((await as(app, null).get(`${path}/one/revisions${url}`)).statusCode, 401, url)
      t.equal((await writer.get(`${path}/one/revisions${url}`)).statusCode, 403, url)
    }
    t.equal((await writer.post(`${path}/one/revisions/1/restore`)).statusCode, 403)
    const reader = as(app, await keyWith(store, 'content:read'))
    t.equal((await reader.get(`${path}/one/revisions`)).statusCode, 200)
    t.equal((await reader.post(`${path}/one/revisions/1/restore`)).statusCode, 403)
    await admin.delete(`${path}/one`)
    t.equal((await admin.get(`${path}/one/revisions`)).statusCode, 404, 'in the trash')
    await admin.delete(`${path}/one?purge=true`)
    t.equal((await admin.get(`${path}/one/revisions`)).statusCode, 404)
  })
}

t.test('an article keeps its status and times, and leaves out what is gone', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  for (const name of ['Ada Example', 'Bo Other']) await admin.post('/v1/people', { name })
  await admin.post('/v1/places', { name: 'Seoul' })
  const made = await admin.post('/v1/articles', {
    title: 'One',
    markdown: '## Hello\n\nAda Example spoke.',
    authorIds: ['ada-example', 'bo-other'],
    datelinePlaceId: 'seoul',
  })
  t.equal(made.statusCode, 201, made.body)
  await admin.patch('/v1/articles/one', { title: 'Two', markdown: 'Nothing.', authorIds: [], datelinePlaceId: null, status: 'published' })
  await admin.delete('/v1/people/bo-other?purge=true')
  const writer = as(app, await keyWith(store, 'content:write', 'content:read'))
  t.equal((await writer.post('/v1/articles/one/revisions/1/restore')).statusCode, 403, 'who may not publish may not change what is out')
  const restored = (await admin.post('/v1/articles/one/revisions/1/restore')).json()
  t.match(restored, { title: 'One', status: 'published', version: 3, body: made.json().body })
  t.same([restored.authorIds.length, restored.personIds.length], [1, 1])
  t.equal(restored.datelinePlaceId, made.json().datelinePlaceId)
  t.ok(restored.publishedAt)
})
