import Database from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import { countTerms } from '../../src/db/term-counts.ts'
import { maxTokens } from '../../src/search/analyse.ts'
import { countedText, indexText } from '../../src/search/document.ts'

t.test('titles and texts are terms, and a separator keeps phrases apart', async t => {
  t.same(indexText({ titles: ['Kim’s Negotiations', '', 'Talks'], texts: ['', 'Two talks.', '!!!', 'They negotiated'], language: 'en' }), {
    title: 'kim negoti _ talk',
    body: 'two talk _ they negoti',
    forms: 'negotiations talks negotiated',
    words: ['kim', 'negotiations', 'talks', 'two', 'they', 'negotiated'],
  })
  const name = { titles: ['Negotiations', 'of 1999 in 東京', 'Łódź Łódź B2B'], texts: [], language: 'und' }
  t.same(indexText(name), { title: 'negotiations _ of 1999 in 東京 _ lodz lodz b2b', body: '', forms: '', words: ['negotiations', 'lodz'] })
})

t.test('an article has at most 16,000 tokens, separators and titles counted', async t => {
  const count = (text: string) => (text === '' ? 0 : text.split(' ').length)
  const full = indexText({ titles: ['a b', 'c'], texts: Array.from({ length: 20_000 }, () => 'd e'), language: 'und' })
  t.equal(count(full.title), 4)
  t.equal(count(full.body), maxTokens - 5, 'the last one would be a separator')
  t.notMatch(full.body, /_$/)
  t.same(indexText({ titles: ['a '.repeat(maxTokens)], texts: ['b'], language: 'und' }).body, '')
})

t.test('the index gives back exactly the terms', async t => {
  const db = new Database(':memory:')
  t.teardown(() => db.close())
  const tokenize = `tokenize="ascii tokenchars '_'"`
  db.exec(`create virtual table words using fts5(title, body, forms, ${tokenize}); create virtual table vocabulary using fts5vocab(words, instance)`)
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.lorem({ maxCount: 20 }),
    fc.string({ unit: fc.constantFrom(...'aéß1.,’東京กิ한й·\u0301\ud800\0_ ') }),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), fc.constantFrom('en', 'ru', 'und'), (titles, texts, language) => {
      const { title, body, forms } = indexText({ titles, texts, language })
      db.exec('delete from words')
      db.prepare('insert into words (rowid, title, body, forms) values (1, ?, ?, ?)').run(title, body, forms)
      const column = db.prepare<[string], string>('select term from vocabulary where col = ? order by offset').pluck()
      t.same([column.all('title').join(' '), column.all('body').join(' '), column.all('forms').join(' ')], [title, body, forms])
    }),
    { numRuns: 300 },
  )
})

t.test('terms are counted as they stand in the index, whatever was counted before', async t => {
  const text = fc.string({ unit: fc.constantFrom('talk', 'talks', 'Talked ', 'é', '東京', '. ', ' ', '_', '1,5', '’s', 'ﷺ'), maxLength: 30 })
  const texts = fc.array(text, { maxLength: 4 })
  fc.assert(
    fc.property(texts, texts, fc.constantFrom('en', 'und'), (titles, texts, language) => {
      const { title, body, counts } = countedText({ titles, texts, language })
      t.same(counts, countTerms({ title, body }))
    }),
    { numRuns: 200 },
  )
  const { title, body, counts } = countedText({ titles: ['a b '.repeat(maxTokens / 2), 'a'], texts: ['b'], language: 'und' })
  t.same(counts, countTerms({ title, body }), 'where the text is cut off, too')
})
