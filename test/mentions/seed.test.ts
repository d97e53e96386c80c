import { readFileSync } from 'node:fs'
import t from 'tap'
import { z } from 'zod'
import { readPlainText } from '../../src/imports/plain-text.ts'
import { linkMentions } from '../../src/mentions/link.ts'
import { createRegistry } from '../../src/mentions/registry.ts'
import { root } from '../helpers/root.ts'

const folder = new URL('examples/seed/', root)
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8')

const source = z.strictObject({ name: z.literal('seed'), externalId: z.string() })
const named = { name: z.string().min(1), aliases: z.array(z.string().min(2)), description: z.string(), source }
const shared = {
  countryCode: z.string().length(2).optional(),
  wikidataId: z
    .string()
    .regex(/^Q\d+$/)
    .optional(),
  sameAs: z.array(z.url()).optional(),
}
const Person = z.strictObject({ ...named, ...shared, givenName: z.string(), familyName: z.string(), birthDate: z.iso.date().optional() })
const Place = z.strictObject({
  ...named,
  ...shared,
  kind: z.enum(['country', 'region', 'city', 'venue', 'facility', 'water', 'other']),
  containedInId: z.string().optional(),
  lat: z.number().min(-90).max(90).optional(),
  lng: z.number().min(-180).max(180).optional(),
  timezone: z.string().optional(),
  population: z.int().optional(),
  geonamesId: z.int().optional(),
})

const lines = (file: string): unknown[] =>
  read(file)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
const people = z.array(Person).parse(lines('people.ndjson'))
const places = z.array(Place).parse(lines('places.ndjson'))
const page = readPlainText(read('page.txt'))

const registry = createRegistry()
for (const { name, aliases } of people) registry.set({ kind: 'person', id: name, names: [name, ...aliases] })
for (const { name, aliases } of places) registry.set({ kind: 'place', id: name, names: [name, ...aliases] })
const spots = page.blocks.map(({ text }, index) => ({ blockId: `b${index}`, item: null, text }))
const mentions = linkMentions({ spots, registry, aboutIds: [], kept: [] })
const surfacesOf = (name: string) => [...new Set(mentions.filter(({ entityId }) => entityId === name).map(({ surface }) => surface))].sort()

t.test('every record is its own, and containers come first', async t => {
  const keys = [...people, ...places].map(({ source }) => `seed/${source.externalId}`)
  t.equal(new Set(keys).size, keys.length)
  places.forEach(({ containedInId, name }, index) => {
    t.ok(containedInId === undefined || places.slice(0, index).some(({ source }) => `seed/${source.externalId}` === containedInId), name)
  })
  const names = [...people, ...places].flatMap(({ name, aliases }) => [name, ...aliases])
  t.equal(new Set(names).size, names.length, 'no name is given to two')
})

t.test('the page gives its masthead, its title, its text and nothing else', async t => {
  t.equal(page.title, 'Kim Jong-un & Putin to Meet in Russia for Weapons Talks')
  t.same(page.edition, { place: 'New York', temperatureC: 27.3, date: '2024-06-21' })
  t.equal(page.blocks.filter(({ type }) => type === 'heading').length, 14)
  t.equal(page.blocks.filter(({ type }) => type === 'paragraph').length, 16)
  t.match(page.blocks[0]?.text, /^In a surprising diplomatic move/)
  t.match(page.blocks.at(-1)?.text, /^As Kim Jong-un prepares/)
  t.same(
    page.dropped.map(({ text, why }) => `${text} (${why.split(':')[0]})`),
    [
      ...[
        '27.3 C (masthead)',
        'New York (masthead)',
        'Friday, June 21, 2024 (masthead)',
        'Latest Posts (page furniture)',
        "Don't Miss (page furniture)",
      ],
      ...['Stay in touch (page furniture)', 'To be updated with all the latest news, offers and special announcements. (page furniture)'],
    ],
  )
})

t.test('everyone the page names is linked, whatever it calls them', async t => {
  t.same(surfacesOf('Kim Jong-un'), ['Kim Jong-un', 'Mr. Kim'])
  t.same(surfacesOf('Vladimir Putin'), ['Mr. Putin', 'President Putin', 'Putin', 'Vladimir Putin', 'Vladimir V. Putin'])
  t.same(surfacesOf('Sergei Shoigu'), ['Mr. Shoigu', 'Sergei K. Shoigu', 'Shoigu'])
  t.same(surfacesOf('Li Hongzhong'), ['Li Hongzhong', 'Mr. Li'])
  t.same(surfacesOf('Donald Trump'), ['Donald J. Trump'])
  t.same(surfacesOf('John Kirby'), ['John F. Kirby'])
  for (const name of ['Xi Jinping', 'Alexander Lukashenko', 'Jean H. Lee', 'Adrienne Watson']) t.same(surfacesOf(name), [name])
})

t.test('every place the page names is linked, and none that it does not', async t => {
  t.same(surfacesOf('North Korea'), ['D.P.R.K.', 'Democratic People’s Republic of Korea', 'North Korea'])
  t.same(surfacesOf('United States'), ['U.S.', 'United States'])
  const once = [
    'Vladivostok',
    'Moscow',
    'Pyongyang',
    'Russia',
    'Ukraine',
    'Belarus',
    'China',
    'Vostochny Cosmodrome',
    'White House',
    'Pier 33',
    'Soviet Union',
    'Russian Empire',
  ]
  for (const name of [...once, 'Far Eastern Federal University']) t.same(surfacesOf(name), [name])
  t.same(surfacesOf('New York'), [], 'the masthead is no part of the article')
})

t.test('no name is read inside another', async t => {
  for (const mention of mentions) {
    const text = spots.find(({ blockId }) => blockId === mention.blockId)?.text ?? ''
    t.equal(text.slice(mention.start, mention.end), mention.surface)
  }
  t.notOk(mentions.some(({ surface, entityId }) => entityId === 'Li Hongzhong' && /Lee/.test(surface)))
  t.notOk(mentions.some(({ surface }) => /^(?:Kim|Li|Lee|Pacific|Korea|Far Eastern)$/.test(surface)))
})
