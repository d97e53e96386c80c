import { presentSource } from '../nouns/schema.ts'
import type { Article, ArticleSummary } from './schema.ts'
import type { ArticleRow, SummaryRow } from './store.ts'

export function presentSummary(row: SummaryRow): ArticleSummary {
  return {
    id: row.id,
    slug: row.slug,
    status: row.status,
    title: row.title,
    summary: row.summary,
    language: row.language,
    section: row.section,
    tags: row.tags,
    byline: row.byline,
    wordCount: row.wordCount,
    image: row.image,
    source: presentSource(row),
    rights: row.rights,
    authorIds: row.authorIds,
    aboutIds: row.aboutIds,
    personIds: row.personIds,
    placeIds: row.placeIds,
    datelinePlaceId: row.datelinePlaceId,
    corrections: row.corrections,
    publishedAt: row.publishedAt,
    publishAt: row.publishAt,
    unpublishAt: row.unpublishAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  }
}

export const presentArticle = (row: ArticleRow): Article => ({ ...presentSummary(row), body: row.body })
