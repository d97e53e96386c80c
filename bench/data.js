// News that was never written: the same for the same seed, whatever its amount; or the stories of a corpus, over and over.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { familyNames, givenNames, littleWords, newsWords, places, sections } from './words.js'

const rareWords = 12_000
const tags = 120
const firstDay = Date.UTC(2014, 0, 1)
const days = 3_650
const msADay = 86_400_000

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Draws from a list, each item half as often as the one at half its rank (Zipf, exponent 1). */
function zipf(items, next) {
  const sums = []
  items.reduce((sum, _, n) => (sums[n] = sum + 1 / (n + 2)), 0)
  const all = sums.at(-1)
  return () => {
    const wanted = next() * all
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] < wanted) low = middle + 1
      else high = middle
    }
    return items[low]
  }
}

/** Words that nobody has: consonants and open vowels, ending in `k`, which no stemmer takes off. */
function madeWords(count) {
  const heads = 'b d f g k l m n p r t v z br dr gr kr pl st tr'.split(' ')
  const words = []
  for (let n = 0; n < count; n += 1) {
    let left = n
    let word = ''
    for (let part = 0; part < 3; part += 1) {
      word += heads[left % 20] + 'aou'[(left + part) % 3]
      left = Math.floor(left / 20)
    }
    words.push(`${word}k`)
  }
  return words
}

const rare = madeWords(rareWords)
const tagNames = newsWords.slice(0, tags)

/** 40 people by name, with the forms that texts use. */
export const people = familyNames.map((family, n) => ({
  name: `${givenNames[n]} ${family}`,
  aliases: [`${givenNames[n]?.charAt(0)}. ${family}`],
  givenName: givenNames[n],
  familyName: family,
  description: `Somebody of note, number ${n + 1}`,
}))
export { places }

/**
 * The queries of the search cases: `rare` finds as many articles whatever the amount (see `marked`), the others a share of all.
 * Every word is its own stem and nobody's name.
 */
export const queries = {
  rare: ['quagvok1', 'quagvok2', 'quagvok3', 'quagvok4'],
  middling: [rare[400], rare[450], rare[500], rare[550]],
  common: ['park', 'film', 'match', 'coach'],
  several: ['market oil', 'court vote', '"oil price"', `talk ${rare[300]}`],
}
const rareHits = 8

/** A word that stands in `rareHits` articles of a collection, spread over all of it. */
function marked(n, count) {
  const step = Math.floor(count / (rareHits * queries.rare.length))
  return step > 0 && n % step === 0 ? `${queries.rare[(n / step) % queries.rare.length]} ` : ''
}

const capital = text => text.charAt(0).toUpperCase() + text.slice(1)

function writer(next) {
  const word = zipf([...littleWords, ...newsWords, ...rare], next)
  const notable = zipf(people, next)
  const where = zipf(places, next)
  const tag = zipf(tagNames, next)
  const upTo = max => Math.floor(next() * max)
  const words = count => Array.from({ length: count }, word)
  function sentence(cast) {
    const parts = words(7 + upTo(14))
    if (next() < 0.3) parts.splice(upTo(parts.length), 0, cast.person())
    if (next() < 0.3) parts.splice(upTo(parts.length), 0, cast.place())
    return `${capital(parts.join(' '))}.`
  }
  return { next, upTo, words, sentence, notable, where, tag }
}

/** Who and where one story is about: in full at first, by family name from then on. */
function castOf({ notable, where, upTo }) {
  const them = Array.from({ length: 1 + upTo(4) }, notable)
  const there = Array.from({ length: 1 + upTo(4) }, where)
  const named = new Set()
  return {
    person() {
      const one = them[upTo(them.length)]
      if (named.has(one)) return one.familyName
      named.add(one)
      return one.name
    },
    place: () => there[upTo(there.length)].name,
  }
}

function bodyOf(write, characters, mark) {
  const cast = castOf(write)
  const blocks = []
  let length = 0
  while (length < characters) {
    if (blocks.length % 5 === 4) blocks.push({ type: 'heading', level: 2, text: capital(write.words(5).join(' ')) })
    const text = (blocks.length === 0 ? mark : '') + Array.from({ length: 3 + write.upTo(3) }, () => write.sentence(cast)).join(' ')
    blocks.push({ type: 'paragraph', text, marks: [{ start: 0, end: text.indexOf(' '), type: 'strong' }] })
    length += text.length
  }
  return blocks
}

/** One article as POST takes it; `n` makes title and natural key unique. */
function articleOf(write, n, characters, mark) {
  const at = new Date(firstDay + Math.floor(write.next() * days * msADay)).toISOString()
  const share = write.next()
  return {
    title: `${capital(write.words(6).join(' '))} ${n}`,
    summary: write.sentence(castOf(write)),
    section: sections[Math.floor(write.next() ** 2 * sections.length)],
    tags: [...new Set(Array.from({ length: 1 + write.upTo(4) }, write.tag))],
    byline: `By ${givenNames[write.upTo(givenNames.length)]} Reporter`,
    source: { name: 'Wire', externalId: String(n) },
    status: share < 0.95 ? 'published' : share < 0.98 ? 'draft' : 'archived',
    ...(share < 0.95 && { publishedAt: at }),
    body: bodyOf(write, characters, mark),
  }
}

/** `count` generated articles of about `characters` of text each. */
export function* generated(count, characters = 3_000, seed = 1) {
  const write = writer(random(seed))
  for (let n = 0; n < count; n += 1) yield articleOf(write, n, characters, marked(n, count))
}

/** Published articles to create, about 6 kB as JSON; without titles' numbers, which whoever sends them adds. */
export const toCreate = count =>
  [...generated(count, 4_800, 2)].map(({ source, publishedAt, ...article }) => ({
    ...article,
    status: 'published',
    title: article.title.replace(/ \d+$/, ''),
  }))

const linesOf = text =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

/** The collection of a folder with `articles.ndjson.gz` (`title, body, date, topics[]` a line), repeated up to `count`, each title made unique. */
function* repeated(folder, count) {
  const stories = linesOf(gunzipSync(readFileSync(join(folder, 'articles.ndjson.gz'))).toString('utf8')).filter(story => story.title && story.body)
  for (let n = 0; n < count; n += 1) {
    const story = stories[n % stories.length]
    const texts = (marked(n, count) + story.body).split(/\n\s{2,}/).map(text => text.replaceAll('\n', ' ').trim())
    yield {
      title: `${story.title} ${n}`,
      section: sections[n % sections.length],
      tags: (story.topics ?? []).map(topic => topic.replaceAll(',', ' ')),
      source: { name: 'Wire', externalId: String(n) },
      status: n % 20 === 19 ? 'draft' : 'published',
      ...(n % 20 !== 19 && { publishedAt: new Date(firstDay + ((n * 7_919) % days) * msADay + n).toISOString() }),
      body: texts.filter(text => text !== '').map(text => ({ type: 'paragraph', text, marks: [] })),
    }
  }
}

/** What a collection has: people, places, articles (a generator), queries, and values that its filters look for. */
export function collectionOf(folder, count) {
  if (folder === undefined) return { people, places, articles: generated(count), queries, tags: tagNames.slice(3, 7), sections: sections.slice(0, 4) }
  const named = file => (existsSync(join(folder, file)) ? linesOf(readFileSync(join(folder, file), 'utf8')) : [])
  return {
    people: named('people-tags.ndjson').map(({ name, aliases }) => ({ name, aliases })),
    places: named('places-tags.ndjson').map(({ name, aliases, countryCode }) => ({ name, aliases, countryCode, kind: 'country' })),
    articles: repeated(folder, count),
    queries: {
      rare: queries.rare,
      middling: ['opec', 'tin', 'soybean', 'cocoa'],
      common: ['bank', 'market', 'trade', 'oil'],
      several: ['oil market', 'bank rate', '"crude oil"', 'wheat export'],
    },
    tags: ['earn', 'acq', 'crude', 'grain'],
    sections: sections.slice(0, 4),
  }
}
