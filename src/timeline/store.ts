import { count, max, min, type SQL, sql } from 'drizzle-orm'
import { type Conditions, conditions, within } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { Instant } from '../lib/instant.ts'
import { intervalsOf, type Precision, type Published, precisionOf, timelineOf } from './intervals.ts'
import type { Timeline, TimelineQuery } from './schema.ts'

/** Whose articles: those about any of some people, or of some places. */
type Subject = { kind: EntityKind; ids: readonly string[] }

/** Published articles about a subject, interval by interval; 400 `too_many_intervals`. */
export async function timeline(db: Db, { kind, ids }: Subject, asked: TimelineQuery): Promise<Timeline> {
  const { interval = 'month', tz = 'UTC' } = asked
  const c = conditions()
  const { articleLinks: links } = db.tables
  c.add('filed', sql`${links.role} = ${c.bind(kind)}`)
  c.add(`under ${ids.length}`, within(c, sql`${links.value}`, ids))
  c.add('visible', sql`${links.visible} = true`)
  if (asked['publishedAt.gte'] !== undefined) c.add('from', sql`${links.publishedKey} >= ${c.bind(asked['publishedAt.gte'])}`)
  if (asked['publishedAt.lt'] !== undefined) c.add('before', sql`${links.publishedKey} < ${c.bind(asked['publishedAt.lt'])}`)
  const { first, last } = await borders(db, c)
  if (first === null || last === null) return { data: [], interval }
  const starts = intervalsOf(first, last, interval, tz)
  return { data: timelineOf(starts, await published(db, c, precisionOf(starts), ids.length > 1)), interval }
}

/** Each end is asked for by itself: that is one step in the index. */
async function borders(db: Db, c: Conditions): Promise<{ first: Instant | null; last: Instant | null }> {
  const { articleLinks: links } = db.tables
  const first = db.prepared(`first published ${c.shape()}`, q =>
    q
      .select({ at: min(links.publishedKey) })
      .from(links)
      .where(c.where()),
  )
  const last = db.prepared(`last published ${c.shape()}`, q =>
    q
      .select({ at: max(links.publishedKey) })
      .from(links)
      .where(c.where()),
  )
  const [from] = await first.execute(c.values())
  const [to] = await last.execute(c.values())
  return { first: from?.at ?? null, last: to?.at ?? null }
}

/** Spelled out, as what is grouped by must be the same for the database. */
const lengths: Record<Precision, SQL> = { 10: sql`10`, 13: sql`13`, 16: sql`16`, 19: sql`19` }

/** How many articles were published when, in the order of time. An article about several of the subjects counts once. */
async function published(db: Db, c: Conditions, precision: Precision, several: boolean): Promise<Published[]> {
  const { articleLinks: links } = db.tables
  const query = db.prepared(`published ${precision} ${several} ${c.shape()}`, q => {
    const part = sql`substr(${links.publishedKey}, 1, ${lengths[precision]}) as part`
    const times = several
      ? sql`(select distinct ${links.articleId}, ${part} from ${links} where ${c.where()}) as times`
      : sql`(select ${part} from ${links} where ${c.where()}) as times`
    return q.select({ part: sql<string>`part`, articles: count() }).from(times).groupBy(sql`part`).orderBy(sql`part`)
  })
  return query.execute(c.values())
}
