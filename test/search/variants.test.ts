import fc from 'fast-check'
import t from 'tap'
import { analyseWords } from '../../src/search/analyse.ts'
import { errorsBetween, farRange, farVariants, isCorrectable, isSpelt, likeTyped, variantsOf } from '../../src/search/variants.ts'

const words = (word: string) => variantsOf(word).map(variant => variant.word)
const weightOf = (typed: string, meant: string) => variantsOf(typed).find(({ word }) => word === meant)?.weight ?? Number.NEGATIVE_INFINITY

t.test('every word at one error is a variant, and nothing else', async t => {
  const lower = (letters: string) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 9 }).map(all => all.join(''))
  fc.assert(
    fc.property(lower('abcxyz'), word => {
      const found = words(word)
      t.equal(new Set(found).size, found.length, 'each once')
      for (const other of found) t.equal(errorsBetween(word, other), 1, `${word} ${other}`)
    }),
    { numRuns: 60 },
  )
  fc.assert(
    fc.property(lower('abc'), lower('abc'), (word, other) => {
      t.equal(words(word).includes(other), errorsBetween(word, other) === 1, `${word} ${other}`)
    }),
    { numRuns: 1_000 },
  )
})

t.test('letters that changed places are one error', async t => {
  for (const [one, other, errors] of [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['putin', 'putin', 0],
    ['putni', 'putin', 1],
    ['accomodatoin', 'accommodation', 2],
    ['ca', 'abc', 3], // no letter is moved twice
    ['kitten', 'sitting', 3],
    ['владивасток', 'владивосток', 1],
  ] as const) {
    t.equal(errorsBetween(one, other), errors, `${one} ${other}`)
    t.equal(errorsBetween(other, one), errors, `${other} ${one}`)
  }
})

t.test('letters are those of the script of a word', async t => {
  for (const [typed, meant] of [
    ['владивасток', 'владивосток'],
    ['αθνα', 'αθηνα'],
    ['երեան', 'երևան'.normalize('NFKC')],
    ['ירשלים', 'ירושלים'],
    ['القاهة', 'القاهرة'],
    ['თბლისი', 'თბილისი'],
    ['vladivstok', 'vladivostok'],
  ] as const)
    t.ok(words(typed).includes(meant), `${typed} ${meant}`)
  t.notOk(
    words('putni').some(word => /[^a-z]/.test(word)),
    'no letter of another',
  )
  t.ok(words('서울을').includes('서을울'), 'others have the letters of the word')
})

t.test('likelier errors weigh more', async t => {
  t.ok(weightOf('putni', 'putin') > weightOf('putni', 'putna'), 'two letters that changed places, and another letter')
  t.ok(weightOf('misile', 'missile') > weightOf('misile', 'misive'), 'a letter too few')
  t.ok(weightOf('misssile', 'missile') > weightOf('mispsile', 'missile'), 'a letter that doubles its neighbour')
  t.ok(weightOf('seperate', 'separate') > weightOf('sepkrate', 'separate'), 'a vowel for a vowel')
  t.ok(weightOf('kissile', 'missile') < weightOf('mixsile', 'missile'), 'the first letter is mostly right')
  t.ok(weightOf('pointer', 'pointed') < weightOf('poidter', 'pointer'), 'another last letter is another word of the same stem')
})

t.test('two errors are looked for in long words that begin and end alike', async t => {
  t.equal(farRange('missile'), undefined)
  t.same(farRange('misiless'), { start: 'mis', shortest: 6, longest: 10 })
  t.same(
    farVariants('acomodation', ['accommodation', 'acomodation', 'accomodation', 'accommodating', 'accmoodation']).map(({ word }) => word),
    ['accommodation', 'accmoodation'],
    'neither none nor one, nor another ending',
  )
  t.same(farVariants('stations', ['stating']), [])
})

t.test('what can be misspelt is letters of a script with words', async t => {
  for (const form of ['sea', 'vladivostok', 'владивосток', 'a'.repeat(40), 'हिन्दी']) t.ok(isSpelt(form), form)
  for (const form of ['', 'of', '1999', 'b2b', '3·5', '東京', 'กขค', 'a'.repeat(41), 'со']) t.notOk(isSpelt(form), form)
  t.ok(isCorrectable('Łódź', 'lodz'))
  for (const [typed, form] of [
    ['sea', 'sea'],
    ["O'Brien", 'obrien'],
    ['U.S.S.R', 'ussr'],
    ['B2B4', 'b2b4'],
    ['東京都', '東京'],
  ] as const)
    t.notOk(isCorrectable(typed, form), typed)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      for (const { form } of analyseWords(text, 'und')) if (isSpelt(form)) t.match(form, /^\p{L}[\p{L}\p{M}]{2,}$/u)
    }),
  )
})

t.test('a word is put in the capitals of the one that it replaces', async t => {
  t.equal(likeTyped('putni', 'putin'), 'putin')
  t.equal(likeTyped('Putni', 'putin'), 'Putin')
  t.equal(likeTyped('PUTNI', 'putin'), 'PUTIN')
  t.equal(likeTyped('pUTNI', 'putin'), 'putin')
  t.equal(likeTyped('McDonlad', 'mcdonald'), 'Mcdonald')
})
