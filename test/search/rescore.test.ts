import t from 'tap'
import { countTerms, writeCounts } from '../../src/db/term-counts.ts'
import { bm25, expanded, feedbackOf, leavesOf, termsIn } from '../../src/search/rescore.ts'

/** Numbers of terms as they come. */
const vocabulary: string[] = []
function numberOf(word: string): number {
  if (!vocabulary.includes(word)) vocabulary.push(word)
  return vocabulary.indexOf(word) + 1
}
const candidate = (title: string, body: string) =>
  termsIn(writeCounts([...countTerms({ title, body })].map(([word, count]) => [numberOf(word), count])))
const term = (word: string) => ({ op: 'term', term: word }) as const
const filler = (words: number) => Array.from({ length: words }, (_, n) => `w${n}`).join(' ')

t.test('what is asked for twice weighs more, but not twice as much; words of phrases and of alternatives count by themselves', async t => {
  const leaves = leavesOf([
    { query: term('kim'), times: 2 },
    { query: { op: 'phrase', terms: ['north', 'korea'] }, times: 1 },
    { query: { op: 'or', of: [term('talks'), { op: 'prefix', term: 'neg' }] }, times: 1 },
  ])
  t.same(
    leaves.map(({ leaf }) => `${leaf.op} ${leaf.term}`),
    ['term kim', 'term north', 'term korea', 'term talks', 'prefix neg'],
  )
  const [twice = { weight: 0 }, once = { weight: 0 }] = leaves
  t.equal(once.weight, 1)
  t.ok(twice.weight > 1.5 && twice.weight < 2)
})

t.test('more often, in a shorter text and in the title is better; what a text lacks adds nothing', async t => {
  const sought = [{ numbers: [numberOf('wing')], weight: 1 }]
  const scores = bm25(
    [
      candidate('x', `wing ${filler(50)}`),
      candidate('x', `wing wing ${filler(49)}`),
      candidate('x', `wing ${filler(500)}`),
      candidate('wing', filler(50)),
      candidate('x', filler(50)),
      termsIn(new Uint8Array()),
    ],
    sought,
  )
  const [once = 0, twice = 0, long = 0, inTitle = 0, none, empty] = scores
  t.ok(twice > once && once > long && inTitle > twice)
  t.same([none, empty], [0, 0])
  t.same(bm25([], sought), [])
})

t.test('a prefix counts every term that begins with it, also beside one of them', async t => {
  const [one = 0, other = 0] = bm25(
    [candidate('x', 'negotiate negotiation'), candidate('x', 'negotiate w1')],
    [{ numbers: ['negotiate', 'negotiation'].map(numberOf), weight: 1 }],
  )
  t.ok(one > other && other > 0)
  const [both = 0] = bm25(
    [candidate('x', 'negotiate')],
    [
      { numbers: ['negotiate', 'negotiation'].map(numberOf), weight: 1 },
      { numbers: [numberOf('negotiate')], weight: 1 },
    ],
  )
  const [alone = 0] = bm25([candidate('x', 'negotiate')], [{ numbers: [numberOf('negotiate')], weight: 1 }])
  t.equal(both, 2 * alone)
})

t.test('what the best documents share joins the query with half of its weight', async t => {
  const best = [
    { ...candidate('kim', 'missile test the'), score: 2 },
    { ...candidate('kim', 'missile talks the'), score: 1 },
  ]
  const feedback = feedbackOf(best, number => vocabulary.filter(word => word !== 'the').find(word => numberOf(word) === number))
  t.same([...feedback.keys()].sort(), ['kim', 'missile', 'talks', 'test'])
  t.ok((feedback.get('missile') ?? 0) > (feedback.get('test') ?? 0), 'in both of them')
  t.ok((feedback.get('test') ?? 0) > (feedback.get('talks') ?? 0), 'in the better one')
  const query = [{ leaf: term('kim'), weight: 1 }]
  const more = expanded(query, feedback, word => (word === 'talks' ? 0 : 1))
  const weightOf = (word: string) => more.find(({ leaf }) => leaf.term === word)?.weight ?? 0
  t.equal(weightOf('talks'), 0, 'what tells nothing does not join')
  t.ok(Math.abs(weightOf('kim') + weightOf('missile') + weightOf('test') - 1) < 1e-9)
  t.ok(weightOf('kim') > 0.5 && weightOf('missile') > weightOf('test'))
  t.same(
    expanded(query, new Map(), () => 1),
    query,
  )
})
