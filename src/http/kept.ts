// Answers that are kept: what nobody has asked for before is answered from memory, until anything is written.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { etagOf } from './etag.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What nobody is answered here follows from the address and the database alone. */
    kept?: boolean
  }
  interface FastifyRequest {
    made: Made | undefined
  }
}

/** Of an answer that is being made: the state of the database that it is at least as new as, and the fields that it had before, which every answer has its own of. */
type Made = { moment: number; fields: ReadonlySet<string> }
type Fields = Partial<ReturnType<FastifyReply['getHeaders']>>
type Answer = { body: string; fields: Fields }

/** What all answers that are kept may take, in characters of their bodies and `besideBody` for each; and one body. */
const maxCharacters = 16_000_000
const maxBodyCharacters = 250_000
const besideBody = 1_000

/**
 * Call it behind all that a request has to pass, and before `tagAnswer`. `moment` gives another number after each commit, whoever made it. It is read before an
 * answer is made: one that is made of a newer state is kept for a moment that has passed, and so for nobody.
 */
export function keepAnswers(app: FastifyInstance, moment: () => number, most: number = maxCharacters): void {
  const kept = answersOf(most)
  app.decorateRequest('made')
  app.addHook('onRequest', (request, reply, done) => {
    if (!mayBeKept(request)) return done()
    const now = moment()
    const known = kept.find(now, addressOf(request))
    if (known) return void reply.headers(known.fields).send(known.body)
    request.made = { moment: now, fields: new Set(Object.keys(reply.getHeaders())) }
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    const { made } = request
    if (made && reply.statusCode === 200 && typeof payload === 'string') {
      reply.header('etag', etagOf(request.shownVersion, payload))
      kept.put(made.moment, addressOf(request), { body: payload, fields: ownFields(reply, made.fields) })
    }
    done(null, payload)
  })
}

const mayBeKept = ({ method, caller, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' && !caller.known && routeOptions.config.kept === true

const addressOf = ({ raw }: FastifyRequest): string => raw.url ?? ''

const ownFields = (reply: FastifyReply, before: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(reply.getHeaders()).filter(([name]) => !before.has(name)))

/** Answers of one moment by address; where there is no more room, those go that were asked for longest ago. */
function answersOf(most: number) {
  const answers = new Map<string, Answer>()
  let at: number | undefined
  let taken = 0
  const sizeOf = ({ body }: Answer) => body.length + besideBody
  const drop = (address: string, answer: Answer) => {
    answers.delete(address)
    taken -= sizeOf(answer)
  }
  return {
    /** `moment` is now: what was made of an older one is dropped. */
    find(moment: number, address: string): Answer | undefined {
      if (moment !== at) {
        answers.clear()
        taken = 0
        at = moment
      }
      const known = answers.get(address)
      if (known) {
        answers.delete(address)
        answers.set(address, known)
      }
      return known
    },
    put(moment: number, address: string, answer: Answer): void {
      if (moment !== at || answer.body.length > maxBodyCharacters) return
      const known = answers.get(address)
      if (known) drop(address, known)
      answers.set(address, answer)
      taken += sizeOf(answer)
      for (const [oldest, its] of answers) {
        if (taken <= most) break
        drop(oldest, its)
      }
    },
  }
}
