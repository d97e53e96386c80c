import fc from 'fast-check'
import t from 'tap'
import { countTerms, readCounts, shownCounts, type TermCount, writeCounts } from '../../src/db/term-counts.ts'

type Numbered = [number: number, count: TermCount]

function counted(bytes: Uint8Array): Numbered[] {
  const found: Numbered[] = []
  readCounts(bytes, (number, inTitle, inText) => found.push([number, { inTitle, inText }]))
  return found
}

t.test('each term is counted once, in the title and in the text', async t => {
  const counts = countTerms({ title: 'wing lift _ wing', body: 'lift of the wing _ the wing' })
  t.same(
    [...counts],
    [
      ['wing', { inTitle: 2, inText: 2 }],
      ['lift', { inTitle: 1, inText: 1 }],
      ['of', { inTitle: 0, inText: 1 }],
      ['the', { inTitle: 0, inText: 2 }],
    ],
  )
  t.same(shownCounts(counts), ['lift=1,1', 'of=1', 'the=2', 'wing=2,2'])
  t.equal(countTerms({ title: '', body: '_' }).size, 0)
})

t.test('a term that stands once in the text takes a byte where its number is near to the one before', async t => {
  const once = { inTitle: 0, inText: 1 }
  t.equal(writeCounts([1, 2, 60, 123].map((number): Numbered => [number, once])).length, 4)
  t.equal(writeCounts([[64, once]]).length, 2)
  t.same(counted(writeCounts([])), [])
})

t.test('bytes that were never written end, whatever they say', async t => {
  t.same(counted(Uint8Array.of(0xff, 0xff)).length, 1)
})

t.test('whatever is written is read again, in the order of the numbers', async t => {
  const number = fc.integer({ min: 1, max: 2 ** 31 - 1 })
  const count = fc.record({ inTitle: fc.integer({ min: 0, max: 16_000 }), inText: fc.integer({ min: 0, max: 16_000 }) })
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(number, count), { selector: ([one]) => one, maxLength: 60 }), counts => {
      t.same(
        counted(writeCounts(counts)),
        [...counts].sort(([one], [other]) => one - other),
      )
    }),
  )
})
