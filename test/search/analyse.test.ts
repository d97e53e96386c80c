import fc from 'fast-check'
import snowball from 'snowball-stemmers'
import t from 'tap'
import { analyse, analyseWords, isSpaceless, maxTermBytes, maxTokens, stemmersOf } from '../../src/search/analyse.ts'

const terms = (text: string, language = 'und') => analyse(text, language).map(({ term }) => term)
const slices = (text: string, language = 'und') => analyse(text, language).map(({ start, end }) => text.slice(start, end))

t.test('case, accents and letters that Unicode does not take apart are folded', async t => {
  t.same(terms('Łódź Straße Ærø İstanbul ırmak ŒUVRE'), ['lodz', 'strasse', 'aero', 'istanbul', 'irmak', 'oeuvre'])
  t.same(terms('ﬁnal e\u0301tat ０１ ΟΔΟΣ οδος'), ['final', 'etat', '01', 'οδοσ', 'οδοσ'])
  t.same(terms('مُحَمَّد سـلام'), terms('محمد سلام'))
  t.same(terms('co\u00adoperate می\u200cخواهم'), ['cooperate', 'میخواهم'])
})

t.test('offsets count UTF-16 units of the text as it came', async t => {
  const text = '🙂 ﬁre e\u0301te\u0301, ﷺ end'
  t.same(slices(text), ['ﬁre', 'e\u0301te\u0301', 'ﷺ', 'ﷺ', 'ﷺ', 'ﷺ', 'end'])
  t.same(analyse(text, 'en').at(-1), { term: 'end', start: text.length - 3, end: text.length })
})

t.test('acronyms are one word with or without their points', async t => {
  t.same(terms('U.S. US U.S D.P.R.K.’s e.g. É.-U.'), ['us', 'us', 'us', 'dprk', 'eg', 'e', 'u'])
  t.same(terms('J.R.R.Tolkien J.Edgar end.Next'), ['jrr', 'tolkien', 'j', 'edgar', 'end', 'next'])
  t.same(slices('The U.S.’s plan'), ['The', 'U.S.', 'plan'])
})

t.test('possessives fall off, other apostrophes hold a word together', async t => {
  t.same(terms("Putin’s Putin's PUTIN'S O'Brien O’Brien obrien don't Jong-un’s"), [
    'putin',
    'putin',
    'putin',
    'obrien',
    'obrien',
    'obrien',
    'dont',
    'jong',
    'un',
  ])
  t.same(slices("Putin's 'quoted' states’"), ['Putin', 'quoted', 'states'])
  t.same(terms("'s"), ['s'])
})

t.test('an elided article is no part of a word where the language has such', async t => {
  t.same(terms('l’Élysée qu’il d’Artagnan aujourd’hui', 'fr').slice(1), ['il', 'artagnan', 'aujourdhui'])
  t.same(slices('l’Élysée', 'fr'), ['Élysée'])
  t.same(terms("dell'Italia", 'it'), terms('Italia', 'it'))
  t.same(terms("l'aigua", 'ca'), terms('aigua', 'ca'))
  t.same(terms('d’Artagnan', 'en'), ['dartagnan'])
})

t.test('a hyphenated word is its parts in sequence', async t => {
  t.same(terms('state-of-the-art foo_bar peace—now'), ['state', 'of', 'the', 'art', 'foo', 'bar', 'peace', 'now'])
})

t.test('a number with separators is one token, thousands joined', async t => {
  t.same(terms('1,000 1.000.000 3.14 27.3 1.234,56 v1.2.3 1,2 5, 6. 1’000'), [
    '1000',
    '1000000',
    '3·14',
    '27·3',
    '1234·56',
    'v1·2·3',
    '1·2',
    '5',
    '6',
    '1000',
  ])
  t.same(terms('½ ŀ ⒈'), ['1', '2', 'l', '1'])
})

t.test('scripts without spaces come as overlapping pairs', async t => {
  t.same(terms('東京タワー2024年'), ['東京', '京タ', 'タワ', 'ワー', '2024', '年'])
  t.same(terms('ｶﾞｷﾞ 東 手机iPhone'), ['ガギ', '東', '手机', 'iphone'])
  t.same(slices('ｶﾞｷﾞｸ'), ['ｶﾞｷﾞ', 'ｷﾞｸ'])
  t.same(terms('ที่นี่'), ['ที่นี่'])
  t.same(terms('ไทย'), ['ไท', 'ทย'])
  t.same(terms('東’s 3.〇'), ['東', 's', '3', '〇'])
  t.ok(isSpaceless('東') && !isSpaceless('east'))
})

t.test('Hangul has words, and vowel signs of Indic scripts stay', async t => {
  t.same(terms('한국어 뉴스'.normalize('NFD')), ['한국어', '뉴스'])
  t.same(terms('हिन्दी किताब'), ['हिन्दी', 'किताब'])
  t.notSame(terms('கி'), terms('கு'))
})

t.test('words are stemmed by the base of the language, and not without one', async t => {
  t.same(terms('Negotiations negotiated', 'en-GB'), ['negoti', 'negoti'])
  t.same(terms('Häuser', 'de-AT'), terms('hauser', 'DE'))
  t.same(terms('российский Российская', 'ru'), ['россииск', 'россииск'])
  t.same(terms('negotiations', 'xx'), ['negotiations'])
  t.same(terms('negotiations', ''), ['negotiations'])
  t.same(terms('constructor', 'constructor'), ['constructor'])
  t.same(analyseWords('Negotiations', 'en'), [{ form: 'negotiations', term: 'negoti', start: 0, end: 12 }])
})

t.test('one language stands for each different stemmer', async t => {
  t.same(stemmersOf([]), ['und'])
  t.same(stemmersOf(['en-GB', 'en', 'nb', 'no', 'ja', 'und', 'fr_CA']), ['und', 'en', 'nb', 'fr'])
})

t.test('terms end at 48 bytes, at the border of a character', async t => {
  t.same(terms('a'.repeat(49)), ['a'.repeat(48)])
  t.same(terms('a'.repeat(48)), ['a'.repeat(48)])
  t.same(terms(`a${'ж'.repeat(30)}`), [`a${'ж'.repeat(23)}`])
  t.same(terms('𐐨'.repeat(13)), ['𐐨'.repeat(12)])
  t.same(slices('a'.repeat(1_000)), ['a'.repeat(1_000)])
})

t.test('there are at most 16,000 tokens, or as many as are asked for', async t => {
  t.equal(terms('a '.repeat(maxTokens)).length, maxTokens)
  t.equal(terms('a '.repeat(maxTokens + 1)).length, maxTokens)
  t.equal(terms(`${'東'.repeat(20_000)}a${'東'.repeat(20_000)}`).length, maxTokens)
  t.equal(analyse('a b c', 'en', 2).length, 2)
  t.equal(terms(`${'東a'.repeat(20_000)}`).length, maxTokens)
})

t.test('more different words than are remembered change nothing', async t => {
  const text = Array.from({ length: 12_000 }, (_, n) => `w${n}`).join(' ')
  t.equal(new Set(terms(text, 'sv')).size, 12_000)
  t.same(terms('w0 w11999', 'sv'), ['w0', 'w11999'])
})

t.test('hostile text takes no more than a moment', async t => {
  const text = ['(', 'a ', 'a', 'a.', "a'", "'s", '1,', '\u0301', '\ud800', '\0', '東', 'ﷺ', 'กิ', '東a', 'a.b\u0301', '\u200d'].map(part =>
    part.repeat(100_000),
  )
  for (const hostile of [...text, `a${'\u0301'.repeat(200_000)}b`, `東${'\u0301'.repeat(200_000)}`]) {
    const before = process.cpuUsage()
    analyse(hostile, 'fr')
    t.ok(process.cpuUsage(before).user < 2_000_000, `${JSON.stringify(hostile.slice(0, 4))} repeated`)
  }
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."aZés1.,'’ -·東京ターﾞกิ한ßйﷺ½\u0301\u200d\ud800\udc00\0_"), maxLength: 60 }),
)

t.test('terms are short, well formed and of the index alphabet, whatever the text and language', async () => {
  const language = fc.constantFrom(
    'und',
    ...stemmersOf([
      'ar',
      'ca',
      'cs',
      'da',
      'de',
      'en',
      'es',
      'eu',
      'fi',
      'fr',
      'ga',
      'hu',
      'hy',
      'it',
      'nl',
      'no',
      'pt',
      'ro',
      'ru',
      'sl',
      'sv',
      'ta',
      'tr',
    ]),
  )
  fc.assert(
    fc.property(anyText, language, (text, language) => {
      let start = 0
      for (const word of analyseWords(text, language)) {
        for (const term of [word.term, word.form]) {
          if (!/^[a-z0-9\u0080-\uffff]+$/.test(term) || /\s/.test(term) || !term.isWellFormed() || Buffer.byteLength(term) > maxTermBytes)
            return false
        }
        if (word.start < start || word.end <= word.start || word.end > text.length) return false
        start = word.start
      }
      return true
    }),
    { numRuns: 2_000 },
  )
})

t.test('the slice of a token analyses to that token', async () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('und', 'en', 'fr', 'it', 'ru', 'de'), (text, language) =>
      analyse(text, language).every(({ term, start, end }) => terms(text.slice(start, end), language).includes(term)),
    ),
    { numRuns: 3_000, examples: [['a’s’ー', 'und']] },
  )
})

t.test('accents and case never change a term', async t => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'aeiouàéîõüçñstrlnd '), maxLength: 40 }),
      fc.constantFrom('en', 'fr', 'es', 'de', 'pt'),
      (text, language) => {
        t.same(terms(text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase(), language), terms(text, language))
      },
    ),
    { numRuns: 100 },
  )
})

t.test('every stemmer of the package that is for a language is used', async t => {
  t.equal(
    stemmersOf([
      'ar',
      'ca',
      'cs',
      'da',
      'de',
      'en',
      'es',
      'eu',
      'fi',
      'fr',
      'ga',
      'hu',
      'hy',
      'it',
      'nl',
      'no',
      'pt',
      'ro',
      'ru',
      'sl',
      'sv',
      'ta',
      'tr',
    ]).length,
    snowball.algorithms().length,
  )
})

t.test('a word is the same word whether or not all of its letters are ASCII', async t => {
  const letters = fc.string({ unit: fc.constantFrom(...'eEas19.,\'’-_ "\n·\u00ad東'), maxLength: 40 })
  fc.assert(
    fc.property(letters, fc.constantFrom('und', 'ru'), (text, language) =>
      t.same(analyseWords(text, language), analyseWords(text.replaceAll('e', 'é').replaceAll('E', 'É'), language)),
    ),
    { numRuns: 500 },
  )
})
