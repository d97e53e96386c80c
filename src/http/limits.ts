// How many requests a caller may send a minute. @fastify/rate-limit counts; its own fields follow an old draft, so they are written here.
import { isIP } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/errors.ts'

/** Counts a request whose key has been judged; throws `rate_limited` where its caller has sent too many. */
export type CountRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const windowSeconds = 60

/** Callers whose requests are remembered, about 200 bytes each; beyond that, those that asked longest ago are forgotten. */
const maxCallers = 10_000

/** `/health/…`, which supervisors and balancers ask all the time. */
export const isPulse = (path: string | undefined): boolean => path?.startsWith('/health/') === true

/** A supervisor has no key: with one, the pulse would be a way to try keys without being counted. */
export const isExempt = (request: FastifyRequest): boolean => isPulse(request.routeOptions.url) && request.headers.authorization === undefined

/** Counts by key, or by address for nobody, in windows of a minute; `perMinute` undefined counts nothing. Fields: draft-ietf-httpapi-ratelimit-headers-11. */
export async function countRequests(app: FastifyInstance, perMinute: number | undefined, cache: number = maxCallers): Promise<CountRequest> {
  if (perMinute === undefined) return async () => {}
  await app.register(rateLimit, { global: false, max: perMinute, timeWindow: windowSeconds * 1_000, cache, keyGenerator: callerName })
  const counted = app.createRateLimit()
  const policy = `"default";q=${perMinute};w=${windowSeconds}`
  return async (request, reply) => {
    if (isExempt(request)) return
    const count = await counted(request)
    if (count.isAllowed) return
    reply.header('ratelimit-policy', policy).header('ratelimit', `"default";r=${count.remaining};t=${count.ttlInSeconds}`)
    if (count.isExceeded) throw tooMany(perMinute, count.ttlInSeconds)
  }
}

const tooMany = (perMinute: number, seconds: number) =>
  new Refusal('rate_limited', `More than ${perMinute} requests in a minute; go on in ${seconds} s.`, { headers: { 'retry-after': String(seconds) } })

/** Keys by their id, the admin key of the environment by a word that is no id; nobody by address, IPv6 by the /64 that one customer has. */
const callerName = ({ caller, ip, socket }: FastifyRequest): string =>
  caller.known ? `key ${caller.keyId ?? 'admin'}` : `peer ${rateLimit.normalizeIP(addressOf(ip, socket.remoteAddress))}`

/** What a trusted proxy hands on may be no address; then it is the proxy that is counted. Undefined where the connection has ended. */
const addressOf = (told: string | undefined, peer: string | undefined): string => (told !== undefined && isIP(told) > 0 ? told : (peer ?? ''))
