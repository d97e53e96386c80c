import { type Spot, spots } from '../articles/block-ids.ts'
import type { Block } from '../articles/blocks.ts'
import type { TextRow } from '../db/copy.ts'
import type { Words } from '../db/copy-shape.ts'
import type { NounKind } from '../db/tables.ts'
import { unstemmed } from '../search/analyse.ts'
import { indexText } from '../search/document.ts'

/** All that is looked at of a row. */
export const textColumns = ['title', 'summary', 'body', 'language', 'name', 'aliases', 'description', 'bio']

/** The words that full text has of a row, as articles/file.ts and nouns/named.ts index them when they write one; a test compares a copy's index with its source's. */
export function wordsOf(kind: NounKind, row: TextRow): Omit<Words, 'doc'> {
  const texts = (...names: string[]) => names.map(name => row[name]).filter(isText)
  if (kind !== 'article')
    return entry({ titles: [String(row.name), ...list<string>(row.aliases)], texts: texts('description', 'bio'), language: unstemmed })
  const body = list<Block>(row.body)
  return entry({
    titles: [String(row.title)],
    texts: [...texts('summary'), ...spots(body).map(textOf), ...body.flatMap(captionOf)].filter(isText),
    language: String(row.language),
  })
}

/** Without the words that a misspelt one may have been meant for: they are in a table that is copied. */
function entry(of: Parameters<typeof indexText>[0]): Omit<Words, 'doc'> {
  const { title, body, forms } = indexText(of)
  return { title, body, forms }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const textOf = ({ text }: Spot) => text
const list = <T>(json: unknown): T[] => JSON.parse(String(json))

function captionOf(block: Block): string[] {
  const caption = block.type === 'image' ? block.caption : block.type === 'quote' ? block.attribution : block.type === 'embed' ? block.title : null
  return isText(caption) ? [caption] : []
}
