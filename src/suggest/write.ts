// Names that can be suggested, written in the transaction of what they belong to: a table of parts that follows the rows and can be made again from them.
import { and, eq, sql } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind, NounKind } from '../db/tables.ts'
import { type Part, partsOfArticle, partsOfNamed, weightOf } from './parts.ts'

type Named = { seq: number; name: string; aliases: readonly string[]; articleCount: number; trashedAt: string | null }
type Titled = { seq: number; title: string; publishedAt: string | null; visible: boolean }

/** What of a person or a place is suggested: nothing while it lies in the trash. */
export const suggestedOfNamed = (row: Named): Part[] => (row.trashedAt === null ? partsOfNamed(row) : [])

/** What of an article is suggested: nothing unless everybody sees it. */
export const suggestedOfArticle = (row: Titled): Part[] => (row.visible && row.publishedAt !== null ? partsOfArticle(row.title, row.publishedAt) : [])

/** After a write to a person or a place: `before` is null for a new one, `after` for one that is gone. Counts follow by `reweigh`. */
export async function suggestNamed(db: WriteDb, kind: EntityKind, before: Named | null, after: Named | null): Promise<void> {
  const said = (row: Named | null) => JSON.stringify(row && row.trashedAt === null ? [row.name, ...row.aliases] : [])
  if (said(before) === said(after)) return
  if (before) await forget(db, kind, before.seq)
  if (after) await remember(db, kind, after.seq, suggestedOfNamed(after))
}

/** After new articles. */
export const suggestNewArticles = (db: WriteDb, articles: readonly Titled[]) =>
  db.insert(
    db.tables.suggestions,
    articles.flatMap(row => suggestedOfArticle(row).map(part => ({ kind: 'article' as const, seq: row.seq, ...part }))),
  )

/** After a write to an article that was there before. */
export async function suggestArticle(db: WriteDb, before: Titled, after: Titled | null): Promise<void> {
  const said = (row: Titled | null) => JSON.stringify(row?.visible ? [row.title, row.publishedAt] : [])
  if (said(before) === said(after)) return
  if (before.visible) await forget(db, 'article', before.seq)
  if (after) await remember(db, 'article', after.seq, suggestedOfArticle(after))
}

/** After counts of people or places have changed: most changes of a great count weigh nothing. */
export async function reweigh(db: WriteDb, kind: EntityKind, counts: readonly { seq: number; before: number; after: number }[]): Promise<void> {
  const moved = counts.map(({ seq, before, after }) => [seq, weightOf(after) - weightOf(before)] as const).filter(([, step]) => step !== 0)
  if (moved.length === 0) return
  const { suggestions: s } = db.tables
  const query = db.prepared('reweigh suggestions', q => {
    const { steps, key, step } = db.dialect.steps(sql.placeholder('steps'))
    return q
      .update(s)
      .set({ rank: sql`${s.rank} + ${step}` })
      .from(steps)
      .where(and(eq(s.kind, sql.placeholder('kind')), sql`${s.seq} = cast(${key} as integer)`))
  })
  await query.execute({ steps: JSON.stringify(moved), kind })
}

async function forget(db: WriteDb, kind: NounKind, seq: number) {
  const { suggestions: s } = db.tables
  const isOf = and(eq(s.kind, sql.placeholder('kind')), eq(s.seq, sql.placeholder('seq')))
  await db.prepared('forget suggestions', q => q.delete(s).where(isOf)).execute({ kind, seq })
}

const remember = (db: WriteDb, kind: NounKind, seq: number, parts: readonly Part[]) =>
  db.insert(
    db.tables.suggestions,
    parts.map(part => ({ kind, seq, ...part })),
  )
