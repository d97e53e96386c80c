import fc from 'fast-check'
import t from 'tap'
import type { TokenQuery } from '../../src/db/token-query.ts'
import { analyseWords } from '../../src/search/analyse.ts'
import { type Compiled, compile } from '../../src/search/compile.ts'
import { parseQuery } from '../../src/search/grammar.ts'
import { type HighlightField, highlight, markText, maxMatches, maxPassages, passageUnits } from '../../src/search/highlight.ts'

const body = (text: string, blockId = 'b1'): HighlightField => ({ field: 'body', blockId, item: null, text })
const title = (text: string): HighlightField => ({ field: 'title', blockId: null, item: null, text })
const summary = (text: string): HighlightField => ({ field: 'summary', blockId: null, item: null, text })
const compiled = (text: string) => compile(parseQuery(text), ['en'])
const shown = (query: string, ...fields: HighlightField[]) => highlight(compiled(query), 'en', fields)
const slices = (query: string, text: string) => shown(query, body(text)).matches.map(({ start, end }) => text.slice(start, end))

t.test('words are found in any inflection, prefixes by form or stem, phrases only whole', async t => {
  t.same(slices('negotiate', 'Negotiations, negotiated; negligible'), ['Negotiations', 'negotiated'])
  t.same(slices('negotiat* studi*', 'Negotiations of a study'), ['Negotiations', 'study'])
  t.same(slices('"mutual assistance"', 'mutual aid, mutual  assistance, assistance'), ['mutual  assistance'])
  t.same(slices("O'Brien us 東京都", 'O’Brien’s U.S. 東京都'), ['O’Brien', 'U.S.', '東京都'])
  t.same(slices('korea "north korea" "north korea policy now"', 'North Korea policy, Korea'), ['North Korea', 'Korea'])
  t.same(slices('putin -kim OR x "the end', 'Putin, Kim, the end'), ['Putin', 'end'], 'neither what is excluded nor stop words')
  t.same(slices('kim putin', 'Kim Putin'), ['Kim', 'Putin'], 'neighbours stay two matches')
  t.same(slices('"a b"', 'a'), [])
})

t.test('a match tells its field, block and item', async t => {
  const item: HighlightField = { field: 'body', blockId: 'b2', item: 3, text: 'x Kim' }
  t.same(shown('kim', title('Kim'), item, summary('none')).matches, [
    { field: 'title', blockId: null, item: null, start: 0, end: 3 },
    { field: 'body', blockId: 'b2', item: 3, start: 2, end: 5 },
  ])
})

t.test('fifty matches are told, no more', async t => {
  t.equal(slices('kim', 'kim '.repeat(maxMatches)).length, maxMatches)
  t.equal(slices('kim', 'kim '.repeat(maxMatches + 1)).length, maxMatches)
  t.equal(shown('kim', ...Array.from({ length: 60 }, () => body('kim'))).matches.length, maxMatches)
  t.equal(shown('kim', body('a '.repeat(16_000)), body('kim')).matches.length, 0, 'what the index does not hold is not found')
})

t.test('the snippet is the passage with the most of the query, escaped', async t => {
  const filler = 'word '.repeat(100)
  const { snippet } = shown('putin kim li', title('Putin Kim Li'), body(`Putin ${filler}`), body(`${filler}Putin & Kim "met" ${filler}`), body('Kim'))
  t.match(snippet, /^… (?:word )+<mark>Putin<\/mark> &amp; <mark>Kim<\/mark> &quot;met&quot;(?: word)+ …$/)
  t.ok((snippet ?? '').replace(/<[^>]+>/g, '').length <= passageUnits + 30)
  t.match(shown('putin kim li', body(`Li ${filler}Kim ${filler}Putin, Li`)).snippet, /<mark>Putin<\/mark>, <mark>Li<\/mark>$/)
  t.equal(shown('putin', title('Putin'), summary('Putin, here'), body('nobody')).snippet, '<mark>Putin</mark>, here')
  t.equal(shown('putin', title('Putin <b>'), body('nobody')).snippet, '<mark>Putin</mark> &lt;b&gt;')
  t.equal(shown('kim li', body(`Kim ${filler}Kim Kim ${filler}`), body('Li Kim')).snippet, '<mark>Li</mark> <mark>Kim</mark>')
  t.equal(shown('kim', body(`Kim ${'x'.repeat(300)}`)).snippet, '<mark>Kim</mark> …')
})

t.test('where nothing is found the snippet is the start of the body, or of the summary', async t => {
  t.equal(shown('kim', title('a'), summary('b'), body(' '), body('c & d')).snippet, 'c &amp; d')
  t.equal(shown('kim', title('a'), summary('b')).snippet, 'b')
  t.equal(shown('kim', title('a')).snippet, null)
  t.equal(shown('', body(`${'x'.repeat(150)} ${'y'.repeat(150)}`)).snippet, `${'x'.repeat(150)} …`)
})

t.test('title and summary are marked whole, and passages of the body come best first, in any inflection', async t => {
  const filler = 'word '.repeat(60)
  const fields = [
    title('Negotiators & <others>'),
    summary(`Kim ${filler}negotiating`),
    body(`nothing ${filler}`),
    body('They negotiated.', 'b2'),
    body(`${filler}Negotiations with Kim in Seoul ${filler}`, 'b3'),
    body('Kim negotiates', 'b4'),
    body('Kim only', 'b5'),
  ]
  const { highlights, snippet } = shown('negotiation kim seoul', ...fields)
  t.equal(highlights.title, '<mark>Negotiators</mark> &amp; &lt;others&gt;')
  t.equal(highlights.summary, `<mark>Kim</mark> ${filler}<mark>negotiating</mark>`)
  t.equal(highlights.body.length, maxPassages)
  t.match(highlights.body[0], /<mark>Negotiations<\/mark> with <mark>Kim<\/mark> in <mark>Seoul<\/mark>/)
  t.same(highlights.body.slice(1), ['<mark>Kim</mark> <mark>negotiates</mark>', 'They <mark>negotiated</mark>.'], 'in reading order among equals')
  t.equal(snippet, highlights.body[0], 'the snippet is the best of them')
  t.same(shown('kim', title('<a>'), body('nobody')).highlights, { title: '&lt;a&gt;', summary: null, body: [] }, 'what was not found is not marked')
})

t.test('text without spaces is cut between characters', async t => {
  const { snippet } = shown('東京', body(`${'😀e\u0301'.repeat(100)} 東京 ${'e\u0301😀'.repeat(100)}`))
  t.ok(snippet?.isWellFormed() && snippet.includes('<mark>東京</mark>'))
  const cut = shown('東京', body(`${'か\u3099'.repeat(151)}、東京、${'😀'.repeat(151)}`)).snippet ?? ''
  t.ok(cut.isWellFormed() && cut.startsWith('… か') && cut.endsWith('😀 …'))
  const odd = shown('東京', body(`${'か\u3099'.repeat(151)}東京、x${'😀'.repeat(151)}`)).snippet ?? ''
  t.ok(odd.isWellFormed() && /^… [か、]/.test(odd))
  const long = shown('aaaa*', body('a'.repeat(5_000))).snippet ?? ''
  t.equal(long, `<mark>${'a'.repeat(2 * passageUnits)}</mark> …`)
})

t.test('marks go round ranges in any order; overlaps, empty ones and what lies outside are left out', async t => {
  t.equal(markText(`a<b> 'c'`, []), 'a&lt;b&gt; &#39;c&#39;')
  const ranges = [
    { start: 4, end: 99 },
    { start: -1, end: 1 },
    { start: 2, end: 3 },
    { start: 2, end: 4 },
    { start: 9, end: 12 },
    { start: 3, end: 3 },
  ]
  t.equal(markText('a&c d', ranges), '<mark>a</mark>&amp;<mark>c</mark> <mark>d</mark>')
})

const leaves = (query: TokenQuery): TokenQuery[] => ('of' in query ? query.of.flatMap(leaves) : [query])

/** True where the words of a slice are, or hold, what a query asks for. */
function asks({ clauses }: Compiled, slice: string): boolean {
  const words = analyseWords(slice, 'en')
  const text = ` ${words.map(({ term }) => term).join(' ')} `
  return clauses.flatMap(leaves).some(leaf => {
    if (leaf.op === 'prefix') return words.some(({ form, term }) => form.startsWith(leaf.term) || term.startsWith(leaf.term))
    return text.includes(` ${leaf.op === 'term' ? leaf.term : leaf.op === 'phrase' ? leaf.terms.join(' ') : ''} `)
  })
}

const plain = (html: string) =>
  html
    .replace(/<\/?mark>/g, '')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: 'amp' | 'lt' | 'gt' | 'quot' | '#39') => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name],
    )

t.test('matches are what was asked for and the snippet is text of the document, whatever the query and the text', async t => {
  const unit = fc.constantFrom(...'abé"*-:.,’&<> \n東京ไﷺ1\u0301\ud800', ' kim ', ' Kims', '"kim putin"', ' putin', ' the ', ' OR ')
  const text = fc.oneof(fc.string({ unit, maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 200 }))
  const query = fc.oneof(fc.string({ unit, minLength: 1, maxLength: 20 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }))
  fc.assert(
    fc.property(query, text, fc.array(text, { maxLength: 3 }), (query, head, texts) => {
      const fields = [title(head), ...texts.map((text, index) => body(text, `b${index}`))]
      const asked = compiled(query)
      const { matches, snippet, highlights } = highlight(asked, 'en', fields)
      if (plain(highlights.title) !== head) return false
      if (highlights.body.length > 0 && highlights.body[0] !== snippet) return false
      for (const { field, blockId, start, end } of matches) {
        const source = fields.find(candidate => candidate.field === field && candidate.blockId === blockId)
        if (!asks(asked, source?.text.slice(start, end) ?? '')) return false
      }
      const passage = plain(snippet ?? '')
      const cut = [passage, passage.replace(/^… /, ''), passage.replace(/ …$/, ''), passage.replace(/^… /, '').replace(/ …$/, '')]
      return cut.some(candidate => fields.some(({ text }) => text.includes(candidate)))
    }),
    { numRuns: 1_500 },
  )
  const before = process.cpuUsage()
  const phrases = Array.from({ length: 64 }, (_, n) => `"${'a '.repeat(31)}x${n}"`).join(' ')
  shown(phrases, body('a '.repeat(20_000)), body('('.repeat(100_000)), body('\u0301'.repeat(100_000)))
  t.ok(process.cpuUsage(before).user < 2_000_000, 'long phrases that nearly match cost no more than a moment')
})
