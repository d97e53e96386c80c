import fc from 'fast-check'
import t from 'tap'
import { isUuid } from '../../src/lib/id.ts'
import { makeSlug, maxMadeSlugCharacters, numberedSlug, slugPattern } from '../../src/lib/slug.ts'

/** Any code point, halves of pairs too; fast-check's own unit of that kind takes seconds to make. */
const anyUnit = fc.nat(0x10ffff).map(code => String.fromCodePoint(code))

t.test('a slug is readable in a–z', async t => {
  const cases = {
    Владивосток: 'vladivostok',
    'Kim Jong-un': 'kim-jong-un',
    Łódź: 'lodz',
    "Don't Miss": 'dont-miss',
    'U.S. & Russia: 50% more?': 'u-s-russia-50-more',
    '  --a--  ': 'a',
    'Cafe\u0301': 'cafe',
    '': 'untitled',
    '…': 'untitled',
    '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12': 'n-0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
  }
  for (const [title, slug] of Object.entries(cases)) t.equal(makeSlug(title), slug)
})

t.test('a long one is cut at a word, where there is one in its second half', async t => {
  t.equal(makeSlug('one two three', 9), 'one-two')
  t.equal(makeSlug('one two three', 7), 'one-two', 'a word that just fits stays')
  t.equal(makeSlug('ab cdefghijklmnop', 10), 'ab-cdefghi')
  t.equal(makeSlug('x'.repeat(200)), 'x'.repeat(maxMadeSlugCharacters))
})

t.test('a number behind it stays within the limit', async t => {
  t.equal(numberedSlug('kim', 2), 'kim-2')
  t.equal(numberedSlug('x'.repeat(80), 4_294_967_295).length, 80)
  t.equal(numberedSlug(`${'x'.repeat(50)}-${'y'.repeat(29)}`, 2), `${'x'.repeat(50)}-2`)
})

t.test('whatever the title is, the slug is one', async t => {
  const pattern = new RegExp(slugPattern)
  const check = (title: string) => {
    const slug = makeSlug(title)
    return (
      pattern.test(slug) &&
      slug.length <= maxMadeSlugCharacters + 2 &&
      !isUuid(slug) &&
      pattern.test(numberedSlug(slug, 17)) &&
      numberedSlug(slug, 17).length <= maxMadeSlugCharacters
    )
  }
  fc.assert(fc.property(fc.string({ unit: anyUnit, maxLength: 300 }), check))
  for (const hostile of ['('.repeat(100_000), 'a '.repeat(100_000), '\u0301'.repeat(100_000), '\ud800'.repeat(1_000), '-'.repeat(100_000), '\u0000'])
    t.ok(check(hostile))
})
