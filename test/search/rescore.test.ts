import t from 'tap'
import { readCounts, writeCounts } from '../../src/db/term-counts.ts'
import { bm25, expanded, feedbackOf, leavesOf } from '../../src/search/rescore.ts'

const candidate = (doc: number, title: string, body: string) => ({ doc, terms: writeCounts({ title, body }) })
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
  const weighed = [{ leaf: term('wing'), weight: 1 }]
  const scores = bm25(
    [
      candidate(1, 'x', `wing ${filler(50)}`),
      candidate(2, 'x', `wing wing ${filler(49)}`),
      candidate(3, 'x', `wing ${filler(500)}`),
      candidate(4, 'wing', filler(50)),
      candidate(5, 'x', filler(50)),
      { doc: 6, terms: '' },
    ],
    weighed,
    readCounts,
  )
  const [once = 0, twice = 0, long = 0, inTitle = 0, none, empty] = scores
  t.ok(twice > once && once > long && inTitle > twice)
  t.same([none, empty], [0, 0])
  t.same(bm25([], weighed, readCounts), [])
})

t.test('a prefix counts every term that begins with it', async t => {
  const [one = 0, other = 0] = bm25(
    [candidate(1, 'x', 'negotiate negotiation'), candidate(2, 'x', 'negotiate w1')],
    [{ leaf: { op: 'prefix', term: 'nego' }, weight: 1 }],
    readCounts,
  )
  t.ok(one > other && other > 0)
})

t.test('what the best documents share joins the query with half of its weight', async t => {
  const best = [
    { ...candidate(1, 'kim', 'missile test the'), score: 2 },
    { ...candidate(2, 'kim', 'missile talks the'), score: 1 },
  ]
  const feedback = feedbackOf(best, readCounts, word => word !== 'the')
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
