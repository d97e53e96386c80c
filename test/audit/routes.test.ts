// Who did what to which when: every acknowledged write, and nothing else.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'

t.test('each write leaves one entry, a refusal none', async t => {
  const { app, clock, store } = await build(t)
  const admin = as(app)
  const editor = as(app, await keyWith(store, 'content:write', 'content:publish', 'content:read'))
  const made = await editor.post('/v1/people', { name: 'Ada' })
  const { id } = made.json()
  clock.tick()
  await editor.patch('/v1/people/ada', { name: 'Bo' })
  await editor.patch('/v1/people/ada', { nmae: 'x' })
  await editor.delete('/v1/people/ada', undefined, { 'if-match': '"9"' })
  await editor.post('/v1/people?dryRun=true', { name: 'Dry' })
  await editor.delete('/v1/people/ada')
  await editor.post('/v1/people/ada/restore')
  await admin.delete('/v1/people/ada?purge=true')
  const { data, page } = (await admin.get('/v1/audit?count=exact')).json()
  t.same(
    data.map(({ action }: { action: string }) => action),
    ['deletePerson', 'restorePerson', 'deletePerson', 'updatePerson', 'createPerson'],
  )
  t.equal(page.total, 5)
  t.match(data.at(-1), { at: '2024-06-21T08:00:00.000Z', kind: 'person', entityId: id, requestId: made.headers['x-request-id'], keyId: /^\w{10}$/ })
  t.equal(data[0].keyId, null, 'the admin key of the environment has no id')
})

t.test('it is filtered and paged like everything', async t => {
  const { app, clock, store } = await build(t)
  const admin = as(app)
  const key = await keyWith(store, 'content:write')
  for (let n = 0; n < 7; n++) {
    await (n % 2 ? as(app, key) : admin).post('/v1/people', { name: `P ${n}` })
    clock.tick(3_600_000)
  }
  const numbers = async (query: string) => (await admin.get(`/v1/audit?${query}`)).json().data.map((entry: { number: number }) => entry.number)
  const all = await numbers('limit=100')
  t.same(
    all,
    [...all].sort((a, b) => b - a),
  )
  const seen: number[] = []
  let next = ''
  do {
    const answer = (await admin.get(`/v1/audit?limit=3${next}`)).json()
    seen.push(...answer.data.map((entry: { number: number }) => entry.number))
    next = answer.page.next ? `&cursor=${answer.page.next}` : ''
  } while (next)
  t.same(seen, all)
  const [{ keyId }] = (await admin.get('/v1/audit?limit=1&action=createPerson&at.lt=2024-06-21T09:30:00Z')).json().data
  t.equal((await numbers(`keyId=${keyId}`)).length, 3)
  t.equal((await numbers('at.gte=2024-06-21T10:00:00Z&at.lt=2024-06-21T12:00:00Z')).length, 2)
  t.same(await numbers('kind=place'), [])
  t.same(await numbers('action=deletePerson'), [])
  const { entityId } = (await admin.get('/v1/audit?limit=1')).json().data[0]
  t.equal((await numbers(`entityId=${entityId}`)).length, 1)
  for (const bad of ['limit=0', 'at.gte=x', 'who=me', 'cursor=x']) t.equal((await admin.get(`/v1/audit?${bad}`)).statusCode, 400, bad)
  t.equal((await admin.post('/v1/audit', {})).statusCode, 405, 'nobody writes it')
})
