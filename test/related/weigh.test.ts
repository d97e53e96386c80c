import fc from 'fast-check'
import t from 'tap'
import { candidatesOf, closestFirst, type Ranked, weightOf } from '../../src/related/weigh.ts'

t.test('the rarer something is, the more it weighs, and never nothing', async t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 9_999 }), (all, count) => {
      const [rare, common] = [weightOf(all, count), weightOf(all, count + 1)]
      return Number.isInteger(rare) && rare >= common && weightOf(10, 5_000) > 0
    }),
  )
  t.equal(weightOf(100, 10, 2), Math.round(2_000 * Math.log(11)))
})

t.test('one word in common holds nothing together, two do, and so does one subject', async t => {
  const shared = [
    { seqs: [1, 2, 3], weight: 10, hold: 1 },
    { seqs: [1, 3, 9], weight: 5, hold: 1 },
    { seqs: [4, 9], weight: 3, hold: 2 },
  ] as const
  t.same(candidatesOf(shared, 9, 10), [
    { seq: 3, weight: 15 },
    { seq: 1, weight: 15 },
    { seq: 4, weight: 3 },
  ])
  t.same(candidatesOf(shared, 9, 1), [{ seq: 3, weight: 15 }])
  t.same(candidatesOf([], 9, 10), [])
})

t.test('the order is one, whatever it began with', async t => {
  const one = fc.record({
    weight: fc.integer({ min: 0, max: 2 }),
    published: fc.constantFrom('2024', '2025'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
  })
  fc.assert(
    fc.property(fc.array(one), fc.integer(), (ranked: Ranked[], seed) => {
      const shuffled = ranked.map((item, n) => ({ item, at: (n * 7_919 + seed) % 13 })).sort((a, b) => a.at - b.at)
      t.same(shuffled.map(({ item }) => item).sort(closestFirst), [...ranked].sort(closestFirst))
    }),
  )
  t.same(
    [
      { id: 'a', published: '2024', weight: 1 },
      { id: 'b', published: '2024', weight: 1 },
      { id: 'c', published: '2025', weight: 1 },
      { id: 'd', published: '2020', weight: 2 },
    ]
      .sort(closestFirst)
      .map(({ id }) => id),
    ['d', 'c', 'b', 'a'],
  )
})
