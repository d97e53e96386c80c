import { and, eq, sql } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import type { Writer } from '../nouns/writer.ts'

export type Revision = { kind: NounKind; entityId: string; version: number; changed: string[]; state: Record<string, unknown> }

/** Every saved state is kept; the number of a revision is the version that it made. */
export async function recordRevision(db: WriteDb, revision: Revision, writer: Writer): Promise<void> {
  const { revisions } = db.tables
  const insert = db.prepared('insert revision', q =>
    q.insert(revisions).values({
      kind: sql.placeholder('kind'),
      entityId: sql.placeholder('entityId'),
      version: sql.placeholder('version'),
      at: sql.placeholder('at'),
      keyId: sql.placeholder('keyId'),
      requestId: sql.placeholder('requestId'),
      changed: sql.placeholder('changed'),
      state: sql.placeholder('state'),
    }),
  )
  await insert.execute({ ...revision, at: writer.now, keyId: writer.keyId, requestId: writer.requestId })
}

/** A purged resource takes its past with it. */
export async function purgeRevisions(db: WriteDb, kind: NounKind, entityId: string): Promise<void> {
  const { revisions } = db.tables
  await db.sql.delete(revisions).where(and(eq(revisions.kind, kind), eq(revisions.entityId, entityId)))
}
