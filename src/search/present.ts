import { spots } from '../articles/block-ids.ts'
import type { Block } from '../articles/blocks.ts'
import type { PersonRow } from '../people/store.ts'
import type { PlaceRow } from '../places/store.ts'
import type { Compiled } from './compile.ts'
import { type HighlightField, highlight } from './highlight.ts'
import type { Ranked } from './ranked.ts'
import type { ArticleOfHit } from './rows.ts'
import type { SearchHit } from './schema.ts'

/** What of an article may be highlighted. */
const fieldsOf = (row: ArticleOfHit, body: readonly Block[]): HighlightField[] => [
  { field: 'title', blockId: null, item: null, text: row.title },
  ...(row.summary === null ? [] : [{ field: 'summary' as const, blockId: null, item: null, text: row.summary }]),
  ...spots(body).map(spot => ({ field: 'body' as const, ...spot })),
]

/** Scores are told to six digits: what lies behind them is noise. */
const rounded = (score: number) => Number(score.toPrecision(6))

/** Highlighted where the row has its body. */
export function presentArticleHit(row: ArticleOfHit, hit: Ranked, query: Compiled): SearchHit {
  const { matches, snippet, highlights } = row.body
    ? highlight(query, row.language, fieldsOf(row, row.body))
    : { matches: [], snippet: null, highlights: null }
  return {
    kind: 'article',
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    publishedAt: row.publishedAt,
    score: rounded(hit.score),
    allWords: hit.allWords,
    snippet,
    highlights,
    matches,
  }
}

export const presentPersonHit = (row: PersonRow, hit: Ranked): SearchHit => ({
  kind: 'person',
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  score: rounded(hit.score),
  allWords: hit.allWords,
})

export const presentPlaceHit = (row: PlaceRow, hit: Ranked): SearchHit => ({
  kind: 'place',
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  countryCode: row.countryCode,
  score: rounded(hit.score),
  allWords: hit.allWords,
})
