import { z } from 'zod'

/** Longest title, name or slug, in characters (code points, as JSON Schema counts). */
export const maxTitleCharacters = 500

/** NUL and the other C0 controls but tab and line feed: PostgreSQL refuses NUL, and no reader can see the others. */
const controls = /[\u0000-\u0008\u000b-\u001f]/
const loneSurrogates = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Why a string cannot be stored, or undefined when it can. */
export function textFault(value: string): string | undefined {
  const control = controls.exec(value)
  if (control)
    return `holds the control character U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} at offset ${control.index}; only tab and line feed are allowed`
  const lone = loneSurrogates.exec(value)
  if (lone) return `holds half of a surrogate pair at offset ${lone.index}`
  return undefined
}

/** Characters as JSON Schema counts them (RFC 8259: code points), so that document and server draw the same line. */
const longerThan = (value: string, max: number) => value.length > max && (value.length > 2 * max || [...value].length > max)

const tooLong = (input: string, maximum: number, form = '') =>
  ({ code: 'too_big', origin: 'string', maximum, inclusive: true, input, message: `is longer than ${maximum} characters${form}` }) as const

/** A string of input. Every string a caller sends goes through here or through `title`. */
export const text = (max: number) =>
  z
    .string()
    .check(context => {
      const { value, issues } = context
      if (longerThan(value, max)) issues.push(tooLong(value, max))
      const fault = textFault(value)
      if (fault) issues.push({ code: 'custom', params: { code: 'invalid_characters' }, input: value, message: fault })
    })
    .meta({ override: { maxLength: max } })

/** A title or a name: one line, trimmed, in Unicode NFC (which may be longer than what was sent), never blank. */
export const title = (max: number = maxTitleCharacters) =>
  text(max)
    .overwrite(value => value.normalize('NFC').replace(/\s+/gu, ' ').trim())
    .check(context => {
      const { value, issues } = context
      if (value === '') issues.push({ code: 'custom', params: { code: 'blank' }, input: value, message: 'must have at least one visible character' })
      if (issues.length === 0 && longerThan(value, max)) issues.push(tooLong(value, max, ' in Unicode NFC'))
    })
    .meta({ override: { minLength: 1, maxLength: max, pattern: '\\S' } })

/** Line ends of Windows and old Macs as one line feed; a byte order mark at the start is dropped. */
export const unixLines = (value: string) => value.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')

const special: Record<string, string> = { ł: 'l', ø: 'o', ß: 'ss', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i', ħ: 'h', ŧ: 't' }

/** Case and accents folded away: `Łódź` and `lodz` are one. NFKD, marks dropped, lower case, and the letters that Unicode does not take apart. */
export const fold = (value: string) =>
  value
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[łøßđðþæœıħŧ]/g, letter => special[letter] ?? letter)

/** What titles and names are sorted by: folded, white space joined, the first 200 characters. */
export const sortKey = (value: string) =>
  [
    ...fold(value)
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  ]
    .slice(0, 200)
    .join('')

/** Text as HTML that shows it, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
