import { type Dropped, dropFooter, isByline, whyFurniture } from './plain-furniture.ts'
import { cutLong, maxParagraphUnits, readParagraphs } from './plain-lines.ts'
import { type Edition, readHead } from './plain-masthead.ts'
import { countOfWords, isHeadingShaped, isProse, widthOf } from './plain-shape.ts'

export type PlainBlock = { type: 'heading'; level: 2; text: string } | { type: 'paragraph'; text: string; marks: [] }

/** A page of plain text as an article, what its masthead says, and what is no part of the article with the reason. */
export type PlainPage = { title: string | null; blocks: PlainBlock[]; edition: Edition | null; dropped: Dropped[] }

/** Longest title that is made of a first sentence, in UTF-16 code units: within what a title may hold. */
const maxTitleUnits = 500

/** Most words of a heading that may stand between the title and the first paragraph; a longer line there is the lead. */
const mostWordsOverLead = 7

/**
 * Reads a page as scraped: masthead, title, headings and paragraphs, furniture. By the shapes of lines and a list of common phrases; when in
 * doubt a line stays in the body. Every line with a visible character is in the title, the blocks or `dropped`, where the masthead is too.
 */
export function readPlainText(text: string): PlainPage {
  const { paragraphs, rest } = readParagraphs(text)
  const { title, edition, dropped, left } = readHead(paragraphs)
  const furniture = rest.length > 0 ? { left, dropped: [] } : dropFooter(left)
  const inside = furniture.left.flatMap(({ text }) => {
    const why = whyFurniture(text)
    return why === undefined ? [] : [{ text, why }]
  })
  const body = furniture.left.filter(({ text }) => whyFurniture(text) === undefined)
  const leadAt = body.findIndex(({ text }) => !isByline(text))
  const blocks = [...body.flatMap((paragraph, index) => toBlocks(paragraph.text, body[index + 1]?.text, index <= leadAt)), ...rest.map(toParagraph)]
  return { title: title === null ? titleFrom(blocks) : oneLine(title), blocks, edition, dropped: [...dropped, ...inside, ...furniture.dropped] }
}

const toParagraph = (text: string): PlainBlock => ({ type: 'paragraph', text, marks: [] })

function toBlocks(text: string, next: string | undefined, isTop: boolean): PlainBlock[] {
  const isLead = isTop && (countOfWords(text) > mostWordsOverLead || isByline(text))
  if (next !== undefined && !isLead && isHeading(text, next)) return [{ type: 'heading', level: 2, text }]
  return text.length > maxParagraphUnits ? cutLong(text).map(toParagraph) : [toParagraph(text)]
}

/** A short line without the end of a sentence, with a longer paragraph under it. */
const isHeading = (line: string, next: string) => isHeadingShaped(line) && isProse(next) && widthOf(next) > widthOf(line)

const oneLine = (title: string) => title.normalize('NFC').replace(/\s+/gu, ' ').trim()

/** A title for a page that begins with prose: its first line, or the first sentence of that. */
function titleFrom(blocks: readonly PlainBlock[]): string | null {
  const [first] = blocks
  return first ? firstSentence(oneLine(first.text.slice(0, 2 * maxTitleUnits))) : null
}

const sentenceEnds = /[.!?…]["'”’)\]]*(?=\s|$)|[。！？｡؟۔।]["”」』)\]]*/gu
const abbreviation = /(?:^|[\s("“‘.])(?:\p{L}|Mr|Mrs|Ms|Dr|St|Gen|Sen|Rep|Gov|Lt|Col|Prof|Jr|Sr|No|vs)\.$/u

function firstSentence(line: string): string {
  const end = [...line.matchAll(sentenceEnds)].find(match => !abbreviation.test(line.slice(Math.max(0, match.index - 8), match.index + 1)))
  const sentence = end ? line.slice(0, end.index + end[0].length) : line
  if (sentence.length <= maxTitleUnits) return sentence
  const space = sentence.lastIndexOf(' ', maxTitleUnits - 2)
  return `${sentence
    .slice(0, space > maxTitleUnits / 2 ? space : maxTitleUnits - 2)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`
}
