import { troubleOf } from '../db/errors.ts'
import type { ErrorCode } from '../lib/errors.ts'

const ofTrouble: Record<NonNullable<ReturnType<typeof troubleOf>>, ErrorCode> = {
  busy: 'busy',
  full: 'storage_full',
  readonly: 'storage_unavailable',
  damaged: 'storage_unavailable',
  away: 'storage_away',
  slow: 'query_too_slow',
}

/** What HTTP calls a trouble of the database that will pass; undefined for any other error. */
export const storageTrouble = (error: unknown): ErrorCode | undefined => {
  const trouble = troubleOf(error)
  return trouble && ofTrouble[trouble]
}
