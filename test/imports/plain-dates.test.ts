import t from 'tap'
import { readDateLine } from '../../src/imports/plain-dates.ts'

t.test('a day is read in the spellings of mastheads', async t => {
  const spellings = [
    ...['Friday, June 21, 2024', 'June 21st, 2024', '21 June 2024', 'Fri 21 Jun 2024 10:45 BST', '2024-06-21', '2024-06-21T10:45:00Z', '2024/06/21'],
    ...[
      '21.06.2024',
      'Fr., 21.06.2024',
      '21. 6. 2024',
      '21-06-2024',
      '06/21/2024',
      '21/06/2024',
      'Published: June 21, 2024',
      'Updated 10:45 AM ET, June 21, 2024',
    ],
    ...['Freitag, 21. Juni 2024', 'vendredi 21 juin 2024', '21 de junio de 2024', 'Sexta-feira, 21 de junho de 2024', '21 czerwca 2024'],
    ...['пятница, 21 июня 2024 г.', '2024年6月21日 星期五', '2024년 6월 21일', '٢١ يونيو ٢٠٢٤', '2024 June 21'],
  ]
  for (const line of spellings) t.same(readDateLine(line), { day: '2024-06-21' }, line)
  t.same(readDateLine('06/06/2024'), { day: '2024-06-06' })
})

t.test('a day that can be read two ways is null', async t => {
  t.same(readDateLine('06/07/2024'), { day: null })
})

t.test('what says more or less than a day is none', async t => {
  const lines = [
    '',
    'June',
    'June 2024',
    '21 June',
    'February 30, 2024',
    '2024-13-01',
    '31/31/2024',
    '21 June 2024 in Moscow',
    'On 21 June 2024 he left',
    '1 2 3',
    'Pier 33',
    '21 June 24',
  ]
  for (const line of [...lines, '2024 21 June', `21 June 2024${' '.repeat(100)}x`, '1.'.repeat(40)]) t.equal(readDateLine(line), undefined, line)
})
