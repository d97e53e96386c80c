import { type Marked, parted } from './block-line.ts'
import { type BlockInput, maxBlockTextCharacters, maxMarks } from './blocks.ts'

// What parsing costs, in microseconds, as measured on a machine of two cores: a character, a line, and what is quadratic:
// the marks of one paragraph, its runs of backticks by its length, and the quotes and lists that a line opens.
const perCharacter = 1.5
const perLine = 40
const perPairOfMarks = 1 / 60
const perBacktickCharacter = 1 / 75
const perPairOfContainers = 0.25
const maxCost = 2_000_000
/** Longest run of one of `*_~` but for a line that is nothing else: each nests what is inside, and a thousand overflow the stack. */
const maxRun = 200

/** Whether Markdown can be parsed in a moment (some 2 seconds at worst); hostile texts of 20 kB take a minute and more. Linear. */
export function isCheapMarkdown(markdown: string): boolean {
  if (markdown.length * perCharacter > maxCost || hasLongRun(markdown)) return false
  let cost = markdown.length * perCharacter
  for (const chunk of markdown.split(/\n[ \t]*\n/)) {
    const marks = chunk.match(/[*_~[\]<]/g)?.length ?? 0
    const backticks = chunk.match(/`+/g)?.length ?? 0
    cost += marks * marks * perPairOfMarks + backticks * chunk.length * perBacktickCharacter
    for (const line of chunk.split('\n')) cost += perLine + containersOf(line) ** 2 * perPairOfContainers
    if (cost > maxCost) return false
  }
  return true
}

const hasLongRun = (markdown: string): boolean => (markdown.match(/\*+|_+|~+/g) ?? []).some(run => run.length > maxRun)

/** How many quotes and lists a line may be in, by its marks and its indent. */
function containersOf(line: string): number {
  const head = line.slice(0, line.length - line.replace(/^[ \t>*+\-\d.)]+/, '').length)
  const marks = head.match(/>|[-+*.)](?=[ \t])/g)?.length ?? 0
  return marks + (head.match(/[ \t]{2}/g)?.length ?? 0)
}

/** A text as it stands, a paragraph where an empty line ends one. */
export const plainParagraphs = (source: string): BlockInput[] =>
  source
    .split(/\n[ \t]*\n/)
    .flatMap(text => parted({ text, marks: [] }, maxBlockTextCharacters, maxMarks))
    .map(({ text, marks }: Marked): BlockInput => ({ type: 'paragraph', text, marks }))
