import { z } from 'zod'
import { placeKinds } from '../db/tables.ts'
import { sparseOf } from '../http/answer.ts'
import { listOf } from '../http/page.ts'
import { commaList, count, cursor, flag, limit, queryText, Reference, wholeNumber } from '../http/params.ts'
import { dayOrInstant } from '../lib/instant.ts'
import { text, title } from '../lib/text.ts'
import {
  aliases,
  countryCode,
  history,
  Image,
  ImageInput,
  ImagePatch,
  id,
  identity,
  links,
  readOnlyHints,
  reference,
  Source,
  SourceInput,
  SourcePatch,
  sentBack,
  slugInput,
  wikidataId,
} from '../nouns/schema.ts'
import { boundingBox, distance, near } from './area.ts'
import { bbox, lat, lng, maxInt, timezone } from './fields.ts'

const kind = z.enum(placeKinds)
const nullable = z.string().nullable()
const nullableNumber = z.number().nullable()

export const Place = z
  .object({
    ...identity,
    name: z.string().meta({ description: 'As it is mostly written, Unicode NFC.', examples: ['North Korea'] }),
    aliases: z
      .array(z.string())
      .meta({ description: 'Other names that texts use; all of them are linked.', examples: [['DPRK', 'Democratic People’s Republic of Korea']] }),
    kind: kind.meta({ description: 'What sort of place it is; new sorts may come.' }),
    containedInId: id.nullable().meta({ description: 'The place that it lies in; null, too, while that one is in the trash.' }),
    countryCode: nullable.meta({ description: 'ISO 3166-1 alpha-2.', examples: ['KP'] }),
    lat: nullableNumber.meta({ description: 'Latitude in degrees (WGS 84), −90 to 90. Null exactly where `lng` is.', examples: [39.03385] }),
    lng: nullableNumber.meta({ description: 'Longitude in degrees (WGS 84), −180 to 180. Null exactly where `lat` is.', examples: [125.75432] }),
    bbox: z
      .tuple([z.number(), z.number(), z.number(), z.number()])
      .meta({ override: { items: { type: 'number' } } })
      .nullable()
      .meta({
        description: 'West, south, east, north in degrees; a west greater than the east crosses the antimeridian.',
        examples: [[124.2, 37.7, 130.7, 43.0]],
      }),
    timezone: nullable.meta({ description: 'Name in the IANA time zone database.', examples: ['Asia/Pyongyang'] }),
    population: z
      .int()
      .nullable()
      .meta({ description: 'How many people live there.', examples: [26_000_000] }),
    geonamesId: z
      .int()
      .nullable()
      .meta({ description: 'Its id at geonames.org.', examples: [1_873_107] }),
    wikidataId: nullable.meta({ examples: ['Q423'] }),
    sameAs: z.array(z.string().meta({ format: 'uri' })).meta({ description: 'Pages about the same place elsewhere.' }),
    source: Source.nullable(),
    description: nullable.meta({ description: 'What it is, in a few words.', examples: ['country in East Asia'] }),
    image: Image.nullable(),
    articleCount: z.int().meta({ description: 'Published articles that are about it.' }),
    ...history,
  })
  .meta({
    id: 'Place',
    description: 'A place that articles are about.',
    examples: [
      {
        id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        slug: 'north-korea',
        name: 'North Korea',
        aliases: ['DPRK'],
        kind: 'country',
        containedInId: null,
        countryCode: 'KP',
        lat: 40,
        lng: 127,
        bbox: [124.2, 37.7, 130.7, 43],
        timezone: 'Asia/Pyongyang',
        population: 26_000_000,
        geonamesId: 1_873_107,
        wikidataId: 'Q423',
        sameAs: [],
        source: null,
        description: 'country in East Asia',
        image: null,
        articleCount: 12,
        createdAt: '2024-06-21T08:00:00.000Z',
        updatedAt: '2024-06-21T08:00:00.000Z',
        version: 1,
      },
    ],
  })
export type Place = z.output<typeof Place>

export const PlaceSparse = sparseOf(Place, 'PlaceSparse')
export const PlaceList = listOf(Place, 'PlaceList', 'A page of places.')
export const PlaceSparseList = listOf(PlaceSparse, 'PlaceSparseList', 'A page of places, with the fields that were asked for.')

export const PlaceSummary = Place.pick({
  id: true,
  slug: true,
  name: true,
  kind: true,
  containedInId: true,
  countryCode: true,
  lat: true,
  lng: true,
}).meta({
  id: 'PlaceSummary',
  description: 'A place in a few fields, where another resource includes one.',
})
export type PlaceSummary = z.output<typeof PlaceSummary>

const optional = {
  containedInId: reference
    .meta({
      description:
        'The place that it lies in: an id, a slug or `source/externalId`; the id comes back. Never itself or a place inside it; chains have at most 20 places.',
      examples: ['north-korea'],
    })
    .nullable()
    .default(null),
  countryCode: countryCode.nullable().default(null),
  lat: lat.nullable().default(null),
  lng: lng.nullable().default(null),
  bbox: bbox.nullable().default(null),
  timezone: timezone.nullable().default(null),
  population: z.int().min(0).max(maxInt).meta({ description: 'How many people live there.' }).nullable().default(null),
  geonamesId: z.int().min(1).max(maxInt).meta({ description: 'Its id at geonames.org.' }).nullable().default(null),
  wikidataId: wikidataId.nullable().default(null),
  description: text(1_000).nullable().default(null),
}

export const PlaceCreate = z
  .strictObject({
    name: title(),
    slug: slugInput.optional(),
    aliases: aliases.default([]),
    kind: kind.default('other'),
    ...optional,
    image: ImageInput.nullable().default(null),
    sameAs: links.default([]),
    source: SourceInput.nullable().default(null),
  })
  .meta({
    id: 'PlaceCreate',
    description: 'A new place; `name` is all that is needed.',
    examples: [
      {
        name: 'Pyongyang',
        kind: 'city',
        countryCode: 'KP',
        lat: 39.03385,
        lng: 125.75432,
        timezone: 'Asia/Pyongyang',
        population: 3_222_000,
        wikidataId: 'Q18808',
      },
    ],
  })
export type PlaceCreate = z.output<typeof PlaceCreate>

const readOnly = { ...sentBack, articleCount: z.int().optional().meta({ description: 'Read only.' }) }

export const PlaceReplace = z.strictObject({ ...PlaceCreate.shape, source: SourceInput.nullable().optional(), ...readOnly }).meta({
  id: 'PlaceReplace',
  description: 'A place as it is to be: fields left out go to their defaults, but `slug` and `source`, which change only when named.',
  examples: [{ name: 'Pyongyang', kind: 'city', lat: 39.03385, lng: 125.75432 }],
})
export type PlaceReplace = z.output<typeof PlaceReplace>

export const PlaceUpdate = z
  .strictObject({
    name: title().optional(),
    slug: slugInput.optional(),
    aliases: aliases.nullable().optional(),
    kind: kind.optional(),
    containedInId: optional.containedInId.unwrap().optional(),
    countryCode: optional.countryCode.unwrap().optional(),
    lat: optional.lat.unwrap().optional(),
    lng: optional.lng.unwrap().optional(),
    bbox: optional.bbox.unwrap().optional(),
    timezone: optional.timezone.unwrap().optional(),
    population: optional.population.unwrap().optional(),
    geonamesId: optional.geonamesId.unwrap().optional(),
    wikidataId: optional.wikidataId.unwrap().optional(),
    description: optional.description.unwrap().optional(),
    image: ImagePatch.nullable().optional(),
    sameAs: links.nullable().optional(),
    source: SourcePatch.nullable().optional(),
    ...readOnly,
  })
  .meta({
    id: 'PlaceUpdate',
    description: 'What changes of a place (JSON Merge Patch): null empties a field, what is left out stays.',
    examples: [{ containedInId: 'north-korea', population: 3_222_000 }],
  })
export type PlaceUpdate = z.output<typeof PlaceUpdate>

export const placeReadOnly = { ...readOnlyHints, articleCount: 'it follows the articles' }

export const placeSorts = [
  'name',
  '-name',
  'updatedAt',
  '-updatedAt',
  'articleCount',
  '-articleCount',
  'population',
  '-population',
  'distance',
  'relevance',
] as const
export type PlaceSort = (typeof placeSorts)[number]

const fields = commaList(Place.keyof())
  .optional()
  .meta({ description: 'Only these fields, and `id`.', examples: [['name', 'slug']] })

export const PlaceQuery = z.strictObject({ fields })

export const PlaceListQuery = z.strictObject({
  q: queryText.meta({
    override: { type: 'string', maxLength: 10_000 },
    description: 'Only places that this finds, in the grammar of `/v1/search`.',
    examples: ['korea'],
  }),
  'id.any': commaList(Reference).optional().meta({ description: 'Any of these ids.' }),
  kind: commaList(kind)
    .optional()
    .meta({ description: 'Any of these kinds.', examples: [['city', 'venue']] }),
  containedIn: Reference.optional().meta({
    description: 'Directly inside this place: an id, a slug or `source/externalId`. One that nobody has gives an empty list.',
    examples: ['north-korea'],
  }),
  countryCode: countryCode.optional(),
  wikidataId: wikidataId.optional(),
  geonamesId: wholeNumber(1, maxInt).optional().meta({ description: 'Its id at geonames.org.' }),
  source: text(200)
    .optional()
    .meta({ override: { maxLength: 200 }, description: 'Name of the source.' }),
  near: near.optional().meta({
    description:
      'Latitude and longitude in degrees: the nearest places first, by great-circle distance. Places without coordinates are near nothing.',
    examples: ['59.44,24.75'],
  }),
  within: distance.optional().meta({
    description: 'Only places at most so far from `near`: `50km`, `800m`; a number alone is kilometres. At most 20,100 km.',
    examples: ['50km'],
  }),
  bbox: boundingBox.optional().meta({
    description:
      'Only places in this box: west, south, east, north in degrees. A west greater than the east crosses the antimeridian; a south greater than the north is refused.',
    examples: ['21.8,57.5,28.2,59.7'],
  }),
  'updatedAt.gte': dayOrInstant.optional().meta({ description: 'Changed at or after this day or time.' }),
  trashed: flag.optional().meta({ description: '`true` shows the trash alone, for keys with `content:read`.' }),
  sort: z.enum(placeSorts).optional().meta({
    description:
      'Order; `-` is descending, and places without a population come last either way. `distance` goes with `near`. Default `name`, with `near` `distance`, else with `q` `relevance`.',
  }),
  fields,
  limit,
  cursor,
  count,
})
export type PlaceListQuery = z.output<typeof PlaceListQuery>
