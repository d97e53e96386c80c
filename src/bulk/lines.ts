const newline = 0x0a

/** Tab, carriage return, space. Cheap, as a body may be millions of empty lines. */
function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false
  }
  return true
}

/** A line and its number, from 1; `bytes` is undefined where it is longer than a record may be. */
export type Line = { number: number; bytes: Buffer | undefined }

/** Cuts bytes at line feeds. Blank lines are counted and left out; of a line that is too long no more than `maxBytes` is kept in memory. */
export function* linesOf(chunks: Iterable<Buffer>, maxBytes: number): Generator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  const take = (part: Buffer) => {
    length += part.length
    if (length <= maxBytes) parts.push(part)
    else parts = []
  }
  const line = (): Line | undefined => {
    const bytes = length > maxBytes ? undefined : Buffer.concat(parts)
    parts = []
    length = 0
    return bytes && isBlank(bytes, 0, bytes.length) ? undefined : { number, bytes }
  }
  for (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      if (length > 0 || !isBlank(chunk, from, at)) {
        take(chunk.subarray(from, at))
        const found = line()
        if (found) yield found
      }
      number += 1
      from = at + 1
    }
    if (from < chunk.length) take(chunk.subarray(from))
  }
  const last = line()
  if (last) yield last
}
