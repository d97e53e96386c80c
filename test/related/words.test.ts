import t from 'tap'
import { frequentWords } from '../../src/related/words.ts'

const words = (titles: string[], texts: string[], language = 'en', most = 10) =>
  frequentWords({ titles, texts, language }, most).map(({ term }) => term)

t.test('the words that a text has most often, those of the title counting thrice', async t => {
  t.same(words(['Harbour'], ['ferry ferry ferry ferry pilot harbour', 'ferry pilot']), ['ferri', 'harbour', 'pilot'])
  t.same(words([], ['ferry ferry ferry pilot pilot harbour'], 'en', 2), ['ferri', 'pilot'])
  const [ferry, pilot] = frequentWords({ titles: [], texts: ['ferry ferry ferry pilot'], language: 'en' }, 2)
  t.equal(ferry?.often, 1 + Math.log(3))
  t.equal(pilot?.often, 1)
})

t.test('longer words come first among equals, then by the alphabet', async t => {
  t.same(words([], ['tin zinc iron copper']), ['copper', 'iron', 'zinc', 'tin'])
})

t.test('what says nothing is left out', async t => {
  t.same(words(['The'], ['the and of in 2024 1,000 3.5 x to be']), [])
  t.same(words([], ['der und ferry'], 'de'), ['ferry'])
  t.same(words([], ['🐟 !!! — …', '']), [])
})

t.test('scripts without spaces are told by their pairs', async t => {
  t.same(words([], ['条約条約'], 'ja', 1), ['条約'])
})
