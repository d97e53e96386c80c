import { unixLines } from '../lib/text.ts'

/** A paragraph as read: `group` counts the stretches between blank lines, so that two of one group stood on neighbouring lines. */
export type Paragraph = { text: string; group: number }

type Line = { text: string; indent: number; group: number }

/** Non-blank lines that are read by their shape; what stands behind is kept as it came. More would make more blocks than an article may have. */
export const maxShapedLines = 4_500

/** Longest text of a paragraph that is made, in UTF-16 code units: below what a block may hold. */
export const maxParagraphUnits = 90_000

const lineEnds = /[\u000b\u000c\u0085\u2028\u2029]/g
const controls = /[\u0000-\u0008\u000e-\u001f\u007f]/g

/** Paragraphs of a plain text by blank lines and line ends, hard-wrapped lines joined; `rest` is what lies behind the lines that are read by shape, in long pieces. */
export function readParagraphs(text: string): { paragraphs: Paragraph[]; rest: string[] } {
  const clean = unixLines(text).toWellFormed().replace(lineEnds, '\n').replace(controls, '')
  const { lines, restAt } = readLines(clean)
  const rest = clean.slice(restAt).trim()
  return { paragraphs: byGroup(lines).flatMap(unwrap), rest: rest === '' ? [] : cutLong(rest) }
}

function readLines(text: string): { lines: Line[]; restAt: number } {
  const lines: Line[] = []
  let group = 0
  let at = 0
  while (at < text.length && lines.length < maxShapedLines) {
    const lineEnd = text.indexOf('\n', at)
    const end = lineEnd < 0 ? text.length : lineEnd
    const raw = text.slice(at, end)
    const trimmed = raw.trim()
    if (trimmed === '') group++
    else lines.push({ text: trimmed, indent: raw.length - raw.trimStart().length, group })
    at = end + 1
  }
  return { lines, restAt: at }
}

function byGroup(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last?.[0]?.group === line.group) last.push(line)
    else groups.push([line])
  }
  return groups
}

/** Widths of a column that text is hard-wrapped to, in UTF-16 code units. */
const narrowestColumn = 50
const widestColumn = 120

/** Joins the lines of one group where they were broken only because the next word had no room: at least one must go on in lower case to prove it. */
function unwrap(lines: readonly Line[]): Paragraph[] {
  const column = lines.reduce((widest, line) => Math.max(widest, line.text.length + line.indent), 0)
  const goesOn = (index: number) => {
    const line = lines[index]
    const next = lines[index + 1]
    if (!line || !next || column < narrowestColumn || column > widestColumn || next.indent > line.indent) return false
    const firstWord = next.text.search(/\s/)
    return line.indent + line.text.length + 1 + (firstWord < 0 ? next.text.length : firstWord) > column
  }
  const isWrapped = lines.slice(1).some((next, index) => goesOn(index) && /^\p{Ll}/u.test(next.text))
  const paragraphs: Paragraph[] = []
  let parts: string[] = []
  lines.forEach((line, index) => {
    parts.push(line.text)
    if (isWrapped && goesOn(index)) return
    paragraphs.push({ text: joinLines(parts), group: line.group })
    parts = []
  })
  return paragraphs
}

const joinLines = (lines: readonly string[]) =>
  lines.map((line, index) => (index === lines.length - 1 || /\p{L}-$/u.test(line) ? line : `${line} `)).join('')

/** A text in pieces that a block can hold, cut at line ends or spaces where there are any. */
export function cutLong(text: string): string[] {
  const pieces: string[] = []
  let at = 0
  while (text.length - at > maxParagraphUnits) {
    const window = text.slice(at, at + maxParagraphUnits)
    const space = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '))
    const cut = space > maxParagraphUnits / 2 ? space : splitsPair(window) ? maxParagraphUnits - 1 : maxParagraphUnits
    pieces.push(window.slice(0, cut).trim())
    at += cut
  }
  return [...pieces, text.slice(at).trim()].filter(piece => piece !== '')
}

const splitsPair = (window: string) => /[\ud800-\udbff]$/.test(window)
