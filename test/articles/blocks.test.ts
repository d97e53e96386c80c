import t from 'tap'
import { z } from 'zod'
import { Block, BlocksInput, MarkInput, maxBlocks, maxBlockTextCharacters } from '../../src/articles/blocks.ts'

const issuesOf = (input: unknown) =>
  BlocksInput.safeParse(input).error?.issues.map(issue => `${issue.path.join('.')} ${issue.code === 'custom' ? issue.params?.code : issue.code}`) ??
  []

const paragraph = (text: string, marks: unknown[] = []) => ({ type: 'paragraph', text, marks })

t.test('what is left out gets its default, but no id', async t => {
  t.strictSame(
    BlocksInput.parse([
      { type: 'heading', level: 2, text: 'a' },
      { type: 'paragraph', text: 'a' },
      { type: 'quote', text: 'a' },
      { type: 'list', items: [{ text: 'a' }] },
      { type: 'image', url: 'https://example.com/a.jpg' },
      { type: 'embed', url: 'https://example.com/' },
    ]),
    [
      { type: 'heading', level: 2, text: 'a' },
      { type: 'paragraph', text: 'a', marks: [] },
      { type: 'quote', text: 'a', marks: [], attribution: null },
      { type: 'list', ordered: false, items: [{ text: 'a', marks: [] }] },
      { type: 'image', url: 'https://example.com/a.jpg', alt: null, caption: null, credit: null },
      { type: 'embed', url: 'https://example.com/', title: null },
    ],
  )
})

t.test('marks are sorted, joined where they touch, and kept apart by type and href', async t => {
  const link = (start: number, end: number, href: string) => ({ start, end, type: 'link', href })
  const marks = [
    { start: 3, end: 4, type: 'strong' },
    { start: 0, end: 3, type: 'strong' },
    { start: 0, end: 3, type: 'strong' },
    { start: 1, end: 2, type: 'strong' },
    link(0, 3, 'https://b.example/'),
    link(0, 3, 'https://a.example/'),
    link(3, 5, 'https://a.example/'),
    { start: 5, end: 6, type: 'strong' },
    { start: 0, end: 3, type: 'emphasis' },
  ]
  t.match(BlocksInput.parse([paragraph('abcdef', marks)]), [
    {
      marks: [
        { start: 0, end: 3, type: 'emphasis' },
        link(0, 3, 'https://b.example/'),
        { start: 0, end: 4, type: 'strong' },
        link(0, 5, 'https://a.example/'),
        { start: 5, end: 6, type: 'strong' },
      ],
    },
  ])
})

t.test('every issue is reported with its path, beside those of the shape', async t => {
  const body = [
    {
      ...paragraph('ab😀', [
        { start: 0, end: 3, type: 'strong', href: 'https://a.example/' },
        { start: 3, end: 5, type: 'link' },
        { start: 1, end: 1, type: 'blink' },
      ]),
      id: 'a',
    },
    { id: 'a', type: 'list', items: [{ text: 'x', marks: [{ start: 2, end: 1, type: 'strong' }, { start: 0, end: 'z', type: 'strong' }, null] }] },
    { type: 'video', id: 'a' },
    null,
    { type: 'paragraph', text: 5, marks: [{}] },
    { type: 'embed', url: 'ftp://a', more: 1, id: 'ä' },
    { type: 'quote', text: 'a\u0000', marks: [{ start: -1, end: 9, type: 'strong' }] },
  ]
  t.strictSame(issuesOf(body).sort(), [
    '0.marks.0 unrecognized_keys',
    '0.marks.0.end mark_splits_character',
    '0.marks.1.end mark_out_of_range',
    '0.marks.1.href invalid_type',
    '0.marks.2.end mark_out_of_range',
    '0.marks.2.type invalid_union',
    '1.id duplicate_block_id',
    '1.items.0.marks.0.end mark_out_of_range',
    '1.items.0.marks.1.end invalid_type',
    '1.items.0.marks.2 invalid_type',
    '2.id duplicate_block_id',
    '2.type invalid_union',
    '3 invalid_type',
    '4.marks.0.type invalid_union',
    '4.text invalid_type',
    '5 unrecognized_keys',
    '5.id invalid_format',
    '5.url invalid_url',
    '6.marks.0.end mark_out_of_range',
    '6.marks.0.start too_small',
    '6.text invalid_characters',
  ])
  t.strictSame(issuesOf('no array'), [' invalid_type'])
})

t.test('messages begin small and say what would be right', async t => {
  const messages = (marks: unknown[]) => BlocksInput.safeParse([paragraph('a😀b', marks)]).error?.issues.map(({ message }) => message)
  t.strictSame(messages([{ start: 2, end: 9, type: 'strong' }]), [
    'is behind the end of the text; must be at most 4, its length in UTF-16 code units',
  ])
  t.strictSame(messages([{ start: 2, end: 4, type: 'strong' }]), ['falls inside a character that takes two UTF-16 code units; must be 1 or 3'])
  t.strictSame(messages([{ start: 3, end: 3, type: 'strong' }]), ['must be greater than start, which is 3'])
  t.match(MarkInput.safeParse({ start: 0, end: 1, type: 'strong', href: 'https://a.example/' }).error?.issues, [
    { message: /only a mark of type link/ },
  ])
  t.match(MarkInput.safeParse({ start: 0, end: 1, type: 'strong', colour: 1 }).error?.issues, [{ code: 'unrecognized_keys', message: /colour/ }])
})

t.test('limits hold at the limit and one beyond', async t => {
  t.strictSame(issuesOf([paragraph('a'.repeat(maxBlockTextCharacters))]), [])
  t.strictSame(issuesOf([paragraph('a'.repeat(maxBlockTextCharacters + 1))]), ['0.text too_big'])
  t.strictSame(issuesOf(Array.from({ length: maxBlocks }, () => paragraph('a'))), [])
  t.ok(issuesOf(Array.from({ length: maxBlocks + 1 }, () => paragraph('a'))).includes(' too_big'))
  t.strictSame(issuesOf([{ ...paragraph('a'), id: 'a'.repeat(36) }]), [])
  t.strictSame(issuesOf([{ ...paragraph('a'), id: 'a'.repeat(37) }]), ['0.id invalid_format'])
})

t.test('the shapes of answers have no transforms', async t => {
  t.doesNotThrow(() => z.toJSONSchema(Block, { io: 'output' }))
})
