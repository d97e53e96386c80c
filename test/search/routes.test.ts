import fc from 'fast-check'
import t from 'tap'
import { build } from '../helpers/build.ts'
import { as, type Caller } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal, settled, walk } from '../helpers/news.ts'

type Match = { field: string; blockId: string | null; item: number | null; start: number; end: number }
type Hit = {
  kind: string
  id: string
  slug: string
  title?: string
  name?: string
  score: number
  allWords: boolean
  snippet: string | null
  highlights: { title: string; summary: string | null; body: string[] } | null
  matches: Match[]
}

const search = async (caller: Caller, q: string, more = ''): Promise<Hit[]> =>
  (await ok(caller.get(`/v1/search?q=${encodeURIComponent(q)}${more}`))).data
const named = (hits: Hit[]) => hits.map(({ title, name }) => title ?? name)
const articles = async (caller: Caller, q: string, more = '') => named((await search(caller, q, `&kind=article${more}`)).filter(hit => hit.allWords))

async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store, clock } = await build(t)
  const admin = as(app)
  const putin = await post(admin, '/v1/people', {
    name: 'Vladimir Putin',
    aliases: ['Putin'],
    description: 'President of Russia',
    bio: 'Negotiates a lot.',
  })
  const lodz = await post(admin, '/v1/places', { name: 'Łódź', kind: 'city', countryCode: 'PL', description: 'City of Poland' })
  await settled(store)
  let day = 1
  const write = (title: string, text: string, more: object = {}) =>
    post(admin, '/v1/articles', {
      title,
      status: 'published',
      publishedAt: `2024-01-${String(day++).padStart(2, '0')}`.concat('T00:00:00Z'),
      body: [paragraph('p', text)],
      ...more,
    })
  await write('Talks', 'They negotiated about artillery shells with Putin.', { section: 'World', tags: ['war'] })
  await write('Shells', 'Shells of the sea; artillery elsewhere. The negotiators left for Łódź.', { section: 'Science', tags: ['sea life'] })
  await write('Quiet', 'Nothing of note in the U.S. today.', { language: 'en-GB' })
  await write('Gespräche', 'Die Verhandlungen in Lodz gingen weiter.', { language: 'de' })
  return { app, admin, nobody: as(app, null), store, clock, putin, lodz, write }
}

t.test('the grammar', async t => {
  const { nobody } = await newsroom(t)
  const cases: [string, ...string[]][] = [
    ['artillery shells', 'Shells', 'Talks'],
    ['"artillery shells"', 'Talks'],
    ['"shells artillery"'],
    ['shell', 'Shells', 'Talks'],
    ['negotiat*', 'Shells', 'Talks'],
    ['verhand*', 'Gespräche'],
    ['verhandlung', 'Gespräche'],
    ['artillery -sea', 'Talks'],
    ['artillery -"artillery shells"', 'Shells'],
    ['-artillery', 'Gespräche', 'Quiet'],
    ['sea OR today', 'Quiet', 'Shells'],
    ['artillery sea OR putin', 'Shells', 'Talks'],
    ['person:vladimir-putin', 'Talks'],
    ['-person:vladimir-putin artillery', 'Shells'],
    ['person:nobody'],
    ['-person:nobody artillery', 'Shells', 'Talks'],
    ['place:lodz', 'Gespräche', 'Shells'],
    ['section:World', 'Talks'],
    ['section:"World" artillery', 'Talks'],
    ['tag:war', 'Talks'],
    ['tag:"sea life"', 'Shells'],
    ['-tag:war artillery', 'Shells'],
    ['lang:de', 'Gespräche'],
    ['lang:en artillery', 'Shells', 'Talks'],
    ['lodz', 'Gespräche', 'Shells'],
    ['ŁÓDŹ', 'Gespräche', 'Shells'],
    ['gesprache', 'Gespräche'],
    ['U.S.', 'Quiet'],
    ['us', 'Quiet'],
    ['"'],
    ['!!!'],
    ['', 'Gespräche', 'Quiet', 'Shells', 'Talks'],
    ['unheardof'],
  ]
  for (const [q, ...wanted] of cases) t.same((await articles(nobody, q)).sort(), wanted, q)
})

t.test('people and places are found by name, alias, description and bio', async t => {
  const { nobody, admin } = await newsroom(t)
  t.match(await search(nobody, 'putin', '&kind=person'), [
    { kind: 'person', slug: 'vladimir-putin', name: 'Vladimir Putin', description: 'President of Russia', allWords: true },
  ])
  t.match(await search(nobody, 'lodz', '&kind=place'), [{ kind: 'place', name: 'Łódź', description: 'City of Poland', countryCode: 'PL' }])
  for (const q of ['president', 'russia putin', 'vlad*', 'negotiates']) t.same(named(await search(nobody, q, '&kind=person')), ['Vladimir Putin'], q)
  t.same(named(await search(nobody, 'poland', '&kind=person,place')), ['Łódź'])
  t.same(named(await search(nobody, 'putin')).sort(), ['Talks', 'Vladimir Putin'], 'all kinds without a kind')
  t.same(named(await search(nobody, 'putin', '&kind=person&kind=article')).sort(), ['Talks', 'Vladimir Putin'], 'repeated, too')
  await ok(admin.patch('/v1/people/vladimir-putin', { description: 'Someone' }))
  t.same(await search(nobody, 'president'), [])
  await ok(admin.delete('/v1/people/vladimir-putin'), 204)
  t.same(await search(nobody, 'putin', '&kind=person'), [], 'the trash is not found')
  await ok(admin.post('/v1/people/vladimir-putin/restore'))
  t.same(named(await search(nobody, 'putin', '&kind=person')), ['Vladimir Putin'])
  await ok(admin.delete('/v1/people/vladimir-putin?purge=true'), 204)
  t.same(await search(nobody, 'putin', '&kind=person'), [])
})

t.test('of people and places whose names fit alike, the better known comes first', async t => {
  const { app, store } = await build(t)
  const admin = as(app)
  const known = await post(admin, '/v1/people', { name: 'John Smith', slug: 'known' })
  await post(admin, '/v1/people', { name: 'John Smith', slug: 'unknown' })
  await post(admin, '/v1/people', { name: 'John Adam Bertram Caspar Smith', slug: 'longer' })
  for (let n = 0; n < 5; n++) await post(admin, '/v1/articles', { title: `Out ${n}`, status: 'published', aboutIds: [known.id] })
  await settled(store)
  for (const kinds of ['&kind=person', '&kind=person,place', ''])
    t.same((await search(admin, 'john smith', kinds)).map(({ slug }) => slug).slice(0, 3), ['known', 'unknown', 'longer'], kinds)
})

t.test('an article filter leaves articles only', async t => {
  const { nobody, putin, lodz } = await newsroom(t)
  for (const filter of [
    `person=${putin.slug}`,
    `person.none=${putin.id}`,
    'place.any=lodz',
    'author.none=nobody',
    'tag.any=war,sea',
    'section=World',
    'language=en',
    'publishedAt.gte=2024-01-01',
    'publishedAt.lt=2030-01-01',
    'updatedAt.gte=2024-01-01',
    'source=nobody',
  ]) {
    const { data } = await ok(nobody.get(`/v1/search?${filter}`))
    t.ok(
      data.every(({ kind }: Hit) => kind === 'article'),
      filter,
    )
    t.same((await ok(nobody.get(`/v1/search?${filter}&kind=person,place`))).data, [], `${filter}: neither people nor places have that`)
  }
  t.same(named(await search(nobody, 'putin tag:war')), ['Talks'])
  t.same(named(await search(nobody, '', `&place=${lodz.id}`)), ['Gespräche', 'Shells'], 'without words the newest come first')
  t.same(named(await search(nobody, 'artillery', '&section=Science')), ['Shells'])
  t.same(named(await search(nobody, '', '&section=Science&person=vladimir-putin')), [])
})

t.test('titles weigh more than bodies, and the newer comes first among equals', async t => {
  const { nobody, write } = await newsroom(t)
  for (const title of ['Older', 'Newer']) await write(title, 'A platypus swam.')
  await write('Platypus', 'It swam.', { publishedAt: '2000-01-01T00:00:00Z' })
  t.same(named(await search(nobody, 'platypus')), ['Platypus', 'Newer', 'Older'])
  const scores = (await search(nobody, 'platypus')).map(({ score }) => score)
  t.same(
    scores,
    [...scores].sort((a, b) => b - a),
  )
  t.same(named(await search(nobody, 'platypus', '&sort=publishedAt')), ['Platypus', 'Older', 'Newer'])
  t.same(named(await search(nobody, 'platypus', '&sort=-publishedAt')), ['Newer', 'Older', 'Platypus'])
})

t.test('hits with all words come first; under twenty of them, hits with most of the words follow, whatever the limit', async t => {
  const { nobody, write } = await newsroom(t)
  for (let n = 0; n < 3; n++) await write(`All ${n}`, 'alpha bravo charlie delta')
  await write('Three', 'alpha bravo charlie')
  await write('Half', 'charlie delta')
  await write('One', 'delta delta delta')
  for (const limit of [1, 2, 5, 100]) {
    const found: Hit[] = JSON.parse(JSON.stringify(await walk(nobody, '/v1/search?q=alpha+bravo+charlie+delta', limit)))
    t.same(named(found.slice(0, 3)).sort(), ['All 0', 'All 1', 'All 2'])
    t.equal(named(found.slice(3))[0], 'Three', 'the more of the words, the better')
    t.same(named(found.slice(3)).sort(), ['Half', 'One', 'Three'])
    t.same(
      found.map(({ allWords }) => allWords),
      [true, true, true, false, false, false],
    )
    t.equal((await ok(nobody.get(`/v1/search?q=alpha+bravo+charlie+delta&count=exact&limit=${limit}`))).page.total, 6)
  }
  t.same(
    named(await search(nobody, 'bravo delta', '&kind=article'))
      .slice(3)
      .sort(),
    ['Half', 'One', 'Three'],
  )
  t.same(named(await search(nobody, 'alpha bravo charlie -delta')), ['Three'], 'what is excluded does not follow either')
  for (const sort of ['publishedAt', '-publishedAt'])
    t.equal((await search(nobody, 'alpha bravo charlie delta', `&sort=${sort}`)).length, 3, 'by time, all words alone')
  for (let n = 3; n < 19; n++) await write(`All ${n}`, 'alpha bravo charlie delta')
  t.equal((await search(nobody, 'alpha bravo charlie delta', '&limit=100')).length, 22, 'nineteen are too few')
  await write('All 19', 'alpha bravo charlie delta')
  const twenty = await search(nobody, 'alpha bravo charlie delta', '&limit=100')
  t.equal(twenty.length, 20, 'twenty are enough')
  t.ok(twenty.every(({ allWords }) => allWords))
  t.equal((await ok(nobody.get('/v1/articles?q=alpha+bravo+charlie+delta&count=exact&limit=1'))).page.total, 20)
})

t.test('pages go by position, both ways, and the total is what they give', async t => {
  const { nobody, write } = await newsroom(t)
  for (let n = 0; n < 11; n++) await write(`Zebra ${n}`, 'zebra')
  for (const sort of ['relevance', 'publishedAt', '-publishedAt']) {
    const url = `/v1/search?q=zebra&sort=${sort}`
    const all = (await ok(nobody.get(`${url}&limit=100`))).data.map(({ id }: Hit) => id)
    t.equal(all.length, 11)
    t.same(
      (await walk(nobody, url, 3)).map(({ id }) => id),
      all,
    )
    const first = await nobody.get(`${url}&limit=4&count=exact`)
    t.match(first.json().page, { limit: 4, prev: null, total: 11 })
    t.match(first.headers.link, /rel="next"/)
    const second = await ok(nobody.get(`${url}&limit=4&cursor=${first.json().page.next}`))
    const back = await ok(nobody.get(`${url}&limit=4&cursor=${second.page.prev}`))
    t.same(back.data, first.json().data)
    t.equal(back.page.prev, null)
    t.same(await refusal(nobody.get(`/v1/search?q=zebras&sort=${sort}&cursor=${first.json().page.next}`)), [
      '400 cursor_mismatch',
      'cursor cursor_mismatch',
    ])
  }
  t.same(await refusal(nobody.get('/v1/search?cursor=x')), ['400 cursor_mismatch', 'cursor cursor_mismatch'])
})

t.test('matches are slices of the texts, and the snippet is escaped', async t => {
  const { nobody, write } = await newsroom(t)
  const made = await write('Zebras & co', 'x', {
    summary: 'On zebras',
    body: [
      { id: 'h', type: 'heading', level: 2, text: '<b>Zebra</b>' },
      { id: 'p', type: 'paragraph', text: '😀 <script>alert("a zebra\'s")</script> & more ZEBRAS', marks: [] },
      {
        id: 'l',
        type: 'list',
        ordered: false,
        items: [
          { text: 'none', marks: [] },
          { text: 'a zébra', marks: [] },
        ],
      },
    ],
  })
  const [hit] = await search(nobody, 'zebra "alert a"')
  const textAt = ({ field, blockId, item, start, end }: Match) => {
    const block = made.body.find(({ id }: { id: string }) => id === blockId)
    const text = field === 'body' ? (item === null ? block.text : block.items[item].text) : made[field]
    return `${field} ${text.slice(start, end)}`
  }
  t.same(hit?.matches.map(textAt), ['title Zebras', 'summary zebras', 'body Zebra', 'body alert("a', 'body zebra', 'body ZEBRAS', 'body zébra'])
  t.match(hit?.snippet, /<mark>/)
  t.notMatch(hit?.snippet?.replaceAll(/<\/?mark>/g, ''), /[<>"]/, 'no other markup than mark')
  t.match(hit?.snippet, '&lt;script&gt;')
  const [bare] = await search(nobody, 'zebra', '&highlight=false')
  t.match(bare, { snippet: null, highlights: null, matches: [] })
  const [marked] = await search(nobody, 'zebra')
  t.match(marked?.highlights, {
    title: '<mark>Zebras</mark> &amp; co',
    summary: 'On <mark>zebras</mark>',
    body: ['&lt;b&gt;<mark>Zebra</mark>&lt;/b&gt;', /<mark>ZEBRAS<\/mark>/, 'a <mark>zébra</mark>'],
  })
  for (let n = 0; n < 3; n++) await write('Many', 'yak '.repeat(60))
  t.equal((await search(nobody, 'yak'))[0]?.matches.length, 50, 'fifty at most')
})

t.test('the index follows every write', async t => {
  const { nobody, admin, write } = await newsroom(t)
  const { id } = await write('Marmot', 'x', { status: 'draft' })
  const url = `/v1/articles/${id}`
  const found = async (q: string) => (await search(nobody, q)).length
  t.equal(await found('marmot'), 0)
  await ok(admin.patch(url, { status: 'published' }))
  t.equal(await found('marmot'), 1)
  await ok(
    admin.patch(url, {
      title: 'Beaver',
      summary: 'Dams',
      body: [
        { type: 'image', url: 'https://a.example/', caption: 'Lodge' },
        { type: 'quote', text: 'x', attribution: 'Grey Owl' },
        { type: 'embed', url: 'https://a.example/', title: 'Kits' },
      ],
    }),
  )
  t.equal(await found('marmot'), 0)
  for (const q of ['beaver', 'dam', 'lodge', '"grey owl"', 'kits']) t.equal(await found(q), 1, q)
  await ok(admin.patch(url, { language: 'de' }))
  t.equal(await found('beaver'), 1)
  await ok(admin.patch(url, { status: 'archived' }))
  t.equal(await found('beaver'), 0)
  await ok(admin.patch(url, { status: 'published' }))
  await ok(admin.delete(url), 204)
  t.equal(await found('beaver'), 0)
  await ok(admin.post(`${url}/restore`))
  t.equal(await found('beaver'), 1)
  await ok(admin.delete(`${url}?purge=true`), 204)
  t.equal(await found('beaver'), 0)
})

t.test('q on the three lists', async t => {
  const { nobody, admin } = await newsroom(t)
  const list = async (url: string) => named((await ok(nobody.get(url))).data)
  t.same((await list('/v1/articles?q=artillery')).sort(), ['Shells', 'Talks'])
  t.same(await list('/v1/articles?q=artillery&sort=title'), ['Shells', 'Talks'])
  t.same(await list('/v1/articles?q=artillery&sort=-publishedAt'), ['Shells', 'Talks'])
  t.same(await list('/v1/articles?q=artillery+tag:war'), ['Talks'])
  t.same(await list('/v1/articles?q='), ['Gespräche', 'Quiet', 'Shells', 'Talks'])
  t.same(await list('/v1/people?q=putin'), ['Vladimir Putin'])
  t.same(await list('/v1/people?q=putin&sort=name'), ['Vladimir Putin'])
  t.same(await list('/v1/people?q=lodz'), [])
  t.same(await list('/v1/places?q=lodz'), ['Łódź'])
  t.same(await list('/v1/places?q=artillery'), [])
  await ok(admin.patch('/v1/articles/talks', { status: 'draft' }))
  t.same(await list('/v1/articles?q=artillery'), ['Shells'])
  t.same(named((await ok(admin.get('/v1/articles?q=artillery&status=draft'))).data), ['Talks'])
})

t.test('what cannot be asked is refused with its place', async t => {
  const { nobody } = await newsroom(t)
  for (const [query, ...wanted] of [
    ['q=x&q=y', '400 invalid_request', 'q not_one_value'],
    ['kind=book', '400 invalid_request', 'kind not_allowed'],
    ['kind=', '400 invalid_request', 'kind empty_item'],
    ['sort=title', '400 invalid_request', 'sort not_allowed'],
    ['limit=0', '400 invalid_request', 'limit out_of_range'],
    ['status=draft', '400 invalid_request', 'status unknown_parameter'],
    ['query=x', '400 invalid_request', 'query unknown_parameter'],
    ['highlight=yes', '400 invalid_request', 'highlight not_allowed'],
  ] as const) {
    t.same(await refusal(nobody.get(`/v1/search?${query}`)), wanted, query)
  }
})

t.test('anything a person can type is a valid query', async t => {
  const { nobody } = await newsroom(t)
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      "'",
      '*',
      '-',
      'OR',
      'AND',
      'NOT',
      'NEAR(',
      '(',
      ')',
      ':',
      'person:',
      'place:"',
      'tag:',
      'lang:',
      '^',
      '{',
      '}',
      '+',
      '\\',
      '%',
      '_',
      ' ',
      '\t',
      '\n',
      '“',
      '…',
      'artillery',
      'Łódź',
      '東京',
      'กรุง',
      '😀',
      '\u0301',
      '1,000.5',
      'U.S.',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  )
  const typed = fc
    .array(piece, { minLength: 1, maxLength: 30 })
    .map(pieces =>
      pieces
        .join('')
        .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
        .slice(0, 200),
    )
    .filter(text => text !== '')
  await fc.assert(
    fc.asyncProperty(
      typed,
      fc.constantFrom('/v1/search?q=', '/v1/articles?q=', '/v1/people?q=', '/v1/places?sort=name&q=', '/v1/search?sort=publishedAt&count=exact&q='),
      async (text, path) => {
        const answer = await nobody.get(path + encodeURIComponent(text))
        if (answer.statusCode !== 200) throw new Error(`${JSON.stringify(text)}: ${answer.body}`)
      },
    ),
    { numRuns: 150 },
  )
  const raw = fc
    .string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code)), minLength: 1, maxLength: 200 })
    .map(text => text.replace(/[&#]|%(?:00|0[1-8b-f]|1[0-9a-f]|7f|[89a-f].)/gi, ''))
  await fc.assert(
    fc.asyncProperty(raw, async text => {
      const answer = await nobody.get(`/v1/search?q=${text}`)
      if (answer.statusCode !== 200) throw new Error(`${text}: ${answer.body}`)
    }),
    { numRuns: 150 },
  )
  t.pass('300 of them')
})

t.test('whatever is typed is answered, wherever it is searched for', async t => {
  const { app } = await build(t)
  const admin = as(app)
  await post(admin, '/v1/people', { name: 'Kim Jong-un', description: 'a leader' })
  await post(admin, '/v1/articles', { title: 'A market in Łódź', body: [paragraph('p', 'Oil and a bank.')], status: 'published' })
  const manyWords = Array.from({ length: 500 }, (_, n) => `${['market', 'oil', 'bank'][n % 3]}${n % 90}`).join(' ')
  const odd = [
    '"',
    '-',
    'OR',
    '*',
    'a*',
    '((((',
    '('.repeat(2_000),
    'x'.repeat(2_000),
    manyWords,
    '🎉👩‍👩‍👧',
    'معاهدة الميناء',
    '\u202elive\u202c',
    '\0',
    'a\0b',
    '""',
    '-"',
    'a OR',
    ':*',
  ]
  for (const path of ['search', 'articles', 'people', 'places', 'suggest'])
    for (const q of odd) t.equal((await admin.get(`/v1/${path}?q=${encodeURIComponent(q)}`)).statusCode, 200, `${path} ${q.slice(0, 20)}`)
})
