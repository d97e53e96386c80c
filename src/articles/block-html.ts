import type { Element, ElementContent } from 'hast'
import { toHtml as stringify } from 'hast-util-to-html'
import type { PhrasingContent } from 'mdast'
import { cleanUrl, webSchemes } from '../lib/url.ts'
import { finish, newDraft } from './block-compose.ts'
import { parseHtml, walkHtml } from './block-html-walk.ts'
import { inlineTree } from './block-inline.ts'
import { type Marked, paragraphsOf } from './block-line.ts'
import type { Block, BlockInput, ImageBlock } from './blocks.ts'

/**
 * The blocks of an HTML page or a part of one, in their normal form: white space is one space, `br` and what stands in `pre` are line breaks. Markup goes, text
 * stays, but for what no browser shows as text (script, style, template, noscript, title). More than `maxBlocks` may come; `base` is what relative addresses are joined to.
 */
export function fromHtml(html: string, base?: string): BlockInput[] {
  const draft = newDraft(base)
  walkHtml(draft, parseHtml(html))
  return finish(draft)
}

/** Plain semantic HTML, made of blocks and escaped throughout; addresses are http, https or mailto, and embeds are links. Comes back by `fromHtml` but for white space. */
export function toHtml(blocks: readonly Block[]): string {
  const children = blocks.flatMap((block): ElementContent[] => [elementOf(block), { type: 'text', value: '\n' }])
  return stringify({ type: 'root', children: children.slice(0, -1) }).replace(/(?<=<img src="[^"]*" alt=")[^"]*/g, escapeAngles)
}

/** HTML allows `<` in an attribute; what looks for tags by a pattern would take it for one. */
const escapeAngles = (value: string) => value.replaceAll('<', '&#x3C;').replaceAll('>', '&#x3E;')

const element = (tagName: string, children: ElementContent[], properties: Element['properties'] = {}): Element => ({
  type: 'element',
  tagName,
  properties,
  children,
})
const textOf = (value: string): ElementContent => ({ type: 'text', value })

function elementOf(block: Block): Element {
  switch (block.type) {
    case 'heading':
      return element(`h${block.level}`, [textOf(block.text)])
    case 'paragraph':
      return element('p', inline(block))
    case 'quote':
      return quoteElement(block, block.attribution)
    case 'list':
      return element(
        block.ordered ? 'ol' : 'ul',
        block.items.map(item => element('li', inline(item))),
      )
    case 'image':
      return imageElement(block)
    case 'embed':
      return embedElement(block.url, block.title)
  }
}

const inline = (marked: Marked): ElementContent[] => inlineTree(marked).map(inlineElement)

function inlineElement(node: PhrasingContent): ElementContent {
  switch (node.type) {
    case 'text':
      return textOf(node.value)
    case 'strong':
      return element('strong', node.children.map(inlineElement))
    case 'emphasis':
      return element('em', node.children.map(inlineElement))
    case 'link':
      return element('a', node.children.map(inlineElement), { href: node.url })
    default:
      return element('br', [])
  }
}

function quoteElement(quoted: Marked, attribution: string | null): Element {
  const paragraphs = paragraphsOf(quoted).map(paragraph => element('p', inline(paragraph)))
  return element('blockquote', attribution === null ? paragraphs : [...paragraphs, element('footer', [element('cite', [textOf(attribution)])])])
}

function imageElement({ url, alt, caption, credit }: Pick<ImageBlock, 'url' | 'alt' | 'caption' | 'credit'>): Element {
  const src = cleanUrl(url, webSchemes)
  const image = src === undefined ? textOf(alt ?? '') : element('img', [], { src, alt: alt ?? '' })
  const words = [...(caption === null ? [] : [textOf(caption)]), ...(credit === null ? [] : [element('small', [textOf(credit)])])]
  const spaced = words.flatMap((word, index) => (index > 0 ? [textOf(' '), word] : [word]))
  return element('figure', spaced.length > 0 ? [image, element('figcaption', spaced)] : [image])
}

/** A link, or its text alone where its address is not one to follow. */
function embedElement(url: string, title: string | null): Element {
  const href = cleanUrl(url, webSchemes)
  const text = textOf(title ?? url)
  return element('figure', [href === undefined ? text : element('a', [text], { href })])
}
