// Names and titles as they are typed, and nothing that nobody may see.
import fc from 'fast-check'
import t from 'tap'
import { typedForm } from '../../src/suggest/parts.ts'
import { build } from '../helpers/build.ts'
import { as, type Caller, keyWith } from '../helpers/callers.ts'
import { ok, post, refusal } from '../helpers/news.ts'

type Suggestion = { kind: string; id: string; slug: string; name?: string; title?: string; matched: string }

const suggest = async (caller: Caller, q: string, more = ''): Promise<Suggestion[]> =>
  (await ok(caller.get(`/v1/suggest?q=${encodeURIComponent(q)}${more}`))).data
const names = async (caller: Caller, q: string, more = '') => (await suggest(caller, q, more)).map(one => one.name ?? one.title)

/** An article about people and places by their names, published. */
const about = (editor: Caller, title: string, ids: string[], more = {}) =>
  post(editor, '/v1/articles', { title, status: 'published', aboutIds: ids, ...more })

async function registry(t: Parameters<typeof build>[0]) {
  const { app, store, clock } = await build(t)
  const editor = as(app)
  const putin = await post(editor, '/v1/people', {
    name: 'Vladimir V. Putin',
    aliases: ['Putin', 'Vladimir Putin'],
    description: 'President of Russia',
  })
  await post(editor, '/v1/people', { name: 'Łucja Ōe' })
  const city = await post(editor, '/v1/places', { name: 'Vladivostok', kind: 'city', countryCode: 'RU', description: 'A port' })
  await post(editor, '/v1/people', { name: 'Mayor of Vladivostok' })
  return { app, store, clock, editor, putin, city, nobody: as(app, null) }
}

t.test('each kind is shown in its own shape, with the name that matched', async t => {
  const { nobody, editor, putin, city } = await registry(t)
  const article = await about(editor, 'Putin travels', [])
  t.same(
    await suggest(nobody, 'puti'),
    [
      { kind: 'person', id: putin.id, slug: putin.slug, name: 'Vladimir V. Putin', description: 'President of Russia', matched: 'Putin' },
      { kind: 'article', id: article.id, slug: article.slug, title: 'Putin travels', publishedAt: article.publishedAt, matched: 'Putin travels' },
    ].reverse(),
    'a title weighs as much as a name that one article is about',
  )
  t.same((await suggest(nobody, 'vladivo'))[0], {
    kind: 'place',
    id: city.id,
    slug: city.slug,
    name: 'Vladivostok',
    description: 'A port',
    placeKind: 'city',
    countryCode: 'RU',
    matched: 'Vladivostok',
  })
  t.same(await suggest(nobody, 'vladimir putin', '&kind=person'), [{ ...(await suggest(nobody, 'puti'))[1], matched: 'Vladimir Putin' }])
})

t.test('any word may be the one that was begun, several words too, in any order', async t => {
  const { nobody } = await registry(t)
  t.same(await names(nobody, 'vladiv'), ['Vladivostok', 'Mayor of Vladivostok'])
  t.same(await names(nobody, 'mayor of vladi'), ['Mayor of Vladivostok'])
  t.same(await names(nobody, 'of vl'), ['Mayor of Vladivostok'])
  t.same(await names(nobody, 'vlad mayor'), ['Mayor of Vladivostok'])
  t.same(await names(nobody, 'putin vlad'), ['Vladimir V. Putin'])
  t.same(await names(nobody, 'putin mayor'), [])
  t.same(await names(nobody, 'adivostok'), [], 'the middle of a word is not its beginning')
})

t.test('case, accents and marks are folded', async t => {
  const { nobody, editor } = await registry(t)
  for (const q of ['lucja', 'ŁUCJA', 'łu', 'oe', 'ŌE', ' lucja  ōe ', 'lucja-oe']) t.same(await names(nobody, q), ['Łucja Ōe'], q)
  await post(editor, '/v1/people', { name: 'Zoë O’Brien' })
  for (const q of ["zoe o'b", 'obrien', 'O’BRIEN', 'brien', 'zoe']) t.ok((await names(nobody, q)).includes('Zoë O’Brien'), q)
})

t.test('scripts without spaces, from right to left, and composed ones', async t => {
  const { nobody, editor } = await registry(t)
  await post(editor, '/v1/places', { name: '東京都庁' })
  await post(editor, '/v1/places', { name: 'กรุงเทพ' })
  await post(editor, '/v1/places', { name: 'القاهرة الجديدة' })
  await post(editor, '/v1/places', { name: 'ירושלים' })
  await post(editor, '/v1/people', { name: '김민수' })
  for (const [q, wanted] of [
    ['東', '東京都庁'],
    ['京都', '東京都庁'],
    ['庁', '東京都庁'],
    ['เทพ', 'กรุงเทพ'],
    ['القا', 'القاهرة الجديدة'],
    ['الجد', 'القاهرة الجديدة'],
    ['ירוש', 'ירושלים'],
    ['김', '김민수'],
    ['김미', '김민수'],
  ] as const)
    t.same(await names(nobody, q), [wanted], q)
  t.same(await names(nobody, '都東'), [])
})

t.test('whole names first, then prominence, a first word before a later one', async t => {
  const { app } = await build(t)
  const editor = as(app)
  const made = async (name: string, articles: number) => {
    const { id } = await post(editor, '/v1/people', { name })
    for (let n = 0; n < articles; n += 1) await about(editor, `Story ${n}`, [id])
  }
  await made('Lisa Small', 1)
  await made('Lisa Great', 3)
  await made('Lisa Nobody', 0)
  await made('Mona Lisa', 1)
  await made('Lis', 0)
  await made('Great Lisa', 20)
  t.same(await names(editor, 'lis'), ['Lis', 'Great Lisa', 'Lisa Great', 'Lisa Small', 'Lisa Nobody', 'Mona Lisa'], 'three letters')
  t.same(await names(editor, 'lisa'), (await names(editor, 'lis')).slice(1), 'four')
  const prominent = ['Great Lisa', 'Lisa Great', 'Lisa Small', 'Lis', 'Lisa Nobody', 'Mona Lisa']
  t.same(await names(editor, 'l'), prominent, 'one')
  t.same(await names(editor, 'li'), prominent, 'two')
  t.same(await names(editor, 'l', '&limit=2'), ['Great Lisa', 'Lisa Great'])
})

t.test('of many that begin alike the most prominent and the newest come, at every length', async t => {
  const { app } = await build(t)
  const editor = as(app)
  const lines = (records: object[]) => records.map(record => JSON.stringify(record)).join('\n')
  const bulk = async (path: string, records: object[]) => {
    const answer = await editor.post(`${path}/bulk`, lines(records), { 'content-type': 'application/x-ndjson' })
    t.equal(answer.statusCode, 200)
  }
  await bulk(
    '/v1/people',
    Array.from({ length: 160 }, (_, n) => ({ name: `Anders Berg ${n}`, aliases: [`Anders A. Berg ${n}`] })),
  )
  const day = (n: number) => `20${String(10 + Math.floor(n / 28)).padStart(2, '0')}-02-${String(1 + (n % 28)).padStart(2, '0')}T00:00:00Z`
  const titles = Array.from({ length: 310 }, (_, n) => ({ title: `Anders leaves ${n}`, status: 'published', publishedAt: day(n % 300) }))
  await bulk('/v1/articles', titles)
  for (const [n, articles] of [
    [7, 5],
    [133, 4],
    [42, 3],
    [159, 2],
  ] as const)
    for (let count = 0; count < articles; count += 1) await about(editor, `Other ${count}`, [`anders-berg-${n}`])
  const best = ['Anders Berg 7', 'Anders Berg 133', 'Anders Berg 42', 'Anders Berg 159']
  for (const q of ['a', 'an', 'and', 'ande', 'anders']) {
    t.same(await names(editor, q, '&limit=4&kind=person'), best, q)
    t.same((await names(editor, q, '&limit=5')).slice(0, 4), best, `${q}, of all kinds`)
    t.same(await names(editor, q, '&limit=3&kind=article'), ['Anders leaves 299', 'Anders leaves 298', 'Anders leaves 297'], q)
    t.same(await names(editor, q, '&kind=place'), [])
    t.equal((await suggest(editor, q, '&limit=20')).length, 20)
  }
  t.same(await names(editor, 'anders berg', '&limit=4'), best)
  t.same(await names(editor, 'berg a', '&limit=4'), best, 'in another order')
  t.same((await names(editor, 'adners berg 13')).slice(0, 1), ['Anders Berg 133'], 'with an error among many')
})

t.test('one with hundreds of names does not stand in the way of others', async t => {
  const { app } = await build(t)
  const editor = as(app)
  const aliases = Array.from({ length: 450 }, (_, n) => `Anderson ${n}`)
  const many = await post(editor, '/v1/people', { name: 'Anderson', aliases })
  await about(editor, 'Of many', [many.id])
  const others = Array.from({ length: 12 }, (_, n) => `Anderssen ${String.fromCharCode(97 + n)}`)
  for (const name of others) await post(editor, '/v1/places', { name: name.toUpperCase() })
  for (const q of ['a', 'an', 'and', 'ande', 'anders']) {
    const found = await suggest(editor, q, '&limit=13')
    t.equal(found[0]?.id, many.id, q)
    t.equal(new Set(found.map(({ id }) => id)).size, 13, q)
  }
  t.same(await names(editor, 'and', '&limit=1&kind=person'), ['Anderson'])
  t.equal((await suggest(editor, 'anderson 44'))[0]?.matched, 'Anderson 44')
})

t.test('one error from the fourth letter on, only where nothing fits', async t => {
  const { nobody } = await registry(t)
  for (const q of ['vladivistok', 'valdivostok', 'vldivostok', 'vladdivostok', 'bladivostok', 'vladivostko', 'wladivos'])
    t.ok((await names(nobody, q)).includes('Vladivostok'), q)
  for (const q of ['puin', 'pitin', 'uptin', 'putinn', 'putjn']) t.same(await names(nobody, q), ['Vladimir V. Putin'], q)
  t.same((await suggest(nobody, 'putjn'))[0]?.matched, 'Putin')
  for (const q of ['mayro of vlad', 'mayor of vlda', 'mayor of vladivistok']) t.same(await names(nobody, q), ['Mayor of Vladivostok'], q)
  t.same(await names(nobody, 'pux'), [], 'not with three letters')
  t.same(await names(nobody, 'vxadxvostok'), [], 'not two errors')
  t.same(await names(nobody, 'puti'), ['Vladimir V. Putin'], 'not where something fits')
})

t.test('any string is an answer: hostile ones, empty ones, long ones', async t => {
  const { nobody } = await registry(t)
  for (const q of ['', ' ', '\u0000', '\u0301', '\n\t']) t.same(await suggest(nobody, q), [], JSON.stringify(q))
  const odd = ['"', '%', '_', '\\', '*', "'", "'; drop table suggestions; --", '((((', '\u{10ffff}', '\uffff', '\t', '🐟', 'ﷺ', '👩‍👩‍👧‍👦']
  const long = [
    'a'.repeat(8_000),
    'ab '.repeat(2_000),
    'abcd '.repeat(1_500),
    'ᄒ'.repeat(300),
    Array.from({ length: 500 }, (_, n) => `w${n}`).join(' '),
  ]
  for (const q of [...odd, ...long.map(text => text.replaceAll(' ', '-'))]) t.same(await suggest(nobody, q), [], q.slice(0, 20))
  t.equal((await nobody.get(`/v1/suggest?q=${'a'.repeat(10_000)}`)).statusCode, 414, 'as any long address')
  t.same(await names(nobody, 'vladivostok\u0000'), ['Vladivostok', 'Mayor of Vladivostok'])
  t.same(await refusal(nobody.get('/v1/suggest')), ['400 invalid_request', 'q required'])
  t.same(await refusal(nobody.get('/v1/suggest?q=a&limit=21&kind=people&langauge=en')), [
    '400 invalid_request',
    'kind not_allowed',
    'limit out_of_range',
    'langauge unknown_parameter',
  ])
})

t.test('suggestions follow every change at once', async t => {
  const { editor, nobody } = await registry(t)
  const person = await post(editor, '/v1/people', { name: 'Quentin First', aliases: ['Q One'] })
  const url = `/v1/people/${person.id}`
  t.same(await names(nobody, 'quen'), ['Quentin First'])
  await ok(editor.patch(url, { name: 'Zacharias First' }))
  t.same(await names(nobody, 'quen'), [])
  t.same(await names(nobody, 'zach'), ['Zacharias First'])
  await ok(editor.patch(url, { aliases: ['Q Two'] }))
  t.same(await names(nobody, 'one q'), [])
  t.same((await suggest(nobody, 'q two'))[0]?.matched, 'Q Two')
  await ok(editor.patch(url, { description: 'Changed' }))
  t.match(await suggest(nobody, 'zach'), [{ description: 'Changed' }])
  await ok(editor.patch(`${url}?dryRun=true`, { name: 'Never' }))
  t.same(await names(nobody, 'never'), [])
  await ok(editor.delete(url), 204)
  t.same(await names(nobody, 'zach'), [])
  t.same(await names(editor, 'zach'), [], 'with a key neither')
  await ok(editor.post(`${url}/restore`))
  t.same(await names(nobody, 'zach'), ['Zacharias First'])
  await ok(editor.post(`${url}/merge`, { into: 'vladimir-v-putin' }))
  t.match(await suggest(nobody, 'zach'), [{ name: 'Vladimir V. Putin', matched: 'Zacharias First' }])
  const place = await post(editor, '/v1/places', { name: 'Xanadu' })
  await ok(editor.delete(`/v1/places/${place.id}?purge=true`), 204)
  t.same(await names(nobody, 'xan'), [])

  const article = await post(editor, '/v1/articles', { title: 'Wombats arrive' })
  const its = `/v1/articles/${article.id}`
  const seen = async () => [...(await names(nobody, 'womb')), ...(await names(editor, 'womb'))]
  t.same(await seen(), [])
  await ok(editor.patch(its, { status: 'published' }))
  t.same(await seen(), ['Wombats arrive', 'Wombats arrive'])
  await ok(editor.patch(its, { title: 'Kiwis arrive' }))
  t.same(await seen(), [])
  t.same(await names(nobody, 'kiwi'), ['Kiwis arrive'])
  await ok(editor.patch(its, { title: 'Wombats again' }))
  await ok(editor.patch(its, { status: 'archived' }))
  t.same(await seen(), [])
  await ok(editor.patch(its, { status: 'published', unpublishAt: '2024-06-21T09:00:00Z' }))
  t.same(await names(nobody, 'womb'), ['Wombats again'])
  await ok(editor.delete(its), 204)
  t.same(await seen(), [])
  await ok(editor.post(`${its}/restore`))
  t.same(await names(nobody, 'womb'), ['Wombats again'])
  await ok(editor.delete(`${its}?purge=true`), 204)
  t.same(await seen(), [])
})

t.test('a count that changes moves its name, through publishing, trash and merges', async t => {
  const { app } = await build(t)
  const editor = as(app)
  const [one, two, three] = [
    await post(editor, '/v1/places', { name: 'Aa' }),
    await post(editor, '/v1/places', { name: 'Ab' }),
    await post(editor, '/v1/places', { name: 'Ac' }),
  ]
  t.same(await names(editor, 'a'), ['Aa', 'Ab', 'Ac'])
  const first = await about(editor, 'First', [three.id])
  t.same(await names(editor, 'a'), ['Ac', 'Aa', 'Ab'])
  const second = await about(editor, 'Second', [two.id])
  await about(editor, 'Third', [two.id])
  t.same(await names(editor, 'a'), ['Ab', 'Ac', 'Aa'])
  await ok(editor.delete(`/v1/articles/${second.id}`), 204)
  await about(editor, 'Fourth', [three.id])
  t.same(await names(editor, 'a'), ['Ac', 'Ab', 'Aa'])
  await ok(editor.post(`/v1/places/${three.id}/merge`, { into: one.id }))
  t.same(await names(editor, 'a'), ['Aa', 'Ab'])
  await ok(editor.delete(`/v1/places/${one.id}`), 204)
  await ok(editor.delete(`/v1/articles/${first.id}`), 204)
  await ok(editor.post(`/v1/places/${one.id}/restore`))
  await about(editor, 'Fifth', [two.id])
  t.same(await names(editor, 'a'), ['Ab', 'Aa'])
})

t.test('answers are conditional, cached and the same twice', async t => {
  const { nobody, editor } = await registry(t)
  const one = await nobody.get('/v1/suggest?q=v')
  const again = await nobody.get('/v1/suggest?q=v', { 'if-none-match': String(one.headers.etag) })
  t.equal(again.statusCode, 304)
  t.match(one.headers, { 'cache-control': 'public, no-cache' })
  await post(editor, '/v1/people', { name: 'Vera' })
  t.equal((await nobody.get('/v1/suggest?q=v', { 'if-none-match': String(one.headers.etag) })).statusCode, 200)
})

t.test('PUBLIC_READ=false asks for a key', async t => {
  const { app, store } = await build(t, { publicRead: false })
  t.equal((await as(app, null).get('/v1/suggest?q=a')).statusCode, 401)
  t.same(await suggest(as(app, await keyWith(store, 'webhooks:write')), 'a'), [])
})

t.test('every name and every published title is found by any beginning of any of its words', async t => {
  const { app } = await build(t)
  const editor = as(app)
  const letters = fc.constantFrom(...'aeiouklmnrst', 'é', 'Ł', 'Ж', 'я', 'ß', 'ま', '京', 'ก', 'ع', '9')
  const word = fc.string({ unit: letters, minLength: 1, maxLength: 9 })
  const name = fc.array(word, { minLength: 1, maxLength: 5 }).map(words => words.join(' '))
  const made = fc.record({ name, alias: name, title: name, word: fc.nat(), cut: fc.nat() })
  await fc.assert(
    fc.asyncProperty(made, async ({ name, alias, title, word, cut }) => {
      const kept = [
        { id: (await post(editor, '/v1/people', { name, aliases: [alias] })).id, names: [name, alias] },
        { id: (await about(editor, title, [])).id, names: [title] },
      ]
      for (const { id, names } of kept)
        for (const one of names) {
          const words = one.split(' ')
          const begun = words[word % words.length] ?? ''
          const typed = [...begun].slice(0, 1 + (cut % [...begun].length)).join('')
          const kind = names.length === 2 ? 'person' : 'article'
          const found = await suggest(editor, typed, `&kind=${kind}&limit=20`)
          const whole = await suggest(editor, one, `&kind=${kind}&limit=20`)
          if (!whole.some(suggestion => suggestion.id === id)) return false
          if (found.length < 20 && !found.some(suggestion => suggestion.id === id)) return false
          if (!found.every(({ matched }) => typedForm(matched).includes(typedForm(typed)))) return false
        }
      return true
    }),
    { numRuns: 30 },
  )
})
