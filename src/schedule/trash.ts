import { and, asc, isNotNull, lt } from 'drizzle-orm'
import { articleOf } from '../articles/store.ts'
import { purgeArticle } from '../articles/write.ts'
import { recordAudit } from '../audit/store.ts'
import type { Db, Store, WriteDb } from '../db/store.ts'
import { type NounKind, nounKinds } from '../db/tables.ts'
import { type Instant, later } from '../lib/instant.ts'
import type { Writer } from '../nouns/writer.ts'
import { personOf } from '../people/store.ts'
import { purgePerson } from '../people/write.ts'
import { placeOf } from '../places/store.ts'
import { purgePlace } from '../places/write.ts'

const msPerDay = 86_400_000
const rowsALook = 50

type Gone = { kind: NounKind; id: string }

/** Purges some of what has been in the trash for more than `days`, each in a transaction of its own; true where there may be more. */
export async function emptyTrash(store: Store, days: number, writer: Writer): Promise<boolean> {
  const before = later(writer.now, -days * msPerDay)
  if (!before) return false
  const gone = await store.read(db => longGone(db, before))
  for (const one of gone) await store.write(db => purge(db, one, before, writer))
  return gone.length >= rowsALook
}

async function longGone(db: Db, before: Instant): Promise<Gone[]> {
  const { articles, people, places } = db.tables
  const table = { article: articles, person: people, place: places }
  const found: Gone[] = []
  for (const kind of nounKinds) {
    const { id, trashedAt } = table[kind]
    const rows = await db.sql
      .select({ id })
      .from(table[kind])
      .where(and(isNotNull(trashedAt), lt(trashedAt, before)))
      .orderBy(asc(trashedAt), asc(id))
      .limit(rowsALook)
    found.push(...rows.map(row => ({ kind, id: row.id })))
  }
  return found
}

/** Gone for good, unless somebody has brought it back, or another process was quicker. */
async function purge(db: WriteDb, { kind, id }: Gone, before: Instant, writer: Writer): Promise<void> {
  const isStill = (row: { trashedAt: string | null } | undefined) => row?.trashedAt != null && row.trashedAt < before
  if (kind === 'article') {
    const row = await articleOf(db, id)
    if (!row || !isStill(row)) return
    await purgeArticle(db, row, writer)
  } else if (kind === 'person') {
    const row = await personOf(db, id)
    if (!row || !isStill(row)) return
    await purgePerson(db, row, writer)
  } else {
    const row = await placeOf(db, id)
    if (!row || !isStill(row)) return
    await purgePlace(db, row, writer)
  }
  await recordAudit(db, { at: writer.now, keyId: null, requestId: null, action: 'emptyTrash', kind, entityId: id, details: null })
}
