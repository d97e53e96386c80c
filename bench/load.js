// Requests as fast as answers come, over a few connections that stay open. A loop of its own, as it takes a fifth of the processor time that a load
// generator with a parser in JavaScript takes, which on two cores is taken from the server that is measured.
import { connect } from 'node:net'

/** A request as bytes. */
export function requestBytes(path, { key, body } = {}) {
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(key ? [`Authorization: Bearer ${key}`] : []),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

/**
 * Sends what `next(n)` gives over `connections` until `ms` are over or `max` answers are there. Gives the number of answers and the time in
 * milliseconds; throws at the first answer whose status is not `status`.
 */
export async function load({ port, next, status, ms, max = Number.POSITIVE_INFINITY, connections = 10 }) {
  const run = { sent: 0, answered: 0, end: performance.now() + ms }
  const began = performance.now()
  const send = () => {
    if (run.sent >= max || performance.now() >= run.end) return undefined
    run.sent += 1
    return next(run.sent - 1)
  }
  const answered = () => {
    run.answered += 1
  }
  await Promise.all(Array.from({ length: connections }, () => converse({ port, send, answered, status })))
  return { answers: run.answered, ms: performance.now() - began }
}

/** One connection: a request, its whole answer, the next one. */
const converse = ({ port, send, answered, status }) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let held
    let left = 0
    const go = () => {
      const bytes = send()
      if (bytes) socket.write(bytes)
      else socket.end()
    }
    const receive = chunk => {
      if (left === 0) {
        held = held ? Buffer.concat([held, chunk]) : chunk
        const head = headOf(held, status)
        if (!head) return
        left = head.bytes - held.length
        held = undefined
      } else left -= chunk.length
      if (left > 0) return
      answered()
      go()
    }
    socket.on('connect', go)
    socket.on('data', chunk => {
      try {
        receive(chunk)
      } catch (error) {
        socket.destroy(error)
      }
    })
    socket.on('error', reject)
    socket.on('close', resolve)
  })

/** How many bytes an answer has, head and body; undefined while its head is not there whole. */
function headOf(bytes, status) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.latin1Slice(0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (Number(head.slice(9, 12)) !== status || length === undefined) throw new Error(`an answer was not ${status}: ${bytes.toString().slice(0, 500)}`)
  return { bytes: end + 4 + Number(length) }
}
