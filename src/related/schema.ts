import { z } from 'zod'
import { ArticleSummary } from '../articles/schema.ts'
import { listOf } from '../http/page.ts'
import { commaList, count, cursor, limit } from '../http/params.ts'
import { PersonSummary } from '../people/schema.ts'

export const RelatedArticles = listOf(ArticleSummary, 'RelatedArticles', 'A page of articles, the most closely related first.')

export const entityKinds = ['person', 'place'] as const

export const RelatedSubject = z
  .object({
    kind: z.enum(entityKinds),
    id: PersonSummary.shape.id,
    slug: PersonSummary.shape.slug,
    name: PersonSummary.shape.name,
    articles: z.int().meta({ description: 'Published articles that are about both.' }),
  })
  .meta({
    id: 'RelatedSubject',
    description: 'A person or a place that is in the news together with another. New kinds may come: pass over those that you do not know.',
    examples: [{ kind: 'person', id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12', slug: 'vladimir-putin', name: 'Vladimir Putin', articles: 12 }],
  })
export type RelatedSubject = z.output<typeof RelatedSubject>

export const RelatedSubjects = listOf(RelatedSubject, 'RelatedSubjects', 'A page of people and places, those with most articles in common first.')

export const RelatedArticlesQuery = z.strictObject({ limit, cursor, count })

export const RelatedSubjectsQuery = z.strictObject({
  kind: commaList(z.enum(entityKinds)).optional().meta({ description: 'Only these kinds.' }),
  limit,
  cursor,
  count,
})
export type RelatedSubjectsQuery = z.output<typeof RelatedSubjectsQuery>
