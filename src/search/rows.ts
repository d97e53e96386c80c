// The rows of hits: no more of each than a hit shows.
import { sql } from 'drizzle-orm'
import type { Block } from '../articles/blocks.ts'
import type { SummaryRow } from '../articles/store.ts'
import type { Db } from '../db/store.ts'

/** What of an article a hit shows. */
export type ArticleOfHit = Pick<SummaryRow, 'seq' | 'id' | 'slug' | 'title' | 'summary' | 'publishedAt' | 'language'> & { body?: Block[] }

/** Rows of articles by their seq, with bodies where something is to be highlighted in them. */
export async function articlesOfHits(db: Db, seqs: readonly number[], withBody: boolean): Promise<Map<number, ArticleOfHit>> {
  if (seqs.length === 0) return new Map()
  const { seq, id, slug, title, summary, publishedAt, language, body } = db.tables.articles
  const shown = { seq, id, slug, title, summary, publishedAt, language }
  const among = sql`${seq} in (select cast(value as bigint) from ${db.dialect.listed(sql.placeholder('seqs'))})`
  const values = { seqs: JSON.stringify(seqs) }
  const rows = withBody
    ? await db
        .prepared('articles of hits, with bodies', q =>
          q
            .select({ ...shown, body })
            .from(db.tables.articles)
            .where(among),
        )
        .execute(values)
    : await db.prepared('articles of hits', q => q.select(shown).from(db.tables.articles).where(among)).execute(values)
  return new Map(rows.map(row => [row.seq, row]))
}
