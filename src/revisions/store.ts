import { and, count, eq, getTableColumns, sql } from 'drizzle-orm'
import { z } from 'zod'
import { boundLimit } from '../db/conditions.ts'
import { beyond, type Fetch, type Order, orderBy } from '../db/keyset.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { NounKind, Tables } from '../db/tables.ts'
import { type Caller, demand } from '../http/auth.ts'
import { cursorInt } from '../http/page.ts'
import { notFound } from '../lib/errors.ts'
import type { Writer } from '../nouns/writer.ts'

export type Revision = { kind: NounKind; entityId: string; version: number; changed: string[]; state: Record<string, unknown> }

/** Every saved state is kept; the number of a revision is the version that it made. */
export const recordRevision = (db: WriteDb, revision: Revision, writer: Writer): Promise<void> => recordRevisions(db, [revision], writer)

/** The same of several that one writer made. */
export async function recordRevisions(db: WriteDb, revisions: readonly Revision[], { now: at, keyId, requestId }: Writer): Promise<void> {
  await db.insert(
    db.tables.revisions,
    revisions.map(revision => ({ ...revision, at, keyId, requestId })),
  )
}

/** A purged resource takes its past with it. */
export async function purgeRevisions(db: WriteDb, kind: NounKind, entityId: string): Promise<void> {
  const { revisions } = db.tables
  await db.sql.delete(revisions).where(and(eq(revisions.kind, kind), eq(revisions.entityId, entityId)))
}

export type RevisionRow = Tables['revisions']['$inferSelect']
type ListedRow = Omit<RevisionRow, 'state'>

/** The revisions of a resource, the newest first, as a keyset over their numbers. States are long: a list does not read them. */
export function listRevisions(db: Db, kind: NounKind, entityId: string) {
  const { revisions } = db.tables
  const { state, ...columns } = getTableColumns(revisions)
  const mine = sql`${revisions.kind} = ${sql.placeholder('kind')} and ${revisions.entityId} = ${sql.placeholder('entityId')}`
  const order: Order = { columns: [revisions.version], descending: true }
  const fetch: Fetch<ListedRow> = async (bound, backwards, limit) => {
    const query = db.prepared(`revisions ${backwards} ${bound ? bound.inclusive : 'end'}`, q =>
      q
        .select(columns)
        .from(revisions)
        .where(and(mine, bound && beyond(order, [sql.placeholder('b0')], bound.inclusive, backwards)))
        .orderBy(...orderBy(order, backwards))
        .limit(boundLimit('limit')),
    )
    return query.execute({ kind, entityId, b0: bound?.values[0], limit })
  }
  const total = async () =>
    (await db.prepared('count revisions', q => q.select({ total: count() }).from(revisions).where(mine)).execute({ kind, entityId }))[0]?.total ?? 0
  return { fetch, total, valuesOf: (row: ListedRow) => [row.version], values: z.tuple([cursorInt]) }
}

/** One revision; 404 where there is none of this number. `reader` is asked for `content:read` where the route has not done so. */
export async function needRevision(db: Db, kind: NounKind, { id }: { id: string }, version: number, reader?: Caller): Promise<RevisionRow> {
  if (reader) demand(reader, 'content:read', 'Reading revisions')
  const { revisions } = db.tables
  const [row] = await db.sql
    .select()
    .from(revisions)
    .where(and(eq(revisions.kind, kind), eq(revisions.entityId, id), eq(revisions.version, version)))
  if (!row) throw notFound(`revision of this ${kind}`, String(version))
  return row
}

export const presentRevision = ({ version, at, keyId, requestId, changed }: ListedRow) => ({ version, at, keyId, requestId, changed })
