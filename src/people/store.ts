import { and, count, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { boundLimit, type Conditions, conditions, inPadded, padded, within } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { naturalKey } from '../http/by-source.ts'
import { keysetValues } from '../http/page.ts'
import { notFound } from '../lib/errors.ts'
import { Moved } from '../lib/moved.ts'
import { heirOf } from '../merges/store.ts'
import { keyed } from '../nouns/key.ts'
import { idOf } from '../references/store.ts'
import type { Compiled } from '../search/compile.ts'
import { rank } from '../search/rank.ts'
import type { Ranked } from '../search/ranked.ts'
import { addFound, compileNameQuery } from '../search/store.ts'
import type { PersonListQuery, PersonSort } from './schema.ts'

export type PersonRow = Tables['people']['$inferSelect']

/** The person of a key, wherever it is; undefined where nobody has it. */
export async function personOf(db: Db, key: string): Promise<PersonRow | undefined> {
  const { people } = db.tables
  const { by, where, values } = keyed(people, key)
  const query = db.prepared(`one person by ${by}`, q => q.select().from(people).where(where).limit(1))
  return (await query.execute(values))[0]
}

/** The person that a PUT replaces; undefined for a natural key that nobody has, or one in the trash: it is made, or refused as taken. */
export async function personToPut(db: Db, key: string): Promise<PersonRow | undefined> {
  if (!naturalKey(key)) return needPerson(db, key)
  const row = await personOf(db, key)
  if (!row) await refuseFormer(db, key, false)
  return row?.trashedAt === null ? row : undefined
}

/** The person of a key, untrashed unless `trashedToo`. A former slug, or a key of what was merged into it, throws Moved, anything else that is not there a 404. */
export async function needPerson(db: Db, key: string, trashedToo = false): Promise<PersonRow> {
  const row = await personOf(db, key)
  if (row && (trashedToo || row.trashedAt === null)) return row
  if (!row) await refuseFormer(db, key, trashedToo)
  throw notFound('person', key)
}

async function refuseFormer(db: Db, key: string, trashedToo: boolean) {
  const id = await heirOf(db, 'person', key)
  if (id !== undefined) throw new Moved((await needPerson(db, id, trashedToo)).slug)
}

/** People of ids, untrashed, in the order of the ids. */
export async function peopleOf(db: Db, ids: readonly string[]): Promise<PersonRow[]> {
  if (ids.length === 0) return []
  const { people } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`people of ${size}`, q =>
    q
      .select()
      .from(people)
      .where(and(inPadded(people.id, size), isNull(people.trashedAt))),
  )
  const rows = new Map((await query.execute(values)).map(row => [row.id, row]))
  return ids.map(id => rows.get(id)).filter(row => row !== undefined)
}

export type PeopleFilter = Omit<PersonListQuery, 'sort' | 'fields' | 'limit' | 'cursor' | 'count'>

/** The conditions of a list; references that nobody has find nothing. */
async function conditionsOf(db: Db, filter: PeopleFilter, query: Compiled | undefined): Promise<Conditions> {
  const { people } = db.tables
  const c = conditions()
  c.add(filter.trashed ? 'trash' : 'here', filter.trashed ? isNotNull(people.trashedAt) : isNull(people.trashedAt))
  if (filter['id.any']) {
    const ids = await Promise.all(filter['id.any'].map(reference => idOf(db, 'person', reference)))
    const known = ids.filter(id => id !== undefined)
    c.add(`ids ${known.length}`, within(c, sql`${people.id}`, known))
  }
  if (filter.countryCode !== undefined) c.add('country', eq(people.countryCode, c.bind(filter.countryCode)))
  if (filter.wikidataId !== undefined) c.add('wikidata', eq(people.wikidataId, c.bind(filter.wikidataId)))
  if (filter.source !== undefined) c.add('source', eq(people.sourceName, c.bind(filter.source)))
  if (filter['updatedAt.gte'] !== undefined) c.add('since', sql`${people.updatedAt} >= ${c.bind(filter['updatedAt.gte'])}`)
  if (query) addFound(db, c, 'person', query)
  return c
}

const orders = ({ people }: Tables): Record<Exclude<PersonSort, 'relevance'>, Order> => ({
  name: { columns: [people.sortKey, people.id], descending: false },
  '-name': { columns: [people.sortKey, people.id], descending: true },
  updatedAt: { columns: [people.updatedAt, people.id], descending: false },
  '-updatedAt': { columns: [people.updatedAt, people.id], descending: true },
  articleCount: { columns: [people.articleCount, people.id], descending: false },
  '-articleCount': { columns: [people.articleCount, people.id], descending: true },
})

/** How a list of people is fetched from any border, and the values that a row has in its order. */
export async function listPeople(db: Db, filter: PeopleFilter, sort: Exclude<PersonSort, 'relevance'>) {
  const { people } = db.tables
  const query = filter.q === undefined ? undefined : await compileNameQuery(db, filter.q)
  const c = await conditionsOf(db, filter, query)
  const order = orders(db.tables)[sort]
  const fetch: Fetch<PersonRow> = async (bound, backwards, limit) => {
    const name = `people ${sort} ${c.shape()} ${backwards} ${bound ? bound.inclusive : 'end'}`
    const prepared = db.prepared(name, q => {
      const border: SQL | undefined = bound && beyond(order, [sql.placeholder('b0'), sql.placeholder('b1')], bound.inclusive, backwards)
      return q
        .select()
        .from(people)
        .where(and(c.where(), border))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit'))
    })
    return prepared.execute({ ...c.values(), b0: bound?.values[0], b1: bound?.values[1], limit })
  }
  const valuesOf = (row: PersonRow): (string | number)[] => [
    sort.endsWith('updatedAt') ? row.updatedAt : sort.endsWith('articleCount') ? row.articleCount : row.sortKey,
    row.id,
  ]
  const total = async () => {
    const [row] = await db.sql.select({ total: count() }).from(people).where(c.where()).prepare().execute(c.values())
    return row?.total ?? 0
  }
  return {
    fetch,
    valuesOf,
    total,
    values: keysetValues[sort.endsWith('articleCount') ? 'int' : sort.endsWith('updatedAt') ? 'instant' : 'text'],
  }
}

/** People that a query finds, best first. */
export async function rankPeople(db: Db, filter: PeopleFilter): Promise<Ranked[]> {
  const c = await conditionsOf(db, filter, undefined)
  return rank(db, await compileNameQuery(db, filter.q ?? ''), { kinds: ['person'], conditions: c, rows: { person: c.where() }, order: 'relevance' })
}

/** Rows of seqs, in their order. */
export async function peopleBySeq(db: Db, seqs: readonly number[]): Promise<PersonRow[]> {
  const { people } = db.tables
  if (seqs.length === 0) return []
  const rows = await db.sql
    .select()
    .from(people)
    .where(
      sql`${people.seq} in (${sql.join(
        seqs.map(seq => sql`${seq}`),
        sql`, `,
      )})`,
    )
  const bySeq = new Map(rows.map(row => [row.seq, row]))
  return seqs.map(seq => bySeq.get(seq)).filter(row => row !== undefined)
}
