import fc from 'fast-check'
import t from 'tap'
import { type Draft, type Kept, linkMentions } from '../../src/mentions/link.ts'
import { createRegistry } from '../../src/mentions/registry.ts'

const registry = createRegistry()
registry.set({ kind: 'person', id: 'kim', names: ['Kim Jong-un', 'Mr. Kim', 'Kim'] })
registry.set({ kind: 'person', id: 'other-kim', names: ['Kim Yo-jong', 'Kim'] })
registry.set({ kind: 'place', id: 'country', names: ['Georgia', 'Sakartvelo'] })
registry.set({ kind: 'place', id: 'state', names: ['Georgia', 'Peach State'] })
registry.set({ kind: 'place', id: 'university', names: ['Far Eastern Federal University'] })
registry.set({ kind: 'place', id: 'east', names: ['Far Eastern'] })

const spot = (text: string, blockId = 'b', item: number | null = null) => ({ blockId, item, text })
const link = (text: string, kept: readonly Kept[] = [], aboutIds: readonly string[] = []) =>
  linkMentions({ spots: [spot(text)], registry, aboutIds, kept })
const brief = (mentions: readonly Draft[]) => mentions.map(({ surface, start, entityId }) => `${surface}@${start}=${entityId}`)

function said(surface: string, start: number, entityId: string, more: Partial<Kept> = {}): Kept {
  const place = { blockId: 'b', item: null, start, end: start + surface.length, surface }
  return { id: `${entityId}-${start}`, kind: 'person', entityId, ...place, confidence: 1, origin: 'editor', state: 'linked', ...more }
}

t.test('mentions come in reading order with offsets, surface and how sure they are', async t => {
  const spots = [spot('Mr. Kim spoke.', 'first'), spot('In Sakartvelo', 'list', 0), spot('Kim Jong-un', 'list', 1)]
  const shared = { origin: 'machine', state: 'linked' }
  t.same(linkMentions({ spots, registry, aboutIds: [], kept: [] }), [
    { kind: 'person', entityId: 'kim', blockId: 'first', item: null, start: 0, end: 7, surface: 'Mr. Kim', confidence: 0.9, ...shared },
    { kind: 'place', entityId: 'country', blockId: 'list', item: 0, start: 3, end: 13, surface: 'Sakartvelo', confidence: 0.8, ...shared },
    { kind: 'person', entityId: 'kim', blockId: 'list', item: 1, start: 0, end: 11, surface: 'Kim Jong-un', confidence: 0.95, ...shared },
  ])
})

t.test('a place inside a longer known name is no mention', async t => {
  t.same(brief(link('At Far Eastern Federal University')), ['Far Eastern Federal University@3=university'])
})

t.test('a name of several goes to the one the article is about', async t => {
  t.same(brief(link('Georgia', [], ['state'])), ['Georgia@0=state'])
  t.equal(link('Georgia', [], ['state'])[0]?.confidence, 0.85)
  t.same(link('Georgia', [], ['state', 'country']), [], 'about both, it is too close to call')
})

t.test('a name of several goes to the one the article names without doubt, else to nobody', async t => {
  t.same(brief(link('Kim met Kim Jong-un')), ['Kim@0=kim', 'Kim Jong-un@8=kim'])
  t.equal(link('Kim met Kim Jong-un')[0]?.confidence, 0.7)
  t.same(link('Kim alone'), [])
  t.same(brief(link('Kim Yo-jong, Kim Jong-un, Kim')), ['Kim Yo-jong@0=other-kim', 'Kim Jong-un@13=kim'])
  t.same(brief(link('Kim Yo-jong, Kim Jong-un, Kim', [], ['kim', 'other-kim'])).length, 2)
  t.same(brief(link('Georgia or Georgia', [said('Georgia', 0, 'state', { kind: 'place' })])), ['Georgia@0=state', 'Georgia@11=state'])
})

t.test('a mention of the machine found again at its place keeps its id, elsewhere not', async t => {
  const kept = [said('Mr. Kim', 0, 'kim', { origin: 'machine', id: 'x' }), said('Mr. Kim', 30, 'kim', { origin: 'machine', id: 'gone' })]
  t.same(
    link('Mr. Kim and Mr. Kim', kept).map(mention => mention.id),
    ['x', undefined],
  )
  t.same(link('Nobody', kept), [])
})

t.test('an editor’s mention stays, keeps its id, and keeps the machine off', async t => {
  const kept = [said('Kim Jong', 0, 'somebody')]
  t.same(
    link('Kim Jong-un and Mr. Kim', kept).map(({ surface, entityId, id }) => [surface, entityId, id]),
    [
      ['Kim Jong', 'somebody', 'somebody-0'],
      ['Mr. Kim', 'kim', undefined],
    ],
  )
})

t.test('an editor’s mention moves with its text, to the nearest whole word, and goes with it', async t => {
  const kept = [said('the leader', 10, 'kim')]
  t.same(brief(link('Yesterday evening the leader spoke; the leader left', kept)), ['the leader@18=kim'])
  t.same(link('Nobody spoke', kept), [])
  t.same(link('A theleader', [said('', 0, 'kim')]), [])
  t.same(brief(link('leaders and the leader', [said('leader', 1, 'kim')])), ['leader@16=kim'])
  t.same(brief(link('only leaders here', [said('leader', 1, 'kim')])), ['leader@5=kim'], 'inside a word where it stands nowhere else')
})

t.test('mentions of one surface keep their order when the text before them changes', async t => {
  const kept = [said('he', 6, 'kim'), said('he', 14, 'xi')]
  t.same(brief(link('he met, he ate', kept)), ['he@0=kim', 'he@8=xi'])
  t.same(brief(link('only he', kept)), ['he@5=kim'], 'the nearest takes what is left')
  t.same(
    brief(link('012345he and more he', [said('he', 6, 'kim'), said('he', 9, 'xi')])),
    ['he@6=kim', 'he@18=xi'],
    'one that stands is not pushed away',
  )
})

t.test('a mention of another block or item does not wander', async t => {
  t.same(link('Kim here', [said('Kim', 0, 'x', { blockId: 'other' }), said('Kim', 0, 'x', { item: 3 })]), [])
})

t.test('a rejection keeps its entity off its stretch for good, and only there', async t => {
  const kept = [said('Mr. Kim', 0, 'kim', { state: 'rejected', origin: 'machine' })]
  const once = link('Mr. Kim and Mr. Kim', kept)
  t.same(
    once.map(({ start, state }) => [start, state]),
    [
      [0, 'rejected'],
      [12, 'linked'],
    ],
  )
  t.same(
    link('So Mr. Kim', kept).map(({ start, state }) => [start, state]),
    [[3, 'rejected']],
  )
  t.same(brief(link('Georgia', [said('Georgia', 0, 'country', { kind: 'place', state: 'rejected' })])), ['Georgia@0=state', 'Georgia@0=country'])
})

t.test('all who carry a name may be rejected, and then it is nobody’s', async t => {
  const rejected = { kind: 'place', state: 'rejected' } as const
  const kept = [said('Georgia', 0, 'state', rejected), said('Georgia', 0, 'country', rejected)]
  t.same(brief(link('Georgia', kept, ['state'])), ['Georgia@0=country', 'Georgia@0=state'])
})

t.test('an editor wins over an import, an import over the machine', async t => {
  const kept = [
    said('Kim Jong-un', 0, 'imported', { origin: 'import' }),
    said('Jong-un', 4, 'edited'),
    said('Mr. Kim', 16, 'imported', { origin: 'import' }),
    said('Kim', 20, 'late', { origin: 'import' }),
  ]
  t.same(brief(link('Kim Jong-un and Mr. Kim', kept)), ['Jong-un@4=edited', 'Mr. Kim@16=imported'])
})

const words = fc
  .array(fc.constantFrom('Kim', 'Jong', '-', 'un', 'Mr.', 'Georgia', 'Far', 'Eastern', 'he', ',', '😀', 'Kimchi'), { maxLength: 12 })
  .map(words => words.join(' '))
const keptMention = fc.record({
  surface: fc.constantFrom('Kim', 'he', 'Georgia', 'Mr. Kim', 'un'),
  start: fc.nat(40),
  entityId: fc.constantFrom('kim', 'state', 'x'),
  item: fc.constantFrom(null, 0),
  origin: fc.constantFrom('machine' as const, 'editor' as const, 'import' as const),
  state: fc.constantFrom('linked' as const, 'rejected' as const),
})

t.test('whatever was there: surfaces are slices, links of a spot do not overlap, and linking twice changes nothing', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(words, words, fc.array(keptMention, { maxLength: 6 }), (block, item, mentions) => {
        const spots = [spot(block), spot(item, 'b', 0)]
        const kept = mentions.map(({ surface, start, entityId, ...more }, n) => said(surface, start, entityId, { ...more, id: `id${n}` }))
        const once = linkMentions({ spots, registry, aboutIds: ['state'], kept })
        for (const { item, start, end, surface } of once) if (spots[item === null ? 0 : 1]?.text.slice(start, end) !== surface) return false
        for (const where of [null, 0]) {
          const linked = once.filter(mention => mention.item === where && mention.state === 'linked')
          if (linked.some((mention, index) => mention.start < (linked[index - 1]?.end ?? 0))) return false
        }
        const withIds = once.map((mention, n) => ({ ...mention, id: mention.id ?? `new${n}` }))
        return JSON.stringify(linkMentions({ spots, registry, aboutIds: ['state'], kept: withIds })) === JSON.stringify(withIds)
      }),
    ),
  )
})

t.test('hostile texts take a moment', async t => {
  const before = performance.now()
  for (const text of ['Kim '.repeat(100_000), '('.repeat(100_000), `a${'\u0301'.repeat(100_000)}`, '\u0000\ud800'.repeat(100_000)])
    link(text, [said('(', 7, 'x'), said('gone', 7, 'x')])
  t.ok(performance.now() - before < 5_000)
})
