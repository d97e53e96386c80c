// What lies in what: chains of places, never rings, of at most `maxChainPlaces`.
import { eq, sql } from 'drizzle-orm'
import { boundLimit } from '../db/conditions.ts'
import type { Db, WriteDb } from '../db/store.ts'
import { type Issue, shown } from '../lib/errors.ts'
import { referenceKinds, resolveAll } from '../references/store.ts'

export const maxChainPlaces = 20
export const maxInsides = 10_000

const pointer = '/containedInId'

type Container = { containerId: string | null; issues: Issue[] }

/** The place that a reference of a body stands for, or what is wrong with it: `unknown_reference`. */
export async function containerOf(db: Db, reference: string | null): Promise<Container> {
  if (reference === null) return { containerId: null, issues: [] }
  const { entities, issues } = await resolveAll(db, referenceKinds.containedInId, [reference], () => pointer)
  return { containerId: entities[0]?.id ?? null, issues }
}

/**
 * What is wrong with putting a place (null: one that is not made yet) into a container: `containment_ring`, `containment_too_deep`.
 * Containers in the trash count, so that bringing one back never closes a ring.
 */
export async function chainIssues(db: WriteDb, place: { id: string; slug: string } | null, containerId: string): Promise<Issue[]> {
  const above = await chainAbove(db, containerId)
  const at = place ? above.findIndex(({ id }) => id === place.id) : -1
  if (place && at >= 0) {
    const ring = [place.slug, ...above.slice(0, at + 1).map(({ slug }) => slug)].map(shown)
    return [{ pointer, code: 'containment_ring', detail: `would put a place inside itself: ${ring.join(' in ')}` }]
  }
  const below = place ? await heightOf(db, place.id) : 1
  if (above.length + below <= maxChainPlaces) return []
  return [{ pointer, code: 'containment_too_deep', detail: `would make a chain of more than ${maxChainPlaces} places, each inside the next` }]
}

type Contained = { id: string; slug: string; containerId: string | null }

/** What is wrong with putting all that lies in one place into another; one that lies in the first directly takes its place. */
export async function mergeIssues(db: WriteDb, from: Contained, into: Contained): Promise<Issue[]> {
  const above = await chainAbove(db, into.id)
  const at = above.findIndex(({ id }) => id === from.id)
  if (at > 1) {
    const between = above.slice(0, at + 1).map(({ slug }) => shown(slug))
    return [{ pointer: '/into', code: 'containment_ring', detail: `lies inside it, with others between: ${between.join(' in ')}` }]
  }
  const depth = above.length - (at === 1 ? 1 : 0) + (await heightOf(db, from.id)) - 1
  if (depth <= maxChainPlaces) return []
  return [
    { pointer: '/into', code: 'containment_too_deep', detail: `would hold a chain of more than ${maxChainPlaces} places, each inside the next` },
  ]
}

/** Puts what lies directly in one place into another; gives the ids. */
export async function moveInsides(db: WriteDb, from: string, to: string): Promise<string[]> {
  const { places } = db.tables
  const moved = await db.sql
    .update(places)
    .set({ containerId: to, containedInId: to })
    .where(eq(places.containerId, from))
    .returning({ id: places.id })
  return moved.map(({ id }) => id).sort()
}

/** A place and what it lies in, inmost first, the trash too. */
async function chainAbove(db: Db, id: string): Promise<{ id: string; slug: string }[]> {
  const { places } = db.tables
  const query = db.prepared('chain above a place', q =>
    q
      .select({ id: sql<string>`id`, slug: sql<string>`slug` })
      .from(
        sql`(with recursive above (id, slug, outer_id, depth) as (
          select ${places.id}, ${places.slug}, ${places.containerId}, 1 from ${places} where ${places.id} = ${sql.placeholder('id')}
          union all
          select ${places.id}, ${places.slug}, ${places.containerId}, above.depth + 1 from ${places} join above on ${places.id} = above.outer_id where above.depth < ${sql.placeholder('max')}
        ) select id, slug, depth from above) as chain`,
      )
      .orderBy(sql`depth`),
  )
  return query.execute({ id, max: maxChainPlaces })
}

/** How many places the longest chain inside a place has, itself included. */
async function heightOf(db: Db, id: string): Promise<number> {
  const { places } = db.tables
  const query = db.prepared('height of a place', q =>
    q.select({ height: sql<number>`max(depth)`.mapWith(Number) }).from(
      sql`(with recursive inside (id, depth) as (
          select ${places.id}, 1 from ${places} where ${places.id} = ${sql.placeholder('id')}
          union all
          select ${places.id}, inside.depth + 1 from ${places} join inside on ${places.containerId} = inside.id where inside.depth < ${sql.placeholder('max')}
        ) select depth from inside) as chain`,
    ),
  )
  return Math.max(...(await query.execute({ id, max: maxChainPlaces })).map(({ height }) => height))
}

/** A place and everything inside it that is not in the trash, nor inside what is; level by level, in the order of ids, at most `maxInsides`. */
export async function insidesOf(db: Db, id: string): Promise<string[]> {
  const { places } = db.tables
  const query = db.prepared('insides of a place', q =>
    q
      .select({ id: sql<string>`id` })
      .from(
        // the recursion is worked off level by level and stops at the limit; the order outside says so
        sql`(with recursive inside (id, depth) as (
          select ${places.id}, 1 from ${places} where ${places.id} = ${sql.placeholder('id')} and ${places.trashedAt} is null
          union all
          select ${places.id}, inside.depth + 1 from ${places} join inside on ${places.containedInId} = inside.id where ${places.trashedAt} is null and inside.depth < ${sql.placeholder('max')}
        ) select id, depth from inside limit ${boundLimit('limit')}) as chain`,
      )
      .orderBy(sql`depth`, sql`id`),
  )
  return (await query.execute({ id, max: maxChainPlaces, limit: maxInsides })).map(row => row.id)
}

/** A place left the trash or entered it: what is directly inside shows it again, or no more. */
export async function showContainer(db: WriteDb, id: string, isShown: boolean): Promise<void> {
  const { places } = db.tables
  await db.sql
    .update(places)
    .set({ containedInId: isShown ? id : null })
    .where(eq(places.containerId, id))
}

/** A place goes for good: what is directly inside lies in nothing. */
export async function forgetContainer(db: WriteDb, id: string): Promise<void> {
  const { places } = db.tables
  await db.sql.update(places).set({ containedInId: null, containerId: null }).where(eq(places.containerId, id))
}
