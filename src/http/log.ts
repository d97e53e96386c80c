// What the log must not know: keys, and what people wrote.
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'

/** A parameter whose name says that its value is a secret. */
const secrets = /([?&][^=&]*(?:key|token|secret|passw|auth|sig)[^=&]*=)[^&]*/gi
const key = /\bdl_[\x21-\x7e]*/gi

const decoded = (part: string) => part.replace(/%([0-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** An address as the log has it: keys do not belong there, but people put them there, escaped or not. */
export const withoutKeys = (url: string): string =>
  url
    .replace(secrets, '$1…')
    .split(/([/?&=])/)
    .map(part => (/dl_/i.test(decoded(part)) ? 'dl_…' : part))
    .join('')

const asked = (request: FastifyRequest) => ({
  method: request.method,
  url: withoutKeys(request.url),
  host: request.host,
  remoteAddress: request.ip,
  remotePort: request.socket?.remotePort,
})

type Told = { type: string; message: string; code?: unknown; stack: string; cause?: Told; errors?: Told[] }

/** An error without the values of its query: they are texts, addresses and hashes of keys. Drizzle puts them into the message, and so into the stack. */
export function toldOf(error: unknown, depth = 0): Told {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).replace(key, 'dl_…'), stack: '' }
  const { message, stack = '' } = error
  return {
    type: error.constructor.name,
    message: (message.split('\nparams: ', 1)[0] ?? '').replace(key, 'dl_…'),
    ...('code' in error && { code: error.code }),
    stack: stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length).trim() : '',
    ...(error.cause !== undefined && depth < 5 && { cause: toldOf(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth < 5 && { errors: error.errors.slice(0, 10).map(each => toldOf(each, depth + 1)) }),
  }
}

/** The same log, in which requests and errors stand without secrets. */
export const withoutSecrets = (log: FastifyBaseLogger): FastifyBaseLogger =>
  log.child({}, { serializers: { req: asked, err: (error: unknown) => toldOf(error) } })
