import fc from 'fast-check'
import t from 'tap'
import { phraseKey, phraseKeys } from '../../src/phrases/key.ts'
import { compile } from '../../src/search/compile.ts'
import { parseQuery } from '../../src/search/grammar.ts'
import { knownSpans, type Meaning, maxSpans, phrasesIn, withMeanings } from '../../src/search/meanings.ts'

const clausesOf = (text: string) => parseQuery(text).clauses
const keys = (text: string) => phrasesIn(clausesOf(text)).map(({ key }) => key)
const chosen = (text: string, ...known: string[]) => knownSpans(phrasesIn(clausesOf(text)), key => known.includes(key))

const meaning = (terms: string[], ids: string[] = [], names: string[] = []): Meaning => ({
  terms,
  linked: ids.length > 0 ? { people: [], places: ids, names, isMain: false } : undefined,
})
const meant = (text: string, known: Record<string, Meaning>) =>
  withMeanings(clausesOf(text), chosen(text, ...Object.keys(known)), new Map(Object.entries(known)))
const compiled = (text: string, known: Record<string, Meaning>) => compile({ clauses: meant(text, known), filters: [] }, ['en'])

const term = (word: string) => ({ op: 'term', term: word })
const phrase = (...terms: string[]) => ({ op: 'phrase', terms })

t.test('names and terms are compared by their words, folded and not stemmed', async t => {
  t.equal(phraseKey('Łódź'), 'lodz')
  t.equal(phraseKey('U.S.'), phraseKey('us'))
  t.equal(phraseKey('Kim  Jong-un'), 'kim jong un')
  t.not(phraseKey('talks'), phraseKey('talk'))
  t.equal(phraseKey('a b c d e f g h'), 'a b c d e f g h')
  t.equal(phraseKey('a b c d e f g h i'), undefined)
  t.equal(phraseKey('… !'), undefined)
  t.same(phraseKeys(['b', 'B', '!', 'a']), ['a', 'b'])
})

t.test('adjacent words are phrases; what is quoted, begun, excluded or cut in two by these is not', async t => {
  t.same(keys('north korea talks'), ['north', 'north korea', 'north korea talks', 'korea', 'korea talks', 'talks'])
  t.same(keys('north "korea" talks'), ['north', 'talks'])
  t.same(keys('north korea* talks'), ['north', 'talks'])
  t.same(keys('north -korea talks'), ['north', 'talks'])
  t.same(keys('Jong-un'), ['jong un'])
  t.same(keys('korea OR "north korea" OR dprk x'), ['korea', 'dprk', 'x'], 'in an OR each word stands for itself')
  t.same(keys('!!! korea'), ['korea'])
  t.same(keys(''), [])
})

t.test('the longest known phrase counts, from the left', async t => {
  t.same(chosen('the north korea talks', 'north', 'north korea', 'korea talks', 'talks'), [
    { from: 1, to: 2, key: 'north korea' },
    { from: 3, to: 3, key: 'talks' },
  ])
  t.same(chosen('a OR b c', 'a', 'b', 'c').length, 3)
  t.same(chosen('a b c d e f g h i j', ...'abcdefghij').length, maxSpans)
})

t.test('a word with synonyms is one clause, of which one term is enough', async t => {
  const { all, any, clauses, parts, isOr } = compiled('dprk', { dprk: meaning(['North Korea', 'Norks']) })
  const alternatives = [term('dprk'), phrase('north', 'korea'), term('norks'), term('nork')]
  t.same(all, { op: 'or', of: alternatives })
  t.same(any, all)
  t.equal(clauses.length, 1)
  t.same(
    parts.map(({ query }) => query),
    [term('dprk'), phrase('north', 'korea'), { op: 'or', of: [term('norks'), term('nork')] }],
  )
  t.ok(isOr)
})

t.test('a phrase is all its words or one of its synonyms, and may be had in part', async t => {
  const { all, any, parts, isOr } = compiled('bank of korea', { 'bank of korea': meaning(['BoK']) })
  t.same(all, { op: 'or', of: [{ op: 'and', of: [term('bank'), term('korea')] }, term('bok')] })
  t.same(any, { op: 'or', of: [term('bank'), term('korea'), term('bok')] })
  t.equal(parts.length, 3)
  t.notOk(isOr, 'who has one word has not all')
  t.same(compiled('to be', { 'to be': meaning(['exist']) }).all, { op: 'or', of: [{ op: 'and', of: [term('to'), term('be')] }, term('exist')] })
})

t.test('a name asks for links, too', async t => {
  const linked = { op: 'linked', people: [], places: ['id1'], names: [phrase('north', 'korea'), term('dprk')] }
  const known = { dprk: meaning([], ['id1'], ['North Korea', 'DPRK']) }
  t.same(compiled('dprk', known).all, { op: 'or', of: [term('dprk'), linked] })
  t.same(compiled('dprk talk', known).all, { op: 'and', of: [{ op: 'or', of: [term('dprk'), linked] }, term('talk')] })
  t.same(compiled('"dprk" dprk* -dprk', known).clauses, [term('dprk'), { op: 'prefix', term: 'dprk' }])
  t.same(compiled('-dprk', known).none, term('dprk'))
  t.equal(compiled('dprk', known).parts.length, 2, 'an alias and what it stands for')
  const main = { linked: { people: [], places: ['id1'], names: ['DPRK'], isMain: true }, terms: [] }
  t.match(compiled('dprk', { dprk: main }), { isOr: false, parts: { length: 1 } }, 'the main name is one')
  const both = { a: meaning(['x'], ['2'], ['A']), b: meaning([], ['1'], ['B']) }
  t.same(meant('a OR b', both), [
    {
      not: false,
      any: [
        { type: 'word', text: 'a' },
        { type: 'word', text: 'b' },
        { type: 'phrase', text: 'x' },
      ],
      linked: { people: [], places: ['1', '2'], names: ['A', 'B'], isMain: false },
    },
  ])
})

t.test('a query of which nothing is known stays as it is', async t => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab"*-: (é東', ' OR '), maxLength: 60 }), text => {
      t.same(withMeanings(clausesOf(text), [], new Map()), clausesOf(text))
    }),
    { numRuns: 50 },
  )
})
