import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { Refusal } from '../lib/errors.ts'
import { httpDate, type Instant } from '../lib/instant.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Version of the resource that the answer shows; 0 for lists. */
    shownVersion: number
  }
}

/** Notes which version an answer shows, for its ETag and Last-Modified. */
export function stamp(reply: FastifyReply, shown: { version: number; updatedAt: Instant }): void {
  reply.request.shownVersion = shown.version
  reply.header('last-modified', httpDate(shown.updatedAt))
}

/** Strong: `"<version>-<16 hex of SHA-256 of the bytes>"`. */
export const etagOf = (version: number, bytes: string | Buffer): string => `"${version}-${hash('sha256', bytes).slice(0, 16)}"`

type Done = (error: Error | null, payload?: unknown) => void

/** onSend, before compression: names the bytes, and answers 304 where the asker has them. */
export function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  done(null, tagged(request, reply, payload))
}

function tagged(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const { statusCode } = reply
  if ((statusCode !== 200 && statusCode !== 201) || (typeof payload !== 'string' && !Buffer.isBuffer(payload))) return payload
  const told = reply.getHeader('etag') // of an answer that is kept
  const etag = typeof told === 'string' ? told : etagOf(request.shownVersion, payload)
  reply.header('etag', etag)
  const known = request.headers['if-none-match']
  if (known === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return payload
  const match = matching(known, etag)
  if (match === undefined) return payload
  reply.code(304).header('etag', match).removeHeader('content-type')
  reply.removeHeader('content-length')
  return ''
}

/** onSend, after compression: a coded answer is other bytes, so its tag gets the coding behind it. */
function tagCoding(_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  const coding = reply.getHeader('content-encoding')
  const etag = reply.getHeader('etag')
  if (typeof coding === 'string' && typeof etag === 'string') reply.header('etag', etag.replace(/"$/, `-${coding}"`))
  done(null, payload)
}

/** A list of entity tags (RFC 9110, 8.8.3); one that is malformed anywhere has none. */
function tagsOf(header: string): { weak: boolean; opaque: string }[] {
  const parts = header.split(',').map(part => /^[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*$/.exec(part))
  return parts.every(part => part !== null) ? parts.map(([, weak, opaque = '']) => ({ weak: weak !== undefined, opaque })) : []
}

/** onRoute, after the compressor: that hangs its work on each route, behind every onSend of the app, so this hangs behind it. */
export function tagCodingLast(route: RouteOptions): void {
  route.onSend = [route.onSend ?? [], tagCoding].flat()
}

const codings = /-(?:gzip|br|deflate|zstd)$/

/** The asker's own tag that stands for these bytes (RFC 9110, 13.1.2: weak comparison), whatever coding it had. */
function matching(header: string, etag: string): string | undefined {
  if (header.trim() === '*') return etag
  for (const { opaque } of tagsOf(header)) if (`"${opaque.replace(codings, '')}"` === etag) return `"${opaque}"`
  return undefined
}

export type Condition = { ifMatch: string | undefined; ifNoneMatch: string | undefined }

export const conditionOf = (request: FastifyRequest): Condition => ({
  ifMatch: request.headers['if-match'],
  ifNoneMatch: request.headers['if-none-match'],
})

/**
 * Refuses a write to what is not the version that the writer saw (412), or a blind one where `required` (428).
 * `current` is undefined where there is nothing yet: whatever is made there overwrites nothing.
 * If-Match compares the part before the first dash, so the ETag of any representation serves; `version` of the body is the same condition once more.
 */
export function demandVersion(current: number | undefined, condition: Condition, bodyVersion: number | undefined, required: boolean): void {
  const { ifMatch, ifNoneMatch } = condition
  if (current === undefined) {
    if (ifMatch !== undefined || bodyVersion !== undefined)
      throw new Refusal('version_mismatch', 'There is nothing at this address yet, and so no version of it.')
    return
  }
  if (ifMatch !== undefined && ifMatch.trim() !== '*') {
    const versions = tagsOf(ifMatch).flatMap(({ weak, opaque }) => (weak ? [] : [opaque.split('-', 1)[0]]))
    if (!versions.includes(String(current)))
      throw new Refusal('version_mismatch', `The resource is at version ${current}, which If-Match does not name.`)
  }
  if (bodyVersion !== undefined && bodyVersion !== current)
    throw new Refusal('version_mismatch', `The resource is at version ${current}, not ${bodyVersion}.`)
  if (
    ifNoneMatch !== undefined &&
    (ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some(({ opaque }) => opaque.split('-', 1)[0] === String(current)))
  ) {
    throw new Refusal('already_exists', 'If-None-Match names what is stored.')
  }
  if (required && ifMatch === undefined && bodyVersion === undefined)
    throw new Refusal('precondition_required', 'Send If-Match with the ETag that you read, or `version` in the body.')
}
