import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Fetched many at a time, as asking the system costs more than the bytes. */
const pool = Buffer.allocUnsafe(16_384)
let used = pool.length

/** Random bytes, fit for secrets; at most some hundred, to be read before the next call. */
export function randomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

/** A new id: UUIDv7 (RFC 9562), so that ids sort by the time they were made. */
export const newId = (): string => v7()

export const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
const uuid = new RegExp(uuidPattern, 'i')

/** True for anything of the form of a UUID: such a `{key}` is an id, never a slug. */
export const isUuid = (value: string): boolean => uuid.test(value)
