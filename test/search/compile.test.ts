import Database from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import { fts5Match, fts5MatchExcept } from '../../src/db/sqlite-match.ts'
import type { TokenQuery } from '../../src/db/token-query.ts'
import { compile, maxPhraseTerms } from '../../src/search/compile.ts'
import { indexText } from '../../src/search/document.ts'
import { parseQuery } from '../../src/search/grammar.ts'
import { isStopWord } from '../../src/search/stop-words.ts'

const compiled = (text: string, languages = ['en']) => compile(parseQuery(text), languages)
const term = (word: string) => ({ op: 'term', term: word })
const phrase = (...terms: string[]) => ({ op: 'phrase', terms })
const prefix = (word: string) => ({ op: 'prefix', term: word })

t.test('a word is its distinct forms, unstemmed and in each language', async t => {
  t.same(compiled('Putin').all, term('putin'))
  t.same(compiled('negotiations').all, { op: 'or', of: [term('negotiations'), term('negoti')] })
  t.same(compiled('negotiations', []).all, term('negotiations'))
  t.same(compiled('nationales', ['en-GB', 'fr', 'en-US', 'ja']).all, {
    op: 'or',
    of: [term('nationales'), term('national')],
  })
  t.same(compiled('l’Élysée', ['fr']).all, { op: 'or', of: [term('lelysee'), term('elyse')] })
})

t.test('all asks for every clause, any for one of them, none is what is excluded', async t => {
  t.same(compiled('putin kim OR li -xi -"north korea" person:a'), {
    all: { op: 'and', of: [term('putin'), { op: 'or', of: [term('kim'), term('li')] }] },
    any: { op: 'or', of: [term('putin'), term('kim'), term('li')] },
    none: { op: 'or', of: [term('xi'), phrase('north', 'korea')] },
    clauses: [term('putin'), { op: 'or', of: [term('kim'), term('li')] }],
    parts: [
      { query: term('putin'), times: 1 },
      { query: { op: 'or', of: [term('kim'), term('li')] }, times: 1 },
    ],
    isOr: false,
    filters: [{ field: 'person', value: 'a', not: false }],
  })
  t.same(compiled('-xi'), { all: null, any: null, none: term('xi'), clauses: [], parts: [], isOr: false, filters: [] })
  t.same(compiled('kim Kim KIM').clauses, [term('kim')])
})

t.test('a hit may have more or less of a clause, or of the terms of an OR that is all there is', async t => {
  t.same(compiled('kim Kim KIM li').parts, [
    { query: term('kim'), times: 3 },
    { query: term('li'), times: 1 },
  ])
  t.same(compiled('kim OR li OR Kim -xi').parts, [
    { query: term('kim'), times: 2 },
    { query: term('li'), times: 1 },
  ])
  t.same(compiled('talks OR li').parts[0]?.query, { op: 'or', of: [term('talks'), term('talk')] }, 'the stems of a word are one part')
})

t.test('words that hold a question together are left out where two others are left', async t => {
  t.same(
    compiled('who were the leaders that met in Pyongyang').clauses.map(clause => JSON.stringify(clause).includes('who')),
    [false, false, false],
  )
  t.same(compiled('the who').clauses, [term('who')])
  t.same(compiled('the who tour').clauses, [term('who'), term('tour')])
  t.same(compiled('who killed Kennedy', ['de']).clauses.length, 3, 'in a language that nobody writes here it is a word')
})

t.test('a word of several tokens is a phrase of them', async t => {
  t.same(compiled('Jong-un').all, phrase('jong', 'un'))
  t.same(compiled('state-of-the-art x').clauses, [phrase('state', 'of', 'the', 'art'), term('x')])
  t.same(compiled('東京都').all, phrase('東京', '京都'))
  t.same(compiled('東').all, prefix('東'), 'a lone character begins a pair')
  t.same(compiled(`"${'a b '.repeat(maxPhraseTerms)}"`).all, phrase(...Array.from({ length: maxPhraseTerms / 2 }, () => ['a', 'b']).flat()))
})

t.test('a prefix is unstemmed, and what stands before its last part is asked for too', async t => {
  t.same(compiled('Negotiations*').all, prefix('negotiations'))
  t.same(compiled('Jong-u*').all, { op: 'and', of: [term('jong'), prefix('u')] })
  t.same(compiled('a-b-c* OR d').all, { op: 'or', of: [{ op: 'and', of: [phrase('a', 'b'), prefix('c')] }, term('d')] })
  t.same(compiled('🙂*').all, null)
})

t.test('stop words are left out beside others and kept where they are all there is', async t => {
  t.same(compiled('the negotiations of Putin').clauses.length, 2)
  t.same(compiled('to be or not to be').clauses, [term('to'), term('be'), term('or'), term('not')])
  t.same(compiled('the -putin person:a').all, term('the'))
  t.same(compiled('"to be" the').all, phrase('to', 'be'))
  t.same(compiled('the* kim').clauses, [prefix('the'), term('kim')])
  t.same(compiled('the OR kim xi').clauses.length, 2)
  t.same(compiled('und kim', ['en']).clauses.length, 2, 'a stop word of a language that nobody writes here is a word')
  t.same(compiled('und kim', ['de-CH']).clauses, [term('kim')])
  t.ok(isStopWord('the', ['xx', 'en']))
  t.notOk(isStopWord('the', ['xx', 'constructor']))
  t.notOk(['us', 'who', 'will', 'may'].some(name => isStopWord(name, ['en'])))
})

t.test('what has no letter and no digit is dropped', async t => {
  t.same(compiled('!!! 🙂 -? "…" kim OR !').all, term('kim'))
  t.same(compiled('!!! 🙂'), { all: null, any: null, none: null, clauses: [], parts: [], isOr: false, filters: [] })
  t.same(compiled('🙂 the').all, term('the'))
})

t.test('text is found by its words in any inflection, accent and apostrophe', async t => {
  const { find, close } = index('en', 'Mr. O’Brien’s negotiations in Łódź about the U.S. fleet: “mutual assistance”, 1,000 ships.', '東京タワーの話')
  t.teardown(close)
  for (const text of [
    "O'Brien",
    'obrien',
    'negotiated',
    'negotiat*',
    'NEGOTIATIONS*',
    'lodz',
    'us',
    'U.S.',
    '"mutual assistance"',
    '1000',
    'fleets -pacific',
    'x OR ship',
  ])
    t.same(find(text), [1], text)
  for (const text of ['タワー', '東京', '東']) t.same(find(text), [2], text)
  for (const text of ['fleet -lodz', '"assistance mutual"', 'brien', '都', 'fleet pacific']) t.same(find(text), [], text)
})

const depth = (query: TokenQuery): number => ('of' in query ? 1 + Math.max(...query.of.map(depth)) : 1)

t.test('every text makes a query that FTS5 accepts, at most four levels deep', async t => {
  const { find, close } = index('en', 'a b c')
  t.teardown(close)
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...'aé"*-: ()東ไ1.,’', ' OR ', ' -', '* ', 'NEAR', '\ud800'), maxLength: 200 }),
  )
  fc.assert(
    fc.property(text, fc.subarray(['en', 'fr', 'ru', 'ja']), (text, languages) => {
      find(text, languages)
      const { all, any, none } = compile(parseQuery(text), languages)
      return [all, any, none].every(query => query === null || depth(query) <= 4)
    }),
    { numRuns: 1_000 },
  )
})

function index(language: string, ...texts: string[]) {
  const db = new Database(':memory:')
  db.exec(`create virtual table words using fts5(title, body, forms, content='', contentless_delete=1, tokenize="ascii tokenchars '_'")`)
  const insert = db.prepare('insert into words (rowid, title, body, forms) values (?, ?, ?, ?)')
  texts.forEach((text, row) => {
    const { title, body, forms } = indexText({ titles: [], texts: [text], language })
    insert.run(row + 1, title, body, forms)
  })
  const select = db.prepare<[string], number>('select rowid from words where words match ? order by rowid').pluck()
  const find = (text: string, languages = [language]) => {
    const { all, any, none } = compile(parseQuery(text), languages)
    if (any) select.all(fts5Match(any))
    return all ? select.all(fts5MatchExcept(all, none)) : none ? select.all(fts5Match(none)) : []
  }
  return { find, close: () => db.close() }
}
