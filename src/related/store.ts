// Who and where is named in the same articles.
import { count, type SQL, sql } from 'drizzle-orm'
import type { Placeholder } from 'drizzle-orm/sql'
import { z } from 'zod'
import { boundLimit, conditions } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { cursorInt, cursorText } from '../http/page.ts'

/** `fewer` is the number of articles below nought, so that one direction orders all columns. */
export type SubjectRow = { kind: EntityKind; id: string; slug: string; name: string; articles: number; sortKey: string; fewer: number }

/** What a cursor's values may be. */
export const subjectValues = z.tuple([cursorInt, cursorText, cursorText])
export const valuesOfSubject = ({ fewer, sortKey, id }: SubjectRow): (string | number)[] => [fewer, sortKey, id]

const order: Order = { columns: [sql`fewer`, sql`sort_key`, sql`id`], descending: false }

/**
 * People and places that published articles are about together with this one, those with most articles in common first, then by name; none in the trash.
 * Every article about it is looked at for each page.
 */
export function relatedSubjects(
  db: Db,
  kind: EntityKind,
  id: string,
  kinds: readonly EntityKind[],
): { fetch: Fetch<SubjectRow>; total(): Promise<number> } {
  const c = conditions()
  const found = together(db, kinds, c.bind(kind), c.bind(id))
  const name = `related subjects ${kinds.join()}`
  return {
    fetch(bound, backwards, limit) {
      const query = db.prepared(`${name} ${backwards} ${bound ? bound.inclusive : 'end'}`, q =>
        q
          .select({
            kind: sql<EntityKind>`kind`,
            id: sql<string>`id`,
            slug: sql<string>`slug`,
            name: sql<string>`name`,
            articles: sql<number>`-fewer`.mapWith(Number),
            sortKey: sql<string>`sort_key`,
            fewer: sql<number>`fewer`.mapWith(Number),
          })
          .from(found)
          .where(bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1'), sql.placeholder('b2')], bound.inclusive, backwards))
          .orderBy(...orderBy(order, backwards))
          .limit(boundLimit('limit')),
      )
      return query.execute({ ...c.values(), b0: bound?.values[0], b1: bound?.values[1], b2: bound?.values[2], limit })
    },
    async total() {
      const [row] = await db.prepared(`${name} counted`, q => q.select({ total: count() }).from(found)).execute(c.values())
      return row?.total ?? 0
    },
  }
}

/** Counted first and named then: names are read once each. `cross` keeps SQLite to this order, from the articles of the one to the others of each. */
function together({ tables: { articleLinks: links, people, places } }: Db, kinds: readonly EntityKind[], kind: Placeholder, id: Placeholder): SQL {
  const tables = { person: people, place: places }
  const roles = { person: sql`'person'`, place: sql`'place'` }
  const parts = kinds.map(
    one =>
      sql`select ${roles[one]} as kind, ${tables[one].id} as id, ${tables[one].slug} as slug, ${tables[one].name} as name, ${tables[one].sortKey} as sort_key, fewer
        from (select other.value as value, -count(*) as fewer from ${links} as mine cross join ${links} as other
          where other.article_id = mine.article_id and mine.role = ${kind} and mine.value = ${id} and mine.visible = true and other.role = ${roles[one]} and other.value <> mine.value group by other.value) as counted
        join ${tables[one]} on ${tables[one].id} = counted.value and ${tables[one].trashedAt} is null`,
  )
  return sql`(${sql.join(parts, sql` union all `)}) as related`
}
