import { type Dropped, isByline, isSectionLabel, whyEdgeFurniture } from './plain-furniture.ts'
import type { Paragraph } from './plain-lines.ts'
import { describeMasthead, isPlaceShaped, type MastheadLine, readMastheadLine } from './plain-masthead-line.ts'
import { countOfWords, endsSentence, isLabel, isProse } from './plain-shape.ts'

/** What a masthead says: a place as the page spells it, the temperature there in degrees Celsius, and a day (`YYYY-MM-DD`). */
export type Edition = { place: string | null; temperatureC: number | null; date: string | null }

/** The top of a page and the paragraphs that are left for the body. */
export type Head = { title: string | null; edition: Edition | null; dropped: Dropped[]; left: Paragraph[] }

/** Longest line that is a title as it stands, in UTF-16 code units. */
const longestTitleLine = 200

/** Most lines above the first paragraph of prose that are looked at. */
const mostHeadLines = 16

type HeadLine = { index: number; text: string; group: number; says: MastheadLine | undefined; furniture: string | undefined }

/** Reads what stands above the first paragraph of prose: which line is the title, and what is the masthead of the page. A page of one line is its title. */
export function readHead(paragraphs: readonly Paragraph[]): Head {
  const [only] = paragraphs
  if (only && paragraphs.length === 1 && only.text.length <= longestTitleLine) return { title: only.text, edition: null, dropped: [], left: [] }
  const lines = headLines(paragraphs)
  const titleAt = findTitle(lines)
  const placeAt = findPlace(lines, titleAt)
  const head: Head = { title: lines[titleAt]?.text ?? null, edition: null, dropped: [], left: [] }
  lines.forEach((line, index) => {
    const { text, says, furniture } = line
    const isAbove = titleAt < 0 || index < titleAt
    if (index === titleAt) return
    if (says || index === placeAt) {
      const said = says ?? { place: text }
      head.edition = added(head.edition, said)
      head.dropped.push({ text, why: describeMasthead(said) })
    } else if (isAbove) head.dropped.push({ text, why: furniture ?? 'masthead: a label above the title' })
    else head.left.push(line)
  })
  head.left.push(...paragraphs.slice(lines.length))
  return head
}

function headLines(paragraphs: readonly Paragraph[]): HeadLine[] {
  const prose = paragraphs.findIndex(({ text }) => isProse(text))
  const proseAt = prose < 0 ? paragraphs.length : prose
  const first = paragraphs[proseAt]
  const end = first && first.text.length <= longestTitleLine ? proseAt + 1 : proseAt
  return paragraphs
    .slice(0, Math.min(end, mostHeadLines))
    .map(({ text, group }, index) => ({ index, text, group, says: readMastheadLine(text), furniture: whyEdgeFurniture(text) }))
}

/** The first line that is no masthead, no furniture and no label above a better one; -1 where there is none. */
function findTitle(lines: readonly HeadLine[]): number {
  const candidates = lines.filter(({ says, furniture }) => !says && !furniture)
  const title = candidates.find((line, position) => {
    const next = candidates[position + 1]
    return next === undefined || !isAboveTitle(lines, line, next, candidates)
  })
  return title?.index ?? -1
}

/** True for a label (the page's name, a place, a section) that stands above the title, which may be `next`. */
function isAboveTitle(lines: readonly HeadLine[], { text, index, group }: HeadLine, next: HeadLine, candidates: readonly HeadLine[]): boolean {
  const hasTemperature = lines.some(({ says }) => says?.temperatureC !== undefined)
  const isNextSentence = isProse(next.text) && endsSentence(next.text)
  if (!isLabel(text) || countOfWords(text) > 5 || isByline(next.text) || (isNextSentence && !hasTemperature)) return false
  if (isSectionLabel(text)) return true
  const heading = candidates.find(line => countOfWords(line.text) > 5)?.index ?? lines.length
  const said = lines.filter(line => line.says && line.index < heading)
  const last = said.at(-1)?.index ?? -1
  if (index > last) return hasTemperature && index === last + 1 && isPlaceShaped(text) && isMissingPlace(said, group, candidates)
  const isPlace = isPlaceShaped(text) && countOfWords(text) < 4 && isBesideSaid(lines, index)
  return hasTemperature || isPlace || isOverTitle(lines, last, candidates)
}

const isBesideSaid = (lines: readonly HeadLine[], index: number) => lines[index - 1]?.says !== undefined || lines[index + 1]?.says !== undefined

/** True where the first candidate behind the masthead reads like a title: some words that are no sentence, and nobody's name before it. */
function isOverTitle(lines: readonly HeadLine[], last: number, candidates: readonly HeadLine[]): boolean {
  const text = candidates.find(({ index }) => index > last)?.text
  return text !== undefined && countOfWords(text) > 4 && !endsSentence(text) && !lines.some(line => isByline(line.text))
}

/** True where a masthead has named no place yet; a blank line between a masthead of several lines and the next line says that it has ended. */
function isMissingPlace(said: readonly HeadLine[], group: number, candidates: readonly HeadLine[]): boolean {
  const [first] = said
  const isNamed = said.some(({ says, index }) => says?.place !== undefined || candidates.some(line => line.index < index))
  const isBlock = said.length > 1 && said.every(line => line.group === first?.group)
  return !isNamed && !(isBlock && group !== first?.group)
}

/** Of the labels above the title the one that names the place of the masthead: beside a line that says something if there is one; -1 where there is none. */
function findPlace(lines: readonly HeadLine[], titleAt: number): number {
  if (!lines.some(({ says }) => says) || lines.some(({ says }) => says?.place !== undefined)) return -1
  const shaped = lines.flatMap(({ text, says, furniture }, index) =>
    index < titleAt && !says && !furniture && !isSectionLabel(text) && isPlaceShaped(text) ? [index] : [],
  )
  return shaped.find(index => isBesideSaid(lines, index)) ?? shaped[0] ?? -1
}

function added(edition: Edition | null, said: MastheadLine): Edition | null {
  const sum = {
    place: edition?.place ?? said.place ?? null,
    temperatureC: edition?.temperatureC ?? said.temperatureC ?? null,
    date: edition?.date ?? said.date ?? null,
  }
  return sum.place === null && sum.temperatureC === null && sum.date === null ? null : sum
}
