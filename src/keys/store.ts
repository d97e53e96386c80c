import { and, asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db, Store, WriteDb } from '../db/store.ts'
import type { Deps } from '../deps.ts'
import { adminCaller, type Caller, type Scope, sameSecret, scopes } from '../http/auth.ts'
import { definedOnly } from '../lib/defined.ts'
import { type Instant, millisecondsBetween } from '../lib/instant.ts'
import { hashSecret, newKey, parseKey } from './key.ts'
import type { KeyCreate, KeyUpdate } from './schema.ts'

/** A key as it may be shown: neither its secret nor the hash of it. */
export type KeyInfo = {
  id: string
  name: string
  scopes: Scope[]
  createdAt: Instant
  expiresAt: Instant | null
  revokedAt: Instant | null
  lastUsedAt: Instant | null
}

/** Most keys that one list has. */
export const maxKeysListed = 1_000
const lastUsedEveryMs = 60_000

/** Makes a key. `text` is the only copy of its secret: it is shown once and never stored. */
export async function createKey(db: WriteDb, { name, scopes, expiresAt }: KeyCreate, now: Instant): Promise<{ text: string; key: KeyInfo }> {
  const made = newKey()
  const key: KeyInfo = { id: made.id, name, scopes, createdAt: now, expiresAt, revokedAt: null, lastUsedAt: null }
  await db.sql.insert(db.tables.keys).values({ ...key, hash: hashSecret(made) })
  return { text: made.text, key }
}

/** Keys, the newest first, revoked and expired ones too. */
export async function listKeys(db: Db, limit: number = maxKeysListed): Promise<KeyInfo[]> {
  const { keys } = db.tables
  const rows = await db.sql.select(shownColumns(db)).from(keys).orderBy(desc(keys.createdAt), asc(keys.id)).limit(limit)
  return rows.map(row => ({ ...row, scopes: knownScopes(row.scopes) }))
}

/** One key; undefined where there is none of this id. */
export async function getKey(db: Db, id: string): Promise<KeyInfo | undefined> {
  const { keys } = db.tables
  const [row] = await db.sql.select(shownColumns(db)).from(keys).where(eq(keys.id, id)).limit(1)
  return row && { ...row, scopes: knownScopes(row.scopes) }
}

/** Changes what is named of a key. */
export async function updateKey(db: WriteDb, key: KeyInfo, changes: KeyUpdate): Promise<KeyInfo> {
  const named = definedOnly(changes)
  if (Object.keys(named).length > 0) await db.sql.update(db.tables.keys).set(named).where(eq(db.tables.keys.id, key.id))
  return { ...key, ...named }
}

/** Ends a key for good, from the next request on. One that was revoked before keeps its moment; undefined where there is none of this id. */
export async function revokeKey(db: WriteDb, id: string, now: Instant): Promise<KeyInfo | undefined> {
  const { keys } = db.tables
  await db.sql
    .update(keys)
    .set({ revokedAt: now })
    .where(and(eq(keys.id, id), isNull(keys.revokedAt)))
  const [row] = await db.sql.select(shownColumns(db)).from(keys).where(eq(keys.id, id)).limit(1)
  return row && { ...row, scopes: knownScopes(row.scopes) }
}

/** Ends every key of a name. */
export async function revokeKeysNamed(db: WriteDb, name: string, now: Instant): Promise<void> {
  const { keys } = db.tables
  await db.sql
    .update(keys)
    .set({ revokedAt: now })
    .where(and(eq(keys.name, name), isNull(keys.revokedAt)))
}

/** The caller of a key; undefined for one that is mistyped, unknown, expired or revoked. The log (debug) tells which, by the id alone. */
export async function findCaller({ config, store, clock, log }: Deps, text: string): Promise<Caller | undefined> {
  if (config.adminKey !== undefined && sameSecret(text, config.adminKey)) return adminCaller
  const parts = parseKey(text)
  if (typeof parts === 'string') return refused(parts)
  const key = await store.read(db => findKey(db, parts.id))
  const now = clock.now()
  if (!key || !sameSecret(key.hash, hashSecret(parts))) return refused('unknown', parts.id)
  if (key.revokedAt !== null) return refused('revoked', key.id)
  if (key.expiresAt !== null && key.expiresAt <= now) return refused('expired', key.id)
  if (isDue(store, key, now)) noteUse(store, key.id, now).catch(err => log.warn({ err, keyId: key.id }, 'the last use of a key could not be noted'))
  return { known: true, keyId: key.id, scopes: new Set(knownScopes(key.scopes)) }

  function refused(why: string, keyId: string | null = null) {
    log.debug({ keyId, why }, 'a key was refused')
    return undefined
  }
}

async function findKey(db: Db, id: string) {
  const { keys } = db.tables
  const query = db.prepared('key by id', q =>
    q
      .select()
      .from(keys)
      .where(eq(keys.id, sql.placeholder('id')))
      .limit(1),
  )
  const [row] = await query.execute({ id })
  return row
}

/** When this process last noted the use of each key: requests that come together, and a disk that refuses, lead to one write a minute. */
const noted = new WeakMap<Store, Map<string, Instant>>()

function isDue(store: Store, key: { id: string; lastUsedAt: Instant | null }, now: Instant): boolean {
  const mine = noted.get(store) ?? new Map<string, Instant>()
  noted.set(store, mine)
  const last = [key.lastUsedAt, mine.get(key.id)].reduce<Instant>((a, b) => (b && b > a ? b : a), '')
  if (last !== '' && millisecondsBetween(last, now) < lastUsedEveryMs) return false
  mine.set(key.id, now)
  return true
}

const noteUse = (store: Store, id: string, now: Instant): Promise<void> =>
  store.write(async ({ sql, tables: { keys } }) => {
    await sql
      .update(keys)
      .set({ lastUsedAt: now })
      .where(and(eq(keys.id, id), or(isNull(keys.lastUsedAt), lt(keys.lastUsedAt, now))))
  })

const shownColumns = ({ tables: { keys } }: Db) => ({
  id: keys.id,
  name: keys.name,
  scopes: keys.scopes,
  createdAt: keys.createdAt,
  expiresAt: keys.expiresAt,
  revokedAt: keys.revokedAt,
  lastUsedAt: keys.lastUsedAt,
})

/** Scopes that this version knows, in one order. */
const knownScopes = (stored: readonly string[]): Scope[] => scopes.filter(scope => stored.includes(scope))
