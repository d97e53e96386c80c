// The nouns that the tests of manners loop over: another noun is another entry here.
import type { JsonObject } from './closed.ts'

export type Noun = {
  /** Path, and the word that problems use. */
  path: string
  kind: 'article' | 'person' | 'place'
  /** The field that POST needs, what else a resource takes to be seen by nobody, and what the rest of the writable fields default to. */
  named: 'title' | 'name'
  seen: JsonObject
  defaults: JsonObject
  /** Fields that the server alone sets, beside those that every noun has. */
  workedOut: JsonObject
  /** Another value than the default for every writable field but slug and source. */
  full: JsonObject
  /** Writable fields that PUT changes only when they are named. */
  kept: string[]
  /** Writable fields that cannot be null. */
  notNullable: string[]
  /** A nullable field of plain text. */
  words: string
  /** Each sort without its minus, and the field whose values it follows. */
  sorts: Record<string, string>
  /** An unknown field and an unknown parameter, with the names that are meant. */
  slips: { field: [string, string]; parameter: [string, string] }
}

const image = { url: 'https://images.example/a.jpg', alt: 'Alt', caption: 'Caption', credit: 'Pool', width: 16, height: 9 }
const named = { aliases: [], description: null, countryCode: null, image: null, wikidataId: null, sameAs: [], source: null }
const namedFull = {
  aliases: ['Another', 'Third'],
  description: 'In a few words',
  countryCode: 'RU',
  image,
  wikidataId: 'Q7747',
  sameAs: ['https://elsewhere.example/1'],
}
const namedSorts = { name: 'name', updatedAt: 'updatedAt', articleCount: 'articleCount' }
const namedSlips: Noun['slips'] = { field: ['alias', 'aliases'], parameter: ['contryCode', 'countryCode'] }

export const nouns: readonly Noun[] = [
  {
    path: '/v1/articles',
    kind: 'article',
    named: 'title',
    seen: { status: 'published' },
    defaults: {
      status: 'draft',
      summary: null,
      language: 'en',
      section: null,
      tags: [],
      byline: null,
      body: [],
      image: null,
      source: null,
      rights: null,
      authorIds: [],
      aboutIds: [],
      datelinePlaceId: null,
      corrections: [],
      publishedAt: null,
      publishAt: null,
      unpublishAt: null,
    },
    workedOut: { wordCount: 0, personIds: [], placeIds: [] },
    full: {
      status: 'scheduled',
      summary: 'In short',
      language: 'de',
      section: 'World',
      tags: ['war', 'peace'],
      byline: 'By Ada Reporter',
      body: [{ id: 'b1', type: 'paragraph', text: 'Five words stand in here.', marks: [] }],
      image,
      rights: 'All reserved',
      corrections: [{ id: '0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12', at: '2024-06-20T09:00:00.000Z', kind: 'clarification', text: 'It was five.' }],
      publishedAt: '2020-01-02T03:04:05.678Z',
      publishAt: '2030-01-02T03:04:05.678Z',
      unpublishAt: '2031-01-02T03:04:05.678Z',
    },
    kept: ['status', 'publishedAt', 'publishAt', 'unpublishAt', 'corrections'],
    notNullable: ['status', 'language'],
    words: 'summary',
    sorts: { publishedAt: 'publishedAt', updatedAt: 'updatedAt', title: 'title' },
    slips: { field: ['titel', 'title'], parameter: ['sectoin', 'section'] },
  },
  {
    path: '/v1/people',
    kind: 'person',
    named: 'name',
    seen: {},
    defaults: { ...named, givenName: null, familyName: null, bio: null, birthDate: null, deathDate: null },
    workedOut: { articleCount: 0 },
    full: {
      ...namedFull,
      givenName: 'Vladimir',
      familyName: 'Putin',
      bio: 'At length\n\nin two paragraphs',
      birthDate: '1952-10-07',
      deathDate: '2052',
    },
    kept: [],
    notNullable: [],
    words: 'description',
    sorts: namedSorts,
    slips: namedSlips,
  },
  {
    path: '/v1/places',
    kind: 'place',
    named: 'name',
    seen: {},
    defaults: { ...named, kind: 'other', containedInId: null, lat: null, lng: null, bbox: null, timezone: null, population: null, geonamesId: null },
    workedOut: { articleCount: 0 },
    full: {
      ...namedFull,
      kind: 'city',
      lat: 43.1,
      lng: 131.9,
      bbox: [131, 43, 132, 44],
      timezone: 'Asia/Vladivostok',
      population: 600_000,
      geonamesId: 2_013_348,
    },
    kept: [],
    notNullable: ['kind'],
    words: 'description',
    sorts: { ...namedSorts, population: 'population' },
    slips: namedSlips,
  },
]
