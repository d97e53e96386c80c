import { z } from 'zod'
import { articleFilters } from '../articles/query.ts'
import { ArticleSummary } from '../articles/schema.ts'
import { nounKinds } from '../db/tables.ts'
import { Page } from '../http/page.ts'
import { commaList, count, cursor, flag, limit, queryText, wholeNumber } from '../http/params.ts'
import { PersonSummary } from '../people/schema.ts'
import { PlaceSummary } from '../places/schema.ts'

const score = z
  .number()
  .meta({ description: 'How well it fits; only to be compared with others of the same answer, and different from one database to another.' })
const allWords = z.boolean().meta({ description: 'True where it has every word of the query. These come first.' })

export const SearchMatch = z
  .object({
    field: z.enum(['title', 'summary', 'body']),
    blockId: z.string().nullable().meta({ description: 'The block, where the field is the body.' }),
    item: z.int().nullable().meta({ description: 'The item of a list block, from 0.' }),
    start: z.int().meta({ description: 'Offset of the first UTF-16 code unit in that text.' }),
    end: z.int().meta({ description: 'Offset behind the last.' }),
  })
  .meta({
    id: 'SearchMatch',
    description: 'Where a word of the query stands.',
    examples: [{ field: 'body', blockId: 'k2v9x4ab', item: null, start: 9, end: 20 }],
  })

export const SearchHighlights = z
  .object({
    title: z.string().meta({ description: 'The title, whole.' }),
    summary: z.string().nullable().meta({ description: 'The summary, whole.' }),
    body: z.array(z.string()).meta({ description: 'Passages of the body in which words were found, at most 3, the best first.' }),
  })
  .meta({
    id: 'SearchHighlights',
    description: 'HTML-escaped text with `<mark>` round the words found, in any inflection.',
    examples: [{ title: 'Leaders meet in <mark>Vladivostok</mark>', summary: null, body: ['He came to <mark>Vladivostok</mark> by train.'] }],
  })

const { id, slug } = ArticleSummary.shape

export const ArticleHit = z
  .object({
    kind: z.literal('article'),
    id,
    slug,
    title: ArticleSummary.shape.title,
    summary: ArticleSummary.shape.summary,
    publishedAt: ArticleSummary.shape.publishedAt,
    score,
    allWords,
    snippet: z.string().nullable().meta({ description: 'The passage that fits best: HTML-escaped text with `<mark>` round the words found.' }),
    highlights: SearchHighlights.nullable().meta({
      description: 'Title, summary and the best passages with the words found marked; null with `highlight=false`.',
    }),
    matches: z.array(SearchMatch).meta({ description: 'Where the words stand, at most 50.' }),
  })
  .meta({ id: 'ArticleHit', description: 'An article that was found.' })

export const PersonHit = z
  .object({ kind: z.literal('person'), id, slug, name: PersonSummary.shape.name, description: PersonSummary.shape.description, score, allWords })
  .meta({ id: 'PersonHit', description: 'A person who was found, by name, alias, description or bio.' })

export const PlaceHit = z
  .object({
    kind: z.literal('place'),
    id,
    slug,
    name: PlaceSummary.shape.name,
    description: z.string().nullable(),
    countryCode: PlaceSummary.shape.countryCode,
    score,
    allWords,
  })
  .meta({ id: 'PlaceHit', description: 'A place that was found, by name, alias or description.' })

export const SearchHit = z
  .discriminatedUnion('kind', [ArticleHit, PersonHit, PlaceHit])
  .meta({ id: 'SearchHit', description: 'Something that was found, told apart by `kind`. New kinds may come: pass over those that you do not know.' })
export type SearchHit = z.output<typeof SearchHit>

const hits = z.int().meta({ description: 'How many hits have it, of all that are found.' })

export const EntityFacet = z
  .object({ id, slug, name: PersonSummary.shape.name, count: hits })
  .meta({ id: 'EntityFacet', description: 'A person or a place, and how many of the articles found are about it.' })

export const ValueFacet = z
  .object({ value: z.string(), count: hits })
  .meta({ id: 'ValueFacet', description: 'A value, and how many hits have it.', examples: [{ value: '2024', count: 3 }] })

const entities = (name: string, what: string) =>
  z
    .array(EntityFacet)
    .optional()
    .meta({ description: `With \`facets=${name}\`: ${what}` })
const values = (name: string, what: string) =>
  z
    .array(ValueFacet)
    .optional()
    .meta({ description: `With \`facets=${name}\`: ${what}` })

export const Facets = z
  .object({
    person: entities('person', 'whom the articles found are about.'),
    place: entities('place', 'where the articles found are about.'),
    section: values('section', 'their sections.'),
    tag: values('tag', 'their tags.'),
    year: values('year', 'the years (UTC) of their first publication.'),
    language: values('language', 'their languages.'),
    kind: values('kind', 'how many articles, people and places are found.'),
  })
  .meta({
    id: 'Facets',
    description:
      'What the hits have in common, most first: a property for each name in `facets`, none without it. Counts are of the whole result, however deep pages go.',
    examples: [
      {
        person: [{ id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12', slug: 'vladimir-putin', name: 'Vladimir Putin', count: 12 }],
        year: [
          { value: '2024', count: 9 },
          { value: '2023', count: 3 },
        ],
      },
    ],
  })
export type Facets = z.output<typeof Facets>

export const facetNames = ['person', 'place', 'section', 'tag', 'year', 'language', 'kind'] as const satisfies readonly (keyof Facets)[]
export type FacetName = (typeof facetNames)[number]

const didYouMean = z
  .string()
  .nullable()
  .meta({
    description:
      'What was searched instead: the query with each word that nothing has replaced by the likeliest one that something has. Null where it was searched as typed. Words in quotes (`"exact"`), prefixes, exclusions, filters, numbers and words of less than 4 letters are never replaced.',
    examples: [null, 'vladivostok talks'],
  })

export const SearchResults = z.object({ data: z.array(SearchHit), page: Page, facets: Facets, didYouMean }).meta({
  id: 'SearchResults',
  description: 'A page of what was found, best first.',
  examples: [
    {
      data: [
        {
          kind: 'article',
          id: '0192d4f0-6a1b-7c3d-9e5f-2b4c6d8e0f12',
          slug: 'leaders-meet-in-vladivostok',
          title: 'Leaders meet in Vladivostok',
          summary: null,
          publishedAt: '2024-06-21T08:00:00.000Z',
          score: 7.2,
          allWords: true,
          snippet: 'He came to <mark>Vladivostok</mark> by train.',
          highlights: {
            title: 'Leaders meet in <mark>Vladivostok</mark>',
            summary: null,
            body: ['He came to <mark>Vladivostok</mark> by train.'],
          },
          matches: [
            { field: 'title', blockId: null, item: null, start: 16, end: 27 },
            { field: 'body', blockId: 'k2v9x4ab', item: null, start: 11, end: 22 },
          ],
        },
      ],
      page: { limit: 20, next: null, prev: null, total: null },
      facets: {
        person: [{ id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12', slug: 'kim-jong-un', name: 'Kim Jong Un', count: 1 }],
        year: [{ value: '2024', count: 1 }],
      },
      didYouMean: null,
    },
  ],
})

export const searchSorts = ['relevance', 'publishedAt', '-publishedAt'] as const

export const SearchQuery = z.strictObject({
  q: queryText.meta({
    override: { type: 'string', maxLength: 10_000 },
    description:
      'Words, `"a phrase"`, `prefix*`, `-not`, `OR` between two words, `person:slug` or `person:"A Name"`, `place:` likewise (with the places inside it), `section:x`, `tag:x`, `lang:xx`. Words that editors have made synonyms (`/v1/synonyms`), and names and aliases of people and places, find each other, but not in quotes. Whatever a person can type is a valid query. Left out, everything in scope is found.',
    examples: ['"artillery shells" kim', 'person:vladimir-putin -ukraine'],
  }),
  kind: commaList(z.enum(nounKinds)).optional().meta({ description: 'Only these kinds. A filter of articles leaves articles alone.' }),
  ...articleFilters,
  facets: commaList(z.enum(facetNames))
    .optional()
    .meta({
      description:
        'Counts the whole result by these: whom and where articles are about, section, tag, year of publication (UTC), language, and kind. Each is counted without the filters of its own field (`year` without `publishedAt.gte` and `publishedAt.lt`), so that the other choices show what they would find.',
      examples: [['person', 'year']],
    }),
  facetLimit: wholeNumber(1, 100)
    .optional()
    .meta({ description: 'How many values a facet has at most, 1–100. Default 10.', examples: [10] }),
  highlight: flag.optional().meta({ description: '`false` leaves `snippet`, `highlights` and `matches` empty, which is faster.' }),
  sort: z.enum(searchSorts).optional().meta({
    description:
      'Default `relevance`. By time of publication, only what has all words is found; people and places have none and come as if published before everything.',
  }),
  limit,
  cursor,
  count,
})
export type SearchQuery = z.output<typeof SearchQuery>
