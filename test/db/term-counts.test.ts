import fc from 'fast-check'
import t from 'tap'
import { type EachTerm, readCounts, readTsvector, writeCounts } from '../../src/db/term-counts.ts'

type Count = [term: string, inTitle: number, inText: number]

function counted(read: (text: string, each: EachTerm) => void, text: string): Count[] {
  const found: Count[] = []
  read(text, (...count) => found.push(count))
  return found
}

t.test('each term is counted once, in the title and in the text', async t => {
  const text = writeCounts({ title: 'wing lift _ wing', body: 'lift of the wing _ the wing' })
  t.equal(text, 'wing=2,2 lift=1,1 of the=2')
  t.same(counted(readCounts, text), [
    ['wing', 2, 2],
    ['lift', 1, 1],
    ['of', 0, 1],
    ['the', 0, 2],
  ])
  t.same(counted(readCounts, ''), [])
})

t.test('a tsvector tells the same, whatever its unstemmed forms', async t => {
  t.same(counted(readTsvector, "'lift':2A,5 '_':3A,8 'the':6,9 'wing':1A,4A,7,10 '~wings':16383C"), [
    ['lift', 1, 1],
    ['the', 0, 2],
    ['wing', 2, 2],
  ])
  t.same(counted(readTsvector, ''), [])
})

t.test('whatever is written is read again', async t => {
  const term = fc.stringMatching(/^[a-z0-9\u00b7\u3042-\u3050]{1,6}$/)
  fc.assert(
    fc.property(fc.array(term, { maxLength: 20 }), fc.array(term, { maxLength: 60 }), (titles, texts) => {
      const of = (terms: string[], one: string) => terms.filter(other => other === one).length
      const found = counted(readCounts, writeCounts({ title: titles.join(' '), body: texts.join(' ') }))
      t.same(
        found,
        [...new Set([...titles, ...texts])].map(one => [one, of(titles, one), of(texts, one)]),
      )
    }),
  )
})
