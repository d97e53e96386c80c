import type { FastifyReply, FastifyRequest } from 'fastify'

const vary = 'Authorization, Accept, Accept-Encoding'

/** onSend: who may keep an answer, and for how long. `maxAgeSeconds` counts for answers to nobody. */
export const cacheControl =
  (maxAgeSeconds: number | undefined) =>
  (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null, payload?: unknown) => void) => {
    reply.header('vary', reply.getHeader('vary') === 'Origin' ? `${vary}, Origin` : vary) // CORS has noted Origin where it names one
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', policy(request, reply.statusCode, maxAgeSeconds))
    done(null, payload)
  }

function policy(request: FastifyRequest, status: number, maxAgeSeconds: number | undefined): string {
  if (status >= 400) return 'no-store'
  if (request.caller.known) return 'private, no-cache'
  if (status === 308 || maxAgeSeconds === undefined) return 'public, no-cache'
  return `public, max-age=${maxAgeSeconds}`
}
