import type { FastifyInstance } from 'fastify'
import sjson from 'secure-json-parse'
import { Refusal } from '../lib/errors.ts'
import { takes } from './problem.ts'

export const mergePatchType = 'application/merge-patch+json'

/** JSON bodies of the media types that the contract names; routes add what they alone take. Anything else is a 415. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['application/json', mergePatchType], { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 && takes(request).length === 0) return done(null, undefined) // some clients name the type of no body, too
    try {
      done(null, parseJson(decodeUtf8(Buffer.from(body))))
    } catch (error) {
      done(error instanceof Error ? error : new Error('unreadable'), undefined)
    }
  })
}

/** Text of a body; refuses bytes that are no UTF-8 and says where the first is. */
export function decodeUtf8(bytes: Buffer, what = 'The body'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Refusal('malformed_json', `${what} is not valid UTF-8.`)
  }
}

/** JSON that sets no prototype. */
export function parseJson(text: string, what = 'The body'): unknown {
  if (text === '') throw new Refusal('body_required', 'The operation needs a body.')
  try {
    return sjson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deep' : error instanceof Error ? error.message : 'it cannot be parsed'
    throw new Refusal('malformed_json', `${what} is not JSON: ${why}`)
  }
}

/** What a write takes: JSON of one shape. */
export const jsonBody = <T>(schema: T) => ({ content: { 'application/json': { schema } } })

/** What PATCH takes: JSON Merge Patch (RFC 7396), under its own media type and as plain JSON. */
export const patchBody = <T>(schema: T) =>
  ({ content: { [mergePatchType]: { schema }, 'application/json': { schema } } }) as {
    content: { 'application/merge-patch+json': { schema: T }; 'application/json': { schema: T } }
  }
