// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): which request may be answered as one before it.
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { invalid, Refusal } from '../lib/errors.ts'

/** Which answer a request may share: the caller's own key for it, and what was asked. */
export type Replay = { caller: string; key: string; fingerprint: string }

/** Bare, or a string of structured fields (RFC 9651) without escapes. */
const form = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/

/** How a POST may be repeated; undefined where it does not say, or where it is no POST. */
export function replayOf(request: FastifyRequest): Replay | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined || request.method !== 'POST') return undefined
  const [, quoted, bare] = form.exec(String(header)) ?? []
  const key = quoted ?? bare
  if (key === undefined)
    throw invalid({
      header: 'Idempotency-Key',
      code: 'invalid_idempotency_key',
      detail: 'must be 1 to 255 visible ASCII characters, bare or in double quotes',
    })
  const asked = [request.method, request.originalUrl, JSON.stringify(request.body ?? null)].join('\n')
  const caller = request.caller.known ? (request.caller.keyId ?? 'admin') : 'nobody'
  return { caller, key, fingerprint: createHash('sha256').update(asked).digest('hex') }
}

const running = new WeakMap<object, Set<string>>()

/** Notes that a request is under way, until the function that it gives is called; 409 where it is already. `store` is what they run on. */
export function begin(store: object, { caller, key }: Replay): () => void {
  const mine = running.get(store) ?? new Set()
  running.set(store, mine)
  const name = `${caller} ${key}`
  if (mine.has(name))
    throw new Refusal('idempotency_running', 'The first request with this Idempotency-Key is still being answered.', {
      headers: { 'retry-after': '1' },
    })
  mine.add(name)
  return () => mine.delete(name)
}

/** Some answers cannot be given again: 400 where one is asked to be. */
export function refuseReplay({ headers }: FastifyRequest, why: string): void {
  if (headers['idempotency-key'] !== undefined)
    throw invalid({
      header: 'Idempotency-Key',
      code: 'idempotency_impossible',
      detail: `cannot be used here: ${why}`,
    })
}
