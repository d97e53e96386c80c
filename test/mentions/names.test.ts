import fc from 'fast-check'
import t from 'tap'
import { isInitial, isWord, nameTokens } from '../../src/mentions/names.ts'

const keys = (text: string) => nameTokens(text).map(token => token.key)

t.test('words and single marks are tokens, white space only separates', async t => {
  t.same(keys('U.S. and D.P.R.K.'), ['U', '.', 'S', '.', 'and', 'D', '.', 'P', '.', 'R', '.', 'K', '.'])
  t.same(keys('Vladimir  V.\u00a0Putin\n(54)'), ['Vladimir', 'V', '.', 'Putin', '(', '54', ')'])
  t.same(keys('Kim Jong-un’s'), ['Kim', 'Jong', '-', 'un', "'", 's'])
  t.same(keys(' \t\u0000\ud800\u200f'), [])
})

t.test('offsets count UTF-16 code units of the text as given', async t => {
  const text = '😀 Łódź, d’E\u0301tat'
  for (const { start, end } of nameTokens(text)) t.ok(start < end)
  t.same(
    nameTokens(text).map(({ start, end }) => text.slice(start, end)),
    ['😀', 'Łódź', ',', 'd', '’', 'E\u0301tat'],
  )
})

t.test('accents are folded and case is kept', async t => {
  t.same(keys('Łódź Øre Straße Đorđe Þór Çelebi ｆｕｌｌ'), ['Lodz', 'Ore', 'Strasse', 'Dorde', 'Thor', 'Celebi', 'full'])
  t.same(keys('e\u0301t\u00e9'), keys('été'))
  t.same(keys('Москва́ Артём'), ['Москва', 'Артем'])
  t.same(keys('مُحَمَّد مـحـمد'), ['محمد', 'محمد'])
  t.not(keys('Putin')[0], keys('PUTIN')[0])
})

t.test('apostrophes, quotes and dashes of all kinds are alike', async t => {
  for (const sign of "'’‘ʼʻ`´′") t.same(keys(`O${sign}Brien`), ['O', "'", 'Brien'], sign)
  for (const sign of '-‐‑‒–—−') t.same(keys(`Jong${sign}un`), ['Jong', '-', 'un'], sign)
  for (const sign of '"“”„') t.same(keys(`${sign}x`), ['"', 'x'], sign)
})

t.test('each character of scripts without spaces is a token, and its marks are letters', async t => {
  t.same(keys('金正恩在Moscow说'), ['金', '正', '恩', '在', 'Moscow', '说'])
  t.not(keys('パリ').join(), keys('バリ').join())
  t.same(keys('ﾊﾟﾘ'), keys('パリ'))
  t.equal(keys('กรุงเทพ').length, 6)
  t.not(keys('दिल्ली').join(), keys('दलल').join())
})

t.test('signs that nobody sees do not part a word', async t => {
  t.same(keys('Wladi\u00admir\u200b x'), ['Wladimir', 'x'])
  t.equal(nameTokens('Putin\u200b\u200b')[0]?.end, 5)
})

t.test('words, marks and initials are told apart', async t => {
  const [letter, dot, han, word] = nameTokens('U . 金 Un')
  t.same(
    [letter, dot, han, word].map(token => token && [isWord(token), isInitial(token)]),
    [
      [true, true],
      [false, false],
      [true, false],
      [true, false],
    ],
  )
})

t.test('tokens stand in order, never overlap, and leave nothing of a word out', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        let end = 0
        for (const token of nameTokens(text)) {
          if (token.start < end || token.end <= token.start || token.end > text.length) return false
          end = token.end
        }
        return nameTokens(text.replace(/\s/g, '  ')).length === nameTokens(text).length
      }),
    ),
  )
})

t.test('hostile texts take a moment', async t => {
  const hostile = [
    '('.repeat(100_000),
    'a '.repeat(100_000),
    `a${'\u0301\u0327'.repeat(500_000)}`,
    '\ud800'.repeat(1_000_000),
    `a${'\u200b'.repeat(1_000_000)}`,
    '金'.repeat(100_000),
  ]
  const before = performance.now()
  for (const text of hostile) nameTokens(text)
  t.ok(performance.now() - before < 5_000)
})

t.test('a word is the same token whether or not all of its letters are ASCII', async t => {
  const letters = fc.string({ unit: fc.constantFrom(...'eEas19.,\'’-_ "\n`\u00ad東\u0000'), maxLength: 40 })
  fc.assert(
    fc.property(letters, text => t.same(nameTokens(text), nameTokens(text.replaceAll('e', 'é').replaceAll('E', 'É')))),
    { numRuns: 500 },
  )
})
