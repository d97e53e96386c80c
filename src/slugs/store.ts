import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Db, WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import { conflict } from '../lib/errors.ts'
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

/** The slug of a new resource: the one that was asked for (409 `slug_taken` where it is another's), else one made of its title, with a suffix where that is taken. */
export async function claimSlug(db: WriteDb, kind: NounKind, entityId: string, wanted: string | undefined, title: string): Promise<string> {
  const slug = wanted ?? (await freeSlug(db, kind, title))
  if (wanted !== undefined) await refuseTaken(db, kind, entityId, wanted)
  await insertSlug(db, kind, slug, entityId)
  return slug
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
  } else await insertSlug(db, kind, slug, entityId)
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
  if (owner && owner.entityId !== entityId)
    throw conflict({
      pointer: '/slug',
      code: 'slug_taken',
      detail: `${JSON.stringify(slug)} is or was the slug of another; leave slug out and one is made`,
    })
  return owner
}

async function freeSlug(db: WriteDb, kind: NounKind, title: string): Promise<string> {
  const slug = makeSlug(title)
  if (!(await ownerOfSlug(db, kind, slug))) return slug
  for (let n = 2; n <= lastNumber; n += 1) {
    const numbered = numberedSlug(slug, n)
    if (!(await ownerOfSlug(db, kind, numbered))) return numbered
  }
  return numberedSlug(slug, Number.parseInt(newId().slice(-8), 16))
}

async function insertSlug(db: WriteDb, kind: NounKind, slug: string, entityId: string) {
  const insert = db.prepared('insert slug', q =>
    q
      .insert(db.tables.slugs)
      .values({ kind: sql.placeholder('kind'), slug: sql.placeholder('slug'), entityId: sql.placeholder('entityId'), current: true }),
  )
  await insert.execute({ kind, slug, entityId })
}
