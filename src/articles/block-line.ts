import { joinMarks } from './block-marks.ts'
import type { Mark } from './blocks.ts'

/** A text with its marks. */
export type Marked = { text: string; marks: Mark[] }

/** The marks that are switched on where a piece of text stands. */
export type Active = { strong: boolean; emphasis: boolean; href: string | undefined }

/** A text that is being written; `waiting` is white space that counts only when text follows, so that no line begins or ends with it. */
export type Line = { pieces: string[]; length: number; last: string; waiting: Active | undefined; marks: Mark[] }

export const emptyLine = (): Line => ({ pieces: [], length: 0, last: '', waiting: undefined, marks: [] })

/** Controls and halves of surrogate pairs, which no block may hold, taken out of a text; Windows' line ends become line feeds. */
export const cleanText = (value: string): string =>
  value
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')

/** A text as one line without white space at its ends, or null where nothing is left: captions, credits, names. */
export const oneLine = (value: string): string | null => cleanText(value).replace(/\s+/g, ' ').trim() || null

/** Adds text as it is, line feeds and all. */
export function write(line: Line, value: string, active: Active): void {
  const clean = cleanText(value)
  const text = line.waiting && /[ \t\n]/.test(line.last) ? clean.replace(/^ +/, '') : clean
  if (text === '') return
  settle(line, text, active)
  append(line, text, active)
}

/** Adds text of a language in which white space is one space, and none at the ends of a line. */
export function flow(line: Line, value: string, active: Active): void {
  const text = cleanText(value.replace(/[ \t\n\r\f]+/g, ' '))
  const words = text.replace(/^ | $/g, '')
  if (text.startsWith(' ')) line.waiting = line.waiting ? common(line.waiting, active) : active
  if (words === '') return
  settle(line, words, active)
  append(line, words, active)
  if (text.endsWith(' ')) line.waiting = active
}

/** A line break inside the text. */
export function breakLine(line: Line, active: Active): void {
  line.waiting = undefined
  append(line, '\n', active)
}

/** White space, should text follow and none be there yet. */
export function leaveGap(line: Line, active: Active): void {
  line.waiting ??= active
}

/** What was written, trimmed and with its marks in normal form. */
export const written = (line: Line): Marked => trimmed({ text: line.pieces.join(''), marks: line.marks })

function append(line: Line, value: string, { strong, emphasis, href }: Active): void {
  const [start, end] = [line.length, line.length + value.length]
  if (strong) line.marks.push({ start, end, type: 'strong' })
  if (emphasis) line.marks.push({ start, end, type: 'emphasis' })
  if (href !== undefined) line.marks.push({ start, end, type: 'link', href })
  line.pieces.push(value)
  line.length = end
  line.last = value.slice(-1)
}

function settle(line: Line, next: string, active: Active): void {
  const space = line.waiting
  line.waiting = undefined
  if (space && line.last !== '' && !/[ \t\n]/.test(line.last) && !/^[ \t\n]/.test(next)) append(line, ' ', common(space, active))
}

/** A space between two pieces has the marks that both have. */
const common = (a: Active, b: Active): Active => ({
  strong: a.strong && b.strong,
  emphasis: a.emphasis && b.emphasis,
  href: a.href === b.href ? a.href : undefined,
})

const trimmed = ({ text, marks }: Marked): Marked => {
  const start = text.length - text.trimStart().length
  return cut({ text, marks }, start, Math.max(start, text.trimEnd().length))
}

/** The part of a text from `start` up to `end`, with what its marks still cover. */
export function cut({ text, marks }: Marked, start: number, end: number): Marked {
  const within = marks.map(mark => ({ ...mark, start: Math.max(mark.start, start) - start, end: Math.min(mark.end, end) - start }))
  return { text: text.slice(start, end), marks: joinMarks(within.filter(mark => mark.start < mark.end)) }
}

/** Several texts as one. */
export function joined(parts: readonly Marked[], between: string): Marked {
  const marks: Mark[] = []
  let offset = 0
  for (const part of parts) {
    for (const mark of part.marks) marks.push({ ...mark, start: mark.start + offset, end: mark.end + offset })
    offset += part.text.length + between.length
  }
  return { text: parts.map(({ text }) => text).join(between), marks }
}

/** A text in parts of at most `maxLength` UTF-16 code units and `maxMarks` marks, parted at white space where there is some; marks beyond are let go, text never. */
export function parted(whole: Marked, maxLength: number, maxMarks: number): Marked[] {
  const parts: Marked[] = []
  for (let rest = whole; rest.text !== ''; ) {
    const at = partingPlace(rest.text, maxLength)
    const { text, marks } = trimmed(cut(rest, 0, at))
    if (text !== '') parts.push({ text, marks: marks.slice(0, maxMarks) })
    rest = cut(rest, at, rest.text.length)
  }
  return parts
}

function partingPlace(text: string, maxLength: number): number {
  if (text.length <= maxLength) return text.length
  const head = text.slice(0, maxLength)
  const space = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'))
  if (space > maxLength / 2) return space
  return /[\ud800-\udbff]$/.test(head) ? maxLength - 1 : maxLength
}

/** A text parted at its empty lines; the opposite of `joined`. Each mark goes to the parts it covers, so that the work is linear. */
export function paragraphsOf({ text, marks }: Marked): Marked[] {
  let offset = 0
  const parts = text.split(paragraphEnd).map(part => {
    const start = offset
    offset += part.length + paragraphEnd.length
    return { text: part, start, marks: [] as Mark[] }
  })
  let first = 0
  for (const mark of joinMarks(marks)) {
    for (let next = parts[first + 1]; next && next.start <= mark.start; next = parts[first + 1]) first++
    let index = first
    for (let part = parts[index]; part && part.start < mark.end; part = parts[++index]) {
      const [start, end] = [Math.max(mark.start - part.start, 0), Math.min(mark.end - part.start, part.text.length)]
      if (start < end) part.marks.push({ ...mark, start, end })
    }
  }
  return parts.filter(part => part.text !== '').map(part => ({ text: part.text, marks: part.marks }))
}

/** What parts the paragraphs of a quote. */
export const paragraphEnd = '\n\n'
