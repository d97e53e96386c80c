import { z } from 'zod'
import { sparseOf } from '../http/answer.ts'
import { listOf } from '../http/page.ts'
import { commaList, count, cursor, flag, limit, queryText, Reference } from '../http/params.ts'
import { dayOrInstant, isDay } from '../lib/instant.ts'
import { text, title } from '../lib/text.ts'
import {
  aliases,
  countryCode,
  history,
  Image,
  ImageInput,
  ImagePatch,
  identity,
  links,
  readOnlyHints,
  Source,
  SourceInput,
  SourcePatch,
  sentBack,
  slugInput,
  wikidataId,
} from '../nouns/schema.ts'

const datePattern = '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'
const partialDate = z
  .string()
  .check(context => {
    const { value, issues } = context
    if (!new RegExp(datePattern).test(value) || !isDay(`${value}-01-01`.slice(0, 10))) {
      issues.push({
        code: 'custom',
        params: { code: 'invalid_date' },
        input: value,
        message: 'must be a date such as 1952-10-07, or as much of it as is known: 1952-10, 1952',
      })
    }
  })
  .meta({
    override: { pattern: datePattern },
    description: 'A date, or as much of it as is known (ISO 8601, reduced precision).',
    examples: ['1952-10-07', '1952'],
  })

const nullable = z.string().nullable()

export const Person = z
  .object({
    ...identity,
    name: z.string().meta({ description: 'As it is written in full, Unicode NFC.', examples: ['Vladimir Putin'] }),
    aliases: z.array(z.string()).meta({
      description: 'Other spellings and short forms that texts use; all of them are linked.',
      examples: [['Vladimir V. Putin', 'Mr. Putin']],
    }),
    givenName: nullable,
    familyName: nullable,
    description: nullable.meta({ description: 'Who it is, in a few words.', examples: ['President of Russia'] }),
    bio: nullable.meta({ description: 'Who it is, at length; plain text.' }),
    birthDate: nullable.meta({ description: 'A date, or as much of it as is known: `1952-10-07`, `1952-10`, `1952`.' }),
    deathDate: nullable.meta({ description: 'As `birthDate`.' }),
    countryCode: nullable.meta({ description: 'ISO 3166-1 alpha-2.', examples: ['RU'] }),
    image: Image.nullable(),
    wikidataId: nullable.meta({ examples: ['Q7747'] }),
    sameAs: z.array(z.string().meta({ format: 'uri' })).meta({ description: 'Pages about the same person elsewhere.' }),
    source: Source.nullable(),
    articleCount: z.int().meta({ description: 'Published articles that are about this person; the same for everyone who asks.' }),
    ...history,
  })
  .meta({
    id: 'Person',
    description: 'A person that articles are about or written by.',
    examples: [
      {
        id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        slug: 'vladimir-putin',
        name: 'Vladimir Putin',
        aliases: ['Vladimir V. Putin', 'Mr. Putin'],
        givenName: 'Vladimir',
        familyName: 'Putin',
        description: 'President of Russia',
        bio: null,
        birthDate: '1952-10-07',
        deathDate: null,
        countryCode: 'RU',
        image: null,
        wikidataId: 'Q7747',
        sameAs: [],
        source: null,
        articleCount: 12,
        createdAt: '2024-06-21T08:00:00.000Z',
        updatedAt: '2024-06-21T08:00:00.000Z',
        version: 1,
      },
    ],
  })
export type Person = z.output<typeof Person>

export const PersonSparse = sparseOf(Person, 'PersonSparse')
export const PersonList = listOf(Person, 'PersonList', 'A page of people.')
export const PersonSparseList = listOf(PersonSparse, 'PersonSparseList', 'A page of people, with the fields that were asked for.')

export const PersonSummary = z
  .object({ id: Person.shape.id, slug: Person.shape.slug, name: Person.shape.name, description: Person.shape.description, image: Person.shape.image })
  .meta({ id: 'PersonSummary', description: 'A person in a few fields, where another resource includes one.' })
export type PersonSummary = z.output<typeof PersonSummary>

const optional = {
  givenName: title().nullable().default(null),
  familyName: title().nullable().default(null),
  description: text(1_000).nullable().default(null),
  bio: text(100_000).nullable().default(null),
  birthDate: partialDate.nullable().default(null),
  deathDate: partialDate.nullable().default(null),
  countryCode: countryCode.nullable().default(null),
  wikidataId: wikidataId.nullable().default(null),
}

export const PersonCreate = z
  .strictObject({
    name: title(),
    slug: slugInput.optional(),
    aliases: aliases.default([]),
    ...optional,
    image: ImageInput.nullable().default(null),
    sameAs: links.default([]),
    source: SourceInput.nullable().default(null),
  })
  .meta({
    id: 'PersonCreate',
    description: 'A new person; `name` is all that is needed.',
    examples: [
      {
        name: 'Vladimir Putin',
        aliases: ['Vladimir V. Putin', 'Mr. Putin'],
        description: 'President of Russia',
        countryCode: 'RU',
        wikidataId: 'Q7747',
      },
    ],
  })
export type PersonCreate = z.output<typeof PersonCreate>

const readOnly = { ...sentBack, articleCount: z.int().optional().meta({ description: 'Read only.' }) }

export const PersonReplace = z.strictObject({ ...PersonCreate.shape, source: SourceInput.nullable().optional(), ...readOnly }).meta({
  id: 'PersonReplace',
  description: 'A person as it is to be: fields left out go to their defaults, but `slug` and `source`, which change only when named.',
  examples: [{ name: 'Vladimir Putin', description: 'President of Russia' }],
})
export type PersonReplace = z.output<typeof PersonReplace>

export const PersonUpdate = z
  .strictObject({
    name: title().optional(),
    slug: slugInput.optional(),
    aliases: aliases.nullable().optional(),
    givenName: optional.givenName.unwrap().optional(),
    familyName: optional.familyName.unwrap().optional(),
    description: optional.description.unwrap().optional(),
    bio: optional.bio.unwrap().optional(),
    birthDate: optional.birthDate.unwrap().optional(),
    deathDate: optional.deathDate.unwrap().optional(),
    countryCode: optional.countryCode.unwrap().optional(),
    wikidataId: optional.wikidataId.unwrap().optional(),
    image: ImagePatch.nullable().optional(),
    sameAs: links.nullable().optional(),
    source: SourcePatch.nullable().optional(),
    ...readOnly,
  })
  .meta({
    id: 'PersonUpdate',
    description: 'What changes of a person (JSON Merge Patch): null empties a field, what is left out stays.',
    examples: [{ description: 'President of the Russian Federation' }],
  })
export type PersonUpdate = z.output<typeof PersonUpdate>

export const personReadOnly = { ...readOnlyHints, articleCount: 'it follows the articles' }

export const personSorts = ['name', '-name', 'updatedAt', '-updatedAt', 'articleCount', '-articleCount', 'relevance'] as const
export type PersonSort = (typeof personSorts)[number]

export const personFields = z.enum(Object.keys(Person.shape) as [keyof Person, ...(keyof Person)[]])
const fields = commaList(personFields)
  .optional()
  .meta({ description: 'Only these fields, and `id`.', examples: [['name', 'slug']] })

export const PersonQuery = z.strictObject({ fields })

export const PersonListQuery = z.strictObject({
  q: queryText.meta({
    override: { type: 'string', maxLength: 10_000 },
    description: 'Only people that this finds, in the grammar of `/v1/search`.',
    examples: ['putin'],
  }),
  'id.any': commaList(Reference).optional().meta({ description: 'Any of these ids.' }),
  countryCode: countryCode.optional(),
  wikidataId: wikidataId.optional(),
  source: text(200)
    .optional()
    .meta({ override: { maxLength: 200 }, description: 'Name of the source.' }),
  'updatedAt.gte': dayOrInstant.optional().meta({ description: 'Changed at or after this day or time.' }),
  trashed: flag.optional().meta({ description: '`true` shows the trash alone, for keys with `content:read`.' }),
  sort: z.enum(personSorts).optional().meta({ description: 'Order; `-` is descending. Default `name`, with `q` `relevance`.' }),
  fields,
  limit,
  cursor,
  count,
})
export type PersonListQuery = z.output<typeof PersonListQuery>
