import fc from 'fast-check'
import { joinMarks } from '../../src/articles/block-marks.ts'
import type { Block, Mark } from '../../src/articles/blocks.ts'

/** Ways to write blocks that come back from Markdown and HTML: what that leaves out is said where it is left out. */

const words = [
  'a',
  'Kim',
  'Łódź',
  '北京',
  '😀',
  '1.',
  '2)',
  '-',
  '+',
  '*',
  '**',
  '_',
  '__',
  '#',
  '##',
  '>',
  '`',
  '``',
  '~~',
  '|',
  '[x]',
  '[a](b)',
  '![a](b)',
  '<b>',
  '</p>',
  '<!--',
  '&amp;',
  '&',
  '\\',
  '\\*',
  'a_b_c',
  'http://example.com',
  'www.example.com',
  'a@example.com',
  '[^1]',
  '[a]:',
  '===',
  '---',
  ':-',
  '—',
  '!',
  '(',
  ')',
  '"',
  "'",
  'e\u0301',
  '\u00a0x',
  '{',
  '}',
  '$',
  '^',
  'xn--',
  '~',
  '&#32;',
  'http:',
  '=',
  ':',
]
const piece = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...words) }, fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }))
const between = (spaces: string[]) => fc.constantFrom('', '', ' ', ' ', ' ', ...spaces)

const clean = (value: string) => value.replace(/[\u0000-\u001f\u007f]/g, '').toWellFormed()
/** HTML joins white space, so that only line feeds may stand beside single spaces. */
const singleSpaced = (value: string) => value.replace(/ +/g, ' ').replace(/ ?\n ?/g, '\n')
const asItIs = (value: string) => value

const sentence = (spaces: string[]) => {
  const tidy = spaces.includes('  ') ? asItIs : singleSpaced
  return fc
    .array(fc.tuple(piece, between(spaces)), { minLength: 1, maxLength: 8 })
    .map(parts =>
      tidy(
        parts
          .map(([word, space]) => clean(word) + space)
          .join('')
          .trim(),
      ),
    )
    .filter(value => value !== '')
}

/** One line, white space single: captions, names. Headings too, which hold no line feed. */
export const oneLiner = sentence([])
  .map(value => value.replace(/\s+/g, ' ').trim())
  .filter(value => value !== '')

const urls = fc.constantFrom(
  'https://example.com/',
  'https://example.com/a?b=c&copy=1#d',
  'http://example.com/(a)/b_c_d*e*',
  'https://example.com/%5B1%5D',
  'https://example.com/~x;y=1,2!$',
)
const hrefs = fc.oneof(urls, fc.constant('mailto:desk@example.com'))

/** No mark begins or ends in a pair of surrogates or at white space: what is bold is a word. */
const marksOf = (text: string) => {
  const places = [...text.matchAll(/\S+|(?<=\S)\s/gu)].flatMap(match => [
    match.index,
    match.index + Math.ceil(match[0].length / 2),
    match.index + match[0].length,
  ])
  const fits = places.filter(place => !/^[\udc00-\udfff]/.test(text.slice(place)))
  const range = fc.tuple(fc.constantFrom(...fits), fc.constantFrom(...fits)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
  const mark = fc
    .tuple(range, fc.constantFrom('strong' as const, 'emphasis' as const, 'link' as const), hrefs)
    .map(([{ start, end }, type, href]): Mark => (type === 'link' ? { start, end, type, href } : { start, end, type }))
  return fc.array(mark, { maxLength: 4 }).map(marks => normal(text, marks))
}

/** Links side by side or apart; a mark keeps to what it shows. */
function normal(text: string, marks: Mark[]): Mark[] {
  let linkEnd = -1
  const kept = joinMarks(marks).flatMap((mark): Mark[] => {
    const shown = text.slice(mark.start, mark.end)
    const start = mark.start + shown.length - shown.trimStart().length
    const end = mark.end - (shown.length - shown.trimEnd().length)
    if (start >= end || (mark.type === 'link' && start < linkEnd)) return []
    if (mark.type === 'link') linkEnd = end
    return [{ ...mark, start, end }]
  })
  return joinMarks(kept)
}

export const marked = (spaces: string[]) => sentence(spaces).chain(text => fc.record({ text: fc.constant(text), marks: marksOf(text) }))

const nullable = fc.option(oneLiner)
const isName = (value: string) => /(^|\n)[—―][ \u00a0][^\n]*$/.test(value)

/** Arrays of blocks in normal form; `spaces` are what may stand between words besides single spaces. */
export const blocksOf = (spaces: string[]): fc.Arbitrary<Block[]> => {
  const id = fc.constant('x')
  const level = fc.constantFrom(2 as const, 3 as const, 4 as const)
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ id, type: fc.constant('heading' as const), level, text: oneLiner }),
    marked(spaces).chain(content =>
      fc.record({ id, type: fc.constant('paragraph' as const), text: fc.constant(content.text), marks: fc.constant(content.marks) }),
    ),
    // A quote whose last line looks like an attribution is read as one.
    marked([...spaces.filter(space => !space.includes('\n')), '\n'])
      .filter(({ text }) => !isName(text))
      .chain(content =>
        fc.record({
          id,
          type: fc.constant('quote' as const),
          text: fc.constant(content.text),
          marks: fc.constant(content.marks),
          attribution: nullable,
        }),
      ),
    fc.record({ id, type: fc.constant('list' as const), ordered: fc.boolean(), items: fc.array(marked(spaces), { minLength: 1, maxLength: 3 }) }),
    // A caption that looks like a credit is read as one.
    fc.record({
      id,
      type: fc.constant('image' as const),
      url: urls,
      alt: nullable,
      caption: fc.option(oneLiner.filter(value => !isName(value))),
      credit: nullable,
    }),
    fc.record({ id, type: fc.constant('embed' as const), url: urls, title: nullable }),
  )
  return fc.array(block, { maxLength: 4 })
}

/** Blocks as an importer makes them: without ids. */
export const bare = (blocks: readonly Block[]) => blocks.map(({ id: _, ...content }) => content)
