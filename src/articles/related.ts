// Other articles about the same people and places, the rarest weighing most.
import { sql } from 'drizzle-orm'
import { padded, paddedPlaceholders } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import { type SummaryRow, summaryColumns } from './store.ts'

const maxRelated = 5
/** How many of an article's subjects are asked, and how many of the newest articles about each. */
const maxSubjects = 12
const newestOfEach = 60

type Subjects = { id: string; personIds: string[]; placeIds: string[] }

/** Up to five published articles that share people or places with this one; a subject weighs the less, the more articles it has (inverse document frequency). */
export async function relatedTo(db: Db, article: Subjects): Promise<SummaryRow[]> {
  const { articleLinks: links } = db.tables
  const newest = db.prepared('newest of subject', q =>
    q
      .select({ articleId: links.articleId })
      .from(links)
      .where(sql`${links.role} = ${sql.placeholder('role')} and ${links.value} = ${sql.placeholder('value')} and ${links.visible} = true`)
      .orderBy(sql`${links.publishedKey} desc, ${links.articleId} desc`)
      .limit(newestOfEach),
  )
  const scores = new Map<string, number>()
  const subjects = [...article.personIds.map(value => ({ role: 'person', value })), ...article.placeIds.map(value => ({ role: 'place', value }))]
  for (const subject of subjects.slice(0, maxSubjects)) {
    const found = await newest.execute(subject)
    for (const { articleId } of found)
      if (articleId !== article.id) scores.set(articleId, (scores.get(articleId) ?? 0) + 1 / Math.log(2 + found.length))
  }
  const best = [...scores].sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? 1 : -1)).slice(0, maxRelated)
  return summariesOf(
    db,
    best.map(([id]) => id),
  )
}

async function summariesOf(db: Db, ids: readonly string[]): Promise<SummaryRow[]> {
  if (ids.length === 0) return []
  const { articles } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`summaries of ${size}`, q =>
    q
      .select(summaryColumns(db.tables))
      .from(articles)
      .where(sql`${articles.id} in (${sql.join(paddedPlaceholders(size), sql`, `)}) and ${articles.visible} = true`),
  )
  const rows = new Map((await query.execute(values)).map(row => [row.id, row]))
  return ids.map(id => rows.get(id)).filter(row => row !== undefined)
}
