import fc from 'fast-check'
import t from 'tap'
import { maxShapedLines } from '../../src/imports/plain-lines.ts'
import { readPlainText } from '../../src/imports/plain-text.ts'
import { textFault } from '../../src/lib/text.ts'

const prose = 'The harbour master said on Monday that the old lighthouse would be lit again before winter, as the fishing boats had asked for years.'
const more = `${prose} ${prose}`
const title = 'Old Lighthouse to Shine Again Over the Bay'

const outline = (text: string) => readPlainText(text).blocks.map(({ type, text }) => `${type === 'heading' ? '# ' : ''}${text}`)
const droppedTexts = (text: string) => readPlainText(text).dropped.map(({ text }) => text)
const masthead = (...lines: string[]) => readPlainText([...lines, '', title, '', more].join('\n'))

t.test('a masthead is read in any order, with some of its lines or none', async t => {
  const full = { place: 'Port Example', temperatureC: 27.3, date: '2024-06-21' }
  const lines = ['27.3 C', 'Port Example', 'Friday, June 21, 2024']
  for (const [a = 0, b = 0, c = 0] of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [0, 2, 1],
  ]) {
    const page = masthead(lines[a] ?? '', lines[b] ?? '', lines[c] ?? '')
    t.same([page.title, page.edition], [title, full])
    t.same(page.dropped.length, 3)
  }
  t.same(masthead('27.3 C').edition, { place: null, temperatureC: 27.3, date: null })
  t.same(masthead('Port Example', '21 June 2024').edition, { place: 'Port Example', temperatureC: null, date: '2024-06-21' })
  t.same(masthead().edition, null)
  t.same(masthead('06/07/2024').edition, null)
  t.equal(masthead('06/07/2024').dropped[0]?.why, 'masthead: a date that can be read two ways')
})

t.test('temperatures are given in degrees Celsius with one decimal', async t => {
  const cases: [string, number][] = [
    ['81 °F', 27.2],
    ['-3°C', -3],
    ['−3 °C', -3],
    ['+4,5°C', 4.5],
    ['27℃', 27],
    ['32℉', 0],
    ['14 degrees Celsius', 14],
    ['–0 °C', 0],
  ]
  for (const [line, celsius] of cases) t.equal(masthead(line, 'Port Example').edition?.temperatureC, celsius, line)
  t.equal(masthead('27°', 'Port Example').edition?.temperatureC, null, 'without a unit it is not known')
  t.equal(masthead('27°', 'Port Example').title, title)
  t.equal(masthead('900 C').edition, null)
})

t.test('a masthead of one line, or with the name of the page, is read too', async t => {
  const edition = { place: 'London', temperatureC: 12, date: '2023-05-03' }
  for (const line of [
    'London | 12 °C | 3 May 2023',
    'London · 12 °C · 3 May 2023 · 10:45',
    '12 °C London | 3 May 2023',
    'London 12 °C | 3 May 2023',
    'London – 12 °C – Partly cloudy – 3 May 2023',
  ]) {
    t.same(masthead('The Daily Example', line).edition, edition, line)
    t.equal(masthead('The Daily Example', line).title, title)
  }
  t.same(masthead('London, 3 May 2023').edition, { ...edition, temperatureC: null })
  t.same(masthead('Sunny 12 °C', 'London', '10:45 AM').edition, { ...edition, date: null })
  t.equal(masthead('Weather | Moscow 12 °C').edition?.place, 'Moscow')
  t.equal(masthead('12 °C | what a day').title, '12 °C | what a day')
  t.equal(masthead('The Very Old Daily Example', 'London', '3 May 2023').edition?.place, 'London')
  t.equal(masthead('Read | Write | Speak').title, 'Read | Write | Speak')
  t.equal(masthead('Old Town – New Harbour').title, 'Old Town – New Harbour')
  t.same(masthead('The Daily Example', 'London', '3 May 2023').edition, { ...edition, temperatureC: null })
  t.same(masthead('x'.repeat(170)).edition, null)
})

t.test('lines of middling length are prose where they end as sentences do', async t => {
  const sentence = 'The boats had asked for years, and the town had no money.'.padEnd(70, '!')
  const noSentence = 'The boats had asked for years and the town had none of the money'
  t.same(outline([title, sentence, 'A new lamp', sentence, 'A new mast', noSentence, more].join('\n')), [
    sentence,
    '# A new lamp',
    sentence,
    'A new mast',
    `# ${noSentence}`,
    more,
  ])
})

t.test('a short title is not taken for a place', async t => {
  t.equal(readPlainText(`27.3 C\n\nNew York\n\nJune 21, 2024\n\nHarbour Burning\n\n${more}`).title, 'Harbour Burning')
  t.equal(readPlainText(`Harbour Burning\n21 June 2024\n\n${prose}\n\n${more}`).title, 'Harbour Burning')
  t.equal(readPlainText(`Harbour Burning\nBy Ann Example\n21 June 2024\n\n${more}`).title, 'Harbour Burning')
  t.equal(readPlainText(`27.3 C\nJune 21, 2024\n\nHarbour Burning\n\nA line under the title that says some more\n\n${more}`).title, 'Harbour Burning')
  t.equal(readPlainText(`21 June 2024\nHarbour Burning\n${prose}\n${more}`).title, 'Harbour Burning')
})

t.test('a place behind the temperature and a title that is a sentence are told apart', async t => {
  const page = readPlainText(`12 °C\n3 May 2023\nLondon\n${title}\n${more}`)
  t.same([page.title, page.edition?.place], [title, 'London'])
  t.equal(readPlainText(`12 °C\nLondon\n${prose}\n${more}`).title, prose)
})

t.test('labels, menus and sections above the title are dropped', async t => {
  t.same(droppedTexts(`Menu\nSign in\n\nWorld\n\n${title}\n\n${more}`), ['Menu', 'Sign in', 'World'])
  t.equal(readPlainText(`World\n\n${prose}\n\n${more}`).title, 'World', 'where nothing better follows, it is the title')
})

t.test('headings are short lines over longer paragraphs', async t => {
  const text = [
    title,
    prose,
    'A new lamp',
    more,
    'Who pays?',
    more,
    'milk',
    more,
    '- a point',
    more,
    '“Let there be light”',
    more,
    'In the U.S.',
    more,
    'One',
    'Two',
    more,
  ].join('\n\n')
  t.same(outline(text), [
    prose,
    '# A new lamp',
    more,
    'Who pays?',
    more,
    'milk',
    more,
    '- a point',
    more,
    '“Let there be light”',
    more,
    '# In the U.S.',
    more,
    'One',
    '# Two',
    more,
  ])
})

t.test('a byline and a lead without a full stop are no headings', async t => {
  const lead = 'After years of darkness the fishermen have their light'
  t.same(outline(`${title}\n\nBy Ann Example\n\n${lead}\n\n${more}`), ['By Ann Example', lead, more])
  t.same(outline(`${title}\n\nA new lamp\n\n${more}`), ['# A new lamp', more])
})

t.test('a page without blank lines, with Windows line ends, and with a byte order mark reads the same', async t => {
  const lines = ['27.3 C', 'New York', 'Friday, June 21, 2024', title, prose, 'A new lamp', more, 'Latest Posts', 'Don’t Miss']
  const page = readPlainText(lines.join('\n\n'))
  t.same(
    page.blocks.map(({ text }) => text),
    [prose, 'A new lamp', more],
  )
  t.equal(page.blocks[1]?.type, 'heading')
  for (const text of [
    lines.join('\n'),
    lines.join('\r\n'),
    `\ufeff${lines.join('\r\n\r\n')}`,
    lines.join('\r'),
    lines.join('\u2028'),
    lines.map(line => ` \t${line}\u00a0 `).join('\n'),
  ])
    t.same(readPlainText(text), page)
})

t.test('hard-wrapped lines are joined, their indents begin paragraphs', async t => {
  const wrapped = [
    'The harbour master said on Monday that the old lighthouse',
    'would be lit again before winter, as the owners of rowing-',
    'boats had asked for years. The lamp comes from abroad.',
    '  A second paragraph begins with an indent of two spaces',
    'and goes on here. Its last line is short.',
    'The third begins behind that and ends in a word that is so',
    'long-winded',
  ]
  t.same(outline([title, '', ...wrapped].join('\n')), [
    'The harbour master said on Monday that the old lighthouse would be lit again before winter, as the owners of rowing-boats had asked for years. The lamp comes from abroad.',
    'A second paragraph begins with an indent of two spaces and goes on here. Its last line is short.',
    'The third begins behind that and ends in a word that is so long-winded',
  ])
})

t.test('what stands behind the last paragraph is dropped with a reason', async t => {
  const footer: [string, string][] = [
    ['More harbour stories', 'a label with nothing under it'],
    ['Subscribe to our newsletter for more.', 'a call to the reader'],
    ['Get the best of our news in your inbox every morning.', 'a call to the reader'],
    ['We use cookies to make this site better for you and for us.', 'cookies and terms'],
    ['© 2024 The Daily Example. All rights reserved.', 'copyright'],
    ['Share', 'a button'],
    ['Advertisement', 'an advertisement label'],
  ]
  const page = readPlainText([title, more, ...footer.map(([line]) => line)].join('\n\n'))
  t.same(
    page.blocks.map(({ text }) => text),
    [more],
  )
  t.same(
    page.dropped,
    footer.map(([text, why]) => ({ text, why: `page furniture: ${why}` })),
  )
})

t.test('labels are told by their shape, in any language, and a longer run of short lines stays', async t => {
  t.same(droppedTexts(`${title}\n\n${more}\n\nZuletzt gelesen\n\nMehr davon`), ['Zuletzt gelesen', 'Mehr davon'])
  const results = Array.from({ length: 8 }, (_, n) => `Team ${n} beat team ${n + 1}`)
  t.same(outline([title, more, ...results].join('\n')), [more, ...results])
  t.same(droppedTexts([title, more, ...results, 'Latest Posts', 'Another story'].join('\n')), ['Latest Posts', 'Another story'])
  t.same(outline(`${title}\n\nRoses are red\n\nViolets are blue`), ['Roses are red', 'Violets are blue'], 'without any prose it is a poem')
  t.same(outline(`${title}\n\n${more}\n\n(Reporting by Ann Example)`), [more, '(Reporting by Ann Example)'])
  t.same(outline(`${title}\n\n${more}\n\n- bread\n- butter`), [more, '- bread', '- butter'])
})

t.test('advertisements and buttons inside the text are dropped, words that may be headings stay', async t => {
  const text = [
    title,
    prose,
    'Advertisement',
    more,
    'Share this article',
    more,
    'Search',
    more,
    '\u200b',
    'The newsletter has ten thousand readers, said its editor, and the number is growing.',
    more,
  ].join('\n\n')
  t.same(droppedTexts(text), ['Advertisement', 'Share this article', '\u200b'])
  t.ok(outline(text).includes('# Search'))
})

t.test('one line is the title; where it is long, its first sentence is', async t => {
  t.same(readPlainText('27.3 C'), { title: '27.3 C', blocks: [], edition: null, dropped: [] })
  t.same(readPlainText(`  ${title} `).title, title)
  const long = `Mr. J. Example of the U.S. said “no.” ${more}`
  t.same([readPlainText(long).title, outline(long)], ['Mr. J. Example of the U.S. said “no.”', [long]])
  t.equal(readPlainText('word '.repeat(300)).title?.length, 495)
  t.equal(readPlainText('x'.repeat(300)).title, 'x'.repeat(300))
  t.equal(readPlainText(`x${'😀'.repeat(500)}`).title, `x${'😀'.repeat(248)}…`)
  t.equal(readPlainText('灯'.repeat(150).concat('。', '灯'.repeat(150))).title, `${'灯'.repeat(150)}。`)
  t.equal(readPlainText('e\u0301te\u0301  a\tb').title, 'été a b')
})

t.test('nothing gives nothing', async t => {
  for (const text of ['', ' ', '\n \t\r\n\u00a0', '\u0000\u0007', '\ufeff'])
    t.same(readPlainText(text), { title: null, blocks: [], edition: null, dropped: [] })
  t.equal(readPlainText('27 C\n3 May 2023').title, null)
})

t.test('pages in other scripts are read by the same shapes', async t => {
  const russian = readPlainText(
    `Москва\n−3 °C\nпятница, 21 июня 2024 г.\n\nСтарый маяк снова светит\n\n${'Начальник порта рассказал о новом свете. '.repeat(6)}\n\nНовая лампа\n\n${'Её привезли из другого города. '.repeat(8)}\n\nЧитайте также`,
  )
  t.same(
    [russian.title, russian.edition, russian.blocks.map(({ type }) => type)],
    ['Старый маяк снова светит', { place: 'Москва', temperatureC: -3, date: '2024-06-21' }, ['paragraph', 'heading', 'paragraph']],
  )
  const chinese = readPlainText(
    `北京\n2024年6月21日 星期五\n27℃\n\n老灯塔将再次点亮\n\n${'港口负责人星期一表示老灯塔将在冬天之前重新点亮'.repeat(8)}\n\n新灯\n\n${'新灯来自国外。'.repeat(20)}\n\n最新文章`,
  )
  t.same(
    [chinese.title, chinese.edition, chinese.blocks.map(({ type }) => type)],
    ['老灯塔将再次点亮', { place: '北京', temperatureC: 27, date: '2024-06-21' }, ['paragraph', 'heading', 'paragraph']],
  )
  const arabic = readPlainText(
    `المنارة القديمة تضيء من جديد\n\n${'قال مدير الميناء إن المنارة ستضيء قبل الشتاء، '.repeat(6)}\n\nمصباح جديد\n\n${'وصل المصباح من الخارج؟ '.repeat(8)}`,
  )
  t.same([arabic.title, arabic.blocks.map(({ type }) => type)], ['المنارة القديمة تضيء من جديد', ['paragraph', 'heading', 'paragraph']])
})

t.test('a huge page is kept whole, in blocks that an article can hold', async t => {
  const long = readPlainText(`${title}\n\n${'word '.repeat(50_000)}\n\n${'x'.repeat(89_999)}😀${'x'.repeat(10)}`)
  t.ok(long.blocks.every(({ text }) => text.length <= 100_000 && textFault(text) === undefined))
  t.equal(
    long.blocks
      .map(({ text }) => text)
      .join('')
      .replaceAll(' ', '').length,
    4 * 50_000 + 89_999 + 2 + 10,
  )
  const many = readPlainText(`${title}\n${'A line of the page.\n'.repeat(100_000)}The end`)
  t.ok(many.blocks.length <= 5_000 && many.blocks.length >= maxShapedLines)
  t.match(many.blocks.at(-1)?.text, /The end$/)
  t.same(many.dropped, [])
})

const line = fc.oneof(
  fc.constantFrom(
    '27.3 C',
    'New York',
    '21 June 2024',
    'London | 12 °C',
    'Menu',
    'World',
    title,
    prose,
    more,
    'A new lamp',
    'By Ann',
    'Latest Posts',
    'Share',
    'Advertisement',
    '© 2024',
    '- item',
    '',
    '',
    '06/07/2024',
    '\u200b',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const squeezed = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

t.test('no line is lost, no text is invented, and all of it can be stored', async t => {
  const keepsAll = (lines: string[]) => {
    const input = lines.map(line => line.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029\ufeff]/g, '').toWellFormed())
    const { title, blocks, dropped } = readPlainText(input.join('\n'))
    const output = [title ?? '', ...blocks.map(({ text }) => text), ...dropped.map(({ text }) => text)]
    const all = squeezed(output.join('\n'))
    return (
      input.every(line => all.includes(squeezed(line))) &&
      output.every(text => textFault(text) === undefined) &&
      dropped.every(({ why }) => /^(?:masthead|page furniture): \S/.test(why))
    )
  }
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(line, { maxLength: 25 }), keepsAll), { numRuns: 300 }))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text =>
        readPlainText(text).blocks.every(({ text }) => text !== '' && textFault(text) === undefined),
      ),
    ),
  )
})

t.test('hostile pages take a moment', async t => {
  for (const unit of ['(', 'a\n', '\n', ' ', '\u0301', '\ud800', '\u0000', '. ', '1 ', `${'7'.repeat(150)}\n`, `${' '.repeat(150)}x\n`, '”x']) {
    const text = unit.repeat(Math.floor((unit === 'a\n' ? 8_000_000 : 1_000_000) / unit.length))
    const before = performance.now()
    readPlainText(text)
    t.ok(performance.now() - before < 3_000, JSON.stringify(unit.slice(0, 3)))
  }
})
