import { z } from 'zod'
import { statuses } from '../db/tables.ts'
import { sparseOf } from '../http/answer.ts'
import { listOf } from '../http/page.ts'
import { Mention } from '../mentions/schema.ts'
import { history, Image, id, identity, idList, Source, time } from '../nouns/schema.ts'
import { PersonSummary } from '../people/schema.ts'
import { PlaceSummary } from '../places/schema.ts'
import { Block } from './blocks.ts'

export const status = z.enum(statuses)
const nullable = z.string().nullable()
const nullableTime = time.nullable()

export const Correction = z
  .object({
    id,
    at: time.meta({ description: 'When it was made, UTC.' }),
    kind: z.enum(['correction', 'clarification', 'retraction']),
    text: z.string().meta({ description: 'What was wrong and what is right.' }),
  })
  .meta({
    id: 'Correction',
    description: 'What was put right after publication.',
    examples: [
      {
        id: '0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12',
        at: '2024-06-22T09:00:00.000Z',
        kind: 'correction',
        text: 'An earlier version gave the wrong year.',
      },
    ],
  })

const example = {
  id: '0192d4f0-6a1b-7c3d-9e5f-2b4c6d8e0f12',
  slug: 'leaders-meet-in-vladivostok',
  status: 'published',
  title: 'Leaders meet in Vladivostok',
  summary: 'They spoke for two hours.',
  language: 'en',
  section: 'World',
  tags: ['diplomacy'],
  byline: 'By Ada Reporter',
  wordCount: 6,
  image: null,
  source: null,
  rights: null,
  authorIds: [],
  aboutIds: [],
  personIds: ['0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12'],
  placeIds: ['0192d4f0-5a1b-7c3d-9e5f-2b4c6d8e0f12'],
  datelinePlaceId: null,
  corrections: [],
  publishedAt: '2024-06-21T08:00:00.000Z',
  publishAt: null,
  unpublishAt: null,
  createdAt: '2024-06-21T07:00:00.000Z',
  updatedAt: '2024-06-21T08:00:00.000Z',
  version: 2,
}

export const ArticleSummary = z
  .object({
    ...identity,
    status: status.meta({
      description:
        '`draft`, `scheduled` (goes out at `publishAt`), `published` or `archived`. Without a key with `content:read` only published ones are seen.',
    }),
    title: z.string(),
    summary: nullable.meta({ description: 'The standfirst: what it says, in a sentence or two.' }),
    language: z.string().meta({ description: 'BCP 47.', examples: ['en'] }),
    section: nullable.meta({ description: 'The desk or department it stands under.', examples: ['World'] }),
    tags: z.array(z.string()),
    byline: nullable.meta({ description: 'Who wrote it, as printed. `authorIds` are the people behind it.' }),
    wordCount: z.int().meta({ description: 'Words of the body.' }),
    image: Image.nullable(),
    source: Source.nullable(),
    rights: nullable.meta({ description: 'Who may use it, and how.' }),
    authorIds: idList.meta({ description: 'People who wrote it, in order.' }),
    aboutIds: idList.meta({ description: "The editor's word on which people and places it is about, with or without a mention." }),
    personIds: idList.meta({ description: 'People it is about: everyone linked in the text, in reading order, then the rest of `aboutIds`.' }),
    placeIds: idList.meta({ description: 'Places it is about: everywhere linked in the text, in reading order, then the rest of `aboutIds`.' }),
    datelinePlaceId: z.string().nullable().meta({ format: 'uuid', description: 'Where it was filed from.' }),
    corrections: z.array(Correction),
    publishedAt: nullableTime.meta({ description: 'When it was first published; kept ever after.' }),
    publishAt: nullableTime.meta({ description: 'When a scheduled one goes out.' }),
    unpublishAt: nullableTime.meta({ description: 'When it is archived by itself.' }),
    ...history,
  })
  .meta({ id: 'ArticleSummary', description: 'An article without its body.', examples: [example] })
export type ArticleSummary = z.output<typeof ArticleSummary>

/** What `include` adds. */
const included = {
  authors: z.array(PersonSummary).optional().meta({ description: 'With `include=authors`.' }),
  people: z.array(PersonSummary).optional().meta({ description: 'With `include=people`: those of `personIds`.' }),
  places: z.array(PlaceSummary).optional().meta({ description: 'With `include=places`: those of `placeIds`.' }),
  datelinePlace: PlaceSummary.nullable().optional().meta({ description: 'With `include=datelinePlace`.' }),
  mentions: z.array(Mention).optional().meta({ description: 'With `include=mentions`: the linked ones, in reading order.' }),
  related: z.array(ArticleSummary).optional().meta({ description: 'With `include=related`: the first five of `/v1/articles/{key}/related`.' }),
  html: z.string().optional().meta({ description: 'With `include=html`: the body as HTML, made of the blocks and escaped.' }),
  markdown: z.string().optional().meta({ description: 'With `include=markdown`: the body as Markdown.' }),
  text: z.string().optional().meta({ description: 'With `include=text`: the body as plain text.' }),
}
const body = z.array(Block).meta({ description: 'The text, as blocks.' })

export const ArticleListItem = z
  .object({ ...ArticleSummary.shape, ...included, body: body.optional().meta({ description: 'With `include=body`.' }) })
  .meta({ id: 'ArticleListItem', description: 'An article in a list: everything but its body, and what `include` adds.', examples: [example] })
export type ArticleListItem = z.output<typeof ArticleListItem>

export const Article = z.object({ ...ArticleSummary.shape, body, ...included }).meta({
  id: 'Article',
  description: 'An article.',
  examples: [{ ...example, body: [{ id: 'k2v9x4ab', type: 'paragraph', text: 'Vladimir Putin came to Vladivostok today.', marks: [] }] }],
})
export type Article = z.output<typeof Article>

export const ArticleSparse = sparseOf(Article, 'ArticleSparse')
export const ArticleList = listOf(ArticleListItem, 'ArticleList', 'A page of articles.')
export const ArticleSparseList = listOf(ArticleSparse, 'ArticleSparseList', 'A page of articles, with the fields that were asked for.')
