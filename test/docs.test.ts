// What people read: /docs, /docs/problems and the README, each held against what it describes.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { z } from 'zod'
import { seed } from '../src/cli/seed.ts'
import { settings } from '../src/config.ts'
import { sentenceHtml } from '../src/docs/html.ts'
import { startScript } from '../src/docs/reference.ts'
import { catalogue } from '../src/lib/errors.ts'
import { adminKey, build } from './helpers/build.ts'
import { curlsOf, send } from './helpers/curl.ts'
import { root } from './helpers/root.ts'

const readme = readFileSync(new URL('README.md', root), 'utf8')
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

t.test('/docs is a page without a script of its own, which may load nothing from elsewhere', async t => {
  const { app } = await build(t)
  const answer = await app.inject({ url: '/docs', headers: browser })
  t.equal(answer.statusCode, 200)
  t.match(answer.headers, { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  const policy = String(answer.headers['content-security-policy'])
  t.match(policy, "default-src 'none'; script-src 'self';")
  t.match(policy, "connect-src 'self';")
  t.notMatch(policy, /https?:|unsafe-eval|\*/)
  t.same(
    [...answer.body.matchAll(/<script([^>]*)>(.*?)<\/script>/g)].map(([, attributes, content]) => [attributes?.replace(/\?v=\w+/, ''), content]),
    [
      [' src="docs/scalar.js"', ''],
      [' src="docs/start.js"', ''],
    ],
  )
  t.notMatch(answer.body, /(?:src|href)="(?:https?:)?\/\//)
})

t.test('requests that are tried out may go to PUBLIC_URL', async t => {
  const { app } = await build(t, { publicUrl: 'https://api.news.example/dateline' })
  const { headers } = await app.inject({ url: '/docs', headers: browser })
  t.match(headers['content-security-policy'], "connect-src 'self' https://api.news.example;")
})

t.test('/docs is open where reading needs a key', async t => {
  const { app } = await build(t, { publicRead: false })
  for (const url of ['/docs', '/docs/problems', '/docs/start.js', '/openapi.json']) t.equal((await app.inject(url)).statusCode, 200, url)
})

t.test('the script of the viewer comes compressed, and is kept for a year under the address that the page has', async t => {
  const { app } = await build(t)
  const src = /docs\/scalar\.js\?v=\w+/.exec((await app.inject('/docs')).body)?.[0] ?? ''
  const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers })
  const whole = await get(`/${src}`, {})
  t.equal(whole.headers['content-type'], 'text/javascript; charset=utf-8')
  t.equal(whole.headers['content-encoding'], undefined)
  t.match(whole.body, 'createApiReference')
  t.match(src, createHash('sha256').update(whole.rawPayload).digest('hex').slice(0, 16))

  const br = await get(`/${src}`, { 'accept-encoding': 'gzip, deflate, br' })
  t.equal(br.headers['content-encoding'], 'br')
  t.ok(brotliDecompressSync(br.rawPayload).equals(whole.rawPayload))
  t.ok(br.rawPayload.length < whole.rawPayload.length / 3)
  const zipped = await get(`/${src}`, { 'accept-encoding': 'gzip, br;q=0' })
  t.equal(zipped.headers['content-encoding'], 'gzip')
  t.ok(gunzipSync(zipped.rawPayload).equals(whole.rawPayload))

  const none = await get(`/${src}`, { 'accept-encoding': 'zstd, identity;q=0' })
  t.equal(none.headers['content-encoding'], undefined, 'rather as it is than not at all (RFC 9110, 12.5.3)')
  for (const { headers } of [whole, br, zipped]) t.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
  for (const url of ['/docs/scalar.js', '/docs/scalar.js?v=0', '/docs/start.js'])
    t.equal((await get(url, {})).headers['cache-control'], 'public, no-cache', `${url} is asked for again`)
  const known = await get('/docs/scalar.js', { 'accept-encoding': 'br', 'if-none-match': String(br.headers.etag) })
  t.equal(known.statusCode, 304)
  t.equal(known.body, '')
})

const Started = z.object({
  content: z.unknown(),
  telemetry: z.literal(false),
  withDefaultFonts: z.literal(false),
  agent: z.object({ disabled: z.literal(true) }),
})

/** Runs the script as the page does; `started` is what the viewer was given, `text` what the page shows instead. */
async function start(answer: { ok: boolean; status?: number; json?: () => Promise<unknown> }) {
  const seen: { started?: unknown[]; element: { textContent: string } } = { element: { textContent: '' } }
  const context = createContext({
    fetch: async () => answer,
    Scalar: {
      createApiReference: (...given: unknown[]) => {
        seen.started = given
      },
    },
    document: { getElementById: () => seen.element },
  })
  runInContext(startScript, context)
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  return { started: seen.started, text: seen.element.textContent }
}

t.test('the viewer gets the document, with the examples of optional parameters as words: it would send them all', async t => {
  const { app } = await build(t)
  const document = (await app.inject('/openapi.json')).json()
  const { started = [] } = await start({ ok: true, json: async () => structuredClone(document) })
  t.equal(started[0], '#app')
  const { content } = Started.parse(started[1])
  const shown = JSON.parse(JSON.stringify(content))
  t.same(shown.components, document.components)
  t.same(Object.keys(shown.paths), Object.keys(document.paths))
  const parameters = (of: typeof document) => of.paths['/v1/articles/{key}'].get.parameters
  const byName = (name: string) => parameters(shown).find((one: { name: string }) => one.name === name)
  t.same(byName('key').schema, parameters(document).find((one: { name: string }) => one.name === 'key').schema)
  t.match(byName('If-None-Match'), { description: / Such as `"3-9f2c4e61b07d8a35"`\.$/, example: undefined })
  t.match(byName('fields').description, / Such as `title,slug`\.$/)
  t.notOk('examples' in byName('fields').schema)
})

t.test('where the document cannot be had, the page says so', async t => {
  t.match((await start({ ok: false, status: 503 })).text, 'openapi.json: 503')
})

t.test('/docs/problems explains every code under the anchor that problems point to', async t => {
  const { app } = await build(t)
  const answer = await app.inject({ url: '/docs/problems', headers: browser })
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  for (const [code, { status, title, meaning }] of Object.entries(catalogue)) {
    const section = new RegExp(`<section id="${code}">(.*?)</section>`, 's').exec(answer.body)?.[1]
    t.match(section, String(status), code)
    t.match(section, title, code)
    t.match(section, sentenceHtml(meaning), code)
  }
  const style = /<style>(.*?)<\/style>/s.exec(answer.body)?.[1] ?? ''
  t.match(answer.headers['content-security-policy'], `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  t.notMatch(answer.body, /<script| style=| on\w+=/)
  const { type } = (await app.inject('/v1/nothing')).json()
  t.match(answer.body, `id="${type.split('#')[1]}"`)
})

t.test('text is escaped, and code in backticks is code', async t => {
  t.equal(sentenceHtml('a <b> & "c" `<d>\'` `e'), 'a &lt;b&gt; &amp; &quot;c&quot; <code>&lt;d&gt;&#39;</code> `e')
})

t.test('what goes wrong below /docs is a problem, as elsewhere', async t => {
  const { app } = await build(t)
  t.equal((await app.inject({ url: '/docs/nothing', headers: browser })).statusCode, 404)
  t.equal((await app.inject({ url: '/docs/problems', headers: { accept: 'application/json' } })).statusCode, 406)
  const post = await app.inject({ method: 'POST', url: '/docs' })
  t.equal(post.statusCode, 405)
  t.equal(post.headers.allow, 'GET, HEAD')
  t.equal((await app.inject({ url: '/docs', headers: { authorization: 'Bearer dl_wrong' } })).statusCode, 401)
})

t.test('the README has every setting, with its default', async t => {
  for (const [name, setting] of Object.entries(settings.shape)) {
    const row = readme.split('\n').find(line => line.startsWith(`| \`${name}\` |`))
    const { data } = setting.safeParse(undefined)
    t.ok(row, `${name} is in the table`)
    t.match(row, data === undefined ? '| |' : `| \`${data}\` |`, `${name} has its default`)
  }
})

t.test('every curl line of the README does what it says, on the data of the demo', async t => {
  const { app } = await build(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await seed(url, adminKey)
  const curls = curlsOf(readme)
  t.ok(curls.length > 12)
  for (const curl of curls) {
    const answer = await send(curl, { 'http://127.0.0.1:3000': url, $KEY: adminKey })
    t.equal(answer.status, curl.status ?? (curl.method === 'POST' ? 201 : 200), `${curl.text}\n${answer.text.slice(0, 500)}`)
    const data = /"data":\[(.)/.exec(answer.text)?.[1]
    if (data !== undefined) t.equal(data, '{', `${curl.text} finds something`)
  }
})
