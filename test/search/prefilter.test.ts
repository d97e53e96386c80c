import fc from 'fast-check'
import t from 'tap'
import { analyseWords } from '../../src/search/analyse.ts'
import { compile } from '../../src/search/compile.ts'
import { parseQuery } from '../../src/search/grammar.ts'
import { mayBegin } from '../../src/search/prefilter.ts'

const may = (query: string, text: string, language = 'en') =>
  (mayBegin(compile(parseQuery(query), ['en']).clauses, language)(text) ?? ['anywhere']).length > 0

t.test('a text that has a word of the query is never passed over', async t => {
  const texts = [
    'He is dying.',
    'U.S. officials said so',
    "O'Brien left",
    '1,000 shells',
    'It costs 3.14 euros',
    'a state-of-the-art tank',
    'Happiness',
    '“quoted” news',
  ]
  for (const text of texts)
    for (const { start, end } of analyseWords(text, 'en')) t.ok(may(text.slice(start, end), text), `${text.slice(start, end)} in ${text}`)
  t.ok(may('"art tank"', 'a state-of-the-art tank'))
  t.ok(may('negotiat*', 'the negotiations'))
})

t.test('a plain text without any of them is', async t => {
  t.notOk(may('vladivostok treaty', 'Nothing of the kind was said in Moscow.'))
  t.notOk(may('北京', 'Beijing'), 'a term that plain text cannot have')
  t.notOk(may('', 'anything'))
})

t.test('what it does not know it leaves to the analysis', async t => {
  t.ok(may('lodz', 'W mieście Łódź'))
  t.ok(may('x', 'Niets daarvan', 'nl'))
})

t.test('property: whatever the analysis finds in plain English text stands in the stretches, and is found there at the same place', async t => {
  const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.,'’-]{0,12}$/)
  const gap = fc.constantFrom(' ', '\n', ' — ', '  "', '-')
  fc.assert(
    fc.property(fc.array(fc.tuple(word, gap), { minLength: 1, maxLength: 12 }), fc.nat(), (words, pick) => {
      const text = words.flat().join('')
      const [asked = ''] = words[pick % words.length] ?? []
      const terms = new Set(analyseWords(asked, 'en').map(({ term }) => term))
      const queries = [...terms].map(term => ({ op: 'term', term }) as const)
      const found = (mayBegin(queries, 'en')(text) ?? []).flatMap(({ start, end }) =>
        analyseWords(text.slice(start, end), 'en').map(one => ({ ...one, start: one.start + start, end: one.end + start })),
      )
      const wanted = (all: typeof found) => all.filter(({ term }) => terms.has(term))
      t.strictSame(wanted(found), wanted(analyseWords(text, 'en')))
    }),
    { numRuns: 1_000 },
  )
})
