import Database from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import { fts5Match, fts5MatchExcept } from '../../src/db/sqlite-match.ts'
import type { TokenQuery } from '../../src/db/token-query.ts'

const table = (rows: [title: string, body: string, forms: string][]) => {
  const db = new Database(':memory:')
  db.exec(`create virtual table words using fts5(title, body, forms, content='', contentless_delete=1, tokenize="ascii tokenchars '_'")`)
  const insert = db.prepare('insert into words (rowid, title, body, forms) values (?, ?, ?, ?)')
  rows.forEach((row, index) => {
    insert.run(index + 1, ...row)
  })
  const select = db.prepare<[string], number>('select rowid from words where words match ? order by rowid').pluck()
  return { find: (match: string) => select.all(match), close: () => db.close() }
}

const term = (word: string): TokenQuery => ({ op: 'term', term: word })

t.test('a query finds what it says, in the columns it says', async t => {
  const { find, close } = table([
    ['putin', 'kim negoti', 'negotiations'],
    ['kim _ putin', 'north korea', ''],
    ['korea', 'north _ korea', 'putins'],
  ])
  t.teardown(close)
  t.same(find(fts5Match(term('putin'))), [1, 2])
  t.same(find(fts5Match(term('kim'), ['title'])), [2])
  t.same(find(fts5Match(term('putins'))), [], 'a term is not sought among the unstemmed forms')
  t.same(find(fts5Match({ op: 'prefix', term: 'negotiat' })), [1])
  t.same(find(fts5Match({ op: 'prefix', term: 'put' })), [1, 2, 3])
  t.same(find(fts5Match({ op: 'prefix', term: 'put' }, ['title'])), [1, 2], 'the forms belong to the body too')
  t.same(find(fts5Match({ op: 'phrase', terms: ['north', 'korea'] })), [2])
  t.same(find(fts5Match({ op: 'and', of: [term('korea'), { op: 'or', of: [term('kim'), term('nobody')] }] })), [2])
  t.same(find(fts5Match({ op: 'or', of: [term('kim'), term('korea')] })), [1, 2, 3])
  t.same(find(fts5MatchExcept({ op: 'or', of: [term('kim'), term('korea')] }, term('putin'))), [3])
  t.same(find(fts5MatchExcept(term('putin'), term('negoti'), ['title'])), [2], 'what is excluded is excluded from every column')
  t.same(find(fts5MatchExcept(term('putin'), null)), [1, 2])
  t.same(find(fts5MatchExcept(term('putin'), { op: 'or', of: [] })), [1, 2])
})

t.test('a query of nothing finds nothing and spoils nothing', async t => {
  const { find, close } = table([['and', 'or not', '']])
  t.teardown(close)
  for (const nothing of [
    term(''),
    term('"'),
    term('\0'),
    { op: 'phrase', terms: [] } as const,
    { op: 'prefix', term: '*' } as const,
    { op: 'and', of: [] } as const,
  ]) {
    t.same(find(fts5Match(nothing)), [])
    t.same(find(fts5Match({ op: 'and', of: [nothing, term('and')] })), [1])
    t.same(find(fts5Match({ op: 'or', of: [term('and'), nothing] })), [1])
  }
  t.same(find(fts5Match({ op: 'and', of: [term('or'), term('not')] })), [1], 'an operator is a word like any other')
})

t.test('what lies eight levels deep is written, what lies deeper is left out', async t => {
  const nested = (levels: number): TokenQuery => (levels === 1 ? term('deep') : { op: 'and', of: [nested(levels - 1)] })
  t.equal(fts5Match(nested(8)), '{title body} : "deep"')
  t.equal(fts5Match(nested(9)), '""')
  t.equal(fts5Match(nested(5_000)), '""')
})

t.test('FTS5 accepts every string that is made', async t => {
  const { find, close } = table([['a', 'b', 'c']])
  t.teardown(close)
  const word = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('"', 'AND', 'NEAR(', '*', '\ud800', 'a" OR "b', '\0'))
  const { query } = fc.letrec<{ query: TokenQuery }>(tie => ({
    query: fc.oneof(
      { maxDepth: 10 },
      fc.record({ op: fc.constantFrom('term', 'prefix'), term: word }),
      fc.record({ op: fc.constant('phrase'), terms: fc.array(word) }),
      fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('query'), { maxLength: 5 }) }),
    ),
  }))
  fc.assert(
    fc.property(
      query,
      fc.option(query),
      fc.constantFrom([], ['title'] as const, ['body'] as const, ['title', 'body'] as const),
      (wanted, none, columns) => {
        if (columns.length > 0) find(fts5Match(wanted, columns))
        find(fts5MatchExcept(wanted, none))
      },
    ),
    { numRuns: 500 },
  )
  const wide: TokenQuery = {
    op: 'or',
    of: Array.from({ length: 64 }, (_, n) => ({ op: 'phrase', terms: Array.from({ length: 32 }, (_, k) => `w${n}x${k}`) })),
  }
  t.same(find(fts5Match(wide)), [])
})
