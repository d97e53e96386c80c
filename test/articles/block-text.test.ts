import t from 'tap'
import { completeIds } from '../../src/articles/block-ids.ts'
import { toText } from '../../src/articles/block-text.ts'

t.test('plain text has an empty line between blocks, and every word of theirs', async t => {
  const blocks = completeIds([
    { type: 'heading', level: 2, text: 'Heading' },
    { type: 'paragraph', text: 'Two\nlines', marks: [{ start: 0, end: 3, type: 'strong' }] },
    { type: 'quote', text: 'Said', marks: [], attribution: 'Somebody' },
    { type: 'quote', text: 'Heard', marks: [], attribution: null },
    {
      type: 'list',
      ordered: false,
      items: [
        { text: 'a', marks: [] },
        { text: 'b', marks: [] },
      ],
    },
    {
      type: 'list',
      ordered: true,
      items: [
        { text: 'c', marks: [] },
        { text: 'd', marks: [] },
      ],
    },
    { type: 'image', url: 'https://example.com/', alt: 'Alt', caption: 'Caption', credit: 'Credit' },
    { type: 'image', url: 'https://example.com/', alt: 'Alt alone', caption: null, credit: null },
    { type: 'image', url: 'https://example.com/', alt: null, caption: null, credit: null },
    { type: 'embed', url: 'https://example.com/v', title: 'Title' },
    { type: 'embed', url: 'https://example.com/w', title: null },
  ])
  const text = [
    'Heading',
    'Two\nlines',
    'Said\n— Somebody',
    'Heard',
    '- a\n- b',
    '1. c\n2. d',
    'Caption\nCredit',
    'Alt alone',
    'Title\nhttps://example.com/v',
    'https://example.com/w',
  ]
  t.equal(toText(blocks), text.join('\n\n'))
  t.equal(toText([]), '')
})
