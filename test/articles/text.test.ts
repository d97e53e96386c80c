import fc from 'fast-check'
import t from 'tap'
import type { Block } from '../../src/articles/blocks.ts'
import { build } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'
import { ok, paragraph, post, refusal } from '../helpers/news.ts'

const one = '/v1/articles/one'
const idsOf = ({ body }: { body: Block[] }) => body.map(({ id }) => id)

async function newsroom(t: Parameters<typeof build>[0], text: object = {}) {
  const { app, clock } = await build(t)
  const admin = as(app)
  const article = await post(admin, '/v1/articles', { title: 'One', ...text })
  clock.tick()
  return { app, admin, article, patch: (body: object) => ok(admin.patch(one, body)) }
}

const everything = [
  { id: 'h1', type: 'heading', level: 2, text: 'A heading' },
  {
    id: 'p1',
    type: 'paragraph',
    text: 'Strong and linked',
    marks: [
      { start: 0, end: 6, type: 'strong' },
      { start: 11, end: 17, type: 'link', href: 'https://example.com/' },
    ],
  },
  { id: 'q1', type: 'quote', text: 'Said so', marks: [], attribution: 'Ada' },
  {
    id: 'l1',
    type: 'list',
    ordered: true,
    items: [
      { text: 'One', marks: [{ start: 0, end: 3, type: 'emphasis' }] },
      { text: 'Two', marks: [] },
    ],
  },
  { id: 'i1', type: 'image', url: 'https://images.example/a.jpg', alt: 'Alt', caption: 'Cap', credit: 'Me' },
  { id: 'e1', type: 'embed', url: 'https://video.example/1', title: 'Film' },
]

t.test('every block comes back as it was sent, with the words of its texts counted', async t => {
  const { article, admin, patch } = await newsroom(t, { body: everything })
  t.same(article.body, everything)
  t.equal(article.wordCount, 9)
  t.same((await ok(admin.get(one))).body, everything)
  t.same(await patch({ body: everything }), article, 'sent again, nothing moves')
  const { version } = await patch({ body: [...everything.slice(1), everything[0]] })
  t.equal(version, 2, 'an order of blocks is a change')
})

t.test('at most one spelling of the text, told at each that is too many', async t => {
  const { admin } = await newsroom(t)
  const both = { body: [], markdown: 'x' }
  const all = { ...both, html: '<p>x</p>' }
  for (const [body, ...wanted] of [
    [both, '/markdown text_twice'],
    [{ markdown: 'x', html: 'x' }, '/html text_twice'],
    [all, '/markdown text_twice', '/html text_twice'],
  ] as const) {
    t.same(await refusal(admin.post('/v1/articles', { title: 'Two', ...body })), ['400 invalid_request', ...wanted])
    t.same(await refusal(admin.put(one, { title: 'Two', ...body })), ['400 invalid_request', ...wanted])
    t.same(await refusal(admin.patch(one, body)), ['400 invalid_request', ...wanted])
  }
  t.same(await refusal(admin.patch(one, { body: null, markdown: 'x' })), ['400 invalid_request', '/markdown text_twice'])
})

t.test('ids that are given are kept, missing ones made', async t => {
  const { article } = await newsroom(t, {
    body: [{ type: 'paragraph', text: 'a' }, { ...paragraph('mine_-1', 'b') }, { type: 'heading', level: 4, text: 'c' }],
  })
  const ids = idsOf(article)
  t.equal(ids[1], 'mine_-1')
  t.equal(new Set(ids).size, 3)
  for (const id of ids) t.match(id, /^[A-Za-z0-9_-]{1,36}$/)
})

for (const spelling of ['markdown', 'html'] as const) {
  t.test(`a text that comes as ${spelling} keeps the ids of the blocks that did not change`, async t => {
    const { admin, article, patch } = await newsroom(t, { body: everything })
    const { [spelling]: text } = await ok(admin.get(`${one}?include=${spelling}`))
    const same = await patch({ [spelling]: text })
    t.same(idsOf(same).slice(0, 4), idsOf(article).slice(0, 4), 'written out and read again')
    const edited = await patch({ [spelling]: text.replace('Strong', 'Stronger') })
    t.same(idsOf(edited), idsOf(same), 'an edit of one block')
    const added = await patch({ [spelling]: spelling === 'html' ? `<p>First</p>${text}` : `First\n\n${text}` })
    t.same(idsOf(added).slice(1), idsOf(same), 'one more before')
    t.notOk(idsOf(same).includes(idsOf(added)[0] ?? ''))
    const put = await ok(admin.put(one, { title: 'One', [spelling]: text }))
    t.same(idsOf(put), idsOf(same), 'PUT, too')
  })
}

t.test('PUT without a text empties it, PATCH keeps it, null empties it', async t => {
  const { admin, article, patch } = await newsroom(t, { markdown: 'Some words here.' })
  t.equal(article.wordCount, 3)
  t.same((await patch({ title: 'Another' })).body, article.body)
  t.match(await patch({ body: null }), { body: [], wordCount: 0 })
  t.match(await patch({ html: '<p>Two words</p>' }), { wordCount: 2 })
  t.match(await ok(admin.put(one, { title: 'One' })), { body: [], wordCount: 0 })
  t.match(await patch({ markdown: 'Back' }), { wordCount: 1 })
  t.match(await patch({ markdown: '' }), { body: [], wordCount: 0 })
})

t.test('blocks that cannot be are refused with their places', async t => {
  const { admin } = await newsroom(t)
  const mark = (start: number, end: number, more: object = { type: 'strong' }) => ({ start, end, ...more })
  const cases: [object, ...string[]][] = [
    [{ type: 'paragraph', text: 'four', marks: [mark(0, 5)] }, '/body/0/marks/0/end mark_out_of_range'],
    [{ type: 'paragraph', text: 'four', marks: [mark(0, 4), mark(2, 2)] }, '/body/0/marks/1/end mark_out_of_range'],
    [{ type: 'quote', text: '😀', marks: [mark(0, 1)] }, '/body/0/marks/0/end mark_splits_character'],
    [{ type: 'list', items: [{ text: 'a' }, { text: 'b', marks: [mark(1, 2)] }] }, '/body/0/items/1/marks/0/end mark_out_of_range'],
    [{ type: 'paragraph', text: 'four', marks: [mark(0, 4, { type: 'link', href: 'javascript:alert(1)' })] }, '/body/0/marks/0/href '],
    [{ type: 'embed', url: 'javascript:alert(1)' }, '/body/0/url '],
    [{ type: 'image', url: 'data:text/html,x' }, '/body/0/url '],
    [{ type: 'heading', level: 1, text: 'x' }, '/body/0/level not_allowed'],
    [{ type: 'table', text: 'x' }, '/body/0/type unknown_type'],
    [{ type: 'paragraph', text: 'x', id: 'a b' }, '/body/0/id invalid_format'],
    [{ type: 'paragraph', text: 'x\u0000' }, '/body/0/text invalid_characters'],
    [{ type: 'paragraph', text: 'x\ud800' }, '/body/0/text invalid_characters'],
    [{ type: 'paragraph', text: 'x', html: 'x' }, '/body/0/html unknown_field'],
  ]
  for (const [block, wanted] of cases) {
    const [status, place, ...more] = await refusal(admin.patch(one, { body: [block] }))
    t.equal(status, '400 invalid_request')
    t.ok(place?.startsWith(String(wanted)), `${JSON.stringify(block)}: ${place}`)
    t.same(more, [])
  }
  t.same(await refusal(admin.patch(one, { body: [paragraph('a', 'x'), paragraph('a', 'y')] })), [
    '400 invalid_request',
    '/body/1/id duplicate_block_id',
  ])
  t.same(await refusal(admin.patch(one, { markdown: 'x\u0007' })), ['400 invalid_request', '/markdown invalid_characters'])
  t.same(await refusal(admin.patch(one, { markdown: 'x\n\n'.repeat(5_001) })), ['400 invalid_request', '/markdown text_too_large'])
  t.same(await refusal(admin.patch(one, { html: '<p>x</p>'.repeat(5_001) })), ['400 invalid_request', '/html text_too_large'])
  t.same(await refusal(admin.patch(one, { body: [paragraph('p', 'x'.repeat(100_001))] })), ['400 invalid_request', '/body/0/text too_long'])
  for (const sent of [{ markdown: 'x'.repeat(100_001) }, { html: `<p>${'x'.repeat(100_001)}</p>` }]) {
    const { body } = await ok(admin.patch(one, sent))
    t.equal(body.map(({ text }: { text: string }) => text).join('').length, 100_001, 'too long for one block, it is two')
  }
  t.match((await ok(admin.patch(one, { markdown: '\ufeffA\r\n\r\nB\r' }))).body, [{ text: 'A' }, { text: 'B' }], 'line ends of Windows are line ends')
})

/** What must never reach a reader as markup, whoever wrote it. */
const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVa\nScript:alert(1)">x</a>',
  '<a href="data:text/html,<script>1</script>">x</a>',
  '<svg onload=alert(1)>',
  '<iframe srcdoc="<script>1</script>"></iframe>',
  '<p onclick=alert(1) style="x">x</p>',
  '[x](javascript:alert(1))',
  '[x](<java&#115;cript:alert(1)>)',
  '![x](javascript:alert(1))',
  '<javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '`<script>alert(1)</script>`',
]

/** Tags and attributes of what we write ourselves; whatever else looks like a tag is an attack that came through. */
const isTame = (html: string) =>
  [...html.matchAll(/<[^>]*>?/g)].every(([tag]) =>
    /^<\/?(?:p|h[2-4]|strong|em|blockquote|footer|cite|ul|ol|li|br|figure|figcaption|a|img|div|small)(?: (?:href|src|alt|id|rel|start|class|data-[a-z-]+)="(?!\s*(?:javascript|data|vbscript):)[^"<>]*")*\s*\/?>$/i.test(
      tag,
    ),
  )

t.test('no markup of a writer reaches a reader, by whichever way it comes in or goes out', async t => {
  const { admin, patch } = await newsroom(t)
  const tells = async (sent: object, what: string) => {
    await patch(sent)
    const { html, body } = await ok(admin.get(`${one}?include=html,markdown,text`))
    t.ok(isTame(html), `${what}: ${html}`)
    const hrefs = JSON.stringify(body).match(/"(?:href|url)":"[^"]*"/g) ?? []
    t.ok(
      hrefs.every(href => /:"(?:https?|mailto):/.test(href)),
      `${what}: ${hrefs.join()}`,
    )
  }
  for (const attack of attacks) {
    await tells({ html: attack }, `html ${attack}`)
    await tells({ markdown: attack }, `markdown ${attack}`)
    await tells(
      {
        body: [
          { type: 'heading', level: 2, text: attack },
          { type: 'quote', text: attack, attribution: attack.replace('\n', ' ') },
          { type: 'list', items: [{ text: attack }] },
          { type: 'embed', url: 'https://a.example/?"><script>', title: attack },
          { type: 'image', url: 'https://a.example/', alt: attack, caption: attack, credit: attack },
        ],
      },
      `blocks ${attack}`,
    )
  }
  await patch({ body: [paragraph('p', '<b>not bold</b> & "quoted"')] })
  t.match((await ok(admin.get(`${one}?include=html`))).html, /&(?:lt|#x3c);b>not bold&(?:lt|#x3c);\/b> &(?:amp|#x26); "quoted"/i)
})

t.test('any Markdown and any HTML is a text', async t => {
  const { admin } = await newsroom(t)
  const piece = fc.oneof(
    fc.constantFrom(...attacks, '<', '>', '*', '_', '[', '](', '`', '#', '|', '\n\n', '- ', '1. ', '&amp;', '\u0301', '😀'),
    fc.string({ maxLength: 8 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('markdown', 'html'), fc.array(piece, { maxLength: 20 }), async (spelling, pieces) => {
      const text = pieces.join('').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
      const { statusCode, body } = await admin.patch(one, { [spelling]: text })
      if (statusCode !== 200) throw new Error(body)
      const { html } = await ok(admin.get(`${one}?include=html,markdown,text`))
      if (!isTame(html)) throw new Error(html)
    }),
    { numRuns: 80 },
  )
  t.pass('80 of them')
})
