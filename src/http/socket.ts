import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { catalogue, type ErrorCode, Refusal } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { problemOf, problemType } from './problem.ts'

/**
 * How long a sender may take: for the headers, for a whole request, between two requests of a connection, and while not a byte moves in either direction
 * (longer than a statement of the database may run). `checkMs` is how often Node looks.
 */
export const timeLimits = { headersMs: 10_000, requestMs: 30_000, keepAliveMs: 72_000, idleMs: 120_000, checkMs: 1_000 }

/** How long a sender that was refused here may go on before its connection is cut. */
const lingerMs = 1_000

type Fields = Readonly<Record<string, string>>

const ofParser: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_INVALID_URL: 'malformed_url',
}

const rendered = (code: ErrorCode, detail: string, fields: Fields) => {
  const requestId = newId()
  const body = JSON.stringify(problemOf(new Refusal(code, detail), requestId))
  return {
    status: catalogue[code].status,
    body,
    headers: {
      ...fields,
      'content-type': problemType,
      'cache-control': 'no-store',
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(body)),
    },
  }
}

/** What Node's parser refuses before there is a request, or while its body is still coming: a problem, too, and the connection ends. */
export const refuseMalformed =
  (fields: Fields) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const code = ofParser[error.code ?? ''] ?? 'malformed_http'
    const { status, body, headers } = rendered(code, catalogue[code].meaning, fields)
    const head = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`)
    const cut = setTimeout(() => socket.destroy(), lingerMs).unref() // at once, the answer might be lost; never, and a slow sender keeps the connection
    socket.once('close', () => clearTimeout(cut))
  }

/** `Expect` that is not `100-continue`: Node would answer 417 with nothing. */
export function refuseExpectations(app: FastifyInstance, fields: Fields): void {
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { status, body, headers } = rendered('expectation_failed', catalogue.expectation_failed.meaning, fields)
    response.writeHead(status, headers).end(body)
  })
}
