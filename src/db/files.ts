// Files that are whole or not there: written under another name, brought to the disk, then renamed.
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** What SQLite keeps beside a database; with another file under its name they would damage that one. */
export const companions = ['-wal', '-shm', '-journal'] as const

/** A name beside a file that nobody else takes, in the same folder, so that it can be renamed. */
export const partOf = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.part`

/** Takes a file away, and what SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', ...companions]) rmSync(`${path}${end}`, { force: true })
}

/** SHA-256 of the bytes, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) hash.update(chunk)
  return hash.digest('hex')
}

/** Waits until the disk has what was written to a file or a folder. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Gives a whole file its name, in the place of another that has it; from then on it is there after a crash, too. */
export function rename(part: string, path: string): void {
  sync(part)
  renameSync(part, path)
  sync(dirname(path))
}

/** The name of the file that has the checksum of another. */
export const sumFileOf = (path: string): string => `${path}.sha256`

/** Writes the checksum of a file as `sha256sum` does; `sha256sum -c` checks it from within the folder. */
export function writeSum(path: string, sha256: string): void {
  const part = partOf(sumFileOf(path))
  writeFileSync(part, `${sha256}  ${basename(path)}\n`)
  rename(part, sumFileOf(path))
}

/** The checksum that was written beside a file; undefined where there is none, '' where the file of the checksum says nothing. */
export function readSum(path: string): string | undefined {
  const sum = sumFileOf(path)
  if (!existsSync(sum)) return undefined
  return /^\\?([0-9a-f]{64}) [ *]/i.exec(readFileSync(sum, 'utf8'))?.[1]?.toLowerCase() ?? ''
}
