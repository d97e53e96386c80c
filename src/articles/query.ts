// What may be asked of articles: the parameters that every list of articles takes.
import { z } from 'zod'
import { statuses } from '../db/tables.ts'
import { commaList, count, cursor, flag, limit, queryText, Reference } from '../http/params.ts'
import { dayOrInstant } from '../lib/instant.ts'
import { text } from '../lib/text.ts'
import { Article } from './schema.ts'

export const articleSorts = ['publishedAt', '-publishedAt', 'updatedAt', '-updatedAt', 'title', '-title', 'relevance'] as const
export type ArticleSort = (typeof articleSorts)[number]

const inclusions = ['authors', 'people', 'places', 'datelinePlace', 'mentions', 'related', 'html', 'markdown', 'text', 'body'] as const
export type Inclusion = (typeof inclusions)[number]
type Field = Exclude<keyof typeof Article.shape, Exclude<Inclusion, 'body'>>
const fieldNames = Object.keys(Article.shape).filter(name => name === 'body' || !inclusions.some(inclusion => inclusion === name)) as [
  Field,
  ...Field[],
]

export const fields = commaList(z.enum(fieldNames))
  .optional()
  .meta({ description: 'Only these fields, and `id`, beside what `include` adds.', examples: [['title', 'slug']] })
export const include = commaList(z.enum(inclusions))
  .optional()
  .meta({ description: 'Adds properties of these names.', examples: [['people', 'places']] })

/** As tags and sections are stored: Unicode NFC. */
const filed = (max: number) => text(max).overwrite(value => value.normalize('NFC'))
const word = (max: number, description: string) =>
  filed(max)
    .check(z.minLength(1))
    .optional()
    .meta({ override: { minLength: 1, maxLength: max }, description })
const some = (description: string) => commaList(Reference).optional().meta({ description })
const tags = (description: string) => commaList(filed(100)).optional().meta({ description })

/** Filters that lists of articles and searches share. Each is a parameter of its own: no brackets, no nesting, OR only inside one of them. */
export const articleFilters = {
  person: Reference.optional().meta({ description: 'About this person.' }),
  'person.any': some('About at least one of these people.'),
  'person.all': some('About all of these people.'),
  'person.none': some('About none of these people.'),
  place: Reference.optional().meta({ description: 'About this place.' }),
  'place.any': some('About at least one of these places.'),
  'place.all': some('About all of these places.'),
  'place.none': some('About none of these places.'),
  author: Reference.optional().meta({ description: 'Written by this person.' }),
  'author.any': some('Written by at least one of these people.'),
  'author.all': some('Written by all of these people.'),
  'author.none': some('Written by none of these people.'),
  tag: word(100, 'With this tag.'),
  'tag.any': tags('With at least one of these tags.'),
  'tag.all': tags('With all of these tags.'),
  'tag.none': tags('With none of these tags.'),
  section: word(200, 'In this section.'),
  language: word(35, 'In this language, as `language` has it.'),
  source: word(200, 'From the source of this name.'),
  'publishedAt.gte': dayOrInstant.optional().meta({ description: 'First published at or after this day or time.' }),
  'publishedAt.lt': dayOrInstant.optional().meta({ description: 'First published before this day or time.' }),
  'updatedAt.gte': dayOrInstant.optional().meta({ description: 'Changed at or after this day or time.' }),
}

const listFilters = {
  q: queryText.meta({
    override: { type: 'string', maxLength: 10_000 },
    description: 'Only articles that this finds, in the grammar of `/v1/search`.',
    examples: ['"artillery shells" -tanks'],
  }),
  'id.any': some('Any of these ids or slugs.'),
  ...articleFilters,
  status: z.enum(statuses).optional().meta({ description: 'In this state. Without it, published ones; others need `content:read`.' }),
  'status.any': commaList(z.enum(statuses)).optional().meta({ description: 'In one of these states; others than `published` need `content:read`.' }),
  trashed: flag.optional().meta({ description: '`true` shows the trash alone, for keys with `content:read`.' }),
}

const paging = {
  sort: z.enum(articleSorts).optional().meta({ description: 'Order; `-` is descending. Default `-publishedAt`, with `q` `relevance`.' }),
  fields,
  include,
  limit,
  cursor,
  count,
}

export const ArticleQuery = z.strictObject({ fields, include })
export const ArticleListQuery = z.strictObject({ ...listFilters, ...paging })
export type ArticleListQuery = z.output<typeof ArticleListQuery>

export const PersonArticlesQuery = ArticleListQuery
export const PlaceArticlesQuery = z.strictObject({
  ...listFilters,
  nested: flag.optional().meta({ description: '`true` takes the places inside it along.' }),
  ...paging,
})
