import { z } from 'zod'
import { text } from '../lib/text.ts'
import { linkUrl, url, webUrl } from '../lib/url.ts'
import { besideOtherFaults } from '../nouns/schema.ts'
import { isRecord, joinMarks, markIssues } from './block-marks.ts'

export const maxBlocks = 5_000
export const maxListItems = 5_000
export const maxMarks = 5_000
/** Longest text of a block or a list item, in characters. */
export const maxBlockTextCharacters = 100_000
export const maxCaptionCharacters = 5_000
export const maxCreditCharacters = 500

// Output. Objects stay open in the document: new properties, block types and mark types are additive changes.

const component = (id: string, description: string, example: unknown) => ({ id, description, examples: [example] })

const start = z.int().min(0).describe('Offset of the first UTF-16 code unit, as JavaScript counts')
const end = z.int().min(1).describe('Offset behind the last UTF-16 code unit')
const styles = z.enum(['strong', 'emphasis'])

export const StyleMark = z
  .object({ start, end, type: styles })
  .meta(component('StyleMark', 'A stretch of text that is strong or emphasised.', { start: 0, end: 5, type: 'strong' }))

export const LinkMark = z
  .object({ start, end, type: z.literal('link'), href: url.describe('http, https or mailto') })
  .meta(component('LinkMark', 'A stretch of text that leads somewhere.', { start: 0, end: 5, type: 'link', href: 'https://example.com/' }))

/** A range on a text, `0 <= start < end <= text.length`; `href` stands on links only, so that a check of `type` tells a client whether it is there. */
export const Mark = z.discriminatedUnion('type', [StyleMark, LinkMark]).meta({
  id: 'Mark',
  description:
    'A range on the text of a block or list item, in UTF-16 code units. Marks are sorted by start, end and type; those of one type and href never touch.',
})
export type Mark = z.output<typeof Mark>

const id = z.string().describe('Unique in the article; stays when other blocks change')
const marks = z.array(Mark)

const headingExample = { id: 'k2v9x4ab', type: 'heading', level: 2, text: 'A treaty of mutual aid' }
const level = z.literal([2, 3, 4]).meta({ override: { type: 'integer' } })

export const HeadingBlock = z
  .object({ id, type: z.literal('heading'), level, text: z.string() })
  .meta(component('HeadingBlock', 'A heading inside the article.', headingExample))

const paragraphExample = { id: 'p7d0m3qa', type: 'paragraph', text: 'The leaders met in Pyongyang.', marks: [{ start: 19, end: 28, type: 'strong' }] }

export const ParagraphBlock = z
  .object({ id, type: z.literal('paragraph'), text: z.string().describe('A line feed is a line break'), marks })
  .meta(component('ParagraphBlock', 'A paragraph.', paragraphExample))

const quoteExample = { id: 'q5t1w8zz', type: 'quote', text: 'We will help each other.', marks: [], attribution: 'The president' }

export const QuoteBlock = z
  .object({ id, type: z.literal('quote'), text: z.string(), marks, attribution: z.string().nullable() })
  .meta(component('QuoteBlock', 'A quotation set apart; `attribution` is who said it.', quoteExample))

export const ListItem = z.object({ text: z.string(), marks }).meta(component('ListItem', 'One item of a list.', { text: 'Tourism', marks: [] }))

const listExample = { id: 'l3c6f0uy', type: 'list', ordered: false, items: [{ text: 'Tourism', marks: [] }] }

export const ListBlock = z
  .object({ id, type: z.literal('list'), ordered: z.boolean(), items: z.array(ListItem) })
  .meta(component('ListBlock', 'A list; nested items follow their parent.', listExample))

const imageExample = {
  id: 'i8r2n6ko',
  type: 'image',
  url: 'https://example.com/summit.jpg',
  alt: 'Two men shake hands',
  caption: null,
  credit: 'Pool photo',
}

export const ImageBlock = z
  .object({ id, type: z.literal('image'), url, alt: z.string().nullable(), caption: z.string().nullable(), credit: z.string().nullable() })
  .meta(component('ImageBlock', 'A picture.', imageExample))

const embedExample = { id: 'e4h9s1lb', type: 'embed', url: 'https://example.com/video/1', title: 'The arrival' }

export const EmbedBlock = z
  .object({ id, type: z.literal('embed'), url, title: z.string().nullable() })
  .meta(
    component(
      'EmbedBlock',
      'Something that lives elsewhere: a video, a post, a map. Dateline stores its address and never its markup.',
      embedExample,
    ),
  )

export const Block = z.discriminatedUnion('type', [HeadingBlock, ParagraphBlock, QuoteBlock, ListBlock, ImageBlock, EmbedBlock]).meta({
  id: 'Block',
  description:
    'A part of an article, told apart by `type`. New types may come: show an unknown block by its `text`, or leave it out where it has none.',
})
export type Block = z.output<typeof Block>
export type ListItem = z.output<typeof ListItem>
export type ImageBlock = z.output<typeof ImageBlock>

// Input: the same shapes, closed at every depth, with everything but the content itself optional.

const inputStart = z.int().min(0)
const inputEnd = z.int().min(1)

const StyleMarkInput = z
  .strictObject(
    { start: inputStart, end: inputEnd, type: styles },
    {
      error: issue =>
        issue.code === 'unrecognized_keys' && issue.keys.includes('href') ? 'has an href, which only a mark of type link may have' : undefined,
    },
  )
  .meta({ id: 'StyleMarkInput', description: 'A stretch of text that is strong or emphasised.' })

const LinkMarkInput = z
  .strictObject({ start: inputStart, end: inputEnd, type: z.literal('link'), href: linkUrl })
  .meta({ id: 'LinkMarkInput', description: 'A stretch of text that leads somewhere: http, https or mailto.' })

/** A mark as it may be sent: any order, touching ones are joined. */
export const MarkInput = z
  .discriminatedUnion('type', [StyleMarkInput, LinkMarkInput])
  .meta({ id: 'MarkInput', description: 'A range on the text: 0 <= start < end <= length of the text in UTF-16 code units.' })

const inputId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,36}$/, 'must be 1 to 36 of the characters A-Z a-z 0-9 _ -')
  .describe('Unique in the article; made where missing')
  .optional()
const inputText = text(maxBlockTextCharacters)
const inputMarks = z.array(MarkInput).max(maxMarks).default([])
const optionalText = (max: number) => text(max).nullable().default(null)
const withTidyMarks = <T extends { marks: Mark[] }>(value: T): T => ({ ...value, marks: joinMarks(value.marks) })

export const HeadingBlockInput = z
  .strictObject({ id: inputId, type: z.literal('heading'), level, text: inputText })
  .meta({ id: 'HeadingBlockInput', description: 'A heading inside the article.' })

export const ParagraphBlockInput = z
  .strictObject({ id: inputId, type: z.literal('paragraph'), text: inputText, marks: inputMarks })
  .superRefine(reportMarks, besideOtherFaults)
  .overwrite(withTidyMarks)
  .meta({ id: 'ParagraphBlockInput', description: 'A paragraph; a line feed in its text is a line break.' })

export const QuoteBlockInput = z
  .strictObject({ id: inputId, type: z.literal('quote'), text: inputText, marks: inputMarks, attribution: optionalText(maxCreditCharacters) })
  .superRefine(reportMarks, besideOtherFaults)
  .overwrite(withTidyMarks)
  .meta({ id: 'QuoteBlockInput', description: 'A quotation set apart; `attribution` is who said it.' })

export const ListItemInput = z
  .strictObject({ text: inputText, marks: inputMarks })
  .superRefine(reportMarks, besideOtherFaults)
  .overwrite(withTidyMarks)
  .meta({ id: 'ListItemInput', description: 'One item of a list.' })

export const ListBlockInput = z
  .strictObject({ id: inputId, type: z.literal('list'), ordered: z.boolean().default(false), items: z.array(ListItemInput).max(maxListItems) })
  .meta({ id: 'ListBlockInput', description: 'A list, one level deep.' })

export const ImageBlockInput = z
  .strictObject({
    id: inputId,
    type: z.literal('image'),
    url: webUrl,
    alt: optionalText(maxCaptionCharacters),
    caption: optionalText(maxCaptionCharacters),
    credit: optionalText(maxCreditCharacters),
  })
  .meta({ id: 'ImageBlockInput', description: 'A picture.' })

export const EmbedBlockInput = z
  .strictObject({ id: inputId, type: z.literal('embed'), url: webUrl, title: optionalText(maxCreditCharacters) })
  .meta({ id: 'EmbedBlockInput', description: 'Something that lives elsewhere, by its address.' })

export const BlockInput = z
  .discriminatedUnion('type', [HeadingBlockInput, ParagraphBlockInput, QuoteBlockInput, ListBlockInput, ImageBlockInput, EmbedBlockInput])
  .meta({ id: 'BlockInput', description: 'A part of an article, told apart by `type`.' })
/** A block as parsed: everything is filled in but the id. */
export type BlockInput = z.output<typeof BlockInput>

/** The body of an article as it may be sent. */
export const BlocksInput = z.array(BlockInput).max(maxBlocks).superRefine(reportDuplicateIds, besideOtherFaults)

function reportMarks(value: unknown, context: z.RefinementCtx): void {
  for (const { code, path, input, message } of markIssues(value)) context.addIssue({ code: 'custom', params: { code }, path, input, message })
}

function reportDuplicateIds(blocks: unknown, context: z.RefinementCtx): void {
  const first = new Map<string, number>()
  for (const [index, block] of Array.isArray(blocks) ? blocks.entries() : []) {
    const given = isRecord(block) ? block.id : undefined
    if (typeof given !== 'string') continue
    const before = first.get(given)
    const message = `is the id of block ${before} too; give each block its own, or none and one is made`
    if (before !== undefined) context.addIssue({ code: 'custom', params: { code: 'duplicate_block_id' }, path: [index, 'id'], input: given, message })
    else first.set(given, index)
  }
}
