// Keys over HTTP: shown once, never more than their maker may do, ended at once.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith } from '../helpers/callers.ts'

const day = 86_400_000

t.test('a key is made, shown once, listed, changed and revoked', async t => {
  const { app, clock, store } = await build(t)
  const admin = as(app)
  const made = await admin.post('/v1/keys', { name: 'website', scopes: ['content:read', 'content:read'] })
  t.equal(made.statusCode, 201, made.body)
  const { key, ...shown } = made.json()
  t.match(key, /^dl_[0-9A-Za-z]{48}$/)
  t.match(shown, { name: 'website', scopes: ['content:read'], expiresAt: null, revokedAt: null, createdAt: clock.now() })
  t.equal(made.headers.location, `/v1/keys/${shown.id}`)
  t.match((await as(app, key).get('/v1/whoami')).json(), { keyId: shown.id, name: 'website', scopes: ['content:read'] })
  const listed = await admin.get('/v1/keys')
  t.match(listed.json().data, [{ id: shown.id }])
  for (const answer of [listed, await admin.get(`/v1/keys/${shown.id}`), await admin.get('/v1/audit')]) {
    t.notOk(answer.body.includes(key.slice(13, 45)), 'the secret is nowhere')
    t.notMatch(answer.body, /"hash"/)
  }
  t.match((await admin.patch(`/v1/keys/${shown.id}`, { name: 'site', scopes: ['content:write'] })).json(), {
    name: 'site',
    scopes: ['content:write'],
  })
  t.equal((await as(app, key).post('/v1/people', { name: 'Ada' })).statusCode, 201, 'from the next request on')
  t.equal((await admin.delete(`/v1/keys/${shown.id}`)).statusCode, 204)
  for (const url of ['/v1/people', '/v1/whoami', '/', '/health/live']) t.equal((await as(app, key).get(url)).json().code, 'invalid_key', url)
  t.match((await admin.get(`/v1/keys/${shown.id}`)).json(), { revokedAt: clock.now() })
  t.equal((await admin.get('/v1/keys/nobody0000')).statusCode, 404)
  t.equal((await admin.get('/v1/keys/no')).statusCode, 400)
  const { length } = await store.read(({ sql, tables }) => sql.select().from(tables.keys))
  t.equal((await admin.post('/v1/keys?dryRun=true', { name: 'x', scopes: ['admin'] })).statusCode, 201)
  t.equal((await store.read(({ sql, tables }) => sql.select().from(tables.keys))).length, length)
})

t.test('nobody gives away a scope that they do not have', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const clerk = as(app, await keyWith(store, 'keys:write', 'content:read'))
  t.equal((await clerk.post('/v1/keys', { name: 'x', scopes: ['content:read'] })).statusCode, 201)
  for (const scope of ['admin', 'content:write', 'content:publish'])
    t.match((await clerk.post('/v1/keys', { name: 'x', scopes: ['content:read', scope] })).json(), { status: 403, code: 'missing_scope' }, scope)
  const strong = (await admin.post('/v1/keys', { name: 'strong', scopes: ['admin'] })).json()
  t.equal((await clerk.post(`/v1/keys/${strong.id}/rotate`, {})).statusCode, 403, 'nor by rotating')
  t.equal((await clerk.patch(`/v1/keys/${strong.id}`, { expiresAt: null })).statusCode, 403, 'nor by a longer life')
  const weak = (await clerk.post('/v1/keys', { name: 'weak', scopes: ['content:read'] })).json()
  t.equal((await clerk.patch(`/v1/keys/${weak.id}`, { scopes: ['admin'] })).statusCode, 403)
  const reader = as(app, await keyWith(store, 'content:read', 'content:write', 'content:publish'))
  for (const url of ['/v1/keys', `/v1/keys/${weak.id}`]) t.equal((await reader.get(url)).statusCode, 403)
  for (const url of ['/v1/keys', '/v1/whoami', '/v1/audit']) t.equal((await as(app, null).get(url)).statusCode, 401)
  t.equal((await clerk.get('/v1/audit')).statusCode, 403)
})

t.test('a key that is rotated overlaps with the next', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  const old = (await admin.post('/v1/keys', { name: 'a', scopes: ['content:read'] })).json()
  const made = await admin.post(`/v1/keys/${old.id}/rotate`, { overlapSeconds: 60 })
  t.equal(made.statusCode, 201, made.body)
  const next = made.json()
  t.match(next, { name: 'a', scopes: ['content:read'], expiresAt: null })
  const works = async (key: string) => (await as(app, key).get('/v1/whoami')).statusCode === 200
  t.same([await works(old.key), await works(next.key)], [true, true])
  clock.tick(60_000)
  t.same([await works(old.key), await works(next.key)], [false, true])
  t.match((await admin.post(`/v1/keys/${old.id}/rotate`, {})).json().errors, [{ code: 'key_ended' }])
  const last = (await admin.post(`/v1/keys/${next.id}/rotate`, {})).json()
  t.same([await works(next.key), await works(last.key)], [false, true], 'without an overlap it ends at once')
  t.equal((await admin.post(`/v1/keys/${last.id}/rotate`, { overlapSeconds: 604_801 })).statusCode, 400)
})

t.test('what cannot be is refused', async t => {
  const { app, clock } = await build(t)
  const admin = as(app)
  t.match((await admin.post('/v1/keys', { name: 'x', scopes: ['content:read'], expiresAt: clock.now() })).json().errors, [
    { code: 'expires_in_past' },
  ])
  for (const body of [
    {},
    { name: 'x' },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['all'] },
    { name: '', scopes: ['admin'] },
    { name: 'x', scopes: ['admin'], id: 'y' },
  ])
    t.equal((await admin.post('/v1/keys', body)).statusCode, 400, JSON.stringify(body))
  const replay = await admin.post('/v1/keys', { name: 'x', scopes: ['content:read'] }, { 'idempotency-key': 'k' })
  t.match(replay.json().errors, [{ header: 'Idempotency-Key', code: 'idempotency_impossible' }], 'a secret is not kept to be shown again')
  const soon = (await admin.post('/v1/keys', { name: 'x', scopes: ['content:read'], expiresAt: '2024-06-22T08:00:00+02:00' })).json()
  t.equal(soon.expiresAt, '2024-06-22T06:00:00.000Z')
  clock.tick(day)
  t.equal((await as(app, soon.key).get('/v1/articles')).json().code, 'invalid_key')
})
