// The life of an article: the pure table, and who may move it.
import t from 'tap'
import { type Life, nextLife, publishedKeys, touchesPublished, unborn } from '../../src/articles/publish.ts'
import { type Status, statuses } from '../../src/db/tables.ts'
import type { Scope } from '../../src/http/auth.ts'
import type { Issue } from '../../src/lib/errors.ts'
import { build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'
import { ok, post, refusal } from '../helpers/news.ts'

const now = '2024-06-21T08:00:00.000Z'
const past = '2020-01-01T00:00:00.000Z'
const older = '2019-01-01T00:00:00.000Z'
const future = '2030-01-01T00:00:00.000Z'
const later = '2031-01-01T00:00:00.000Z'
const moments = [null, past, now, future]

const lives = (status: Status): Life[] =>
  [null, past].flatMap(publishedAt =>
    (status === 'scheduled' ? [future] : [null]).flatMap(publishAt =>
      (status === 'archived' ? [null] : [null, later]).map(unpublishAt => ({ status, publishedAt, publishAt, unpublishAt })),
    ),
  )
const told = (issues: Issue[]) => issues.map(issue => `${'pointer' in issue ? issue.pointer : ''} ${issue.code}`)
const codesOf = (before: Life, asked: Life) => told(nextLife(before, asked, now).issues)

t.test('every status may follow every other, and the times hold to their rules', async t => {
  let pairs = 0
  for (const before of statuses.flatMap(lives)) {
    for (const status of statuses) {
      for (const publishedAt of moments) {
        for (const publishAt of moments) {
          for (const unpublishAt of [null, past, later]) {
            const asked = { status, publishedAt, publishAt, unpublishAt }
            const { life, issues } = nextLife(before, asked, now)
            const about = JSON.stringify({ before, asked, life, issues })
            pairs += 1
            const wanted: string[] = []
            if (status === 'scheduled' && publishAt !== future) wanted.push('/publishAt publish_at_not_in_future')
            if (publishedAt === future) wanted.push('/publishedAt published_at_in_future')
            if (unpublishAt === past && (status === 'published' || status === 'scheduled')) wanted.push('/unpublishAt unpublish_at_too_early')
            if (wanted.join() !== told(issues).join()) t.fail(about)
            if (issues.length > 0) continue
            const right =
              life.status === status &&
              life.publishAt === (status === 'scheduled' ? publishAt : null) &&
              life.unpublishAt === (status === 'archived' ? null : unpublishAt) &&
              (publishedAt === null || life.publishedAt === publishedAt) &&
              (status !== 'published' || life.publishedAt !== null) &&
              (before.publishedAt === null || life.publishedAt !== null || (before.status === 'draft' && status === 'draft'))
            if (!right) t.fail(about)
          }
        }
      }
    }
  }
  t.ok(pairs > 1_000, `${pairs} pairs`)
})

t.test('the first publication sets publishedAt, and no later one moves it', async t => {
  t.equal(nextLife(unborn, { ...unborn, status: 'published' }, now).life.publishedAt, now)
  t.equal(nextLife(unborn, { ...unborn, status: 'published', publishedAt: past }, now).life.publishedAt, past, 'an archive gives its own')
  const out: Life = { ...unborn, status: 'published', publishedAt: past }
  for (const status of statuses) t.equal(nextLife(out, { ...out, status, publishAt: future }, now).life.publishedAt, past, status)
  t.equal(nextLife(out, { ...out, publishedAt: null }, now).life.publishedAt, past, 'null does not take it away')
  t.equal(nextLife(out, { ...out, publishedAt: older }, now).life.publishedAt, older, 'a correction does')
  const draft: Life = { ...unborn, publishedAt: past }
  t.equal(nextLife(draft, { ...draft, publishedAt: null }, now).life.publishedAt, null, 'a draft may lose what it was given')
})

t.test('what stands already is not asked for again', async t => {
  const due: Life = { ...unborn, status: 'scheduled', publishAt: past, unpublishAt: past }
  t.same(codesOf(due, due), [], 'a time that has come meanwhile stays')
  t.same(codesOf(due, { ...due, publishAt: older }), ['/publishAt publish_at_not_in_future'])
  t.same(codesOf(due, { ...due, publishAt: future, unpublishAt: future }), ['/unpublishAt unpublish_at_too_early'], 'out and in at once')
  t.same(codesOf({ ...due, status: 'draft' }, due), ['/publishAt publish_at_not_in_future', '/unpublishAt unpublish_at_too_early'])
  t.same(codesOf({ ...unborn, publishedAt: future }, { ...unborn, publishedAt: future }), [])
})

t.test('times without an article sort last both ways', async t => {
  t.same(publishedKeys(now), { publishedKey: now, publishedAscKey: now })
  t.ok(publishedKeys(null).publishedKey < past && publishedKeys(null).publishedAscKey > later)
})

t.test('publishing is into, out of and on what is out', async t => {
  const touched = statuses.flatMap(a => statuses.filter(b => touchesPublished(a, b)).map(b => `${a} ${b}`))
  t.equal(touched.length, 12)
  t.notOk(['draft draft', 'draft archived', 'archived draft', 'archived archived'].some(pair => touched.includes(pair)))
})

t.test('an article moves through its life by PATCH', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/articles', { title: 'One' })
  const patch = (body: object) => ok(admin.patch('/v1/articles/one', body))
  const started = clock.now()
  t.match(await patch({ status: 'scheduled', publishAt: '2024-06-21T12:00:00+02:00' }), {
    status: 'scheduled',
    publishAt: '2024-06-21T10:00:00.000Z',
    publishedAt: null,
    version: 2,
  })
  clock.tick()
  t.match(await patch({ status: 'published', unpublishAt: later }), {
    status: 'published',
    publishAt: null,
    publishedAt: clock.now(),
    unpublishAt: later,
  })
  const first = clock.now()
  t.not(first, started)
  clock.tick()
  t.match(await patch({ status: 'archived' }), { status: 'archived', publishedAt: first, unpublishAt: null })
  t.match(await patch({ status: 'published' }), { status: 'published', publishedAt: first, publishAt: null })
  t.match(await patch({ status: 'draft', publishAt: future }), { status: 'draft', publishedAt: first, publishAt: null })
  const { version } = await patch({ status: 'published', publishedAt: past })
  t.match(
    await patch({ status: 'published', publishedAt: null, publishAt: future }),
    { publishedAt: past, publishAt: null, version },
    'nothing has changed, so nothing moves',
  )
  t.match(await ok(admin.put('/v1/articles/one', { title: 'One' })), { status: 'published', publishedAt: past })
})

t.test('times that cannot be are refused with their places', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  const refused = (body: object) => refusal(admin.post('/v1/articles', { title: 'One', ...body }))
  for (const publishAt of [null, undefined, past, clock.now()])
    t.same(await refused({ status: 'scheduled', publishAt }), ['400 invalid_request', '/publishAt publish_at_not_in_future'], String(publishAt))
  t.same(await refused({ status: 'published', publishedAt: future }), ['400 invalid_request', '/publishedAt published_at_in_future'])
  t.same(await refused({ publishedAt: future }), ['400 invalid_request', '/publishedAt published_at_in_future'])
  t.same(await refused({ publishedAt: 'today' }), ['400 invalid_request', '/publishedAt invalid_time'])
  t.same(await refused({ status: 'scheduled', publishAt: past, publishedAt: future, unpublishAt: older }), [
    '400 invalid_request',
    '/publishAt publish_at_not_in_future',
    '/publishedAt published_at_in_future',
    '/unpublishAt unpublish_at_too_early',
  ])
  const id = '01a22387-0c6a-73a9-ad19-f67d495d42f0'
  const corrections = [
    { id, text: 'Once.' },
    { id, text: 'Twice.' },
  ]
  t.same(
    await refused({ status: 'scheduled', aboutIds: ['nobody'], corrections }),
    ['400 invalid_request', '/aboutIds/0 unknown_reference', '/publishAt publish_at_not_in_future', '/corrections/1/id duplicate_id'],
    'beside all else that cannot be',
  )
  await post(admin, '/v1/articles', { title: 'Now', status: 'published', publishedAt: clock.now() })
  await post(admin, '/v1/articles', { title: 'Soon', status: 'scheduled', publishAt: new Date(Date.parse(clock.now()) + 1).toISOString() })
  t.same(await refusal(admin.patch('/v1/articles/soon', { publishAt: null })), ['400 invalid_request', '/publishAt publish_at_not_in_future'])
  clock.tick()
  await ok(admin.patch('/v1/articles/soon', { title: 'Due, and still edited' }))
})

t.test('who may write but not publish', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const keyed = async (...scopes: Scope[]) => as(app, await keyWith(store, ...scopes))
  const writer = await keyed('content:write')
  const publisher = await keyed('content:write', 'content:publish')
  const states = {
    draft: {},
    archived: { status: 'archived' },
    published: { status: 'published' },
    scheduled: { status: 'scheduled', publishAt: future },
  }
  type State = keyof typeof states
  const isOut = (state: State) => state === 'published' || state === 'scheduled'
  let n = 0
  const fresh = async (state: State): Promise<string> => (await post(admin, '/v1/articles', { title: `A ${n++}`, ...states[state] })).id
  const codes: [string, number, number][] = []
  for (const from of ['draft', 'archived', 'published', 'scheduled'] as const) {
    const both = async (
      what: string,
      status: number,
      isRefused: boolean,
      act: (caller: typeof writer, url: string) => ReturnType<typeof writer.get>,
    ) => {
      const url = `/v1/articles/${await fresh(from)}`
      const refused = await act(writer, url)
      t.equal(refused.statusCode, isRefused ? 403 : status, `${what}: a writer`)
      if (isRefused) {
        t.equal(refused.json().code, 'missing_scope')
        t.equal((await act(publisher, url)).statusCode, status, `${what}: a publisher`)
      }
      codes.push([what, refused.statusCode, status])
    }
    await both(`make ${from}`, 201, isOut(from), caller => caller.post('/v1/articles', { title: `B ${n++}`, ...states[from] }))
    for (const to of ['draft', 'archived', 'published', 'scheduled'] as const) {
      await both(`${from} to ${to}`, 200, isOut(from) || isOut(to), (caller, url) =>
        caller.patch(url, states[to].constructor === Object ? { status: to, ...states[to] } : {}),
      )
    }
    await both(`edit ${from}`, 200, isOut(from), (caller, url) => caller.patch(url, { summary: 'x' }))
    await both(`put ${from}`, 200, isOut(from), (caller, url) => caller.put(url, { title: 'x' }))
    await both(`trash ${from}`, 204, isOut(from), (caller, url) => caller.delete(url))
    await both(`restore ${from}`, 200, isOut(from), async (caller, url) => {
      if ((await admin.get(url)).statusCode === 200) await ok(admin.delete(url), 204)
      return caller.post(`${url}/restore`)
    })
    const url = `/v1/articles/${await fresh(from)}?purge=true`
    for (const caller of [writer, publisher]) t.equal((await caller.delete(url)).statusCode, 403, `purging ${from} needs admin`)
    t.equal((await admin.delete(url)).statusCode, 204)
  }
  t.equal(codes.filter(([, status]) => status === 403).length, 2 * 4 + 4 + 2 + 2 * 4)
  const only = await keyed('content:publish')
  t.equal((await only.post('/v1/articles', { title: 'x' })).statusCode, 403, 'publishing alone does not write')
  const whole = await keyed('admin')
  t.equal((await whole.post('/v1/articles', { title: 'x', status: 'published' })).statusCode, 201, 'admin has every scope')
})
