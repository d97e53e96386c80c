import type { Definition, FootnoteDefinition, Image, Link, ListItem, Nodes, Paragraph } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { cleanUrl, webSchemes } from '../lib/url.ts'
import {
  addBreak,
  addEmbed,
  addPicture,
  addText,
  type Draft,
  endHeading,
  endItem,
  endLink,
  endList,
  endQuote,
  endRow,
  flush,
  type Level,
  partName,
  startCell,
  startHeading,
  startItem,
  startLink,
  startList,
  startQuote,
  startRow,
} from './block-compose.ts'
import { parseHtml, walkHtml } from './block-html-walk.ts'
import { cleanText, oneLine } from './block-line.ts'

/** A document on its way to blocks, the Markdown it was parsed from, and its `[name]: address` lines, the first of a name only. */
type Walk = { draft: Draft; source: string; definitions: Map<string, Definition> }

const levels: Record<1 | 2 | 3 | 4 | 5 | 6, Level> = { 1: 2, 2: 2, 3: 3, 4: 4, 5: 4, 6: 4 }

/** What the title of a link says that stands for an embed: `[The arrival](https://example.com/video/1 "embed")`. */
export const embedTitle = 'embed'

/** Writes the tree of a Markdown document to a draft. */
export function walkMarkdown(draft: Draft, tree: Nodes, source: string): void {
  const walk: Walk = { draft, source, definitions: new Map() }
  define(walk, tree)
  writeBlock(walk, tree)
}

function define(walk: Walk, node: Nodes): void {
  if (node.type === 'definition' && !walk.definitions.has(node.identifier)) walk.definitions.set(node.identifier, node)
  for (const child of childrenOf(node)) define(walk, child)
}

const childrenOf = (node: Nodes): Nodes[] => ('children' in node ? node.children : [])

function writeBlocks(walk: Walk, node: Nodes): void {
  for (const child of childrenOf(node)) writeBlock(walk, child)
}

function writeBlock(walk: Walk, node: Nodes): void {
  const { draft } = walk
  switch (node.type) {
    case 'paragraph':
      writeParagraph(walk, node)
      break
    case 'heading':
      startHeading(draft, levels[node.depth])
      writeInline(walk, node)
      endHeading(draft)
      break
    case 'blockquote':
      startQuote(draft)
      writeBlocks(walk, node)
      endQuote(draft)
      break
    case 'list':
      startList(draft, node.ordered === true)
      writeBlocks(walk, node)
      endList(draft)
      break
    case 'listItem':
      writeItem(walk, node)
      break
    case 'tableRow':
      writeRow(walk, node)
      break
    case 'footnoteDefinition':
      writeFootnote(walk, node)
      break
    case 'code':
      writeApart(draft, () => addText(draft, node.value))
      break
    case 'html':
      writeApart(draft, () => walkHtml(draft, parseHtml(node.value)))
      break
    default:
      writeBlocks(walk, node)
  }
}

function writeItem(walk: Walk, node: ListItem): void {
  startItem(walk.draft)
  if (typeof node.checked === 'boolean') addText(walk.draft, node.checked ? '[x] ' : '[ ] ')
  writeBlocks(walk, node)
  endItem(walk.draft)
}

function writeFootnote(walk: Walk, node: FootnoteDefinition): void {
  flush(walk.draft)
  addText(walk.draft, `[${node.label}] `)
  writeBlocks(walk, node)
}

function writeApart(draft: Draft, write: () => void): void {
  flush(draft)
  write()
  flush(draft)
}

function writeRow(walk: Walk, node: Nodes): void {
  startRow(walk.draft)
  for (const cell of childrenOf(node)) {
    startCell(walk.draft)
    writeInline(walk, cell)
  }
  endRow(walk.draft)
}

/** Nothing is flushed before: a footnote and an item may have begun with their mark. */
function writeParagraph(walk: Walk, node: Paragraph): void {
  const link = walk.draft.list || walk.draft.quote ? undefined : embedOf(walk, node)
  if (link) addEmbed(walk.draft, link.url, oneLine(textOf(link)))
  else writeInline(walk, node)
  flush(walk.draft)
}

/** The link that is all of a paragraph, where it is an address alone, or says that it is an embed. */
function embedOf({ source }: Walk, { children }: Paragraph): Link | undefined {
  const [link, ...more] = children
  if (link?.type !== 'link' || more.length > 0 || cleanUrl(link.url, webSchemes) === undefined) return undefined
  const bare = link.position && source.charAt(Number(link.position.start.offset)) !== '[' && textOf(link) === link.url
  return bare || link.title === embedTitle ? link : undefined
}

function writeInline(walk: Walk, parent: Nodes): void {
  for (const node of childrenOf(parent)) writePhrase(walk, node)
}

function writePhrase(walk: Walk, node: Nodes): void {
  const { draft, definitions } = walk
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      addText(draft, linesOf(node.value, draft.quote !== undefined))
      break
    case 'break':
      addBreak(draft)
      break
    case 'strong':
    case 'emphasis':
      draft[node.type]++
      writeInline(walk, node)
      draft[node.type]--
      break
    case 'link':
      writeLink(walk, node, node.position && node.url)
      break
    case 'linkReference':
      writeLink(walk, node, definitions.get(node.identifier)?.url)
      break
    case 'image':
      writeImage(draft, node, textOf(node))
      break
    case 'imageReference':
      writeImage(draft, definitions.get(node.identifier), textOf(node))
      break
    case 'footnoteReference':
      addText(draft, `[${node.label}]`)
      break
    case 'html':
      if (/^<br\b/i.test(node.value)) addBreak(draft)
      break
    default:
      writeInline(walk, node)
  }
}

/** A line end of the source is a space; in a quote it stays before `— name`. */
const linesOf = (value: string, inQuote: boolean) => value.replace(inQuote ? /\n(?![—―] )/g : /\n/g, ' ')

/** A link without a place in the source was made of text that the source escapes on purpose, and leads nowhere. */
function writeLink(walk: Walk, node: Nodes, href: string | undefined): void {
  startLink(walk.draft, href)
  writeInline(walk, node)
  endLink(walk.draft)
}

function writeImage(draft: Draft, where: Pick<Image, 'url' | 'title'> | undefined, alt: string): void {
  const { text, name } = partName(cleanText(where?.title ?? ''), true)
  if (where) addPicture(draft, { src: where.url, alt: oneLine(alt), caption: oneLine(text), credit: name })
}
