import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { catalogue, type ErrorCode, Refusal } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { problemOf, problemType } from './problem.ts'

const ofParser: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_INVALID_URL: 'malformed_url',
}

const rendered = (code: ErrorCode, detail: string) => {
  const requestId = newId()
  const body = JSON.stringify(problemOf(new Refusal(code, detail), requestId))
  return {
    status: catalogue[code].status,
    body,
    headers: {
      'content-type': problemType,
      'cache-control': 'no-store',
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(body)),
    },
  }
}

/** What Node's parser refuses before there is a request: a problem, too, and the connection ends. */
export function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = ofParser[error.code ?? ''] ?? 'malformed_http'
  const { status, body, headers } = rendered(code, catalogue[code].meaning)
  const head = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`)
}

/** `Expect` that is not `100-continue`: Node would answer 417 with nothing. */
export function refuseExpectations(app: FastifyInstance): void {
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { status, body, headers } = rendered('expectation_failed', catalogue.expectation_failed.meaning)
    response.writeHead(status, headers).end(body)
  })
}
