import fc from 'fast-check'
import t from 'tap'
import { createRegistry, maxNameTokens, type NamedEntity } from '../../src/mentions/registry.ts'

const person = (id: string, ...names: string[]): NamedEntity => ({ kind: 'person', id, names })
const place = (id: string, ...names: string[]): NamedEntity => ({ kind: 'place', id, names })

function registryOf(...entities: NamedEntity[]) {
  const registry = createRegistry()
  for (const entity of entities) registry.set(entity)
  return registry
}

const surfaces = (registry: ReturnType<typeof createRegistry>, text: string) => registry.find(text).map(({ start, end }) => text.slice(start, end))

t.test('names are found as whole words, with case, whatever apostrophes and accents the text uses', async t => {
  const registry = registryOf(
    person('k', 'Kim Jong-un', 'Mr. Kim'),
    person('o', "Conan O'Brien"),
    place('l', 'Łódź'),
    place('us', 'United States', 'U.S.'),
  )
  t.same(surfaces(registry, 'Kim Jong-un’s men met Mr. Kim; Kim Jong-under, kim jong-un and Mr. Kimchi did not.'), ['Kim Jong-un', 'Mr. Kim'])
  t.same(surfaces(registry, 'Conan O’Brien in Lodz, Łódź and LODZ'), ['Conan O’Brien', 'Lodz', 'Łódź'])
  t.same(surfaces(registry, 'the U.S.-led talks, the U.S.'), ['U.S.', 'U.S.'])
})

t.test('the longest name wins, leftmost first', async t => {
  const registry = registryOf(
    place('e', 'Far Eastern'),
    place('u', 'Far Eastern Federal University'),
    place('n', 'New York'),
    place('y', 'York Minster'),
  )
  t.same(surfaces(registry, 'Far Eastern Federal University, Far Eastern Federal Union, New York Minster'), [
    'Far Eastern Federal University',
    'Far Eastern',
    'New York',
  ])
})

t.test('a run of initials is not taken apart', async t => {
  const registry = registryOf(place('us', 'U.S.'), place('sr', 'S.R.'))
  t.same(surfaces(registry, 'U.S.S.R. and F.U.S. and U.S.The end. U.S. S.R.'), ['U.S.', 'U.S.', 'S.R.'])
})

t.test('an initial, a mark or too long a name never matches', async t => {
  const long = Array.from({ length: maxNameTokens }, (_, n) => `w${n}`).join(' ')
  const registry = registryOf(person('a', 'X', '.', '', 'é'), person('b', long), person('c', `${long} more`, `long ${long}`), person('h', '金'))
  t.same(surfaces(registry, 'X . é'), [])
  t.same(surfaces(registry, `${long} more`), [long])
  t.same(surfaces(registry, '金'), ['金'])
  t.equal(registry.size, 4)
})

t.test('everyone who carries a name is told, in the order of kinds and ids, with the name as recorded', async t => {
  const registry = registryOf(place('2', 'Georgia'), person('9', 'Georgia Meloni', 'Georgia', 'Géorgia'), place('1', 'Sakartvelo', 'Georgia'))
  t.same(registry.find('In Georgia'), [
    {
      start: 3,
      end: 10,
      entities: [
        { kind: 'person', id: '9', name: 'Georgia', isMainName: false },
        { kind: 'place', id: '1', name: 'Georgia', isMainName: false },
        { kind: 'place', id: '2', name: 'Georgia', isMainName: true },
      ],
    },
  ])
})

t.test('setting an entity again replaces its names, and removing it takes them all', async t => {
  const registry = registryOf(person('a', 'Old Name', 'Öld Name'), place('a', 'New Delhi'))
  const handedOut = registry.find('Old Name')
  registry.set(person('a', 'New Name', 'New Delhi'))
  t.same(surfaces(registry, 'Old Name, New Name'), ['New Name'])
  registry.remove('person', 'a')
  registry.remove('person', 'nobody')
  t.same(surfaces(registry, 'New Name'), [])
  t.equal(registry.find('New Delhi')[0]?.entities.length, 1)
  t.equal(handedOut[0]?.entities.length, 1, 'what was found stays as it was')
  registry.remove('place', 'a')
  t.equal(registry.size, 0)
})

const word = fc.constantFrom('Kim', 'Jong', 'un', 'New', 'York', 'U', '.', '-', 'ä')
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '))
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const text = fc.array(word, { maxLength: 30 }).map(words => words.join(' '))

t.test('adding and removing an entity leaves the registry as it was', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(names, { maxLength: 6 }), names, text, (others, added, text) => {
        const registry = registryOf(...others.map((names, n) => person(`p${n}`, ...names)))
        const before = JSON.stringify(registry.find(text))
        registry.set(place('added', ...added))
        registry.remove('place', 'added')
        return JSON.stringify(registry.find(text)) === before && registry.size === others.length
      }),
    ),
  )
})

t.test('each find carries its name, none overlap, and no longer name begins at the same word', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(names, { maxLength: 6 }), text, (all, text) => {
        const found = registryOf(...all.map((names, n) => person(`p${n}`, ...names))).find(text)
        const known = new Set(all.flat())
        return found.every(({ start, end, entities }, index) => {
          const longer = [...known].filter(name => name.length > end - start && `${text.slice(start)} `.startsWith(`${name} `) && /\w\w/.test(name))
          const isKnown = entities.every(entity => entity.name === text.slice(start, end))
          return isKnown && entities.length > 0 && start >= (found[index - 1]?.end ?? 0) && longer.every(name => name.includes('.'))
        })
      }),
    ),
  )
})

t.test('fifty thousand names and hostile texts take a moment', async t => {
  const registry = createRegistry()
  const before = performance.now()
  for (let n = 0; n < 25_000; n++) registry.set(person(`p${n}`, `Given${n % 500} Family${n}`, `Family${n}`))
  registry.set(person('long', 'a '.repeat(maxNameTokens - 1)))
  for (const text of ['('.repeat(100_000), 'a '.repeat(100_000), 'Given1 '.repeat(100_000), '\u0301'.repeat(2_000_000)]) registry.find(text)
  t.equal(registry.find('Given1 Family1 Family501')[0]?.end, 14)
  t.ok(performance.now() - before < 5_000)
})
