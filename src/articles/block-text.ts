import type { Block } from './blocks.ts'

/** The body as plain text, blocks parted by an empty line, items as `- ` or `1. `; a picture is its caption and credit, an embed its title and address. */
export const toText = (blocks: readonly Block[]): string =>
  blocks
    .map(textOf)
    .filter(text => text !== '')
    .join('\n\n')

function textOf(block: Block): string {
  switch (block.type) {
    case 'heading':
    case 'paragraph':
      return block.text
    case 'quote':
      return lines(block.text, block.attribution && `— ${block.attribution}`)
    case 'list':
      return block.items.map(({ text }, index) => `${block.ordered ? `${index + 1}.` : '-'} ${text}`).join('\n')
    case 'image':
      return lines(block.caption ?? block.alt, block.credit)
    case 'embed':
      return lines(block.title, block.url)
  }
}

const lines = (...parts: (string | null)[]) => parts.filter(Boolean).join('\n')
