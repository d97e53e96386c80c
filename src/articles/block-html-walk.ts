import type { Element, Nodes, Root } from 'hast'
import rehypeParse from 'rehype-parse'
import { unified } from 'unified'
import {
  addBreak,
  addEmbed,
  addFlow,
  addPicture,
  addText,
  attribute,
  type Draft,
  endHeading,
  endItem,
  endLink,
  endList,
  endQuote,
  endRow,
  flush,
  type Level,
  startCell,
  startHeading,
  startItem,
  startLink,
  startList,
  startQuote,
  startRow,
} from './block-compose.ts'
import { tameHtml } from './block-html-tame.ts'
import { oneLine } from './block-line.ts'

const parser = unified().use(rehypeParse, { fragment: true })

/** HTML as a tree that is safe to walk, however deep or crooked the source. */
export const parseHtml = (html: string): Root => parser.parse(tameHtml(html))

type Write = (draft: Draft, node: Element, kept: boolean) => void

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '))
const silent = names('script style template noscript title meta link base noframes noembed')
const blockLevel = names(
  'address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form header hgroup hr html legend main menu nav optgroup option p search section summary table tbody td th tfoot thead caption',
)
const blocksOfCells = names('table h1 h2 h3 h4 h5 h6 ul ol blockquote figure pre')

const isElement = (node: Nodes): node is Element => node.type === 'element'
const childrenOf = (node: Nodes): Nodes[] => ('children' in node ? node.children : [])
const elementsOf = (node: Nodes): Element[] => childrenOf(node).filter(isElement)
const attributeOf = ({ properties }: Element, name: string): string => (typeof properties[name] === 'string' ? properties[name] : '')

/** Writes a tree to a draft; `kept` tells whether line feeds and spaces count, as in `pre`. */
export function walkHtml(draft: Draft, node: Nodes, kept = false): void {
  if (node.type === 'text' && kept) addText(draft, node.value)
  else if (node.type === 'text') addFlow(draft, node.value)
  else writerOf(node)(draft, node, kept)
}

function writerOf(node: Nodes): (draft: Draft, node: Nodes, kept: boolean) => void {
  if (!isElement(node)) return walkChildren
  if (silent.has(node.tagName)) return () => undefined
  const write = writers.get(node.tagName)
  if (write) return (draft, _, kept) => write(draft, node, kept)
  return blockLevel.has(node.tagName) ? writeBlock : walkChildren
}

function walkChildren(draft: Draft, node: Nodes, kept: boolean): void {
  for (const child of childrenOf(node)) walkHtml(draft, child, kept)
}

function writeBlock(draft: Draft, node: Nodes, kept: boolean): void {
  flush(draft)
  walkChildren(draft, node, kept)
  flush(draft)
}

const heading = (level: Level): Write => {
  return (draft, node, kept) => {
    startHeading(draft, level)
    walkChildren(draft, node, kept)
    endHeading(draft)
  }
}

const style = (name: 'strong' | 'emphasis'): Write => {
  return (draft, node, kept) => {
    draft[name]++
    walkChildren(draft, node, kept)
    draft[name]--
  }
}

const list = (ordered: boolean): Write => {
  return (draft, node, kept) => {
    startList(draft, ordered)
    walkChildren(draft, node, kept)
    endList(draft)
  }
}

function writeItem(draft: Draft, node: Element, kept: boolean): void {
  startItem(draft)
  walkChildren(draft, node, kept)
  endItem(draft)
}

function writeLink(draft: Draft, node: Element, kept: boolean): void {
  startLink(draft, attributeOf(node, 'href'))
  walkChildren(draft, node, kept)
  endLink(draft)
}

function writePre(draft: Draft, node: Element): void {
  writeBlock(draft, node, true)
}

/** A quote whose last element is a `footer` or a `cite` names its speaker there. */
function writeQuote(draft: Draft, node: Element, kept: boolean): void {
  startQuote(draft)
  const last = elementsOf(node).at(-1)
  const isName = last && (last.tagName === 'footer' || last.tagName === 'cite')
  for (const child of childrenOf(node)) {
    if (isName && child === last) writeName(draft, last, kept)
    else walkHtml(draft, child, kept)
  }
  endQuote(draft)
}

/** A dash before the name is typography, but not where `cite` says that this is the name. */
function writeName(draft: Draft, node: Element, kept: boolean): void {
  const isExact = node.tagName === 'cite' || find(node, ({ tagName }) => tagName === 'cite', 1).length > 0
  const name = oneLine(isExact ? textOf(node) : textOf(node).replace(/^\s*[—–―-]+\s/, ''))
  if (name === null || !attribute(draft, name)) writeBlock(draft, node, kept)
}

/** The cells of a row make one text, unless the table was made to lay out a page: then every cell is a part of that. */
function writeRow(draft: Draft, node: Element, kept: boolean): void {
  const parts = elementsOf(node)
  if (draft.inRow || parts.length < 2 || parts.some(hasBlocks)) writeBlock(draft, node, kept)
  else {
    startRow(draft)
    for (const cell of parts) {
      startCell(draft)
      walkChildren(draft, cell, kept)
    }
    endRow(draft)
  }
}

const hasBlocks = (cell: Element): boolean =>
  find(cell, ({ tagName }) => blocksOfCells.has(tagName), 1).length > 0 || find(cell, ({ tagName }) => tagName === 'p', 2).length > 1

/** The first elements below a node that a test accepts, at most `max`. */
function find(node: Nodes, accepts: (element: Element) => boolean, max: number, found: Element[] = []): Element[] {
  for (const child of elementsOf(node)) {
    if (found.length >= max) break
    if (accepts(child)) found.push(child)
    find(child, accepts, max, found)
  }
  return found
}

/** The text of a node but for that of one element in it. */
function textOf(node: Nodes, except?: Nodes): string {
  if (node === except || (isElement(node) && silent.has(node.tagName))) return ' '
  if (node.type === 'text') return node.value
  const text = childrenOf(node).map(child => textOf(child, except))
  return isElement(node) && (node.tagName === 'br' || blockLevel.has(node.tagName)) ? ` ${text.join('')} ` : text.join('')
}

function writeImage(draft: Draft, node: Element, _kept: boolean, caption: string | null = null, credit: string | null = null): void {
  const src = attributeOf(node, 'src')
  addPicture(draft, {
    src: src === '' || src.startsWith('data:') ? attributeOf(node, 'dataSrc') : src,
    alt: oneLine(attributeOf(node, 'alt')),
    caption,
    credit,
  })
}

/** A figure is a picture with its caption, a quote with its speaker, or a link to what is shown; whatever else it holds is text. */
function writeFigure(draft: Draft, node: Element, kept: boolean): void {
  const caption = elementsOf(node).find(({ tagName }) => tagName === 'figcaption')
  const [image, ...moreImages] = find(node, ({ tagName }) => tagName === 'img', 2)
  const [link, ...moreLinks] = find(node, ({ tagName }) => tagName === 'a', 2)
  const isLink = link && !image && !caption && moreLinks.length === 0 && oneLine(textOf(node, link)) === null
  const isPicture = image && moreImages.length === 0 && oneLine(textOf(node, caption)) === null
  if (isPicture) writePicture(draft, image, caption)
  else if (caption && elementsOf(node).some(({ tagName }) => tagName === 'blockquote')) writeQuoteFigure(draft, node, caption, kept)
  else if (isLink) writeEmbed(draft, attributeOf(link, 'href'), oneLine(textOf(link)))
  else writeBlock(draft, node, kept)
}

function writePicture(draft: Draft, image: Element, caption: Element | undefined): void {
  flush(draft)
  const credit = caption && find(caption, ({ tagName }) => tagName === 'small' || tagName === 'cite', 1)[0]
  writeImage(draft, image, false, caption ? oneLine(textOf(caption, credit)) : null, credit ? oneLine(textOf(credit)) : null)
  flush(draft)
}

function writeQuoteFigure(draft: Draft, node: Element, caption: Element, kept: boolean): void {
  startQuote(draft)
  for (const child of childrenOf(node)) if (child !== caption) walkHtml(draft, child, kept)
  writeName(draft, caption, kept)
  endQuote(draft)
}

function writeEmbed(draft: Draft, url: string, title: string | null): void {
  flush(draft)
  addEmbed(draft, url, title)
  flush(draft)
}

function writeMedia(draft: Draft, node: Element): void {
  const source = elementsOf(node).find(({ tagName }) => tagName === 'source')
  const src = attributeOf(node, 'src') || (source ? attributeOf(source, 'src') : '')
  writeEmbed(draft, src, oneLine(attributeOf(node, 'title')))
}

const writers = new Map<string, Write>([
  ['h1', heading(2)],
  ['h2', heading(2)],
  ['h3', heading(3)],
  ['h4', heading(4)],
  ['h5', heading(4)],
  ['h6', heading(4)],
  ['b', style('strong')],
  ['strong', style('strong')],
  ['i', style('emphasis')],
  ['em', style('emphasis')],
  ['ul', list(false)],
  ['ol', list(true)],
  ['li', writeItem],
  ['a', writeLink],
  ['br', addBreak],
  ['pre', writePre],
  ['blockquote', writeQuote],
  ['tr', writeRow],
  ['img', writeImage],
  ['figure', writeFigure],
  ['iframe', writeMedia],
  ['audio', writeMedia],
  ['video', writeMedia],
])
