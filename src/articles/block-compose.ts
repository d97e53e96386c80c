import { cleanUrl, linkSchemes, webSchemes } from '../lib/url.ts'
import {
  type Active,
  breakLine,
  emptyLine,
  flow,
  joined,
  type Line,
  leaveGap,
  type Marked,
  oneLine,
  paragraphEnd,
  parted,
  write,
  written,
} from './block-line.ts'
import { type BlockInput, maxBlockTextCharacters, maxCaptionCharacters, maxCreditCharacters, maxListItems, maxMarks } from './blocks.ts'

export type Level = 2 | 3 | 4

/** `owners` are the items that are open, outermost first; text goes on in the last item while that belongs to the innermost of them. */
type List = { ordered: boolean; depth: number; items: Item[]; owners: number[]; made: number }
type Item = { owner: number; parts: Marked[]; length: number }
type Quote = { depth: number; parts: Marked[]; length: number; attribution: string | null }

/**
 * A document on its way to blocks. Both importers write to it, piece by piece in reading order, so that both keep the same rules: no text is lost and none is
 * blank; a list takes whatever stands in it as items, a quote likewise but for lists, and a row of a table makes one text of everything in it.
 */
export type Draft = {
  blocks: BlockInput[]
  /** Pictures and the like, which come after the text that they stand in. */
  afterwards: BlockInput[]
  line: Line
  strong: number
  emphasis: number
  hrefs: (string | undefined)[]
  heading: Level | undefined
  list: List | undefined
  quote: Quote | undefined
  /** Cells so far of the row that is being written. */
  cells: number
  inRow: boolean
  /** What relative addresses are joined to. */
  base: string | undefined
}

export const newDraft = (base?: string): Draft => ({
  blocks: [],
  afterwards: [],
  line: emptyLine(),
  strong: 0,
  emphasis: 0,
  hrefs: [],
  heading: undefined,
  list: undefined,
  quote: undefined,
  inRow: false,
  cells: 0,
  base,
})

const active = (draft: Draft): Active => ({ strong: draft.strong > 0, emphasis: draft.emphasis > 0, href: draft.hrefs.at(-1) })

/** Text in which line feeds and spaces count. */
export const addText = (draft: Draft, value: string): void => write(draft.line, value, active(draft))

/** Text in which any white space is one space. */
export const addFlow = (draft: Draft, value: string): void => flow(draft.line, value, active(draft))
export const addBreak = (draft: Draft): void => breakLine(draft.line, active(draft))
export const addGap = (draft: Draft): void => leaveGap(draft.line, active(draft))

/** Begins a link; where it leads nowhere, or nobody should follow it, what comes is text. */
export function startLink(draft: Draft, href: string | undefined): void {
  draft.hrefs.push((href && cleanUrl(href, linkSchemes, draft.base)) || draft.hrefs.at(-1))
}
export function endLink(draft: Draft): void {
  draft.hrefs.pop()
}

/** Ends the text that is being written: what comes next is another paragraph, or another line of the item. */
export function flush(draft: Draft): void {
  if (draft.inRow) {
    addGap(draft)
    return
  }
  const whole = written(draft.line)
  draft.line = emptyLine()
  for (const part of parted(whole, maxBlockTextCharacters, maxMarks)) place(draft, part)
  if (draft.list || draft.quote) return
  draft.blocks.push(...draft.afterwards)
  draft.afterwards = []
}

function place(draft: Draft, part: Marked): void {
  if (draft.list) addToItem(draft.list, part)
  else if (draft.quote) addToQuote(draft, draft.quote, part)
  else if (draft.heading) draft.blocks.push({ type: 'heading', level: draft.heading, text: part.text.replace(/\n+/g, ' ') })
  else draft.blocks.push({ type: 'paragraph', ...part })
}

export function startHeading(draft: Draft, level: Level): void {
  flush(draft)
  draft.heading = level
}
export function endHeading(draft: Draft): void {
  flush(draft)
  draft.heading = undefined
}

/** A quote in a list or in another quote is part of that. */
export function startQuote(draft: Draft): void {
  flush(draft)
  draft.quote ??= { depth: 0, parts: [], length: 0, attribution: null }
  draft.quote.depth++
}
export function endQuote(draft: Draft): void {
  flush(draft)
  if (!draft.quote || --draft.quote.depth > 0) return
  closeQuote(draft, draft.quote)
  draft.quote = undefined
  flush(draft)
}

/** Who said what the quote that is open says. False where there is no quote to take it, or it is too long: then it is text like any other. */
export function attribute(draft: Draft, name: string): boolean {
  if (!draft.quote || draft.list || draft.quote.attribution !== null || name.length > maxCreditCharacters) return false
  flush(draft)
  if (draft.quote.parts.length === 0) return false
  draft.quote.attribution = name
  return true
}

function addToQuote(draft: Draft, quote: Quote, part: Marked): void {
  if (quote.length + part.text.length > maxBlockTextCharacters) closeQuote(draft, quote)
  quote.parts.push(part)
  quote.length += part.text.length + paragraphEnd.length
}

function closeQuote(draft: Draft, quote: Quote): void {
  const whole = joined(quote.parts, paragraphEnd)
  const { text, name } = quote.attribution === null ? partName(whole.text) : { text: whole.text, name: quote.attribution }
  const marks = whole.marks.filter(({ start }) => start < text.length).map(mark => ({ ...mark, end: Math.min(mark.end, text.length) }))
  if (text !== '') draft.blocks.push({ type: 'quote', text, marks: marks.slice(0, maxMarks), attribution: name })
  Object.assign(quote, { parts: [], length: 0, attribution: null })
}

/**
 * A text and the name in its last line, `— name`, which tells who said or made it. A quote is never just a name; a caption may be (`alone`).
 */
export function partName(value: string, alone = false): { text: string; name: string | null } {
  const lineStart = value.lastIndexOf('\n') + 1
  const lastLine = value.slice(lineStart, lineStart + maxCreditCharacters + 3)
  const name = /^[—―][ \u00a0]/.test(lastLine) ? oneLine(lastLine.slice(2)) : null
  const named = name !== null && name.length <= maxCreditCharacters && (alone || lineStart > 0)
  return named ? { text: value.slice(0, lineStart).trimEnd(), name } : { text: value, name: null }
}

/** A list in a list is part of that; one in a quote parts it in two. */
export function startList(draft: Draft, ordered: boolean): void {
  flush(draft)
  if (!draft.list && draft.quote) closeQuote(draft, draft.quote)
  draft.list ??= { ordered, depth: 0, items: [], owners: [], made: 0 }
  draft.list.depth++
}
export function endList(draft: Draft): void {
  flush(draft)
  if (!draft.list || --draft.list.depth > 0) return
  const { items, ordered } = draft.list
  for (let start = 0; start < items.length; start += maxListItems) {
    draft.blocks.push({ type: 'list', ordered, items: items.slice(start, start + maxListItems).map(itemOf) })
  }
  draft.list = undefined
  flush(draft)
}

export function startItem(draft: Draft): void {
  flush(draft)
  draft.list?.owners.push(draft.list.made++)
}
export function endItem(draft: Draft): void {
  flush(draft)
  draft.list?.owners.pop()
}

function addToItem(list: List, part: Marked): void {
  const owner = list.owners.at(-1)
  const last = list.items.at(-1)
  const goesOn = last && owner === last.owner && last.length + part.text.length < maxBlockTextCharacters
  const item: Item = goesOn ? last : { owner: owner ?? list.made++, parts: [], length: 0 }
  if (!goesOn) list.items.push(item)
  item.parts.push(part)
  item.length += part.text.length + 1
}

function itemOf({ parts }: Item): Marked {
  const { text, marks } = joined(parts, '\n')
  return { text, marks: marks.slice(0, maxMarks) }
}

export function startRow(draft: Draft): void {
  flush(draft)
  draft.inRow = true
  draft.cells = 0
}
export function startCell(draft: Draft): void {
  if (draft.cells) addText(draft, ' | ')
  draft.cells++
}
/** Ends a row; one without any text leaves nothing. */
export function endRow(draft: Draft): void {
  draft.inRow = false
  if (draft.line.pieces.every(piece => piece === ' | ')) draft.line = emptyLine()
  flush(draft)
}

export type Picture = { src: string; alt: string | null; caption: string | null; credit: string | null }

/** A picture with an address is a block, after the text it stands in; of one without, the words are kept. Words too long for their field are a paragraph. */
export function addPicture(draft: Draft, { src, alt, caption, credit }: Picture): void {
  addGap(draft)
  const url = cleanUrl(src, webSchemes, draft.base)
  const fits = (value: string | null, max: number) => (value !== null && value.length <= max ? value : null)
  const kept = { alt: fits(alt, maxCaptionCharacters), caption: fits(caption, maxCaptionCharacters), credit: fits(credit, maxCreditCharacters) }
  if (url !== undefined) addAside(draft, { type: 'image', url, ...kept })
  const words =
    url === undefined ? [alt, caption, credit] : [alt !== kept.alt && alt, caption !== kept.caption && caption, credit !== kept.credit && credit]
  for (const word of words) if (word) addWords(draft, word)
}

/** Something that lives elsewhere; a title that only repeats the address is none. Without a usable address, or too long, the title is text. */
export function addEmbed(draft: Draft, src: string, title: string | null): void {
  addGap(draft)
  const url = cleanUrl(src, webSchemes, draft.base)
  const fits = url !== undefined && title !== null && title.length <= maxCreditCharacters
  const repeats = url !== undefined && (title === url || title === src)
  if (url !== undefined) addAside(draft, { type: 'embed', url, title: fits && !repeats ? title : null })
  if (title !== null && !fits && !repeats) addWords(draft, title)
}

function addWords(draft: Draft, words: string): void {
  addFlow(draft, words)
  addGap(draft)
}

function addAside(draft: Draft, block: BlockInput): void {
  const inText = draft.line.length > 0 || draft.list || draft.quote || draft.inRow
  if (inText) draft.afterwards.push(block)
  else draft.blocks.push(block)
}

/** The blocks of a document that has been written to its end; what is still open is closed. */
export function finish(draft: Draft): BlockInput[] {
  flush(draft)
  return draft.blocks
}
