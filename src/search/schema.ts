import { z } from 'zod'
import { articleFilters } from '../articles/query.ts'
import { ArticleSummary } from '../articles/schema.ts'
import { nounKinds } from '../db/tables.ts'
import { Page } from '../http/page.ts'
import { commaList, count, cursor, flag, limit, queryText } from '../http/params.ts'
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

export const SearchResults = z.object({ data: z.array(SearchHit), page: Page }).meta({
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
          matches: [{ field: 'body', blockId: 'k2v9x4ab', item: null, start: 11, end: 22 }],
        },
      ],
      page: { limit: 20, next: null, prev: null, total: null },
    },
  ],
})

export const searchSorts = ['relevance', 'publishedAt', '-publishedAt'] as const

export const SearchQuery = z.strictObject({
  q: queryText.meta({
    override: { type: 'string', maxLength: 10_000 },
    description:
      'Words, `"a phrase"`, `prefix*`, `-not`, `OR` between two words, `person:slug`, `place:slug`, `section:x`, `tag:x`, `lang:xx`. Whatever a person can type is a valid query. Left out, everything in scope is found.',
    examples: ['"artillery shells" kim', 'person:vladimir-putin -ukraine'],
  }),
  kind: commaList(z.enum(nounKinds)).optional().meta({ description: 'Only these kinds. A filter of articles leaves articles alone.' }),
  ...articleFilters,
  highlight: flag.optional().meta({ description: '`false` leaves `snippet` and `matches` empty, which is faster.' }),
  sort: z.enum(searchSorts).optional().meta({
    description:
      'Default `relevance`. By time of publication, only what has all words is found; people and places have none and come as if published before everything.',
  }),
  limit,
  cursor,
  count,
})
export type SearchQuery = z.output<typeof SearchQuery>
