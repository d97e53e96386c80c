import { z } from 'zod'
import { ArticleSummary } from '../articles/schema.ts'
import { nounKinds } from '../db/tables.ts'
import { commaList, queryText, wholeNumber } from '../http/params.ts'
import { PersonSummary } from '../people/schema.ts'
import { PlaceSummary } from '../places/schema.ts'

const matched = z.string().meta({ description: 'The name or alias that fits what was typed, as it is written.', examples: ['Putin'] })

export const PersonSuggestion = z
  .object({
    kind: z.literal('person'),
    id: PersonSummary.shape.id,
    slug: PersonSummary.shape.slug,
    name: PersonSummary.shape.name,
    description: PersonSummary.shape.description,
    matched,
  })
  .meta({ id: 'PersonSuggestion', description: 'A person whose name or alias fits.' })

export const PlaceSuggestion = z
  .object({
    kind: z.literal('place'),
    id: PlaceSummary.shape.id,
    slug: PlaceSummary.shape.slug,
    name: PlaceSummary.shape.name,
    description: z.string().nullable(),
    placeKind: PlaceSummary.shape.kind,
    countryCode: PlaceSummary.shape.countryCode,
    matched,
  })
  .meta({ id: 'PlaceSuggestion', description: 'A place whose name or alias fits. `placeKind` and `countryCode` tell places of one name apart.' })

export const ArticleSuggestion = z
  .object({
    kind: z.literal('article'),
    id: ArticleSummary.shape.id,
    slug: ArticleSummary.shape.slug,
    title: ArticleSummary.shape.title,
    publishedAt: ArticleSummary.shape.publishedAt,
    matched: matched.meta({ description: 'The title.', examples: ['Leaders meet in Vladivostok'] }),
  })
  .meta({ id: 'ArticleSuggestion', description: 'A published article whose title fits.' })

export const Suggestion = z.discriminatedUnion('kind', [ArticleSuggestion, PersonSuggestion, PlaceSuggestion]).meta({
  id: 'Suggestion',
  description: 'Something that may be meant, told apart by `kind`. New kinds may come: pass over those that you do not know.',
})
export type Suggestion = z.output<typeof Suggestion>

export const Suggestions = z.object({ data: z.array(Suggestion) }).meta({
  id: 'Suggestions',
  description: 'What may be meant, best first.',
  examples: [
    {
      data: [
        {
          kind: 'person',
          id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
          slug: 'vladimir-putin',
          name: 'Vladimir Putin',
          description: 'President of Russia',
          matched: 'Putin',
        },
      ],
    },
  ],
})

export const SuggestQuery = z.strictObject({
  q: queryText.nonoptional('is required').meta({
    override: { type: 'string', maxLength: 10_000 },
    description:
      'What was typed so far, from the first letter on; case and accents do not matter. Empty, it gives an empty list. Of more than 64 characters the first 64 count.',
    examples: ['puti', 'mayor of vladi'],
  }),
  kind: commaList(z.enum(nounKinds)).optional().meta({ description: 'Only these kinds.' }),
  limit: wholeNumber(1, 20)
    .optional()
    .meta({ description: 'How many suggestions at most, 1–20; 10 where left out. More is refused, never cut down.', examples: [10] }),
})
