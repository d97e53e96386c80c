import { z } from 'zod'
import { ArticleCreate } from '../articles/input.ts'
import { Article } from '../articles/schema.ts'
import { flag } from '../http/params.ts'
import { webUrl } from '../lib/url.ts'
import { PersonSummary } from '../people/schema.ts'
import { PlaceSummary } from '../places/schema.ts'

export const Edition = z
  .object({
    place: z.string().nullable().meta({ description: 'The place that the masthead names.' }),
    temperatureC: z.number().nullable().meta({ description: 'The temperature there, degrees Celsius.' }),
    date: z.string().nullable().meta({ format: 'date', description: 'The date of the masthead: of the edition, not of the events.' }),
  })
  .meta({
    id: 'Edition',
    description: 'What the masthead of a page says.',
    examples: [{ place: 'New York', temperatureC: 27.3, date: '2024-06-21' }],
  })

export const DroppedLine = z
  .object({
    text: z.string(),
    why: z.string().meta({ description: 'Why it is no part of the article.', examples: ['page furniture: a label with nothing under it'] }),
  })
  .meta({ id: 'DroppedLine', description: 'A line of the page that is no part of the article.' })

export const ImportResult = z
  .object({
    article: Article,
    people: z.array(PersonSummary).meta({ description: 'Those that the article names and that are on record.' }),
    places: z.array(PlaceSummary).meta({ description: 'Likewise.' }),
    edition: Edition.nullable().meta({ description: 'null where the page has no masthead.' }),
    dropped: z.array(DroppedLine).meta({ description: 'Every line of the page that is not in the article, and why.' }),
  })
  .meta({ id: 'ImportResult', description: 'What became of a page.' })

export const ImportQuery = z.strictObject({
  url: webUrl
    .optional()
    .meta({ description: 'The address of the page; it becomes the source, so that a page is not imported twice (409 `source_taken`).' }),
  status: z.enum(['draft', 'published']).optional().meta({ description: 'Default `draft`; `published` needs the scope `content:publish`.' }),
  language: ArticleCreate.shape.language.unwrap().optional().meta({ description: 'Language of the text (BCP 47), default `en`.' }),
  dryRun: flag.optional().meta({ description: '`true` shows what would be made, as a 200, and stores nothing.' }),
})

/** Longest page, in bytes. */
export const maxPageBytes = 8_000_000

export const PlainPage = z.string().meta({
  id: 'PlainPage',
  description: 'A page as plain text, as it was scraped: masthead, title, lead, headed sections, footer.',
  examples: ['27.3 C\nNew York\nFriday, June 21, 2024\n\nLeaders meet\n\nThey met in Vladivostok on Friday.\n'],
})
