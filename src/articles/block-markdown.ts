import type { BlockContent, List, ListItem, Paragraph, PhrasingContent } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkStringify from 'remark-stringify'
import { unified } from 'unified'
import { cleanUrl, webSchemes } from '../lib/url.ts'
import { finish, newDraft } from './block-compose.ts'
import { inlineTree } from './block-inline.ts'
import { cleanText, type Marked, paragraphsOf } from './block-line.ts'
import { isCheapMarkdown, plainParagraphs } from './block-markdown-cost.ts'
import { embedTitle, walkMarkdown } from './block-markdown-walk.ts'
import type { Block, BlockInput } from './blocks.ts'

const parser = unified().use(remarkParse).use(remarkGfm)
const writer = unified().use(remarkGfm).use(remarkStringify, { bullet: '-', emphasis: '*', resourceLink: true, rule: '-' })

/**
 * The blocks of a text in Markdown (CommonMark and GFM), in normal form. Raw HTML is read as HTML: its text stays, its markup goes. A picture's title is its caption and a last line
 * `— name` in that its credit; a last line `— name` of a quote is its attribution; an address alone in a paragraph is an embed. More than `maxBlocks` may come.
 * Text that would take seconds to parse comes as plain paragraphs.
 */
export function fromMarkdown(markdown: string, base?: string): BlockInput[] {
  const source = cleanText(markdown).replace(/^\ufeff/, '')
  if (!isCheapMarkdown(source)) return plainParagraphs(source)
  const draft = newDraft(base)
  walkMarkdown(draft, parser.parse(source), source)
  return finish(draft)
}

/** Markdown that gives the same blocks again, ids aside. What cannot come back: white space at the ends of a text, more than one empty line in a quote, line feeds in headings, captions and names. */
export const toMarkdown = (blocks: readonly Block[]): string => writer.stringify({ type: 'root', children: blocks.flatMap(contentOf) })

function contentOf(block: Block): BlockContent[] {
  switch (block.type) {
    case 'heading':
      return [{ type: 'heading', depth: block.level, children: [{ type: 'text', value: block.text.replace(/\n+/g, ' ') }] }]
    case 'paragraph':
      return [paragraph(inlineTree(block))]
    case 'quote':
      return [quote(block, block.attribution)]
    case 'list':
      return [list(block.ordered, block.items)]
    case 'image':
      return [paragraph([{ type: 'image', url: block.url, alt: block.alt ?? '', title: titleOf(block.caption, block.credit) }])]
    case 'embed':
      return [paragraph([embed(block.url, block.title)])]
  }
}

const paragraph = (children: PhrasingContent[]): Paragraph => ({ type: 'paragraph', children })
const named = (name: string) => `— ${name}`

function quote(quoted: Marked, attribution: string | null): BlockContent {
  const said = paragraphsOf(quoted).map(part => paragraph(inlineTree(part)))
  const name = attribution === null ? [] : [paragraph([{ type: 'text', value: named(attribution) }])]
  return { type: 'blockquote', children: [...said, ...name] }
}

function list(ordered: boolean, items: readonly Marked[]): List {
  const children = items.map((item): ListItem => ({ type: 'listItem', spread: false, children: [paragraph(inlineTree(item))] }))
  return { type: 'list', ordered, spread: false, children }
}

function titleOf(caption: string | null, credit: string | null): string | null {
  return [caption, credit && named(credit)].filter(part => part !== null).join('\n') || null
}

/** An address in angle brackets is written as it is: a URI has no character that could end it. */
function embed(url: string, title: string | null): PhrasingContent {
  const href = cleanUrl(url, webSchemes)
  if (href === undefined) return { type: 'text', value: title ?? url }
  return title === null
    ? { type: 'html', value: `<${href}>` }
    : { type: 'link', url: href, title: embedTitle, children: [{ type: 'text', value: title }] }
}
