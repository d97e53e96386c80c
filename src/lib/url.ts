import { z } from 'zod'
import { text } from './text.ts'

/** Longest address that is stored, in characters, after encoding. */
export const maxUrlCharacters = 2_000

export const webSchemes = ['http:', 'https:']
export const linkSchemes = [...webSchemes, 'mailto:']

const webUri = /^https?:\/\/(?:[\w\-.~!$&'()*+,;=:%]*@)?(?:\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=%]+)(?::\d+)?(?:[/?#][\w\-.~!$&'()*+,;=:@%/?#]*)?$/i
const mailUri = /^mailto:[\w\-.~!$&'()*+,;=:@%/?#]+$/i
const notInUri = /%(?![\da-f]{2})|[^\w\-.~!$&'()*+,;=:@%/?]/gi

const encode = (part: string) => part.replace(notInUri, encodeURIComponent)
const encodeAfterHash = (hash: string) => hash && `#${encode(hash.slice(1))}`

/** After the first `#`, all of a URI is its fragment, which has no other. */
const isUri = (value: string) => (webUri.test(value) || mailUri.test(value)) && !/%(?![\da-f]{2})|#.*#/i.test(value)

/**
 * An address as a URI (RFC 3986, ASCII only): as it came where it is one, else as browsers would send it; relative ones are joined to `base`.
 * Undefined where it is none, has another scheme than `schemes`, or is longer than `maxUrlCharacters`.
 */
export function cleanUrl(value: string, schemes: readonly string[], base?: string): string | undefined {
  if (value.length > maxUrlCharacters || !URL.canParse(value, base)) return undefined
  const url = new URL(value, base)
  const login = url.username && `${url.username}${url.password && `:${url.password}`}@`
  const start = url.protocol === 'mailto:' ? url.protocol : `${url.protocol}//${login}${url.host}`
  const made = `${start}${encode(url.pathname)}${encode(url.search)}${encodeAfterHash(url.hash)}`
  const result = isUri(value) && value.startsWith(url.protocol) ? value : made
  return schemes.includes(url.protocol) && result.length <= maxUrlCharacters && isUri(result) ? result : undefined
}

const urlOf = (schemes: readonly string[], wanted: string) =>
  text(maxUrlCharacters)
    .check(context => {
      const url = cleanUrl(context.value, schemes)
      if (url !== undefined) context.value = url
      else context.issues.push({ code: 'custom', params: { code: 'invalid_url' }, input: context.value, message: wanted })
    })
    .meta({ override: { format: 'uri', maxLength: maxUrlCharacters } })

/** An address of input: http or https. Letters that a URI cannot hold come out encoded. */
export const webUrl = urlOf(webSchemes, 'must be an address that starts with http:// or https://')

/** What a link may lead to: http, https or mailto. */
export const linkUrl = urlOf(linkSchemes, 'must be an address that starts with http://, https:// or mailto:')

/** An address of output. */
export const url = z.string().meta({ format: 'uri' })

/** An address of a database as it may be shown and logged: neither its password nor its parameters. */
export function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  shown.search = ''
  return shown.href
}
