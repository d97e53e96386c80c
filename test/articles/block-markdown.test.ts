import fc from 'fast-check'
import t from 'tap'
import { fromMarkdown, toMarkdown } from '../../src/articles/block-markdown.ts'
import { type Block, BlocksInput } from '../../src/articles/blocks.ts'
import { bare, blocksOf } from './blocks-arbitrary.ts'

const p = (text: string, marks: unknown[] = []) => ({ type: 'paragraph', text, marks })
const link = (start: number, end: number, href: string) => ({ start, end, type: 'link', href })
const list = (ordered: boolean, ...texts: string[]) => ({ type: 'list', ordered, items: texts.map(text => ({ text, marks: [] })) })
const quote = (text: string, attribution: string | null = null) => ({ type: 'quote', text, marks: [], attribution })
const image = (url: string, rest: object = {}) => ({ type: 'image', url, alt: null, caption: null, credit: null, ...rest })

t.test('blocks come back from their Markdown as they were', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(blocksOf(['\n', '  ', '\n\n']), blocks => t.same(fromMarkdown(toMarkdown(blocks)), bare(blocks)) || t.fail()),
      { numRuns: 200 },
    ),
  )
})

t.test('Markdown reads well', async t => {
  const blocks: Block[] = [
    { id: 'a', type: 'heading', level: 2, text: 'A heading' },
    {
      id: 'b',
      type: 'paragraph',
      text: 'One two\nthree',
      marks: [
        { start: 0, end: 3, type: 'strong' },
        { start: 4, end: 7, type: 'link', href: 'https://example.com/' },
      ],
    },
    { id: 'c', type: 'quote', text: 'Said.\n\nAnd done.', marks: [], attribution: 'Somebody' },
    {
      id: 'd',
      type: 'list',
      ordered: true,
      items: [
        { text: 'x', marks: [] },
        { text: 'y', marks: [] },
      ],
    },
    { id: 'e', type: 'list', ordered: false, items: [{ text: 'x', marks: [] }] },
    { id: 'f', type: 'image', url: 'https://example.com/i.jpg', alt: 'Alt', caption: 'Caption', credit: 'Credit' },
    { id: 'g', type: 'image', url: 'https://example.com/i.jpg', alt: null, caption: null, credit: null },
    { id: 'h', type: 'embed', url: 'https://example.com/v', title: null },
    { id: 'i', type: 'embed', url: 'https://example.com/v', title: 'Title' },
    { id: 'j', type: 'embed', url: 'javascript:x', title: 'Title' },
    { id: 'k', type: 'embed', url: 'javascript:x', title: null },
  ]
  t.equal(
    toMarkdown(blocks),
    `## A heading

**One** [two](https://example.com/)\\
three

> Said.
>
> And done.
>
> — Somebody

1. x
2. y

- x

![Alt](https://example.com/i.jpg "Caption
— Credit")

![](https://example.com/i.jpg)

<https://example.com/v>

[Title](https://example.com/v "embed")

Title

javascript:x
`,
  )
  t.equal(toMarkdown([]), '')
})

t.test('headings 1, 5 and 6 become 2, 4 and 4', async t => {
  t.same(
    fromMarkdown('# a\n## b\n### c\n#### d\n##### e\n###### *f*'),
    (
      [
        ['a', 2],
        ['b', 2],
        ['c', 3],
        ['d', 4],
        ['e', 4],
        ['f', 4],
      ] as const
    ).map(([text, level]) => ({ type: 'heading', level, text })),
  )
})

t.test('CommonMark and GFM are read, and nothing of their text is lost', async t => {
  for (const [markdown, ...blocks] of [
    ['a\nb\\\nc  \nd', p('a b\nc\nd')],
    [
      '**a *b*** `c*`',
      p('a b c*', [
        { start: 0, end: 3, type: 'strong' },
        { start: 2, end: 3, type: 'emphasis' },
      ]),
    ],
    ['~~a~~ ***', p('a ***')],
    ['a\n\n***\n\nb', p('a'), p('b')],
    ['- a\n  1. b\n\n     c\n- d\n\n      code', list(false, 'a', 'b\nc', 'd\ncode')],
    ['- [x] a\n- [ ] b', list(false, '[x] a', '[ ] b')],
    ['|a|*b*|\n|-|-|\n|1||', p('a | b', [{ start: 4, end: 5, type: 'emphasis' }]), p('1 |')],
    ['```js\nif (x)\n  y\n```', p('if (x)\n  y')],
    ['a[^1]\n\n[^1]: b\n\n    c', p('a[1]'), p('[1] b'), p('c')],
    [
      '[a][x] [x] ![c][x]\n\n[x]: https://example.com/ "y"\n[x]: https://no.example/',
      p('a x', [link(0, 1, 'https://example.com/'), link(2, 3, 'https://example.com/')]),
      image('https://example.com/', { alt: 'c', caption: 'y' }),
    ],
    ['[no] [a][no]', p('[no] [a][no]')],
    ['www.example.com http\\://example.com', p('www.example.com http://example.com', [link(0, 15, 'http://www.example.com')])],
    ['[a](/x) [b](javascript:x)', p('a b')],
    ['\ufeff# a', { type: 'heading', level: 2, text: 'a' }],
    [''],
    ['a\u0000b\ud800', p('ab\ufffd')],
  ] as const) {
    t.same(fromMarkdown(markdown), blocks, markdown)
  }
  t.same(fromMarkdown('[a](/x) ![b](y.jpg)', 'https://example.com/z/'), [
    p('a', [link(0, 1, 'https://example.com/x')]),
    image('https://example.com/z/y.jpg', { alt: 'b' }),
  ])
})

t.test('a last line with a dash is who said it', async t => {
  t.same(fromMarkdown('> a\n> b\n> — C'), [quote('a b', 'C')])
  t.same(fromMarkdown('> a\n>\n> — **C**, d'), [quote('a', 'C, d')])
  t.same(fromMarkdown('> a — b'), [quote('a — b')])
  t.same(fromMarkdown('> — a'), [quote('— a')])
  t.same(fromMarkdown('a\n— b'), [p('a — b')])
})

t.test('marks of a quote go with the paragraphs they cover, and are whole again', async t => {
  const strong = (start: number, end: number) => ({ start, end, type: 'strong' as const })
  const said = (...marks: ReturnType<typeof strong>[]): Block[] => [{ id: 'a', type: 'quote', text: 'aa\n\nbb\n\ncc', marks, attribution: null }]
  t.equal(toMarkdown(said(strong(4, 6))), '> aa\n>\n> **bb**\n>\n> cc\n')
  t.equal(toMarkdown(said(strong(1, 9))), '> a**a**\n>\n> **bb**\n>\n> **c**c\n')
  t.equal(toMarkdown(said(strong(2, 4), strong(8, 10))), '> aa\n>\n> bb\n>\n> **cc**\n')
})

t.test('pictures follow their text; a title is caption and credit', async t => {
  const src = 'https://example.com/i'
  t.same(fromMarkdown(`a ![x](${src} "cap") b`), [p('a b'), image(src, { alt: 'x', caption: 'cap' })])
  t.same(fromMarkdown(`![](${src} "— cred")`), [image(src, { credit: 'cred' })])
  t.same(fromMarkdown(`![](${src} "cap\n— cred") a`), [image(src, { caption: 'cap', credit: 'cred' }), p('a')])
  t.same(fromMarkdown('a![words](data:x)b ![no][x]'), [p('a words b ![no][x]')])
})

t.test('an address alone in a paragraph is an embed, elsewhere a link', async t => {
  const url = 'https://example.com/v'
  t.same(
    fromMarkdown(`<${url}>\n\n${url}\n\n[T](${url} "embed")`),
    [null, null, 'T'].map(title => ({ type: 'embed', url, title })),
  )
  const linked = p(url, [link(0, url.length, url)])
  t.same(fromMarkdown(`[${url}](${url})`), [linked])
  t.same(fromMarkdown(`- ${url}\n\n> <${url}>`), [
    { type: 'list', ordered: false, items: [{ text: url, marks: linked.marks }] },
    { ...quote(url), marks: linked.marks },
  ])
  t.same(fromMarkdown('<a@example.com>'), [p('a@example.com', [link(0, 13, 'mailto:a@example.com')])])
  t.same(fromMarkdown('[T](/x "embed")'), [p('T')])
  t.same(fromMarkdown('http\\://example.com'), [p('http://example.com')])
})

t.test('raw HTML is text made safe', async t => {
  t.same(fromMarkdown('a <b>c</b><br>d <img src=x onerror=alert(1)> <!-- e --> f'), [p('a c\nd   f')])
  t.same(fromMarkdown('<div onclick="x">a <i>b</i></div>\n\n*c*\n\n</div>'), [
    p('a b', [{ start: 2, end: 3, type: 'emphasis' }]),
    p('c', [{ start: 0, end: 1, type: 'emphasis' }]),
  ])
  t.same(fromMarkdown('<script>\nalert(1)\n</script>\n\na'), [p('a')])
  t.same(fromMarkdown('<table><tr><td>a</td><td>b</td></tr></table>'), [p('a | b')])
})

t.test('every word of a document is in its blocks', async t => {
  const starts = [
    '',
    '# ',
    '> ',
    '- ',
    '1. ',
    '    ',
    '\t',
    '> - ',
    '- > ',
    '| a | b |\n|---|---|\n| ',
    '[^1]: ',
    '```\n',
    '+ [x] ',
    '* * ',
    '---\n',
    '<div>',
    '</div>',
  ]
  const wraps = ['', '*', '**', '_', '`', '~~', '[', '](https://example.com/)', '![', '<b>', '</b>', '\\', '|', '[^1]', '&amp;', '< ', '"', '(']
  const line = fc.tuple(
    fc.constantFrom(...starts),
    fc.array(fc.constantFrom(...wraps), { maxLength: 6 }),
    fc.constantFrom('\n', '\n\n', '  \n', '\\\n'),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), lines => {
        let count = 0
        const markdown = lines.map(([start, inside, end]) => `${start}${[...inside, ''].map(wrap => `${wrap}w${count++}w`).join(' ')}${end}`).join('')
        const found = JSON.stringify(fromMarkdown(markdown))
        for (let index = 0; index < count; index++) if (!found.includes(`w${index}w`)) throw new Error(`w${index}w of ${JSON.stringify(markdown)}`)
      }),
      { numRuns: 300 },
    ),
  )
})

t.test('hostile Markdown takes a moment, keeps its text and makes valid blocks', async t => {
  const n = 100_000
  for (const [name, markdown, text] of [
    ['parentheses', '('.repeat(n), '(((('],
    ['words', 'a '.repeat(n), 'a a'],
    ['two million words', 'a '.repeat(1_000_000), 'a a'],
    ['combining marks', '\u0301'.repeat(n), '\u0301'],
    ['lone surrogates', '\ud800'.repeat(n), '\ufffd'],
    ['NUL', `${'\u0000'.repeat(n)}shown`, 'shown'],
    ['runs of stars', `${'*'.repeat(n)}a${'*'.repeat(n)}`, '***'],
    ['stars', '*a '.repeat(n), 'a'],
    ['closing stars', 'a* '.repeat(n), 'a'],
    ['brackets', '['.repeat(n), '['],
    ['closing brackets', ']'.repeat(n), ']'],
    ['links in links', '[a]('.repeat(n), 'a'],
    ['quotes', `${'>'.repeat(n)}shown`, 'shown'],
    ['lists', `${'- '.repeat(n)}shown`, 'shown'],
    ['nested lists', Array.from({ length: 1_000 }, (_, index) => `${'  '.repeat(index)}- a`).join('\n'), 'a'],
    ['backticks', Array.from({ length: 800 }, (_, index) => '`'.repeat(index + 1)).join(' '), '`'],
    ['lines', 'a\n'.repeat(n), 'a'],
    ['tags', '<a '.repeat(n), 'a'],
  ] as const) {
    const start = performance.now()
    const blocks = fromMarkdown(markdown)
    t.ok(performance.now() - start < 10_000, `${name}: in time`)
    t.ok(JSON.stringify(blocks).includes(text), `${name}: text`)
    t.doesNotThrow(() => BlocksInput.parse(blocks), `${name}: valid`)
  }
})
