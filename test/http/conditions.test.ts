// ETag, If-None-Match, If-Match and `version`: the same for every noun.
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, make } from '../helpers/callers.ts'
import { nouns } from '../helpers/nouns.ts'

for (const noun of nouns) {
  const { path, named } = noun

  t.test(`${path}: an ETag is strong, and names the version and the bytes`, async t => {
    const { app, clock } = await build(t)
    const admin = as(app)
    const first = await admin.post(path, { [named]: 'Tagged' })
    const hash = createHash('sha256').update(first.rawPayload).digest('hex').slice(0, 16)
    t.equal(first.headers.etag, `"1-${hash}"`)
    t.equal(first.headers['last-modified'], 'Fri, 21 Jun 2024 08:00:00 GMT')
    clock.tick(61_000)
    const second = await admin.patch(`${path}/tagged`, { [named]: 'Tagged again' })
    t.match(second.headers.etag, /^"2-[0-9a-f]{16}"$/)
    t.equal(second.headers['last-modified'], 'Fri, 21 Jun 2024 08:01:01 GMT')
    t.match((await admin.get(path)).headers.etag, /^"0-[0-9a-f]{16}"$/)
    t.match((await admin.get(`${path}/tagged?fields=slug`)).headers.etag, /^"2-/)
  })

  t.test(`${path}: who has the bytes gets a 304`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'Known')
    for (const url of [`${path}/known`, `${path}/known?fields=slug`, path]) {
      const { headers } = await admin.get(url)
      const etag = String(headers.etag)
      for (const tags of [etag, `W/${etag}`, `"other", W/"1-more" , ${etag}`, '*', etag.replace(/"$/, '-gzip"')]) {
        for (const read of [admin.get, admin.head]) {
          const answer = await read(url, { 'if-none-match': tags })
          t.equal(answer.statusCode, 304, `${url} ${tags}`)
          t.equal(answer.headers.etag, tags.includes('gzip') ? tags : etag)
          t.equal(answer.headers['cache-control'], headers['cache-control'])
          t.equal(answer.headers.vary, headers.vary)
          t.equal(answer.headers['content-type'], undefined)
        }
      }
      for (const tags of ['"1-0000000000000000"', '"0-0000000000000000"', 'garbage', '""', etag.slice(0, -1), etag.replaceAll('"', '')]) {
        t.equal((await admin.get(url, { 'if-none-match': tags })).statusCode, 200, `${url} ${tags}`)
      }
      t.equal((await admin.get(url, { 'if-modified-since': 'Fri, 21 Jun 2030 08:00:00 GMT' })).statusCode, 200, 'If-Modified-Since is not heeded')
    }
    t.equal((await admin.get(`${path}/nobody`, { 'if-none-match': '*' })).statusCode, 404)
  })

  t.test(`${path}: a compressed answer has its own tag, which is known again`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    await make(admin, noun, 'Long', { [noun.words]: 'many words '.repeat(80) })
    const plain = await admin.get(`${path}/long`)
    const gzip = await admin.get(`${path}/long`, { 'accept-encoding': 'gzip' })
    t.equal(gzip.headers['content-encoding'], 'gzip')
    t.equal(gunzipSync(gzip.rawPayload).toString(), plain.body)
    t.equal(gzip.headers.etag, String(plain.headers.etag).replace(/"$/, '-gzip"'))
    t.equal((await admin.get(`${path}/long`, { 'accept-encoding': 'br' })).headers.etag, String(plain.headers.etag).replace(/"$/, '-br"'))
    t.equal((await admin.get(`${path}/long`, { 'accept-encoding': 'gzip', 'if-none-match': String(gzip.headers.etag) })).statusCode, 304)
    t.equal(
      (await admin.patch(`${path}/long`, { [named]: 'Longer' }, { 'if-match': String(gzip.headers.etag) })).statusCode,
      200,
      'it serves in If-Match',
    )
  })

  t.test(`${path}: nobody overwrites what they have not seen`, async t => {
    const { app } = await build(t)
    const admin = as(app)
    const first = await admin.post(path, { [named]: 'Seen' })
    const stale = String(first.headers.etag)
    const url = `${path}/seen`
    await admin.patch(url, { [named]: 'Seen 2' })
    const current = String((await admin.get(url)).headers.etag)
    const sparse = String((await admin.get(`${url}?fields=slug`)).headers.etag)
    const writes = [
      (headers: Record<string, string>, version?: number) =>
        admin.patch(url, { [named]: 'Seen 2', ...(version === undefined ? {} : { version }) }, headers),
      (headers: Record<string, string>, version?: number) =>
        admin.put(url, { [named]: 'Seen 2', ...(version === undefined ? {} : { version }) }, headers),
    ]
    for (const write of writes) {
      for (const tag of [stale, '"1"', '"3"', `W/${current}`, '""', 'garbage', '2', '"20-x"'])
        t.match((await write({ 'if-match': tag })).json(), { status: 412, code: 'version_mismatch' }, tag)
      for (const tag of [current, sparse, '*', '"2"', `${stale}, ${current}`]) t.equal((await write({ 'if-match': tag })).statusCode, 200, tag)
      t.equal((await write({}, 1)).statusCode, 412, 'a stale version is a stale tag')
      t.equal((await write({}, 2)).statusCode, 200)
      t.equal((await write({ 'if-match': current }, 1)).statusCode, 412, 'both must hold')
      t.equal((await write({ 'if-match': stale }, 2)).statusCode, 412, 'both must hold')
      t.equal((await write({ 'if-match': current }, 2)).statusCode, 200)
      t.match((await write({ 'if-none-match': '*' })).json(), { status: 412, code: 'already_exists' })
    }
    t.equal((await admin.delete(url, undefined, { 'if-match': stale })).statusCode, 412)
    t.equal((await admin.get(url)).json().version, 2, 'none of that was written')
    t.equal((await admin.delete(url, undefined, { 'if-match': current })).statusCode, 204)
  })

  t.test(`${path}: with REQUIRE_IF_MATCH there are no blind writes`, async t => {
    const { app } = await build(t, { requireIfMatch: true })
    const admin = as(app)
    await make(admin, noun, 'Careful')
    const url = `${path}/careful`
    for (const blind of [
      await admin.patch(url, {}),
      await admin.put(url, { [named]: 'Careful' }),
      await admin.delete(url),
      await admin.delete(`${url}?purge=true`),
    ]) {
      t.match(blind.json(), { status: 428, code: 'precondition_required' })
    }
    t.equal((await admin.patch(url, { version: 1 })).statusCode, 200, 'version satisfies it')
    t.equal((await admin.patch(url, {}, { 'if-match': '*' })).statusCode, 200)
    t.equal((await admin.put(url, { [named]: 'Careful', version: 2 })).statusCode, 412)
    t.equal((await admin.delete(url, undefined, { 'if-match': '"1-x"' })).statusCode, 204)
    t.equal((await admin.post(`${url}/restore`)).statusCode, 200, 'restore overwrites nothing')
  })
}
