// What a name can be begun with: pure, and the same on every database.
import t from 'tap'
import {
  endOfName,
  keysOf,
  maxKeyCharacters,
  maxWordsOfName,
  partsOfArticle,
  partsOfNamed,
  scoreOf,
  typedForm,
  weightOf,
} from '../../src/suggest/parts.ts'

const shown = (name: string) => keysOf(name).map(key => key.replace(endOfName, '|'))

t.test('a name has a key for each of its words, the whole of it first', async t => {
  t.same(shown('Mayor of Vladivostok'), ['mayor of vladivostok|', 'of vladivostok|mayor', 'vladivostok|mayor of'])
  t.same(shown('  “Łódź” — Ōe! '), ['lodz oe|', 'oe|lodz'])
  t.same(shown("L'Équipe d’Or"), ['lequipe dor|', 'equipe dor|l', 'dor|lequipe', 'or|lequipe d'])
  t.same(shown('U.S. Navy'), ['us navy|', 'navy|us'])
  t.same(shown('J.K. Rowling of St.Ives'), [
    'jk rowling of st ives|',
    'rowling of st ives|jk',
    'of st ives|jk rowling',
    'st ives|jk rowling of',
    'ives|jk rowling of st',
  ])
  t.same(shown('Rio Rio'), ['rio rio|', 'rio|rio'])
})

t.test('scripts without spaces have one for each character', async t => {
  t.same(shown('東京都'), ['東京都|', '京都|東', '都|東京'])
  t.same(shown('東京Tower'), ['東京tower|', '京tower|東', 'tower|東京'])
  t.same(shown('กรุงเทพ').length, 6, 'marks are none')
})

t.test('a name that has neither letters nor digits is a word itself', async t => {
  t.same(shown('!!!'), ['!!!|'])
  t.same(shown("'"), ["'|"])
  t.same(shown('🐟 🐟'), ['🐟 🐟|', '🐟|🐟'])
})

t.test('what is typed takes the form of keys', async t => {
  t.equal(typedForm('  VLADI '), 'vladi')
  t.equal(typedForm("l’équipe D'"), 'lequipe d')
  t.equal(typedForm('u.s'), 'us')
  t.equal(typedForm('!!'), '!!')
  for (const nothing of ['', ' ', '\u00a0\t\n', '\u0301']) t.equal(typedForm(nothing), '', JSON.stringify(nothing))
  t.equal([...typedForm('𝒳'.repeat(200))].length, maxKeyCharacters)
})

t.test('long names have a bounded number of bounded keys', async t => {
  const long = keysOf('word '.repeat(100).trim())
  t.ok(long.every(key => [...key].length <= maxKeyCharacters))
  t.equal(keysOf(Array.from({ length: 100 }, (_, n) => `w${n}`).join(' ')).length, maxWordsOfName)
  t.ok(keysOf('😀a'.repeat(100)).every(key => key.isWellFormed()))
})

t.test('each letter leads once to a thing, by its best part', async t => {
  const parts = partsOfNamed({ name: 'Anna Berg', aliases: ['Ann', 'B. Anders'], articleCount: 3 })
  const by = (head: 'head1' | 'head2') => parts.flatMap(part => part[head] ?? [])
  t.same(by('head1').sort(), ['a', 'b'])
  t.equal(new Set(by('head2')).size, by('head2').length)
  t.ok(by('head2').includes('an') && by('head2').includes('be'))
  const firsts = parts.filter(({ rank }) => rank > weightOf(3)).map(({ key }) => key)
  t.same(firsts, ['anna berg\t', 'ann\t', 'b anders\t'])
  t.same(
    parts.map(({ position }) => position),
    parts.map((_, n) => n),
  )
  t.ok(parts.every(({ head3, key }) => key.startsWith(head3) && head3.length === 3))
})

t.test('the more articles, the more it weighs; a newer title ranks before an older one', async t => {
  const weights = [0, 1, 2, 3, 4, 5, 6, 7, 10, 100, 10_000].map(weightOf)
  t.same(
    weights,
    [...new Set(weights)].sort((a, b) => a - b),
  )
  const rank = (title: string, at: string) => partsOfArticle(title, at)
  const [first, later] = rank('Old news', '1000-01-01T00:00:00.000Z')
  const [newer, newerLater] = rank('New news', '2024-01-01T00:00:00.000Z')
  t.ok(first && later && newer && newerLater && newer.rank > first.rank && first.rank > newerLater.rank && newerLater.rank > later.rank)
  t.equal(scoreOf('article', first?.rank ?? 0), scoreOf('person', partsOfNamed({ name: 'x', aliases: [], articleCount: 1 })[0]?.rank ?? 0))
  t.equal(scoreOf('article', later?.rank ?? 0), weightOf(1))
})
