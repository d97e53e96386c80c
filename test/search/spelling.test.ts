import fc from 'fast-check'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, paragraph, post, settled } from '../helpers/news.ts'

type Found = { didYouMean: string | null; titles: string[]; whole: string; total: number }

async function search(caller: Caller, q: string, more = ''): Promise<Found> {
  const whole = await ok(caller.get(`/v1/search?q=${encodeURIComponent(q)}&count=exact${more}`))
  const titles = whole.data.map(({ title, name }: { title?: string; name?: string }) => title ?? name)
  return { didYouMean: whole.didYouMean, titles, whole: JSON.stringify(whole), total: whole.page.total }
}
const meant = async (caller: Caller, q: string, more = '') => (await search(caller, q, more)).didYouMean

async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store } = await build(t)
  const admin = as(app)
  const write = (title: string, text: string, more: object = {}) =>
    post(admin, '/v1/articles', { title, status: 'published', publishedAt: '2024-06-01T00:00:00Z', body: [paragraph('p', text)], ...more })
  await post(admin, '/v1/people', { name: 'Aliaksandr Lukashenka', aliases: ['Lukashenko'] })
  await post(admin, '/v1/places', { name: 'Vladivostok', kind: 'city' })
  await settled(store)
  await write('Talks', 'Artillery shells were talked about by negotiators in Vladivostok.', { section: 'World' })
  await write('Shells', 'Missiles and artillery shells. Separate accommodation for the negotiators.', { section: 'Arms' })
  await write('Говорят', 'Переговоры во Владивостоке', { language: 'ru' })
  await write('Gespräche', 'Die Verhandlungen über Geschütze gingen weiter.', { language: 'de' })
  return { app, admin, store, nobody: as(app, null), write }
}

t.test('a word that nothing has is taken for the likeliest that something has', async t => {
  const { nobody } = await newsroom(t)
  const cases = [
    ['artilery', 'artillery'],
    ['artillrey shells', 'artillery shells'],
    ['shells OR artilllery', 'shells OR artillery'],
    ['missilez OR shells', 'missiles OR shells'],
    ['Lukashneko', 'Lukashenko'],
    ['VLADIVSTOK', 'VLADIVOSTOK'],
    ['(seperate), acommodation!', '(separate), accommodation!'],
    ['artilery/shels', 'artillery/shells'],
    ['accomodatoin', 'accommodation'],
    ['title:artilery', 'title:artillery'],
    ['"artilery', '"artillery'], // a quote that nobody closes is a character
    ['verhandlugnen', 'verhandlungen'],
    ['Geschuttze', 'Geschutze'],
    ['переговры', 'переговоры'],
    ['artilery artilery', 'artillery artillery'],
    ['artilery’s', 'artillery’s'],
    ['artilery nothinglikethis', 'artillery nothinglikethis'],
    ['  artilery\t-sea  ', '  artillery -sea  '],
  ] as const
  for (const [q, didYouMean] of cases) {
    const found = await search(nobody, q)
    t.equal(found.didYouMean, didYouMean, q)
    const right = await search(nobody, didYouMean)
    t.same([found.titles, found.total], [right.titles, right.total], `${q} finds what ${didYouMean} finds`)
    t.equal(right.didYouMean, null, 'which is right as it is')
    t.ok(found.total > 0)
  }
})

t.test('what finds something, or is meant as it stands, is searched as typed', async t => {
  const { nobody } = await newsroom(t)
  for (const q of [
    'artillery shell',
    'negotiator',
    'shells',
    'lukashenko artillery',
    '"artilery"',
    '"artilery" shells',
    'artiler*',
    'shells -misile',
    'section:World',
    'section:Wrold artilery*',
    'person:lukashneko',
    'tag:missilez',
    'the',
    'woth of',
    'xyz',
    'nothinglikethis',
    '1234567',
    'b2bx',
    'misslies’',
    '東京都知事',
    '!!!',
    '',
  ])
    t.equal(await meant(nobody, q), q === 'misslies’' ? 'missiles’' : null, q)
  t.equal(await meant(nobody, 'shells', '&section=Nowhere'), null, 'a filter that leaves nothing makes no word wrong')
  t.equal(await meant(nobody, 'lukashenko', '&kind=place'), null)
})

t.test('facets, highlights and pages are those of what was searched', async t => {
  const { nobody } = await newsroom(t)
  const all = '&facets=section,kind'
  const [wrong, right] = [await search(nobody, 'artilery shels', all), await search(nobody, 'artillery shells', all)]
  t.same({ ...JSON.parse(wrong.whole), didYouMean: null }, JSON.parse(right.whole))
  t.match(wrong.whole, '<mark>Artillery</mark> <mark>shells</mark>')
  const first = await ok(nobody.get('/v1/search?q=artilery&kind=article&limit=1'))
  const second = await ok(nobody.get(`/v1/search?q=artilery&kind=article&limit=1&cursor=${first.page.next}`))
  t.equal(second.didYouMean, 'artillery', 'on every page')
  t.not(first.data[0].id, second.data[0].id)
  t.equal(await meant(nobody, 'artilery', '&sort=-publishedAt&kind=article'), 'artillery', 'in other orders, too')
})

t.test('a word of what is not published is unknown, and is never offered, whoever asks', async t => {
  const { admin, nobody, store, write } = await newsroom(t)
  const secret = await write('Sealed', 'The zeppelinfabrik burns.', { status: 'draft' })
  const trashed = await post(admin, '/v1/people', { name: 'Ludmila Verschwunden' })
  await settled(store)
  for (const caller of [nobody, admin]) {
    t.equal(await meant(caller, 'zeppelinfabrik'), null)
    t.equal(await meant(caller, 'zepelinfabrik'), null)
    t.equal(await meant(caller, 'verschwundn'), 'verschwunden')
  }
  await write('Open', 'A zeppelinfabrig is no word.')
  for (const caller of [nobody, admin]) {
    t.equal(await meant(caller, 'zeppelinfabrik'), 'zeppelinfabrig', 'a draft’s word counts as unknown')
    t.equal(await meant(caller, 'zeppelinfabriq'), 'zeppelinfabrig', 'and is no candidate')
  }
  await ok(admin.delete(`/v1/people/${trashed.id}`), 204)
  t.equal(await meant(nobody, 'verschwundn'), null)
  t.equal(await meant(nobody, 'verschwunden'), null)
  await ok(admin.patch(`/v1/articles/${secret.id}`, { status: 'published' }))
  t.equal(await meant(nobody, 'zepelinfabrik'), 'zeppelinfabrik', 'once it is out it is')
  t.equal(await meant(nobody, 'zeppelinfabrik'), null)
  await ok(admin.patch(`/v1/articles/${secret.id}`, { status: 'archived' }))
  t.equal(await meant(nobody, 'zeppelinfabrik'), 'zeppelinfabrig', 'and no more when it is back')
})

t.test('of two words at one error the commoner is meant', async t => {
  const { nobody, write } = await newsroom(t)
  for (const n of [1, 2, 3]) await write(`Port ${n}`, 'The harbour is full.')
  await write('Barber', 'A harboun is nothing.')
  t.equal(await meant(nobody, 'harbouk'), 'harbour')
})

t.test('a word of a line that was refused is stored when it comes again', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const headers = { 'content-type': 'application/x-ndjson' }
  const line = (title: string, more: object = {}) => JSON.stringify({ title, status: 'published', ...more })
  const bulk = (lines: string[]) => admin.post('/v1/articles/bulk?onError=continue', lines.join('\n'), headers)
  const first = await bulk([line('Quokkas hop', { slug: 'taken' }), line('Numbats dig', { slug: 'taken' }), line('Quokkas rest')])
  t.same(first.body.match(/"line":\d,"status":\d+/g), ['"line":1,"status":201', '"line":2,"status":409', '"line":3,"status":201'], first.body)
  await bulk([line('Numbats sleep')])
  const rows = await store.read(async ({ sql, tables: { searchWords } }) => sql.select().from(searchWords).orderBy(searchWords.word))
  t.same(
    rows.map(({ word }) => word),
    ['hop', 'numbats', 'quokkas', 'rest', 'sleep'],
  )
})

t.test('whatever is typed is answered, and said again with at most some words replaced', async t => {
  const { nobody } = await newsroom(t)
  const typed = fc.array(
    fc.oneof(
      fc.constantFrom('artilery', 'Shels', '"misile"', '-seperate', 'OR', 'vladi*', 'tag:x', '"', 'a:b', '𝒜rtilery', 'ﷺ', 'ＡＲＴＩＬＥＲＹ'),
      fc.string({ unit: 'grapheme' }),
    ),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(typed, async parts => {
      const q = parts.join(' ').replace(/[\u0000-\u001f]/g, ' ')
      const asked = encodeURIComponent(q) // as the name of an assertion, too: tap trips over some characters
      const found = await nobody.get(`/v1/search?q=${asked}`)
      t.equal(found.statusCode, 200, asked)
      const { didYouMean } = JSON.parse(found.body)
      if (didYouMean !== null) {
        t.not(didYouMean, q)
        t.equal(await meant(nobody, didYouMean), null, `${asked} → ${encodeURIComponent(didYouMean)}`)
      }
    }),
    { numRuns: 150 },
  )
  const many = Array.from({ length: 70 }, (_, n) => `shels${String.fromCodePoint(97 + (n % 26))}`).join(' ')
  t.match(await meant(nobody, `artilery ${many}`), /^artillery /, 'of many wrong words some are corrected')
})
