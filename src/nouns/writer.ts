import type { FastifyRequest } from 'fastify'
import type { Caller } from '../http/auth.ts'
import type { Clock, Instant } from '../lib/instant.ts'
import type { KnownNames } from '../mentions/known-names.ts'

/** Who writes, through which request, and when; the names that a write links with or changes, and what the caller may do. `keyId` is null for the admin key of the environment and for the machine itself. */
export type Writer = { keyId: string | null; requestId: string | null; now: Instant; names: KnownNames; caller: Caller }

export const writerOf = (request: FastifyRequest, { clock, names }: { clock: Clock; names: KnownNames }): Writer => ({
  keyId: request.caller.known ? request.caller.keyId : null,
  requestId: request.id,
  now: clock.now(),
  names,
  caller: request.caller,
})
