// The text of a key: dl_ + id (10) + secret (32) + checksum (6), all base62.
import { createHmac, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const idCharacters = 10
const secretCharacters = 32
const checksumCharacters = 6
const form = /^dl_([0-9A-Za-z]{10})([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

/** A key taken apart: the id is no secret and may stand in logs, the secret (190 bits) never. */
export type KeyParts = { id: string; secret: string }

/** A new key and its text, which is shown once. */
export function newKey(): KeyParts & { text: string } {
  const id = random(idCharacters)
  const secret = random(secretCharacters)
  return { id, secret, text: keyText({ id, secret }) }
}

/** The text of a key: prefix, id, secret and the checksum over all of them. */
export function keyText({ id, secret }: KeyParts): string {
  const rest = `dl_${id}${secret}`
  return `${rest}${checksum(rest)}`
}

/** A key taken apart; `mistyped` has the form of one but not its checksum, `no_key` not even that. Linear in the text. */
export function parseKey(text: string): KeyParts | 'mistyped' | 'no_key' {
  const [, id = '', secret = '', sum] = form.exec(text) ?? []
  if (sum === undefined) return 'no_key'
  return checksum(text.slice(0, -checksumCharacters)) === sum ? { id, secret } : 'mistyped'
}

/** What is stored of a secret: HMAC-SHA-256 in hex, keyed with the id, so that equal secrets under two ids do not show. A random secret of 190 bits needs no slow hash. */
export const hashSecret = ({ id, secret }: KeyParts): string => createHmac('sha256', id).update(secret).digest('hex')

const random = (characters: number) => Array.from({ length: characters }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

/** CRC-32 in base62: 62⁶ is more than 2³². */
function checksum(rest: string): string {
  let number = crc32(rest)
  let digits = ''
  for (let place = 0; place < checksumCharacters; place++) {
    digits = alphabet.charAt(number % alphabet.length) + digits
    number = Math.floor(number / alphabet.length)
  }
  return digits
}
