import fc from 'fast-check'
import t from 'tap'
import { maxQueryTerms, maxQueryUnits, parseQuery } from '../../src/search/grammar.ts'

/** The tree in short: `word`, `"phrase"`, `prefix*`, `-` for exclusions, `|` within a clause, `field=value` for filters. */
const brief = (text: string) => {
  const { clauses, filters } = parseQuery(text)
  const term = ({ type, text }: { type: string; text: string }) => (type === 'phrase' ? `"${text}"` : type === 'prefix' ? `${text}*` : text)
  return [
    ...clauses.map(({ not, any }) => (not ? '-' : '') + any.map(term).join('|')),
    ...filters.map(({ field, value, not }) => `${not ? '-' : ''}${field}=${value}`),
  ]
}

t.test('words, phrases and prefixes', async t => {
  t.same(brief('Putin  Kim\tJong-un\n1,000'), ['Putin', 'Kim', 'Jong-un', '1,000'])
  t.same(brief('"nuclear weapons" “mutual aid” „so" ‟x”'), ['"nuclear weapons"', '"mutual aid"', '"so"', '"x"'])
  t.same(brief('negotiat* foo** *bar'), ['negotiat*', 'foo*', '*bar'])
  t.same(parseQuery('a "b" c* -d tag:e'), {
    clauses: [
      { not: false, any: [{ type: 'word', text: 'a' }] },
      { not: false, any: [{ type: 'phrase', text: 'b' }] },
      { not: false, any: [{ type: 'prefix', text: 'c' }] },
      { not: true, any: [{ type: 'word', text: 'd' }] },
    ],
    filters: [{ field: 'tag', value: 'e', not: false }],
  })
})

t.test('a stray quote is a character', async t => {
  t.same(brief('"open end'), ['"open', 'end'])
  t.same(brief('5" gun "a b"'), ['5"', 'gun', '"a b"'])
  t.same(brief('x" "y'), ['x"', '"y'])
})

t.test('what holds nothing is nothing', async t => {
  for (const nothing of ['', '   ', '*', '**', '-', '--', '---', '-*', '"" “ ”', '\0', '-""']) t.same(brief(nothing), [], JSON.stringify(nothing))
})

t.test('a hyphen excludes what stands behind it, and only there', async t => {
  t.same(brief('-a -"b c" -d* -person:e'), ['-a', '-"b c"', '-d*', '-person=e'])
  t.same(brief('a-b c- - d --e −f'), ['a-b', 'c-', 'd', 'e', '−f'])
  t.same(brief('-a/b'), ['-a/b'])
})

t.test('OR joins two wanted terms and binds closer than the rest', async t => {
  t.same(brief('a OR b c'), ['a|b', 'c'])
  t.same(brief('a OR "b c" OR d* e OR f'), ['a|"b c"|d*', 'e|f'])
  t.same(brief('(a OR b)'), ['a|b)'])
  t.same(brief('a or b'), ['a', 'or', 'b'])
})

t.test('OR that joins nothing is dropped, unless it is all there is', async t => {
  t.same(brief('OR a OR'), ['a'])
  t.same(brief('a OR OR b'), ['a|b'])
  t.same(brief('a OR -b'), ['a', '-b'])
  t.same(brief('-a OR b'), ['-a', 'b'])
  t.same(brief('a OR person:b OR c'), ['a', 'c', 'person=b'])
  t.same(brief('OR'), ['OR'])
  t.same(brief('OR OR'), ['OR'])
  t.same(brief('OR person:x'), ['person=x'])
})

t.test('filters have a known field in any case and a value, quoted or not', async t => {
  t.same(brief('person:kim-jong-un PLACE:russia Section:"Middle East" tag:“x y” lang:en'), [
    'person=kim-jong-un',
    'place=russia',
    'section=Middle East',
    'tag=x y',
    'lang=en',
  ])
  t.same(brief('(person:kim) tag:"open'), ['person=kim', 'tag=open'])
  t.same(brief('section:by-source/a/b'), ['section=by-source/a/b'])
})

t.test('a field without a value and an unknown field are words', async t => {
  t.same(brief('person: person:"" person:" " tag:)'), ['person', 'person', 'person', ' ', 'tag', ')'])
  t.same(brief('title:putin http://example.org/a,b,1,000 24/7'), ['title', 'putin', 'http', 'example.org', 'a', 'b', '1,000', '24', '7'])
  t.same(brief('title:put* title:"a b"'), ['title:put*', 'title', 'a b'])
  t.same(brief('x/y OR z'), ['x/y|z'])
})

t.test('sixty-four terms and filters are taken, the rest ignored', async t => {
  const words = Array.from({ length: 70 }, (_, n) => `w${n}`)
  t.same(brief(words.slice(0, maxQueryTerms).join(' ')).length, maxQueryTerms)
  t.same(brief(words.join(' ')), words.slice(0, maxQueryTerms))
  t.same(brief(words.join('/')), words.slice(0, maxQueryTerms))
  t.same(brief(words.join(' OR ')), [words.slice(0, maxQueryTerms).join('|')])
  t.same(brief(`${words.slice(0, 63).join(' ')} tag:a tag:b`).at(-1), 'tag=a')
  t.same(brief(`${' '.repeat(maxQueryUnits - 1)}ab`), ['a'])
})

t.test('any text is a query, at once', async t => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'a"“-*:( )/,OR\ud800\0', 'person:', ' OR ') })),
      text => {
        const { clauses, filters } = parseQuery(text)
        return (
          clauses.every(({ not, any }) => any.length > 0 && (!not || any.length === 1) && any.every(term => term.text !== '')) &&
          filters.every(({ value }) => value.trim() !== '')
        )
      },
    ),
    { numRuns: 2_000 },
  )
  for (const part of ['(', '"', '" ', '-', '(-', '*', 'a:', 'person:', 'a"', ',', 'OR ', '/a', '\ud800', '\0', ')']) {
    const before = process.cpuUsage()
    parseQuery(part.repeat(100_000))
    t.ok(process.cpuUsage(before).user < 1_000_000, `${JSON.stringify(part)} repeated`)
  }
})
