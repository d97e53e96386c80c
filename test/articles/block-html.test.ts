import fc from 'fast-check'
import t from 'tap'
import { fromHtml, toHtml } from '../../src/articles/block-html.ts'
import { completeIds } from '../../src/articles/block-ids.ts'
import {
  type Block,
  BlocksInput,
  maxBlockTextCharacters,
  maxCaptionCharacters,
  maxCreditCharacters,
  maxListItems,
  maxMarks,
} from '../../src/articles/blocks.ts'
import { textFault } from '../../src/lib/text.ts'
import { bare, blocksOf } from './blocks-arbitrary.ts'

const p = (text: string, marks: unknown[] = []) => ({ type: 'paragraph', text, marks })
const list = (ordered: boolean, ...texts: string[]) => ({ type: 'list', ordered, items: texts.map(text => ({ text, marks: [] })) })
const quote = (text: string, attribution: string | null = null) => ({ type: 'quote', text, marks: [], attribution })
const image = (url: string, rest: object = {}) => ({ type: 'image', url, alt: null, caption: null, credit: null, ...rest })
const embed = (url: string, title: string | null = null) => ({ type: 'embed', url, title })

/** Every text of every block, whatever its type, in one string. */
const allText = (blocks: unknown) => JSON.stringify(blocks)

t.test('blocks come back from their HTML as they were', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(blocksOf(['\n']), blocks => t.same(fromHtml(toHtml(blocks)), bare(blocks)) || t.fail()),
      { numRuns: 150 },
    ),
  )
})

t.test('marks are elements, cut where they cross; links do not nest', async t => {
  const link = (start: number, end: number, href: string) => ({ start, end, type: 'link' as const, href })
  const html = (...marks: Parameters<typeof render>[0]) => render(marks)
  const render = (marks: Extract<Block, { type: 'paragraph' }>['marks']) => toHtml([{ id: 'a', type: 'paragraph', text: 'abcdef', marks }])
  t.equal(html({ start: 0, end: 4, type: 'strong' }, { start: 2, end: 6, type: 'emphasis' }), '<p><strong>ab<em>cd</em></strong><em>ef</em></p>')
  t.equal(html({ start: 2, end: 4, type: 'emphasis' }, { start: 0, end: 6, type: 'strong' }), '<p><strong>ab<em>cd</em>ef</strong></p>')
  t.equal(
    html(link(0, 4, 'https://a.example/'), link(2, 6, 'https://b.example/')),
    '<p><a href="https://a.example/">abcd</a><a href="https://b.example/">ef</a></p>',
  )
  t.equal(html(link(0, 6, 'https://a.example/'), link(2, 4, 'https://b.example/')), '<p><a href="https://a.example/">abcdef</a></p>')
})

t.test('nothing a writer sends reaches a reader as markup', async t => {
  const evil = '"><script>alert(1)</script>'
  const html = toHtml([
    { id: evil, type: 'heading', level: 2, text: evil },
    { id: 'b', type: 'paragraph', text: evil, marks: [{ start: 0, end: 5, type: 'link', href: 'javascript:alert(1)' }] },
    { id: 'c', type: 'quote', text: evil, marks: [], attribution: evil },
    { id: 'd', type: 'image', url: `https://example.com/"onerror="x`, alt: evil, caption: evil, credit: evil },
    { id: 'e', type: 'image', url: 'javascript:alert(1)', alt: 'words', caption: null, credit: null },
    { id: 'f', type: 'image', url: 'data:x', alt: null, caption: null, credit: null },
    { id: 'g', type: 'embed', url: 'javascript:alert(1)', title: evil },
    { id: 'h', type: 'embed', url: 'data:x', title: null },
  ])
  t.notMatch(html, /<script|javascript:alert\(1\)"|"onerror="|data-|\sid=/)
  t.match(html, /<figure>words<\/figure>/)
  t.match(html, /<figure>data:x<\/figure>/)
})

t.test('headings 1, 5 and 6 become 2, 4 and 4, and lose their line breaks', async t => {
  t.same(
    fromHtml('<h1>a<br><b>b</b></h1><h2>c</h2><h3>d</h3><h4>e</h4><h5>f</h5><h6>g</h6>'),
    (
      [
        ['a b', 2],
        ['c', 2],
        ['d', 3],
        ['e', 4],
        ['f', 4],
        ['g', 4],
      ] as const
    ).map(([text, level]) => ({ type: 'heading', level, text })),
  )
})

t.test('white space is one space, none at the ends, and marks keep off it', async t => {
  t.same(fromHtml('\n <div> a\n\tb </div><p>&nbsp;</p>c <b> d </b> <i>e</i> <p>f <b>g </b><b> h</b><br> i</p>'), [
    p('a b'),
    p('c d e', [
      { start: 2, end: 3, type: 'strong' },
      { start: 4, end: 5, type: 'emphasis' },
    ]),
    p('f g h\ni', [{ start: 2, end: 5, type: 'strong' }]),
  ])
})

t.test('a mark that spans blocks is on each of them', async t => {
  const strong = [{ start: 0, end: 1, type: 'strong' }]
  t.same(fromHtml('<strong><p>a</p><p>b</p></strong>'), [p('a', strong), p('b', strong)])
})

t.test('links are http, https and mailto; others lose the link and keep the text', async t => {
  t.same(fromHtml('<a href="javascript:x">a</a> <a href="data:x">b</a> <a>c</a> <a href="/x">d</a>'), [p('a b c d')])
  t.same(fromHtml('<a href="/ä">d</a> <a href="mailto:a@example.com">e</a>', 'https://example.com/y'), [
    p('d e', [
      { start: 0, end: 1, type: 'link', href: 'https://example.com/%C3%A4' },
      { start: 2, end: 3, type: 'link', href: 'mailto:a@example.com' },
    ]),
  ])
})

t.test('what no browser shows as text is no text', async t => {
  t.same(
    fromHtml(
      '<head><title>t</title><style>s</style></head><body><!-- c --><script>x</script><template>y</template><noscript>n</noscript>shown</body>',
    ),
    [p('shown')],
  )
})

t.test('lists: nested items follow their parent, parts of an item are its lines', async t => {
  t.same(fromHtml('<ul><li>a<ol><li>b</li><li>c<ul><li>d</li></ul></li></ol>e</li><li><p>f</p><p>g</p></li><li></li>stray</ul>'), [
    list(false, 'a', 'b', 'c', 'd', 'e', 'f\ng', 'stray'),
  ])
  t.same(fromHtml('<ol><li>a<blockquote>b</blockquote></li><li>c<h2>d</h2></li></ol><li>e</li>'), [list(true, 'a\nb', 'c\nd'), p('e')])
  t.same(fromHtml('<ul></ul><dl><dt>a</dt><dd>b</dd></dl>'), [p('a'), p('b')])
  t.same(fromHtml('<ul><li><p>x <b>a</b></p><p><b>b</b></p></li></ul>'), [
    {
      type: 'list',
      ordered: false,
      items: [
        {
          text: 'x a\nb',
          marks: [
            { start: 2, end: 3, type: 'strong' },
            { start: 4, end: 5, type: 'strong' },
          ],
        },
      ],
    },
  ])
})

t.test('quotes: paragraphs are parted by an empty line, the speaker is the attribution', async t => {
  for (const [html, ...blocks] of [
    ['<blockquote>a</blockquote>', quote('a')],
    ['<blockquote><p>a</p><p>b</p><footer>— <cite>C</cite></footer></blockquote>', quote('a\n\nb', '— C')],
    ['<blockquote><p>a</p><footer>— C</footer></blockquote>', quote('a', 'C')],
    ['<blockquote><p>a</p><cite>C</cite></blockquote>', quote('a', 'C')],
    ['<blockquote>a<br>— C</blockquote>', quote('a', 'C')],
    ['<blockquote><cite>C</cite></blockquote>', quote('C')],
    ['<blockquote>— C</blockquote>', quote('— C')],
    ['<blockquote>a<footer> </footer></blockquote>', quote('a')],
    ['<blockquote></blockquote>'],
    ['<blockquote>a<blockquote>b</blockquote>c</blockquote>', quote('a\n\nb\n\nc')],
    ['<blockquote>a<footer>B</footer><footer>C</footer></blockquote>', quote('a\n\nB', 'C')],
    ['<blockquote>a<ul><li>b</li></ul>c</blockquote>', quote('a'), list(false, 'b'), quote('c')],
    ['<ul><li><blockquote>a<footer>B</footer></blockquote></li></ul>', list(false, 'a\nB')],
    ['<figure><blockquote><p>a</p></blockquote><figcaption>C, <i>d</i></figcaption></figure>', quote('a', 'C, d')],
    ['<figure><blockquote></blockquote><figcaption>C</figcaption></figure>', quote('C')],
    [`<blockquote>a<footer>${'c'.repeat(maxCreditCharacters + 1)}</footer></blockquote>`, quote(`a\n\n${'c'.repeat(maxCreditCharacters + 1)}`)],
  ] as const) {
    t.same(fromHtml(html), blocks, html.slice(0, 80))
  }
  t.same(fromHtml('<blockquote><b>a</b><p><i>b — c</i></p><p><i>— d</i></p></blockquote>'), [
    {
      type: 'quote',
      text: 'a\n\nb — c',
      marks: [
        { start: 0, end: 1, type: 'strong' },
        { start: 3, end: 8, type: 'emphasis' },
      ],
      attribution: 'd',
    },
  ])
})

t.test('a table is a paragraph a row, unless it lays out a page', async t => {
  t.same(fromHtml('<table><caption>t</caption><tr><th>a</th><th>b</th></tr><tr><td><b>1</b></td><td></td></tr><tr><td></td><td></td></tr></table>'), [
    p('t'),
    p('a | b'),
    p('1 |', [{ start: 0, end: 1, type: 'strong' }]),
  ])
  t.same(fromHtml('<table><tr><td><p>a</p></td><td>b<br>c</td><td><img src="https://example.com/i"></td></tr></table>'), [
    p('a | b\nc |'),
    image('https://example.com/i'),
  ])
  t.same(fromHtml('<table><tr><td>menu</td><td><p>a</p><p>b</p></td></tr><tr><td><h2>c</h2></td><td>d</td></tr><tr><td>e</td></tr></table>'), [
    p('menu'),
    p('a'),
    p('b'),
    { type: 'heading', level: 2, text: 'c' },
    p('d'),
    p('e'),
  ])
  t.same(fromHtml('<ul><li><table><tr><td>a</td><td>b</td></tr></table></li></ul>'), [list(false, 'a | b')])
  t.same(fromHtml('<table><tr><td>a</td><td><dl><dt>b</dt></dl><li>c</li></td></tr></table>'), [p('a | b c')])
})

t.test('code keeps its lines and its indent', async t => {
  t.same(fromHtml('<pre>&#1;</pre>'), [])
  t.same(fromHtml('<pre><code>if x:\n    y\n</code></pre>'), [p('if x:\n    y')])
})

t.test('a picture is a block after its text, with caption and credit', async t => {
  const src = 'https://example.com/i.jpg'
  for (const [html, ...blocks] of [
    [`<p>a<img src="${src}" alt=" x  y ">b</p>`, p('a b'), image(src, { alt: 'x y' })],
    [`<p><img src="${src}"> b</p>`, image(src), p('b')],
    [`<ul><li>a<img src="${src}"></li><li>b</li></ul>c`, list(false, 'a', 'b'), image(src), p('c')],
    [`<blockquote>a<img src="${src}"><p>b</p></blockquote>`, quote('a\n\nb'), image(src)],
    [
      `<figure><img src="${src}" alt="x"><figcaption>cap <small>cred</small></figcaption></figure>`,
      image(src, { alt: 'x', caption: 'cap', credit: 'cred' }),
    ],
    [`<figure><picture><source><img src="${src}"></picture></figure>`, image(src)],
    [`<figure><img src="${src}"><img src="${src}"><figcaption>cap</figcaption></figure>`, image(src), image(src), p('cap')],
    [`<figure>text<img src="${src}"><figcaption>cap</figcaption></figure>`, p('text'), image(src), p('cap')],
    [`<img src="data:x" data-src="${src}">`, image(src)],
    ['a<img src="data:x" alt="words">b', p('a words b')],
    ['<img src="/i.jpg">'],
    ['<figure><img src="javascript:x" alt="alt"><figcaption>cap <cite>cred</cite></figcaption></figure>', p('alt cap cred')],
  ] as const) {
    t.same(fromHtml(html), blocks, html)
  }
  const long = (length: number) => 'x'.repeat(length)
  t.same(
    fromHtml(
      `<figure><img src="${src}" alt="${long(maxCaptionCharacters + 1)}"><figcaption>${long(maxCaptionCharacters + 1)}<small>${long(maxCreditCharacters + 1)}</small></figcaption></figure>`,
    ),
    [image(src), p([maxCaptionCharacters, maxCaptionCharacters, maxCreditCharacters].map(length => long(length + 1)).join(' '))],
  )
})

t.test('what lives elsewhere is an embed, and never its markup', async t => {
  for (const [html, ...blocks] of [
    ['<iframe src="https://example.com/v" title="T">inside</iframe>', embed('https://example.com/v', 'T')],
    ['<p>a<video><source src="https://example.com/v"></video>b</p>', p('a'), embed('https://example.com/v'), p('b')],
    ['<audio></audio>'],
    ['<iframe src="javascript:x" title="T"></iframe>', p('T')],
    [
      `<iframe src="https://example.com/v" title="${'T'.repeat(maxCreditCharacters + 1)}"></iframe>`,
      embed('https://example.com/v'),
      p('T'.repeat(maxCreditCharacters + 1)),
    ],
    ['<figure><a href="https://example.com/v">T</a></figure>', embed('https://example.com/v', 'T')],
    ['<figure><a href="https://example.com/v">https://example.com/v</a></figure>', embed('https://example.com/v')],
    ['<figure><a href="javascript:x">javascript:x</a></figure>', p('javascript:x')],
    ['<figure><a href="https://example.com/v">T</a> more</figure>', p('T more', [{ start: 0, end: 1, type: 'link', href: 'https://example.com/v' }])],
  ] as const) {
    t.same(fromHtml(html), blocks, html.slice(0, 80))
  }
})

t.test('what is too long for a block goes on in another', async t => {
  const words = (letter: string) => `${letter.repeat(maxBlockTextCharacters - 10)} `
  const valid = (html: string) => BlocksInput.parse(fromHtml(html))
  t.same(valid(`<p>${words('a')}${words('b')}</p>`), [p(words('a').trim()), p(words('b').trim())])
  t.same(valid(`<p>a${'😀'.repeat(maxBlockTextCharacters)}`).length, 3, 'no pair is parted')
  t.same(valid(`<blockquote><p>${words('a')}<p>${words('b')}</blockquote>`), [quote(words('a').trim()), quote(words('b').trim())])
  t.same(valid(`<ul><li><p>${words('a')}<p>${words('b')}</ul>`), [list(false, words('a').trim(), words('b').trim())])
  t.same(
    valid(`<ul>${'<li>a</li>'.repeat(maxListItems + 1)}</ul>`).map(block => block.type === 'list' && block.items.length),
    [maxListItems, 1],
  )
  t.match(valid(`<p>${'<b>a</b>x'.repeat(maxMarks + 1)}`), [{ marks: { length: maxMarks } }])
})

t.test('no control character and no half of a pair gets in', async t => {
  const blocks = fromHtml('<p>a\u0000b&#1;c\ud800d&#xD800;e\u007f\r\nf</p><img alt="x\u0001\udc00" src="https://example.com/i">')
  t.match(blocks, [{ text: /^ab?c/ }, {}])
  BlocksInput.parse(blocks)
  t.equal(textFault(blocks.map(block => ('text' in block ? block.text : '')).join('')), undefined)
})

t.test('every word between tags is in the blocks, whatever the tags', async t => {
  const tags = [
    'p',
    'div',
    'b',
    'i',
    'a',
    'ul',
    'ol',
    'li',
    'table',
    'tr',
    'td',
    'blockquote',
    'figure',
    'figcaption',
    'footer',
    'cite',
    'h1',
    'pre',
    'br',
    'small',
    'section',
    'select',
    'option',
    'button',
    'svg',
    'math',
    'dl',
    'dd',
  ]
  const tag = fc.tuple(fc.constantFrom(...tags), fc.boolean()).map(([name, closing]) => `<${closing ? '/' : ''}${name}>`)
  const pieces = fc.array(fc.oneof(tag, tag, fc.constant(' ')), { maxLength: 30 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pieces, parts => {
        const html = parts.map((part, index) => `${part} w${index}w`).join('')
        const found = allText(fromHtml(html))
        for (const index of parts.keys()) if (!found.includes(`w${index}w`)) throw new Error(`w${index}w of ${html}`)
      }),
      { numRuns: 300 },
    ),
  )
})

t.test('hostile HTML takes a moment and keeps its text', async t => {
  const numbered = (length: number, make: (index: number) => string) => Array.from({ length }, (_, index) => make(index)).join('')
  for (const [name, html, text] of [
    ['deep', `${'<div>'.repeat(60_000)}deep`, 'deep'],
    ['deep elements of no kind', `${'<x-y>'.repeat(60_000)}deep`, 'deep'],
    ['formatting that never ends', numbered(20_000, index => `<p><b id=${index}>w${index} `), 'w19999'],
    ['attributes', `<p ${numbered(100_000, index => `a${index} `)}>shown`, 'shown'],
    ['quoted attributes', `<p ${numbered(100_000, index => `a${index}="x" `)}>shown`, 'shown'],
    ['strays in a table', `<table>${'<i></i>'.repeat(50_000)}<td>shown`, 'shown'],
    ['bodies', `${numbered(50_000, index => `<body a${index}>`)}shown<br>more`, 'shown\\nmore'],
    ['brackets', '<'.repeat(100_000), '<<<'],
    ['a stray bracket made a tag', `${'<div>'.repeat(600)}<<b>script>shown`, 'shown'],
    ['comments', `shown${'<!--'.repeat(100_000)}`, 'shown'],
    ['declarations', `shown${'<!'.repeat(100_000)}`, 'shown'],
    ['open quotes', `shown${'<a b="'.repeat(100_000)}`, 'shown'],
    ['one open quote', `shown<a b='${'<p>'.repeat(1_000)}`, 'shown'],
    ['scripts', `shown${'<script>'.repeat(100_000)}`, 'shown'],
    ['script in a flat page', `${'<div>'.repeat(600)}<script>a<b</script>shown<!-- hidden -->`, 'shown'],
    ['parentheses', '('.repeat(100_000), '((('],
    ['combining marks', '\u0301'.repeat(100_000), '\u0301'],
    ['lone surrogates', '\ud800'.repeat(100_000), '\ufffd'],
    ['NUL', `${'\u0000'.repeat(100_000)}shown`, 'shown'],
    ['words', 'a '.repeat(1_000_000), 'a a a'],
  ] as const) {
    const start = performance.now()
    const blocks = fromHtml(html)
    t.ok(performance.now() - start < 10_000, `${name}: in time`)
    t.ok(allText(blocks).includes(text), `${name}: text`)
    t.notMatch(allText(blocks.slice(0, 3)), /hidden|a<b/)
  }
})

t.test('a page that is only long is not flattened', async t => {
  const row = '<tr><td>a</td><td>b</td></tr>'
  t.match(fromHtml(`<table>${row.repeat(2_000)}</table><p>${'<b>x</b> '.repeat(2_000)}</p>`).slice(-1), [{ marks: { length: 2_000 } }])
})

t.test('ids are no part of HTML', async t => {
  t.equal(toHtml(completeIds(fromHtml('<p>a</p>'))), '<p>a</p>')
  t.equal(toHtml([]), '')
})
