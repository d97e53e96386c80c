import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { inPadded, padded } from '../db/conditions.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import { conflict, type Refusal } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { makeSlug, numberedSlug } from '../lib/slug.ts'

const lastNumber = 5

/** Whose slug this is, present or former; undefined where it is nobody's. */
export async function ownerOfSlug(db: Db, kind: NounKind, slug: string) {
  const query = db.prepared(`slug of ${kind}`, q =>
    q
      .select({ entityId: db.tables.slugs.entityId, current: db.tables.slugs.current })
      .from(db.tables.slugs)
      .where(and(eq(db.tables.slugs.kind, kind), eq(db.tables.slugs.slug, sql.placeholder('slug')))),
  )
  const [row] = await query.execute({ slug })
  return row
}

/** A new resource that is to have a slug: the one that was asked for, or one made of its title. */
export type Wanted = { entityId: string; slug: string | undefined; title: string }

/** The slug of a new resource: the one that was asked for (409 `slug_taken` where it is another's), else one made of its title, with a suffix where that is taken. */
export async function claimSlug(db: WriteDb, kind: NounKind, wanted: Wanted): Promise<string> {
  const [claimed] = await claimSlugs(db, kind, [wanted])
  if (typeof claimed !== 'string') throw claimed
  return claimed
}

/** The same of several in their order, with the refusal in the place of a slug that is taken; written when all are known. */
export async function claimSlugs(db: WriteDb, kind: NounKind, all: readonly Wanted[]): Promise<(string | Refusal)[]> {
  const first = ({ slug, title }: Wanted) => slug ?? makeSlug(title)
  const taken = await takenSlugs(db, kind, all.map(first))
  const claimed: (string | Refusal)[] = []
  for (const wanted of all) {
    const slug = first(wanted)
    if (!taken.has(slug)) claimed.push(slug)
    else claimed.push(wanted.slug === undefined ? await numberedFree(db, kind, slug, taken) : slugTaken(slug))
    const last = claimed.at(-1)
    if (typeof last === 'string') taken.add(last)
  }
  await db.insert(
    db.tables.slugs,
    claimed.flatMap((slug, n) => (typeof slug === 'string' ? [{ kind, slug, entityId: all[n]?.entityId ?? '', current: true }] : [])),
  )
  return claimed
}

/** Those of some slugs that are somebody's. */
async function takenSlugs(db: Db, kind: NounKind, all: readonly string[]): Promise<Set<string>> {
  const { slugs } = db.tables
  const { size, values } = padded(all)
  const query = db.prepared(`${size} slugs of ${kind}`, q =>
    q
      .select({ slug: slugs.slug })
      .from(slugs)
      .where(and(eq(slugs.kind, kind), inPadded(slugs.slug, size))),
  )
  return new Set((await query.execute(values)).map(({ slug }) => slug))
}

async function numberedFree(db: Db, kind: NounKind, slug: string, taken: ReadonlySet<string>): Promise<string> {
  for (let n = 2; n <= lastNumber; n += 1) {
    const numbered = numberedSlug(slug, n)
    if (!taken.has(numbered) && !(await ownerOfSlug(db, kind, numbered))) return numbered
  }
  return numberedSlug(slug, Number.parseInt(newId().slice(-8), 16))
}

/** Gives a resource another slug; the one it had stays with it as a former one. Its own former one may come back. */
export async function changeSlug(db: WriteDb, kind: NounKind, entityId: string, slug: string): Promise<void> {
  const { slugs } = db.tables
  const owner = await refuseTaken(db, kind, entityId, slug)
  await db.sql
    .update(slugs)
    .set({ current: false })
    .where(and(eq(slugs.kind, kind), eq(slugs.entityId, entityId)))
  if (owner) {
    await db.sql
      .update(slugs)
      .set({ current: true })
      .where(and(eq(slugs.kind, kind), eq(slugs.slug, slug)))
  } else await db.insert(slugs, [{ kind, slug, entityId, current: true }])
}

/** A purged resource gives all its slugs back. */
export async function releaseSlugs(db: WriteDb, kind: NounKind, entityId: string): Promise<void> {
  const { slugs } = db.tables
  await db.sql.delete(slugs).where(and(eq(slugs.kind, kind), eq(slugs.entityId, entityId)))
}

/** Gives all slugs of one to another, whose former ones they are from then on; gives them as they were, the present one first. */
export async function handOverSlugs(db: WriteDb, kind: NounKind, from: string, to: string): Promise<string[]> {
  const { slugs } = db.tables
  const theirs = and(eq(slugs.kind, kind), eq(slugs.entityId, from))
  const rows = await db.sql.select({ slug: slugs.slug }).from(slugs).where(theirs).orderBy(desc(slugs.current), asc(slugs.slug))
  await db.sql.update(slugs).set({ entityId: to, current: false }).where(theirs)
  return rows.map(({ slug }) => slug)
}

async function refuseTaken(db: WriteDb, kind: NounKind, entityId: string, slug: string) {
  const owner = await ownerOfSlug(db, kind, slug)
  if (owner && owner.entityId !== entityId) throw slugTaken(slug)
  return owner
}

const slugTaken = (slug: string) =>
  conflict({
    pointer: '/slug',
    code: 'slug_taken',
    detail: `${JSON.stringify(slug)} is or was the slug of another; leave slug out and one is made`,
  })
