// Slugs, natural keys and the trash: the same for every noun.
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, keyWith, make } from '../helpers/callers.ts'
import { nouns } from '../helpers/nouns.ts'

for (const noun of nouns) {
  const { path, named } = noun

  t.test(`${path}: slugs are made readable, unique and short`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const cases = {
      Владивосток: 'vladivostok',
      'Kim Jong-un': 'kim-jong-un',
      Łódź: 'lodz',
      東京: 'dong-jing',
      '!!!': 'untitled',
      '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12': 'n-0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
    }
    for (const [name, slug] of Object.entries(cases)) t.equal((await make(admin, noun, name)).slug, slug)
    const long = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'
    const slugs = new Set<string>()
    for (let n = 0; n < 8; n++) {
      const { slug } = await make(admin, noun, long)
      t.match(slug, /^one-two-three-.*[a-z0-9]$/)
      t.ok(slug.length <= 80, `${slug.length} characters`)
      slugs.add(slug)
    }
    t.equal(slugs.size, 8, 'the same name gets a suffix, as often as it comes')
    t.equal((await make(admin, noun, 'kim jong un')).slug, 'kim-jong-un-2')
  })

  t.test(`${path}: a slug that is asked for is taken as it is, or refused`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'First', { slug: 'first' })
    for (const slug of ['x'.repeat(500), 'a-1']) t.equal((await make(admin, noun, 'Given', { slug })).slug, slug)
    const refusals = {
      first: 'slug_taken',
      '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12': 'slug_is_uuid',
      'Not A Slug': 'invalid_slug',
      'a--b': 'invalid_slug',
      '': 'invalid_slug',
      'a/b': 'invalid_slug',
      [`${'x'.repeat(501)}`]: 'too_long',
    }
    for (const [slug, code] of Object.entries(refusals)) {
      for (const refused of [await admin.post(path, { [named]: 'Wants', slug }), await admin.patch(`${path}/a-1`, { slug })]) {
        t.equal(refused.statusCode, code === 'slug_taken' ? 409 : 400)
        t.match(refused.json().errors[0], { pointer: '/slug', code })
      }
    }
  })

  t.test(`${path}: a slug is not moved by a new name, and a former one leads on`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const { id } = await make(admin, noun, 'Old Name')
    t.equal((await admin.patch(`${path}/${id}`, { [named]: 'New Name' })).json().slug, 'old-name')
    t.equal((await admin.patch(`${path}/${id}`, { slug: 'new-name' })).json().slug, 'new-name')
    const moved = await as(app, null).get(`${path}/old-name?fields=${named},slug&fields=id`)
    t.equal(moved.statusCode, 308)
    t.equal(moved.headers.location, `${path}/new-name?fields=${named},slug&fields=id`)
    t.equal(moved.headers['cache-control'], 'public, no-cache')
    t.equal(moved.headers['content-type'], undefined, 'it has no body')
    t.equal((await admin.get(moved.headers.location ?? '')).json().id, id)
    for (const answer of [
      await admin.patch(`${path}/old-name`, {}),
      await admin.put(`${path}/old-name`, { [named]: 'New' }),
      await admin.delete(`${path}/old-name`),
      await admin.post(`${path}/old-name/restore`),
    ]) {
      t.equal(answer.statusCode, 308, 'writes are sent on, too')
      t.match(answer.headers.location, `${path}/new-name`)
    }
    t.equal((await admin.get(`${path}/new-name`)).statusCode, 200, 'and nothing was deleted')
    const taken = await admin.post(path, { [named]: 'Another', slug: 'old-name' })
    t.match(taken.json(), { status: 409, errors: [{ pointer: '/slug', code: 'slug_taken' }] }, "another's past is taken")
    t.equal((await make(admin, noun, 'Old name')).slug, 'old-name-2', 'a made slug steps aside for it')
    await admin.patch(`${path}/${id}`, { slug: 'third-name' })
    t.equal((await admin.get(`${path}/old-name`)).headers.location, `${path}/third-name`, 'all former ones lead to the present one, in one step')
    t.equal((await admin.patch(`${path}/${id}`, { slug: 'old-name' })).json().slug, 'old-name', 'its own former one comes back')
    t.equal((await admin.get(`${path}/old-name`)).json().id, id)
    t.equal((await admin.get(`${path}/third-name`)).headers.location, `${path}/old-name`)
  })

  t.test(`${path}: CACHE_MAX_AGE never keeps a redirect`, async t => {
    const { app } = await build(t, { cacheMaxAgeSeconds: 60 })
    const admin = as(app)
    await make(admin, noun, 'Old')
    await admin.patch(`${path}/old`, { slug: 'new' })
    t.equal((await as(app, null).get(`${path}/old`)).headers['cache-control'], 'public, no-cache')
    t.equal((await admin.get(`${path}/old`)).headers['cache-control'], 'private, no-cache')
  })

  t.test(`${path}: what is deleted lies in the trash, with its slug and natural key, until it is purged`, async t => {
    const { app, store } = await build(t)
    const admin = as(app)
    const source = { name: 'reuters', externalId: '1' }
    const made = await make(admin, noun, 'Trashed', { source })
    await admin.patch(`${path}/${made.id}`, { slug: 'lies-here' })
    const gone = await admin.delete(`${path}/lies-here`)
    t.equal(gone.statusCode, 204)
    for (const url of [`${path}/lies-here`, `${path}/${made.id}`, `${path}/trashed`])
      t.equal((await admin.get(url)).statusCode, 404, `${url} is gone for everybody`)
    for (const again of [
      await admin.delete(`${path}/lies-here`),
      await admin.patch(`${path}/lies-here`, {}),
      await admin.put(`${path}/lies-here`, { [named]: 'x' }),
    ])
      t.equal(again.statusCode, 404)
    for (const query of ['', '?q=trashed', '?id.any=lies-here', `?id.any=${made.id}`, '?source=reuters', '?trashed=false'])
      t.same((await admin.get(`${path}${query}`)).json().data, [], `not in ${query || 'lists'}`)
    t.same((await admin.get(`${path}?count=exact`)).json().page.total, 0)

    const trash = (await admin.get(`${path}?trashed=true&count=exact`)).json()
    t.same([trash.data.map((item: { id: string }) => item.id), trash.page.total], [[made.id], 1])
    t.equal((await as(app, null).get(`${path}?trashed=true`)).statusCode, 401)
    const writer = as(app, await keyWith(store, 'content:write', 'content:publish'))
    t.equal((await writer.get(`${path}?trashed=true`)).json().code, 'missing_scope')
    t.equal((await as(app, await keyWith(store, 'content:read')).get(`${path}?trashed=true`)).json().data.length, 1)

    for (const slug of ['lies-here', 'trashed'])
      t.match((await admin.post(path, { [named]: 'Wants', slug })).json(), { status: 409, errors: [{ code: 'slug_taken' }] })
    t.match((await admin.post(path, { [named]: 'Wants', source })).json(), { status: 409, errors: [{ pointer: '/source', code: 'source_taken' }] })

    const back = await writer.post(`${path}/lies-here/restore`)
    t.same(
      back.json(),
      { ...made, slug: 'lies-here', version: 2, updatedAt: back.json().updatedAt },
      'neither the trash nor the way back moves the version',
    )
    t.equal((await writer.post(`${path}/lies-here/restore`)).body, back.body, 'what is not in the trash stays as it is')
    t.equal((await admin.get(path)).json().data.length, 1)
    t.equal((await admin.post(`${path}/nobody/restore`)).statusCode, 404)

    t.equal((await writer.delete(`${path}/lies-here?purge=true`)).json().code, 'missing_scope')
    t.equal((await as(app, null).delete(`${path}/lies-here?purge=true`)).statusCode, 401)
    await writer.delete(`${path}/lies-here`)
    t.equal((await admin.delete(`${path}/lies-here?purge=true`)).statusCode, 204, 'what lies in the trash can be purged')
    t.equal((await admin.post(`${path}/${made.id}/restore`)).statusCode, 404)
    t.same((await admin.get(`${path}?trashed=true`)).json().data, [])
    const next = await make(admin, noun, 'Wants', { slug: 'lies-here', source })
    t.not(next.id, made.id)
    t.equal((await make(admin, noun, 'Trashed')).slug, 'trashed', 'former slugs are free, too')
    t.equal((await admin.delete(`${path}/lies-here?purge=true`)).statusCode, 204, 'and what does not can be as well')
  })

  t.test(`${path}: a natural key is unique`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const first = await make(admin, noun, 'First', { source: { name: 'reuters', externalId: '1' } })
    const second = await make(admin, noun, 'Second', { source: { name: 'reuters', externalId: '2' } })
    await make(admin, noun, 'Third', { source: { name: 'reuters' } })
    await make(admin, noun, 'Fourth', { source: { name: 'reuters' } })
    await make(admin, noun, 'Fifth', { source: { name: 'afp', externalId: '1' } })
    const taken = { status: 409, code: 'conflict', errors: [{ pointer: '/source', code: 'source_taken', detail: new RegExp(first.id) }] }
    t.match((await admin.post(path, { [named]: 'Sixth', source: { name: 'reuters', externalId: '1' } })).json(), taken)
    t.match((await admin.patch(`${path}/${second.id}`, { source: { externalId: '1' } })).json(), taken)
    t.match((await admin.put(`${path}/${second.id}`, { [named]: 'Second', source: { name: 'reuters', externalId: '1' } })).json(), taken)
    t.equal((await admin.patch(`${path}/${first.id}`, { source: { externalId: '1' } })).statusCode, 200, 'its own is no conflict')
    t.equal((await admin.get(`${path}?source=reuters`)).json().data.length, 4)
    t.match((await admin.post(path, { [named]: 'Slash', source: { name: 'a/b' } })).json(), {
      status: 400,
      errors: [{ pointer: '/source/name', code: 'slash' }],
    })
  })
}
