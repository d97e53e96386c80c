import fc from 'fast-check'
import t from 'tap'
import { fold, maxTitleCharacters, sortKey, text, textFault, title, unixLines } from '../../src/lib/text.ts'

/** Any code point, halves of pairs too; fast-check's own unit of that kind takes seconds to make. */
const anyUnit = fc.nat(0x10ffff).map(code => String.fromCodePoint(code))

const codes = (result: { success: boolean; error?: { issues: { code?: string; params?: unknown }[] } | undefined }) =>
  (result.error?.issues ?? []).map(issue => (issue.params instanceof Object && 'code' in issue.params ? issue.params.code : issue.code))

t.test('a string that cannot be stored says why, and where', async t => {
  for (const fine of ['', 'a\tb\nc', 'Łódź', '😀', '\u0080', '\ufffd']) t.equal(textFault(fine), undefined, JSON.stringify(fine))
  t.match(textFault('ab\u0000'), /U\+0000 at offset 2/)
  t.match(textFault('\r\n'), /U\+000D at offset 0/)
  t.equal(textFault('x\u007f'), undefined, 'DEL is no C0 control')
  for (const half of ['\ud800', 'a\ud800b', '\ud800\ud800', '\udc00', '\udc00\ud800', '😀\udc00'])
    t.match(textFault(half), /half of a surrogate pair at offset \d/, JSON.stringify(half))
})

t.test('text is measured in characters, as JSON Schema counts them', async t => {
  t.equal(text(3).safeParse('abc').success, true)
  t.equal(text(3).safeParse('😀😀😀').success, true)
  t.same(codes(text(3).safeParse('😀😀😀😀')), ['too_big'])
  t.same(codes(text(3).safeParse('abcd\u0000')), ['too_big', 'invalid_characters'], 'all faults are told')
  t.equal(text(3).safeParse(5).success, false)
})

t.test('a title is one trimmed line in NFC, and not blank', async t => {
  t.equal(title().parse(' Kim \n\t Jong-un\u00a0'), 'Kim Jong-un')
  t.equal(title().parse('Cafe\u0301'), 'Café')
  for (const blank of ['', ' ', '\n', '\u2003', '\u3000\t']) t.same(codes(title().safeParse(blank)), ['blank'])
  t.equal(title().parse('x'.repeat(maxTitleCharacters)).length, 500)
  t.same(codes(title().safeParse('x'.repeat(maxTitleCharacters + 1))), ['too_big'])
  t.same(codes(title().safeParse('a\u0000')), ['invalid_characters'])
  t.same(codes(title(3).safeParse('\u0958\u0958')), ['too_big'], 'two characters that are four in NFC')
  fc.assert(
    fc.property(fc.string({ unit: anyUnit, maxLength: 60 }), value => {
      const { data } = title(40).safeParse(value)
      return data === undefined || title(40).parse(data) === data
    }),
  )
})

t.test('line ends become line feeds, a byte order mark goes', async t => {
  t.equal(unixLines('\ufeffa\r\nb\rc\nd\r\r\n'), 'a\nb\nc\nd\n\n')
  t.equal(unixLines('a\ufeff'), 'a\ufeff')
})

t.test('folding takes case and accents away, and letters apart', async t => {
  const cases = {
    Łódź: 'lodz',
    ŁÓDŹ: 'lodz',
    groß: 'gross',
    Ærø: 'aero',
    Þórður: 'thordur',
    ﬁn: 'fin',
    Владивосток: 'владивосток',
    'ISTANBUL ı': 'istanbul i',
    東京: '東京',
  }
  for (const [from, to] of Object.entries(cases)) t.equal(fold(from), to)
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), value => fold(fold(value)) === fold(value)))
})

t.test('sort keys are folded, without punctuation, 200 characters', async t => {
  t.equal(sortKey('  “Éric”  —  the Ärzte!'), 'eric the arzte')
  t.equal(sortKey('!!!'), '')
  t.equal([...sortKey('😀x'.repeat(500))].length <= 200, true)
  t.equal(sortKey('𝒳'.repeat(300)), 'x'.repeat(200))
})

t.test('hostile text costs no more than its length', async t => {
  const start = performance.now()
  for (const value of [
    '('.repeat(100_000),
    'a '.repeat(100_000),
    `a${'\u0301'.repeat(100_000)}`,
    '\ud800'.repeat(100_000),
    '\u0000'.repeat(100_000),
    ' '.repeat(2_000_000),
    'ß'.repeat(100_000),
  ]) {
    title().safeParse(value)
    textFault(value)
    fold(value)
    sortKey(value)
    unixLines(value)
  }
  t.ok(performance.now() - start < 5_000)
})
