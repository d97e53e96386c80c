import { and, eq, lt } from 'drizzle-orm'
import type { Db, WriteDb } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { Refusal } from '../lib/errors.ts'
import { type Instant, later, millisecondsBetween } from '../lib/instant.ts'
import type { Replay } from './replay.ts'

type Kept = Tables['replays']['$inferSelect']

/** How long an answer is given again. */
export const replayMs = 86_400_000

/** The answer that was given to this request before; 422 where its key was used for another one. */
export async function answerOf(db: Db, { caller, key, fingerprint }: Replay, now: Instant): Promise<Kept | undefined> {
  const { replays } = db.tables
  const [kept] = await db.sql
    .select()
    .from(replays)
    .where(and(eq(replays.caller, caller), eq(replays.key, key)))
  if (!kept || millisecondsBetween(kept.at, now) >= replayMs) return undefined
  if (kept.fingerprint === fingerprint) return kept
  throw new Refusal('idempotency_mismatch', 'This Idempotency-Key was used for another request: take a new one for each thing that is to be done.')
}

/** Keeps an answer; one of the same key that is over is replaced. */
export async function keepAnswer(db: WriteDb, kept: Kept): Promise<void> {
  const { replays } = db.tables
  await db.sql.delete(replays).where(and(eq(replays.caller, kept.caller), eq(replays.key, kept.key)))
  await db.sql.insert(replays).values(kept)
}

/** Drops answers that are given no more. */
export async function dropReplays(db: WriteDb, now: Instant): Promise<void> {
  const { replays } = db.tables
  const oldest = later(now, -replayMs)
  if (oldest) await db.sql.delete(replays).where(lt(replays.at, oldest))
}
