import type { PhrasingContent } from 'mdast'
import { cleanUrl, linkSchemes } from '../lib/url.ts'
import type { Marked } from './block-line.ts'
import { joinMarks } from './block-marks.ts'
import type { Mark } from './blocks.ts'

/**
 * A text and its marks as the tree that Markdown and HTML need. Marks that overlap are cut where they cross; where links overlap the first is kept; links
 * to anything but http, https and mailto are text. Line feeds are breaks. Linear but for sorting, as at most three marks hold at a time.
 */
export function inlineTree({ text, marks }: Marked): PhrasingContent[] {
  const root: PhrasingContent[] = []
  const path: { mark: Mark; children: PhrasingContent[] }[] = []
  const starting = apart(marks)
  const cuts = [...new Set([0, text.length, ...starting.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b)
  let next = 0
  let active: Mark[] = []
  for (const [index, start] of cuts.entries()) {
    active = active.filter(({ end }) => end > start)
    for (let mark = starting[next]; mark?.start === start; mark = starting[++next]) active.push(mark)
    const kept = path.findIndex(({ mark }, depth) => mark !== active[depth])
    path.length = kept < 0 ? path.length : kept
    for (const mark of active.slice(path.length)) {
      const children: PhrasingContent[] = []
      const parent = path.at(-1)?.children ?? root
      parent.push(nodeOf(mark, children))
      path.push({ mark, children })
    }
    const parent = path.at(-1)?.children ?? root
    for (const node of textNodes(text.slice(start, cuts[index + 1] ?? start))) parent.push(node)
  }
  return root
}

const nodeOf = (mark: Mark, children: PhrasingContent[]): PhrasingContent =>
  mark.type === 'link' ? { type: 'link', url: mark.href, children } : { type: mark.type, children }

const textNodes = (value: string): PhrasingContent[] =>
  value.split('\n').flatMap((line, index): PhrasingContent[] => {
    const shown: PhrasingContent[] = line === '' ? [] : [{ type: 'text', value: line }]
    return index > 0 ? [{ type: 'break' }, ...shown] : shown
  })

/** Marks in the order in which they open, the longest of those that start together first; no two links overlap. */
function apart(marks: readonly Mark[]): Mark[] {
  const result: Mark[] = []
  let linkEnd = 0
  for (const mark of joinMarks(marks)) {
    const href = mark.type === 'link' ? cleanUrl(mark.href, linkSchemes) : ''
    const start = mark.type === 'link' ? Math.max(mark.start, linkEnd) : mark.start
    if (href === undefined || start >= mark.end) continue
    if (mark.type === 'link') linkEnd = mark.end
    result.push({ ...mark, start })
  }
  return result.sort((a, b) => a.start - b.start || b.end - a.end)
}
