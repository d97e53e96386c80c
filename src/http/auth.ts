import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../lib/errors.ts'

export const scopes = ['content:read', 'content:write', 'content:publish', 'keys:write', 'webhooks:write', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** What a route asks of its caller: `public` is open to everybody (unless PUBLIC_READ is off), `open` to everybody always. */
export type Access = Scope | 'public' | 'open'

/** Who asks: nobody, or a key with its scopes. `keyId` is null for the admin key of the environment. */
export type Caller = { known: false } | { known: true; keyId: string | null; scopes: ReadonlySet<Scope> }

/** Finds the caller of a key by its text; undefined for a key that is unknown, expired or revoked. */
export type FindCaller = (key: string) => Promise<Caller | undefined>

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

export const nobody: Caller = { known: false }

export const adminCaller: Caller = { known: true, keyId: null, scopes: new Set(scopes) }

/** `admin` holds every scope. */
export const may = (caller: Caller, scope: Scope): boolean => caller.known && (caller.scopes.has(scope) || caller.scopes.has('admin'))

/** Who sends this request. A key that is not valid is refused on every route, never taken for nobody. */
export async function callerOf(request: FastifyRequest, find: FindCaller): Promise<Caller> {
  const header = request.headers.authorization
  if (header === undefined) return nobody
  const key = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1]
  const caller = key === undefined ? undefined : await find(key)
  if (caller) return caller
  const detail = key === undefined ? 'The Authorization header must be "Bearer" and one key.' : 'This key is unknown, expired or revoked.'
  throw new Refusal('invalid_key', detail, { headers: { 'www-authenticate': 'Bearer realm="dateline", error="invalid_token"' } })
}

/** Refuses a caller without the scope: 401 for nobody, 403 for a key that lacks it. */
export function demand(caller: Caller, scope: Scope, what: string): void {
  if (may(caller, scope)) return
  if (caller.known) throw new Refusal('missing_scope', `${what} needs a key with the scope ${scope}.`)
  throw new Refusal('unauthenticated', `${what} needs a key with the scope ${scope}.`, { headers: { 'www-authenticate': 'Bearer realm="dateline"' } })
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** A request with a key sees every write acknowledged before it; one without may be answered by a replica that is behind (design, freshness). */
export const freshnessFor = (caller: Caller): 'fresh' | 'lagging' => (caller.known ? 'fresh' : 'lagging')
