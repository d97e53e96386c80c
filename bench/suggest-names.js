// Names for `suggest.js`: seven of ten people, two places, one the title of an article about two of them; a few are in most articles, most in none.
import Database from 'better-sqlite3'
import { random } from './data.js'
import { familyNames, givenNames, places as knownPlaces, littleWords, newsWords } from './words.js'

const syllables = 'an ber cor dal en fri gol han is jo kar lin mor nas ol pet ros san tor ul vik wen yar zel'.split(' ')
const before = ['New', 'San', 'Saint', 'Port', 'Upper', 'North']

export function collectionOfNames(count) {
  const next = random(count)
  /** The first of a list much more often than the last. */
  const drawn = list => list[Math.floor(list.length * next() ** 3)]
  const made = parts => {
    const word = Array.from({ length: parts }, () => syllables[Math.floor(next() * syllables.length)]).join('')
    return word[0].toUpperCase() + word.slice(1)
  }
  const families = [...familyNames, ...Array.from({ length: Math.max(200, count / 8) }, () => made(3))]
  const people = Array.from({ length: Math.round(count * 0.7) }, (_, n) => {
    const given = drawn(givenNames)
    const family = drawn(families)
    const middle = next() < 0.3 ? ` ${made(1)[0]}.` : ''
    return {
      name: `${given}${middle} ${family}`,
      aliases: n % 4 === 0 ? [`${given[0]}. ${family}`] : [],
      description: `Somebody of note, number ${n}`,
    }
  })
  const places = Array.from({ length: Math.round(count * 0.2) }, (_, n) => ({
    name: knownPlaces[n]?.name ?? `${next() < 0.2 ? `${drawn(before)} ` : ''}${made(2 + Math.floor(next() * 2))}`,
    kind: 'city',
  }))
  const all = people.length + places.length
  const articles = Array.from({ length: count - all }, () => ({
    title: Array.from({ length: 6 + Math.floor(next() * 4) }, (_, n) => drawn(n % 2 === 0 ? newsWords : littleWords)).join(' '),
    status: 'published',
    publishedAt: new Date(Date.UTC(2014, 0, 1) + Math.floor(next() * 315_360_000_000)).toISOString(),
    about: [Math.floor(all * next() ** 6), Math.floor(all * next() ** 6)],
  }))
  return { people, places, articles }
}

/** What somebody types who means one of the names, by how much of it and how well; `count` of each. */
export function queriesOf(path, count) {
  const connection = new Database(path, { readonly: true })
  const names = connection.prepare("select name from by_hand where kind <> 'article' order by id").pluck().all()
  const titles = connection.prepare("select name from by_hand where kind = 'article' order by id").pluck().all()
  connection.close()
  const next = random(7)
  const one = list => list[Math.floor(next() * list.length)].toLowerCase()
  const begun = (length, list = names) => one(list).slice(0, length)
  const last = name => name.split(' ').at(-1)
  const swapped = (name, at) => name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2)
  const each = make => Array.from({ length: count }, make)
  return {
    'one letter': each(() => begun(1)),
    'two letters': each(() => begun(2)),
    'three letters': each(() => begun(3)),
    'five letters': each(() => begun(5)),
    'a whole name': each(() => one(names)),
    'a later word': each(() => last(one(names)).slice(0, 4)),
    'words of a title': each(() => one(titles).split(' ').slice(1, 3).join(' ')),
    'letter by letter': each((_, n) => one(names).slice(0, 1 + (n % 12))),
    'words in another order': each(() => one(names).split(' ').reverse().join(' ')),
    'an error near the beginning': each(() => swapped(`${one(names)}  `, 1).trim()),
    'an error further on': each(() => swapped(last(one(names)), 4)),
    'what nobody has': each(() => `qx${begun(6)}`),
  }
}
