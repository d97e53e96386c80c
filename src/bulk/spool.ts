// Long bodies lie in a file while they are worked on: memory stays the same however many bytes there are, and a transaction may read them twice.
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Refusal } from '../lib/errors.ts'

const chunkBytes = 65_536

/** A file without a name: it goes when it is closed, and with the process whatever ends that. */
export type Spool = {
  append(bytes: Buffer | string): void
  /** From the start, as often as it is asked for. */
  chunks(): Generator<Buffer>
  /** The same as a stream; the spool is closed with it. */
  stream(): Readable
  empty(): void
  close(): void
}

export function openSpool(): Spool {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-'))
  const file = openSync(join(folder, 'spool'), 'wx+', 0o600)
  rmSync(folder, { recursive: true })
  let end = 0
  let isOpen = true
  function* chunks() {
    for (let at = 0; at < end && isOpen; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, end - at))
      at += readSync(file, chunk, 0, chunk.length, at)
      yield chunk
    }
  }
  function close() {
    if (isOpen) closeSync(file)
    isOpen = false
  }
  return {
    append(bytes) {
      const buffer = Buffer.from(bytes)
      for (let at = 0; at < buffer.length; ) at += writeSync(file, buffer, at, buffer.length - at, end + at)
      end += buffer.length
    },
    chunks,
    stream: () => Readable.from(chunks(), { objectMode: false, highWaterMark: chunkBytes }).on('close', close),
    empty() {
      ftruncateSync(file)
      end = 0
    },
    close,
  }
}

/** A body that has arrived, with the hash of its bytes. */
export type Received = { spool: Spool; sha256: string }

/** Takes in a body; 413 where it is longer than `maxBytes`, and the connection ends with the answer as nobody reads the rest. */
export async function receive(body: Readable, maxBytes: number): Promise<Received> {
  const spool = openSpool()
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw new Refusal('body_too_large', `The body may have ${maxBytes} bytes; send more in several.`, { headers: { connection: 'close' } })
      spool.append(chunk)
      hash.update(chunk)
    }
    return { spool, sha256: hash.digest('hex') }
  } catch (error) {
    spool.close()
    throw error
  }
}
