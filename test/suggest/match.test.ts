import fc from 'fast-check'
import { distance } from 'fastest-levenshtein'
import t from 'tap'
import { beginsButForOne, fitsKey, matchedName, spellingsOf, wordsInDoubt } from '../../src/suggest/match.ts'

t.test('one error is a letter too many, too few, another one, or two in the wrong order', async t => {
  for (const typed of ['vladivostok', 'vadi', 'vlladi', 'vlodi', 'vlaid', 'vladi', 'xladi', 'lvadi', 'vladivostko', 'vladivostokk'])
    t.ok(beginsButForOne(typed, 'vladivostok\tport of'), typed)
  for (const typed of ['vodla', 'vlxxi', 'ladvi', 'moscow', 'vladivostokkk', 'vlaidvostko']) t.notOk(beginsButForOne(typed, 'vladivostok\t'), typed)
})

t.test('and nothing else: some beginning of the name is one edit away', async t => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 })
  const swapped = (text: string) => Array.from({ length: text.length - 1 }, (_, n) => text.slice(0, n) + text[n + 1] + text[n] + text.slice(n + 2))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(word, word, (typed, key) => {
        const beginnings = Array.from({ length: key.length + 1 }, (_, n) => key.slice(0, n))
        const near = beginnings.some(beginning => distance(typed, beginning) <= 1 || swapped(typed).includes(beginning))
        return beginsButForOne(typed, key) === near
      }),
      { numRuns: 2_000 },
    ),
  )
})

t.test('every spelling that is tried is one edit away, near the beginning of the word', async t => {
  const spellings = spellingsOf('mayor of valdi', 9)
  t.ok(spellings.includes('mayor of vladi'))
  t.ok(spellings.every(one => one.startsWith('mayor of ') && one !== 'mayor of valdi'))
  t.ok(spellings.length > 200 && spellings.length < 300, String(spellings.length))
  t.ok(spellingsOf('масква', 0).includes('москва'), 'letters of the script that was typed')
  t.ok(spellingsOf('newyork', 0).includes('new york'))
  t.notOk(spellingsOf('масква', 0).some(one => /[a-z]/.test(one)))
  t.ok(spellingsOf('😀abc', 0).every(one => one.isWellFormed()))
})

t.test('words of four letters or more may have an error: the last such one and the first', async t => {
  t.same(wordsInDoubt('puti'), [0])
  t.same(wordsInDoubt('kim'), [])
  t.same(wordsInDoubt('mayor of the vladi'), [13, 0])
  t.same(wordsInDoubt('vladmir pu'), [0])
})

t.test('words in any order each take a word of their own', async t => {
  t.ok(fitsKey('scattered', 'putin vlad', 'vladimir v putin\t'))
  t.ok(fitsKey('scattered', 'an anna', 'anna\tann'))
  t.notOk(fitsKey('scattered', 'anna anna', 'anna\tberg'))
  t.notOk(fitsKey('scattered', 'putin dimir', 'vladimir v putin\t'))
})

t.test('the name that matched is the one that fits best, as it is written', async t => {
  t.equal(matchedName('begun', 'puti', ['Vladimir Putin', 'V. V. Putin', 'Pútin']), 'Pútin')
  t.equal(matchedName('begun', 'puti', ['Vladimir Putin', 'V. V. Putin']), 'Vladimir Putin')
  t.equal(matchedName('begun', 'v', ['Vladimir Putin', 'V. V. Putin']), 'Vladimir Putin')
  t.equal(matchedName('whole', 'us', ['United States', 'US of A', 'U.S.']), 'U.S.')
  t.equal(matchedName('mistyped', 'dprx', ['North Korea', 'DPRK']), 'DPRK')
  t.equal(matchedName('scattered', 'korea north', ['Chosŏn', 'North Korea']), 'North Korea')
})
