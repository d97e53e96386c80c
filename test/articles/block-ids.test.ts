import fc from 'fast-check'
import t from 'tap'
import { completeIds, countWords, keepIds, spots } from '../../src/articles/block-ids.ts'
import type { Block, BlockInput } from '../../src/articles/blocks.ts'

const p = (text: string): BlockInput => ({ type: 'paragraph', text, marks: [] })
const h = (text: string): BlockInput => ({ type: 'heading', level: 2, text })
const withIds = (texts: string): Block[] => completeIds([...texts].map(text => ({ ...p(text), id: `id-${text}` })))
const after = (texts: string): BlockInput[] => [...texts].map(p)
const idsOf = (blocks: readonly Block[]) => blocks.map(({ id }) => id)
const kept = (before: string, now: string) =>
  idsOf(keepIds(withIds(before), after(now)))
    .map(id => (id.startsWith('id-') ? id.slice(3) : '?'))
    .join('')

t.test('ids that are given stay, others are made, eight characters and unique', async t => {
  const blocks = completeIds([{ ...p('a'), id: 'mine' }, ...Array.from({ length: 500 }, () => p('a'))])
  t.equal(blocks[0]?.id, 'mine')
  t.equal(new Set(idsOf(blocks)).size, 501)
  for (const { id } of blocks.slice(1)) t.match(id, /^[a-z][a-z0-9]{7}$/)
  t.strictSame(Object.keys(blocks[1] ?? {}), ['id', 'type', 'text', 'marks'])
})

t.test('a block that did not change keeps its id', async t => {
  for (const [before, now, ids] of [
    ['abc', 'abc', 'abc'],
    ['abc', 'xabc', '?abc'],
    ['abc', 'abcx', 'abc?'],
    ['abc', 'axbc', 'a?bc'],
    ['abcd', 'ad', 'ad'],
    ['abcd', 'dabc', 'dabc'],
    ['abcdef', 'afedcb', 'afedcb'],
    ['', 'ab', '??'],
    ['ab', '', ''],
  ] as const) {
    t.equal(kept(before, now), ids, `${before} → ${now}`)
  }
})

t.test('an edit in place keeps the id, beside insertions elsewhere too', async t => {
  t.equal(kept('abc', 'aXc'), 'abc')
  t.equal(kept('abc', 'Xbc'), 'abc')
  t.equal(kept('abc', 'abX'), 'abc')
  t.equal(kept('abcdef', 'aXcdYef'), 'abcd?ef')
  t.equal(kept('abcdef', 'aXYdef'), 'abcdef')
  t.equal(kept('abcde', 'aXYZe'), 'abcde')
  t.equal(kept('abc', 'aXYc'), 'a??c', 'two for one: nobody knows which')
  t.equal(kept('abcde', 'adcXe'), 'adc?e', 'what moved is not taken for an edit of something else')
})

t.test('a block of another type is no edit', async t => {
  const before = completeIds([
    { ...p('a'), id: 'a' },
    { ...p('b'), id: 'b' },
    { ...p('c'), id: 'c' },
  ])
  t.not(idsOf(keepIds(before, [p('a'), h('b'), p('c')]))[1], 'b')
})

t.test('repeated blocks take ids in order, each once', async t => {
  const before = completeIds(['a', 'x', 'b', 'x', 'c', 'x'].map((text, index) => ({ ...p(text), id: `${index}` })))
  t.strictSame(idsOf(keepIds(before, ['x', 'b', 'x', 'c', 'x'].map(p))), ['1', '2', '3', '4', '5'])
  t.strictSame(idsOf(keepIds(before, ['x', 'x', 'x'].map(p))), ['1', '3', '5'])
})

t.test('whatever comes, ids are unique and equal blocks keep theirs', async t => {
  const letters = fc.array(fc.constantFrom(...'abcdef'), { maxLength: 12 })
  const count = (texts: string[], text: string) => texts.filter(other => other === text).length
  const property = fc.property(letters, letters, (a, b) => {
    const before = completeIds(a.map(p))
    const textOf = new Map(a.map((text, index) => [before[index]?.id, text]))
    const now = keepIds(before, b.map(p))
    const unchanged = now.filter(({ id }, index) => textOf.get(id) === b[index]).length
    const expected = [...new Set(b)].reduce((sum, text) => sum + Math.min(count(a, text), count(b, text)), 0)
    return new Set(idsOf(now)).size === b.length && unchanged === expected
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('five thousand blocks take a moment, all changed or all alike', async t => {
  const many = (text: (index: number) => string) => Array.from({ length: 5_000 }, (_, index) => p(text(index)))
  const start = performance.now()
  keepIds(
    completeIds(many(index => `a${index}`)),
    many(index => `a${(index * 7) % 5_000}`),
  )
  keepIds(
    completeIds(many(index => `a${index}`)),
    many(index => (index % 2 ? `a${index}` : `b${index}`)),
  )
  keepIds(
    completeIds(many(() => 'a')),
    many(index => (index % 2 ? 'a' : 'b')),
  )
  t.ok(performance.now() - start < 2_000)
})

t.test('spots are the texts of blocks and items in reading order', async t => {
  const blocks: Block[] = [
    { id: 'a', type: 'heading', level: 2, text: 'A' },
    { id: 'b', type: 'image', url: 'https://example.com/', alt: 'no', caption: 'no', credit: 'no' },
    {
      id: 'c',
      type: 'list',
      ordered: true,
      items: [
        { text: 'C', marks: [] },
        { text: 'D', marks: [] },
      ],
    },
    { id: 'd', type: 'quote', text: 'E', marks: [], attribution: 'no' },
    { id: 'e', type: 'embed', url: 'https://example.com/', title: 'no' },
    { id: 'f', type: 'paragraph', text: 'F', marks: [] },
  ]
  t.strictSame(spots(blocks), [
    { blockId: 'a', item: null, text: 'A' },
    { blockId: 'c', item: 0, text: 'C' },
    { blockId: 'c', item: 1, text: 'D' },
    { blockId: 'd', item: null, text: 'E' },
    { blockId: 'f', item: null, text: 'F' },
  ])
  t.equal(countWords(blocks), 5)
})

t.test('words are counted as an editor counts them', async t => {
  const count = (text: string) => countWords(completeIds([p(text)]))
  for (const [text, words] of [
    ['', 0],
    [' — … – * ', 0],
    ['Mr. Kim met him.', 4],
    ["don’t well-known U.S. 1,000.5 rock'n'roll", 5],
    ['yes—no, yes–no', 4],
    ['Łódź Ж́ука e\u0301a zero\u200bwidth', 4],
    ['北京。上海', 4],
    ['Kim 金正恩 and 3人', 7],
    ['ひらカタ', 4],
    ['กา', 2],
    ['안녕 세상', 2],
    ['𝐀𝐁 𝐂', 2],
    ['𠀀𠀁', 2],
    ["'' a -- b", 2],
    ['lone \ud800 \udc00', 1],
  ] as const) {
    t.equal(count(text), words, text)
  }
})

t.test('counting two million characters takes a moment', async t => {
  const start = performance.now()
  t.equal(countWords(completeIds([p('a '.repeat(1_000_000))])), 1_000_000)
  t.ok(performance.now() - start < 1_000)
})
