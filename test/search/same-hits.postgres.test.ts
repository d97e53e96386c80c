// A corpus in nine languages and queries of every kind: SQLite and PostgreSQL must find the same, whatever they make of its order.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createArticle } from '../../src/articles/create.ts'
import { addConditions, filterOf, queryLinks } from '../../src/articles/filter.ts'
import { ArticleCreate } from '../../src/articles/input.ts'
import { listArticles } from '../../src/articles/list.ts'
import { databaseOf } from '../../src/config.ts'
import { conditions } from '../../src/db/conditions.ts'
import type { Db, Store } from '../../src/db/store.ts'
import { nounKinds } from '../../src/db/tables.ts'
import { adminCaller } from '../../src/http/auth.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { PersonCreate } from '../../src/people/schema.ts'
import { createPerson } from '../../src/people/write.ts'
import { PlaceCreate } from '../../src/places/schema.ts'
import { createPlace } from '../../src/places/write.ts'
import { maxRankedHits, rank } from '../../src/search/rank.ts'
import { compileQuery } from '../../src/search/store.ts'
import { freshDatabase, onPostgres, openDatabase } from '../helpers/database.ts'

/** Sentences by language; each story is drawn from those of one. */
const sentences: Record<string, string[]> = {
  en: [
    'The ministers signed the harbour treaty after long negotiations.',
    'Fishermen’s boats weren’t allowed into the U.S. port on Monday.',
    'Oil prices rose 3.5 percent to 1,000 dollars, the bank said.',
    'A state-of-the-art ferry sank; nobody was hurt.',
    'Dying languages die when their speakers are dead.',
    'The organisation organises organised organisations.',
    'He said that it was not as it had been.',
  ],
  de: [
    'Die Verhandlungen über den Hafenvertrag gingen in Köln weiter.',
    'Die Größe der Straße überraschte die Gäste.',
    'Der Außenminister sprach mit den Fischern von Lübeck.',
    'Häuser, Bäume und Züge wurden größer.',
  ],
  fr: [
    'L’accord sur le port n’est pas signé aujourd’hui.',
    'Les pêcheurs français ont négocié jusqu’à l’aube.',
    'Cœur, sœur et œuvre : l’été à l’Élysée.',
    'Qu’est-ce que c’est que ça ?',
  ],
  ru: [
    'Министры подписали договор о гавани после переговоров.',
    'Ёлка стоит у реки, ещё зелёная.',
    'Рыбаки говорили с новым министром.',
    'Чай и хороший край города.',
  ],
  pl: ['Ministrowie podpisali umowę w Łodzi.', 'Żółć, gęś i jaźń są słowami.', 'Rybacy z Gdańska czekają na dobrą pogodę.'],
  zh: ['部长们签署了港口条约。', '渔民在北京等待天气好转。', '银行说油价上涨了3.5%。', '中华人民共和国'],
  ja: ['大臣たちは港の条約に署名した。', '東京タワーで漁師が待っている。', 'カタカナとひらがなと漢字を書く。', 'ｶﾞｷﾞｸﾞ ガギグ'],
  th: ['รัฐมนตรีลงนามในสนธิสัญญาท่าเรือ', 'ชาวประมงรออยู่ที่กรุงเทพ', 'ภาษาไทยไม่มีช่องว่าง'],
  ar: ['وقع الوزراء معاهدة الميناء بعد مفاوضات طويلة.', 'الصيادون ينتظرون في بيروت.', 'اَلْعَرَبِيَّةُ لغة جميلة ﷺ'],
}
const odd = [
  'C++ and C# and .NET and 50% of AT&T',
  'and or not near AND OR NOT NEAR',
  'a_b _ __ snake_case ~tilde \' quote " double \\ back',
  '👩‍👩‍👧 family 🐟fish🐟 x²+y² ½ ﬁne ①',
  'İstanbul ISTANBUL ıstanbul Ångström Ａｎｇ　ｗｉｄｅ',
  'e\u0301te\u0301 zero\u200bwidth soft\u00adhyphen \ufeffbom \uffff',
  'हिन्दी में समाचार தமிழ் 한국어 뉴스 ქართული Ελλάδας ΣΟΦΟΣ',
]
const sections = ['World', 'Arts & Ideas', null]
const tags = ['war', 'sea life', 'café', 'x:y']
const names = ['Mara Lindqvist', 'Jovan Petrescu', 'Łucja Żak', '大江 健太', '김민수', 'Анна Ковальчук', 'Zoë O’Brien', 'Jean-Luc de la Fontaine']
const towns = ['Bergholm', 'Łódź', '東京', 'กรุงเทพ', 'بيروت', 'Köln', 'Saint-Étienne', 'U.S. Virgin Islands']

/** Numbers from a seed (Lehmer), so that a failure comes again. */
function dice(seed: number) {
  let state = seed
  const below = (max: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % max
  }
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T
  return { below, one, some: <T>(count: number, of: readonly T[]): T[] => Array.from({ length: count }, () => one(of)) }
}
type Dice = ReturnType<typeof dice>

const paragraph = (text: string) => ({ type: 'paragraph', text })

function storyOf(n: number, { below, one, some }: Dice) {
  const language = one(Object.keys(sentences))
  const texts = some(1 + below(4), [...(sentences[language] ?? []), ...(below(6) === 0 ? odd : [])])
  return {
    title: `${one([...(sentences[language] ?? []), one(odd)]).slice(0, 60)} ${n}`,
    language: below(12) === 0 ? one(['en-GB', 'de-AT', 'und', 'xx']) : language,
    status: below(10) === 0 ? 'draft' : 'published',
    ...(below(3) === 0 ? { summary: one(texts) } : {}),
    section: one(sections),
    tags: below(2) === 0 ? [one(tags)] : [],
    body: [
      ...texts.map(paragraph),
      paragraph(`${one(names)} – ${one(towns)}`),
      { type: 'list', items: [{ text: one(texts) }, { text: one(names) }] },
    ],
  }
}

/** Texts at the limits of an index: more positions than one holds, a word that comes too often to note each place, words without an end. */
const longOnes = [
  { title: 'Long', body: [0, 8_500].map(from => paragraph(Array.from({ length: 8_500 }, (_, n) => `w${from + n}`).join(' '))) },
  { title: 'Again', body: [paragraph(`${'again and '.repeat(600)}finally the end`), paragraph('again finally')] },
  { title: 'w'.repeat(300), body: [paragraph(`${'漢'.repeat(400)} ${'é'.repeat(200)} ${'w'.repeat(47)}é`)] },
].map(story => ({ ...story, status: 'published' }))

const stories = 220

async function fill(store: Store) {
  const drawn = dice(20_240_621)
  const writer = { keyId: null, requestId: null, names: createKnownNames(), caller: adminCaller }
  const at = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * 1_000).toISOString()
  await store.write(async db => {
    for (const name of names) await createPerson(db, PersonCreate.parse({ name, bio: drawn.one(sentences.en ?? []) }), { ...writer, now: at(0) })
    for (const name of towns) await createPlace(db, PlaceCreate.parse({ name, description: drawn.one(odd) }), { ...writer, now: at(0) })
  })
  const all = [...Array.from({ length: stories }, (_, n) => storyOf(n, drawn)), ...longOnes]
  for (let n = 0; n < all.length; n += 50)
    await store.write(async db => {
      for (const [k, story] of all.slice(n, n + 50).entries()) await createArticle(db, ArticleCreate.parse(story), { ...writer, now: at(n + k) })
    })
}

const corpus = [...Object.values(sentences).flat(), ...odd, ...names, ...towns, 'Long w16998 w16999 w15990 Again finally']

/** A word of the corpus as somebody might type it. */
function wordOf({ below, one }: Dice): string {
  const word = one(
    one(corpus)
      .split(/[\s.,;:]+/)
      .filter(Boolean),
  )
  const typed = [word, word.toUpperCase(), word.toLowerCase(), word.normalize('NFD').replace(/\p{M}/gu, ''), word.normalize('NFKC'), `${word}s`]
  return below(3) === 0 ? one(typed) : word
}

/** Some characters from within a text: what readers of Chinese, Japanese and Thai ask for, and half words for all others. */
function pieceOf({ below, one }: Dice): string {
  const letters = [...one(corpus)]
  const start = below(letters.length)
  return letters.slice(start, start + 1 + below(6)).join('')
}

function phraseOf({ below, one }: Dice): string {
  const words = one(corpus).split(' ')
  const start = below(words.length)
  const some = words.slice(start, start + 2 + below(3))
  return (below(5) === 0 ? some.reverse() : some).join(' ')
}

function prefixOf(drawn: Dice): string {
  const letters = [...wordOf(drawn)]
  return `${letters.slice(0, 1 + drawn.below(letters.length)).join('')}*`
}

const filters = [
  'section:World',
  'section:"Arts & Ideas"',
  '-section:World',
  'tag:war',
  'tag:"sea life"',
  '-tag:café',
  'lang:de',
  'lang:en-GB',
  '-lang:en',
  'person:mara-lindqvist',
  '-person:lucja-zak',
  'place:lodz',
  'place:nowhere',
]
const strays = [
  '"',
  "'",
  '(',
  ')',
  '*',
  '-',
  '--',
  ':',
  '&',
  '|',
  '!',
  '<->',
  ':*',
  '\\',
  '~',
  '_',
  'AND',
  'NOT',
  'NEAR(a b)',
  'title:',
  'forms : x',
  '{title}',
  ';',
]

/** One part of a query. */
function partOf(drawn: Dice): string {
  switch (drawn.below(9)) {
    case 0:
      return prefixOf(drawn)
    case 1:
      return `"${phraseOf(drawn)}"`
    case 2:
      return `-${drawn.below(3) === 0 ? `"${phraseOf(drawn)}"` : wordOf(drawn)}`
    case 3:
      return `${wordOf(drawn)} OR ${drawn.below(2) === 0 ? `"${phraseOf(drawn)}"` : prefixOf(drawn)}`
    case 4:
      return drawn.one(filters)
    case 5:
      return drawn.one(strays)
    case 6:
      return pieceOf(drawn)
    case 7:
      return `-${prefixOf(drawn)}`
    default:
      return wordOf(drawn)
  }
}

function queryOf(drawn: Dice): string {
  const parts = drawn.some(1 + drawn.below(4), [0]).map(() => partOf(drawn))
  return drawn.below(8) === 0 ? `((${parts.join(') (')}))` : parts.join(drawn.below(6) === 0 ? ' OR ' : ' ')
}

/** Every beginning of one word of each language, and what hits the limits of a query. */
const fixed = [
  ...['negotiations', 'Verhandlungen', 'переговоров', 'ministrowie', 'négocié'].flatMap(word => [...word].map((_, n) => `${word.slice(0, n + 1)}*`)),
  ...['', ' ', '*', 'the', 'the of and', '"the of"', 'der die das', 'и', 'OR', '-the', '"again finally"', '"again and again"', '"the end again"'],
  ...['w16999', 'w15998 w15999', '"w15990 w15991"', 'w1*', 'w'.repeat(300), `${'w'.repeat(20)}*`, '漢', '漢漢漢', `"${'again and '.repeat(40)}"`],
  corpus.join(' ').slice(0, 4_000),
  `-${corpus.join(' -').slice(0, 4_000)}`,
  corpus.map(text => `"${text.replaceAll('"', '')}"`).join(' OR '),
]

const queries = (count: number): string[] => {
  const drawn = dice(1_848)
  return [...fixed, ...Array.from({ length: count }, () => queryOf(drawn))]
}

/** What a query finds: by relevance as a set, by time and by title in order. */
async function answersOf(db: Db, q: string) {
  const compiled = await compileQuery(db, q)
  const filter = await filterOf(db, {})
  filter.links.push(...(await queryLinks(db, compiled.filters)))
  const c = conditions()
  addConditions(db, c, filter, 'probe')
  const kinds = compiled.filters.length > 0 ? (['article'] as const) : nounKinds
  const scope = { kinds, conditions: c, rows: { article: c.where() } }
  const best = (await rank(db, compiled, { ...scope, order: 'relevance' })).map(hit => `${hit.kind} ${hit.seq}${hit.allWords ? '' : ' in part'}`)
  const newest = (await rank(db, compiled, { ...scope, order: 'newest' })).map(hit => `${hit.kind} ${hit.seq}`)
  const list = await listArticles(db, filter, 'title', compiled)
  const byTitle = (await list.fetch(undefined, false, maxRankedHits)).map(row => row.seq)
  return { relevance: best.sort(), newest, title: byTitle, total: await list.total() }
}

async function newsrooms(t: Test): Promise<[Store, Store]> {
  if (!onPostgres) throw new Error('TEST_POSTGRES is not set: run this test with `npm test -- <file>`')
  const sqlite = await openDatabase(databaseOf(`file:${join(t.testdir(), 'dateline.db')}`))
  t.teardown(() => sqlite.close())
  const postgres = await openDatabase(await freshDatabase(t))
  t.teardown(() => postgres.close())
  for (const store of [sqlite, postgres]) await fill(store)
  return [sqlite, postgres]
}

/** A machine that is busy with other things takes many times as long. */
t.setTimeout(400_000)

t.test('both databases find the same', async t => {
  const [sqlite, postgres] = await newsrooms(t)
  const found = { all: 0, some: 0, none: 0 }
  const apart: object[] = []
  const asked = queries(400)
  for (const q of asked) {
    const here = await sqlite.search(db => answersOf(db, q))
    const there = await postgres.search(db => answersOf(db, q))
    for (const name of ['relevance', 'newest', 'title', 'total'] as const)
      if (JSON.stringify(here[name]) !== JSON.stringify(there[name])) apart.push({ q, order: name, sqlite: here[name], postgres: there[name] })
    if (here.newest.length > 0) found.all += 1
    else if (here.relevance.length > 0) found.some += 1
    else found.none += 1
  }
  t.same(apart.slice(0, 5), [], `${asked.length} queries, ${apart.length} apart`)
  t.ok(found.all > asked.length / 4 && found.some > 10 && found.none > 10, `the queries say something: ${JSON.stringify(found)}`)
})
