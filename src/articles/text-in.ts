// The text of an article as it comes: blocks, Markdown or HTML, made blocks. Pure.
import { type Issue, invalid } from '../lib/errors.ts'
import { fromHtml } from './block-html.ts'
import { completeIds, keepIds } from './block-ids.ts'
import { fromMarkdown } from './block-markdown.ts'
import { type Block, type BlockInput, BlocksInput } from './blocks.ts'

type Texts = { body?: BlockInput[] | null | undefined; markdown?: string | undefined; html?: string | undefined }

/** Blocks of a body: ids that are given are kept, missing ones made; a text that came as Markdown or HTML keeps the ids of blocks that did not change. Undefined where no text is given. */
export function blocksOf(texts: Texts, before: readonly Block[]): Block[] | undefined {
  if (texts.body !== undefined) return completeIds(texts.body ?? [])
  if (texts.markdown !== undefined) return keepIds(before, checked(fromMarkdown(texts.markdown), '/markdown'))
  if (texts.html !== undefined) return keepIds(before, checked(fromHtml(texts.html), '/html'))
  return undefined
}

/** What a document gives must fit the limits of blocks, too. */
function checked(blocks: BlockInput[], pointer: string): BlockInput[] {
  const result = BlocksInput.safeParse(blocks)
  if (result.success) return result.data
  const issues = result.error.issues.map(
    (issue): Issue => ({
      pointer,
      code: 'text_too_large',
      detail: `gives blocks that are too large: block ${issue.path.join('/') || 'count'} ${issue.message}`,
    }),
  )
  throw invalid(...issues.slice(0, 5))
}
