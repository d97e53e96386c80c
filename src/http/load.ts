// How many requests are answered at once.
import type { FastifyInstance, RouteOptions } from 'fastify'
import { Refusal } from '../lib/errors.ts'
import { isExempt } from './limits.ts'

/** The place that a request takes: `open` until the answer is out or the connection gone, `working` while its handler runs. */
type Place = { open: boolean; working: boolean; free(): void }

declare module 'fastify' {
  interface FastifyRequest {
    place: Place | undefined
  }
}

/**
 * Answers `max` requests at once and refuses those above with 503 `busy`. A request whose sender has gone keeps its place until its handler has ended: the
 * database works for it still. Call before the first route.
 */
export function limitLoad(app: FastifyInstance, max: number): void {
  let taken = 0
  let isTold = false
  app.decorateRequest('place')
  app.addHook('onRequest', (request, reply, done) => {
    if (isExempt(request)) return done()
    if (taken >= max) {
      if (!isTold) request.log.warn({ max }, 'requests are refused: as many as MAX_REQUESTS are being answered')
      isTold = true // a line for each would be one more thing to do for a server that has too much to do
      return done(new Refusal('busy', `${max} requests are being answered; try again.`, { headers: { 'retry-after': '1' } }))
    }
    taken++
    const place = newPlace(() => {
      taken--
      if (taken <= max / 2) isTold = false
    })
    request.place = place
    reply.raw.once('close', () => {
      place.open = false
      place.free()
    })
    done()
  })
  app.addHook('onRoute', noteWork)
}

function newPlace(release: () => void): Place {
  const place = {
    open: true,
    working: false,
    free() {
      if (!place.open && !place.working) release()
    },
  }
  return place
}

/** onRoute: notes when the handler begins and ends. */
function noteWork(route: RouteOptions): void {
  const { handler } = route
  route.handler = async function (request, reply) {
    const { place } = request
    if (place) place.working = true
    try {
      return await handler.call(this, request, reply)
    } finally {
      if (place) {
        place.working = false
        place.free()
      }
    }
  }
}
