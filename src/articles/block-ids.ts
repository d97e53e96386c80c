import { randomBytes } from '../lib/id.ts'
import { wordsIn } from './block-words.ts'
import type { Block, BlockInput } from './blocks.ts'

/** A text that a mention may stand in: that of a block (`item` null) or of one item of a list, by its index. */
export type Spot = { blockId: string; item: number | null; text: string }

/** Every text of the body in reading order: headings, paragraphs, quotes and items. Captions, credits and attributions hold no mentions. */
export function spots(blocks: readonly Block[]): Spot[] {
  return blocks.flatMap((block): Spot[] => {
    if (block.type === 'list') return block.items.map(({ text }, item) => ({ blockId: block.id, item, text }))
    return 'text' in block ? [{ blockId: block.id, item: null, text: block.text }] : []
  })
}

/** Words of all spots; what a word is, `wordsIn` says. */
export const countWords = (blocks: readonly Block[]): number => spots(blocks).reduce((sum, { text }) => sum + wordsIn(text), 0)

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Eight characters, the first a letter, so that a page may use the id as an anchor. */
const randomId = () => Array.from(randomBytes(8), (byte, index) => alphabet[byte % (index === 0 ? 26 : 36)]).join('')

function newId(taken: Set<string>): string {
  let id: string
  do id = randomId()
  while (taken.has(id))
  taken.add(id)
  return id
}

const contentOf = ({ id, ...content }: BlockInput) => content

const withId = (block: BlockInput, id: string): Block => ({ id, ...contentOf(block) })

/** The same blocks, each with an id: its own, or a made one that no other block of the article has. */
export function completeIds(blocks: readonly BlockInput[]): Block[] {
  const taken = new Set(blocks.flatMap(({ id }) => id ?? []))
  return blocks.map(block => withId(block, block.id ?? newId(taken)))
}

/**
 * `after`, a text that came without ids, with the ids of `before` wherever a block is the same: first what kept its order, then what moved;
 * and where as many blocks of the same types stand between two kept neighbours, they are edits of those and keep theirs too.
 */
export function keepIds(before: readonly Block[], after: readonly BlockInput[]): Block[] {
  const old = before.map(block => JSON.stringify(contentOf(block)))
  const now = after.map(block => JSON.stringify(contentOf(block)))
  const kept = inOrder(old, now)
  const source = [...kept]
  takeMoved(old, now, source)
  const used = new Set(source)
  for (const gap of gapsOf(kept, old.length)) takeEdited(before, after, source, used, gap)
  const taken = new Set(before.map(({ id }) => id))
  return after.map((block, index) => withId(block, before[source[index] ?? -1]?.id ?? newId(taken)))
}

/** For each new block the old one it comes from. */
type Source = (number | undefined)[]

/** Stretches of old and new blocks between two kept neighbours; `end` is behind the last. */
type Gap = { oldStart: number; oldEnd: number; newStart: number; newEnd: number }

/** Patience diff, one level deep: common ends, then contents that occur once on both sides as anchors, then common ends of what lies between; O(n log n). */
function inOrder(old: readonly string[], now: readonly string[]): Source {
  const source: Source = now.map(() => undefined)
  for (const gap of takeEnds(old, now, source, { oldStart: 0, oldEnd: old.length, newStart: 0, newEnd: now.length })) {
    for (const [oldIndex, newIndex] of longestRising(onceOnBothSides(old, now, gap))) source[newIndex] = oldIndex
  }
  for (const gap of gapsOf(source, old.length)) takeEnds(old, now, source, gap)
  return source
}

/** Keeps the equal blocks at both ends of a gap and returns what is left of it: one gap, or none where either side is used up. */
function takeEnds(old: readonly string[], now: readonly string[], source: Source, gap: Gap): Gap[] {
  let { oldStart, oldEnd, newStart, newEnd } = gap
  while (oldStart < oldEnd && newStart < newEnd && old[oldStart] === now[newStart]) source[newStart++] = oldStart++
  while (oldStart < oldEnd && newStart < newEnd && old[oldEnd - 1] === now[newEnd - 1]) source[--newEnd] = --oldEnd
  return oldStart < oldEnd && newStart < newEnd ? [{ oldStart, oldEnd, newStart, newEnd }] : []
}

/** Places of each content in a stretch, first to last. */
function placesOf(contents: readonly string[], start: number, end: number): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [offset, content] of contents.slice(start, end).entries()) {
    const index = start + offset
    const known = places.get(content)
    if (known) known.push(index)
    else places.set(content, [index])
  }
  return places
}

function onceOnBothSides(old: readonly string[], now: readonly string[], gap: Gap): [number, number][] {
  const oldPlaces = placesOf(old, gap.oldStart, gap.oldEnd)
  return [...placesOf(now, gap.newStart, gap.newEnd)].flatMap(([content, [newIndex = 0, ...moreNew]]): [number, number][] => {
    const [oldIndex, ...moreOld] = oldPlaces.get(content) ?? []
    return oldIndex === undefined || moreNew.length + moreOld.length > 0 ? [] : [[oldIndex, newIndex]]
  })
}

/** The longest chain of pairs, given by rising second number, whose first numbers rise too (patience sorting). */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  type Link = { pair: [number, number]; previous: Link | undefined }
  const tails: Link[] = []
  for (const pair of pairs) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      const tail = tails[middle]
      if (tail && tail.pair[0] < pair[0]) low = middle + 1
      else high = middle
    }
    tails[low] = { pair, previous: tails[low - 1] }
  }
  const chain: [number, number][] = []
  for (let link = tails.at(-1); link; link = link.previous) chain.push(link.pair)
  return chain
}

function gapsOf(source: Source, oldLength: number): Gap[] {
  const gaps: Gap[] = []
  let oldStart = 0
  let newStart = 0
  for (const [newEnd, oldEnd] of [...source, oldLength].entries()) {
    if (oldEnd === undefined) continue
    if (oldStart < oldEnd && newStart < newEnd) gaps.push({ oldStart, oldEnd, newStart, newEnd })
    oldStart = oldEnd + 1
    newStart = newEnd + 1
  }
  return gaps
}

/** Blocks that are the same but stand elsewhere, and repeated ones that the anchors passed over. */
function takeMoved(old: readonly string[], now: readonly string[], source: Source): void {
  const used = new Set(source)
  const places = placesOf(old, 0, old.length)
  for (const [content, indexes] of places) places.set(content, indexes.filter(index => !used.has(index)).reverse())
  for (const [index, content] of now.entries()) source[index] ??= places.get(content)?.pop()
}

/** Where a gap has as many old blocks without a successor as new ones without a source, of the same types in the same order, they are edits. */
function takeEdited(before: readonly Block[], after: readonly BlockInput[], source: Source, used: ReadonlySet<number | undefined>, gap: Gap): void {
  const left = range(gap.oldStart, gap.oldEnd).filter(index => !used.has(index))
  const fresh = range(gap.newStart, gap.newEnd).filter(index => source[index] === undefined)
  if (typesOf(left, before) === typesOf(fresh, after)) for (const [nth, index] of fresh.entries()) source[index] = left[nth]
}

const typesOf = (indexes: readonly number[], blocks: readonly BlockInput[]) => indexes.map(index => blocks[index]?.type).join(' ')

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index)
