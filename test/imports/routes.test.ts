import { readFileSync } from 'node:fs'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, post, refusal } from '../helpers/news.ts'
import { root } from '../helpers/root.ts'

const folder = new URL('examples/seed/', root)
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8')
const page = read('page.txt')
const plain = { 'content-type': 'text/plain' }
const address = 'https://seed.example/summit?a=1'

const send = (caller: Caller, text: string | Buffer, query = '', headers: Record<string, string> = plain) =>
  caller.post(`/v1/imports${query}`, text, headers)

async function seeded(caller: Caller) {
  for (const noun of ['places', 'people']) {
    for (const line of read(`${noun}.ndjson`).trim().split('\n')) await post(caller, `/v1/${noun}`, JSON.parse(line))
  }
}

t.test('a news page as scraped comes out whole', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await seeded(admin)
  const answer = await send(admin, page, `?url=${encodeURIComponent(address)}&status=published`)
  t.equal(answer.statusCode, 201, answer.body)
  const { article, people, places, edition, dropped } = answer.json()
  t.equal(article.title, 'Kim Jong-un & Putin to Meet in Russia for Weapons Talks')
  t.equal(answer.headers.location, `/v1/articles/${article.slug}`)
  t.same(await ok(admin.get(`/v1/articles/${article.slug}`)), article)
  t.equal((await admin.get(`/v1/articles/${article.slug}`)).headers['last-modified'], answer.headers['last-modified'])
  t.equal(article.body[0].type, 'paragraph', 'the lead comes first')
  t.equal(article.body.filter(({ type }: { type: string }) => type === 'heading').length, 14)
  t.match(article, {
    status: 'published',
    publishedAt: '2024-06-21T08:00:00.000Z',
    language: 'en',
    source: { name: 'seed.example', url: address, externalId: address },
  })
  t.same(edition, { place: 'New York', temperatureC: 27.3, date: '2024-06-21' })

  const text = article.body.map((block: { text: string }) => block.text).join('\n')
  for (const line of ['Latest Posts', 'Don’t Miss', "Don't Miss", 'Stay in touch', '27.3 C'])
    t.notOk(text.includes(line), `${line} is not in the text`)
  for (const { text: line, why } of dropped) {
    t.ok(line.length > 0 && why.length > 0, `${line}: ${why}`)
    t.notOk(text.includes(line))
  }
  for (const line of page.split('\n').map(one => one.trim())) {
    const kept = text.includes(line) || article.title === line
    t.ok(
      line === '' ||
        kept ||
        dropped.some((one: { text: string }) => one.text.includes(line)) ||
        ['27.3 C', 'New York', 'Friday, June 21, 2024'].includes(line),
      `nothing is lost: ${line.slice(0, 40)}`,
    )
  }

  const names = (all: { name: string }[]) => all.map(({ name }) => name)
  t.same(
    people.map(({ id }: { id: string }) => id),
    article.personIds,
  )
  t.same(
    places.map(({ id }: { id: string }) => id),
    article.placeIds,
  )
  t.same(names(people).slice(0, 2), ['Kim Jong-un', 'Vladimir Putin'])
  t.ok(['North Korea', 'Russia', 'Vladivostok'].every(name => names(places).includes(name)))
  t.notOk(names(places).includes('New York'), 'the masthead is no place of the article')
  const { mentions } = await ok(admin.get(`/v1/articles/${article.slug}?include=mentions`))
  t.ok(mentions.length > 40)
  for (const { blockId, start, end, surface } of mentions) {
    const block = article.body.find(({ id }: { id: string }) => id === blockId)
    if (block.text.slice(start, end) !== surface) t.fail(surface)
  }
  t.equal((await ok(admin.get('/v1/people/kim-jong-un'))).articleCount, 1)
  t.equal((await ok(as(app, null).get('/v1/search?q=%22armored+train%22'))).data[0].id, article.id)
})

t.test('the address of a page is its natural key: it comes in once', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const query = `?url=${encodeURIComponent(address)}`
  const first = await send(admin, page, query)
  t.match(first.json().article, { status: 'draft', publishedAt: null })
  t.same(await refusal(send(admin, page, query)), ['409 conflict', '/source source_taken'])
  t.equal((await send(admin, page, '?url=https://seed.example/other')).statusCode, 201)
  const bare = await send(admin, page)
  t.equal(bare.statusCode, 201)
  t.equal(bare.json().article.source, null)
  const long = `https://seed.example/${'x'.repeat(600)}`
  t.match((await send(admin, page, `?url=${long}`)).json().article.source, { url: long, externalId: null })
  t.match((await send(admin, page, '?language=de')).json().article, { language: 'de' })
  await ok(admin.delete(`/v1/articles/${first.json().article.id}`), 204)
  t.same(await refusal(send(admin, page, query)), ['409 conflict', '/source source_taken'], 'the trash keeps it')
})

t.test('line ends and marks of Windows make no difference', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const unix = (await send(admin, page)).json()
  const shapeOf = ({ article, edition, dropped }: typeof unix) => ({
    title: article.title,
    body: article.body.map(({ id, ...block }: { id: string }) => block),
    edition,
    dropped,
  })
  for (const text of [page.replaceAll('\n', '\r\n'), `\ufeff${page}`, page.replaceAll('\n', '\r')]) {
    const answer = await send(admin, text, '', { 'content-type': 'text/plain; charset="UTF-8"' })
    t.same(shapeOf(answer.json()), shapeOf(unix))
  }
})

t.test('a title that is too long goes on in the text, and what nobody can see is left out', async t => {
  const { app } = await build(t)
  const { article } = (await send(as(app), `${'x'.repeat(501)}\n\nA bell \u0007 rings.\n`)).json()
  t.ok(article.title.length <= 500)
  t.match(article.body[0].text, /^x{501}$/, 'the whole of it stands in the text')
  t.notMatch(JSON.stringify(article), /\\u0007/)
  t.match(article.body.at(-1).text, /^A bell +rings\.$/)
})

t.test('a page of more lines than an article may have blocks loses none', async t => {
  const { app } = await build(t)
  const { article, dropped } = (await send(as(app), `Title\n\n${'One more paragraph of text.\n\n'.repeat(5_001)}`)).json()
  t.ok(article.body.length <= 5_000)
  t.equal(article.wordCount, 5 * 5_001)
  t.same(dropped, [])
})

t.test('the least page is a title', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const { article, edition, dropped } = (await send(admin, 'Only a title')).json()
  t.match({ article, edition, dropped }, { article: { title: 'Only a title', wordCount: 0, source: null }, edition: null, dropped: [] })
})

t.test('what is no page is refused', async t => {
  const { app } = await build(t)
  const admin = as(app)
  t.equal((await send(admin, '')).statusCode, 400)
  for (const nothing of [' ', '\n\n\t\n']) t.match(await refusal(send(admin, nothing)), ['400 invalid_request', ' no_text'], JSON.stringify(nothing))
  t.equal((await send(admin, Buffer.from('caf\xe9 au lait', 'latin1'))).statusCode, 400, 'a byte that is not UTF-8')
  const host = `${'abcdefghi.'.repeat(21)}example`
  t.match(await refusal(send(admin, page, `?url=https://${host}/`)), ['400 invalid_request', ' no_article'], 'a source has a name of 200 characters')
  for (const type of ['text/html', 'application/json', 'text/plain; charset=latin1', 'multipart/form-data; boundary=x'])
    t.equal((await send(admin, page, '', { 'content-type': type })).statusCode, 415, type)
  t.same(await refusal(send(admin, page, '?url=javascript:alert(1)')).then(([status]) => status), '400 invalid_request')
  t.same(await refusal(send(admin, page, '?status=scheduled')), ['400 invalid_request', 'status not_allowed'])
  t.same(await refusal(send(admin, page, '?language=English')).then(([, place]) => place?.split(' ')[0]), 'language')
  t.same(await refusal(send(admin, page, '?uri=x')), ['400 invalid_request', 'uri unknown_parameter'])
  t.equal((await admin.get('/v1/imports')).statusCode, 405)
  t.same((await ok(admin.get('/v1/articles?status.any=draft,published'))).data, [], 'nothing of it was stored')
})

t.test('a page may have eight million bytes, and not one more', async t => {
  const { app } = await build(t)
  const admin = as(app)
  const line = `${'word '.repeat(15_000)}\n\n`
  const long = `Title\n\n${line.repeat(106)}`
  const whole = `${long}${' '.repeat(8_000_000 - long.length)}`
  t.equal(Buffer.byteLength(whole), 8_000_000)
  const answer = await send(admin, whole)
  t.equal(answer.statusCode, 201, answer.body.slice(0, 300))
  t.match(await refusal(send(admin, `${whole} `)), ['413 body_too_large'])
  t.match(
    await refusal(
      admin.post('/v1/articles', JSON.stringify({ title: 'x', markdown: 'x'.repeat(2_000_000) }), { 'content-type': 'application/json' }),
    ),
    ['413 body_too_large'],
    'elsewhere it is two',
  )
})

t.test('importing is for writers, and to the public for those who publish', async t => {
  const { app, store } = await build(t)
  const keys = {
    nobody: null,
    reader: await keyWith(store, 'content:read'),
    writer: await keyWith(store, 'content:write'),
    publisher: await keyWith(store, 'content:write', 'content:publish'),
  }
  for (const [who, draft, published] of [
    ['nobody', 401, 401],
    ['reader', 403, 403],
    ['writer', 201, 403],
    ['publisher', 201, 201],
  ] as const) {
    const caller = as(app, keys[who])
    t.equal((await send(caller, page)).statusCode, draft, `${who}: a draft`)
    t.equal((await send(caller, page, '?status=published')).statusCode, published, `${who}: published`)
  }
})
