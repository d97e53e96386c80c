import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { catalogue, Refusal } from '../lib/errors.ts'
import { callerOf, demand, type FindCaller } from './auth.ts'
import type { CountRequest } from './limits.ts'
import { essence, takes, unsupported } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the route answers; JSON where none are named. */
    answers?: readonly string[]
  }
}

/** Longest address with its query. */
const maxUrlCharacters = 8_192

const json = ['application/json'] as const

/**
 * What is judged before a byte of the body is read, in the order of the contract: 401, 429, (404 and 405 of the route), 403 of the scope, 406, 415.
 * `publicRead` false asks every reader of published content for a valid key.
 */
export const guard = (findCaller: FindCaller, publicRead: boolean, count: CountRequest) => async (request: FastifyRequest, reply: FastifyReply) => {
  try {
    request.caller = await callerOf(request, findCaller)
  } finally {
    await count(request, reply) // a key that is refused, too: whoever guesses is limited
  }
  if ((request.raw.url?.length ?? 0) > maxUrlCharacters) throw new Refusal('uri_too_long', catalogue.uri_too_long.meaning)
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
    throw new Refusal('malformed_http', 'HTTP/1.1 asks for a Host header (RFC 9112, section 3.2).')
  if (request.is404) return
  if (hasEmptySegment(request)) throw new Refusal('not_found', 'There is nothing at this address: a part of its path is empty.')
  const { access, answers = json } = request.routeOptions.config
  if (access === 'public' && !publicRead && !request.caller.known) {
    throw new Refusal('unauthenticated', 'This server answers nobody without a key.', { headers: { 'www-authenticate': 'Bearer realm="dateline"' } })
  }
  if (access !== undefined && access !== 'public' && access !== 'open') demand(request.caller, access, 'This operation')
  refuseUnacceptable(request, answers)
  refuseBody(request)
}

/** `/v1/people/` is no person with an empty key. */
const hasEmptySegment = ({ params }: FastifyRequest) => typeof params === 'object' && params !== null && Object.values(params).includes('')

function refuseUnacceptable(request: FastifyRequest, answers: readonly string[]) {
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*' || accept === 'application/json') {
    if (accept !== 'application/json' || answers.includes(accept)) return
  }
  // media type parameters (profile=sparse) are hints: what decides the shape is the query
  const plain = accept?.replace(/;\s*(?!q=)[^;,]*/gi, '')
  const allowed = new Negotiator({ headers: { accept: plain ?? '' } }).mediaType([...answers])
  if (allowed === undefined) throw new Refusal('not_acceptable', `This operation answers ${answers.join(', ')}.`)
}

/** A body where none belongs, in a coding, or of a media type that the operation does not take. */
function refuseBody(request: FastifyRequest) {
  const { headers, method } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  const length = headers['content-length']
  if ((length === undefined || length === '0') && headers['transfer-encoding'] === undefined) {
    if (takes(request).length > 0) throw new Refusal('body_required', `This operation needs a body: ${takes(request).join(' or ')}.`)
    return
  }
  const coding = headers['content-encoding']
  if (coding !== undefined && coding !== '' && coding.toLowerCase() !== 'identity') {
    const detail = 'must be identity, or left away: bodies are taken as they are'
    throw new Refusal('unsupported_media_type', `Content-Encoding: ${detail}.`, {
      issues: [{ header: 'Content-Encoding', code: 'unsupported_coding', detail }],
      headers: { 'accept-encoding': 'identity' },
    })
  }
  const type = headers['content-type'] ?? ''
  const charset = /;\s*charset\s*=\s*"?([^;"\s]*)/i.exec(type)?.[1]
  if (!takes(request).includes(essence(type)) || (charset !== undefined && !/^utf-?8$/i.test(charset))) throw unsupported(request)
}
