import { isDay } from '../lib/instant.ts'
import { fold } from '../lib/text.ts'

const formats = new Map<string, Intl.DateTimeFormat[]>()
const locales = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'uk', 'tr', 'sv', 'ar']
const dayMs = 86_400_000
/** 2023-01-15, a Sunday, in milliseconds since 1970. */
const middleOfJanuary = 1_673_740_800_000

/** Names of months, long and short, as they stand beside a day in each language, folded. */
const months = new Map(
  locales.flatMap(locale =>
    Array.from({ length: 12 }, (_, month) =>
      namesAt(locale, 'month', middleOfJanuary + Math.round(month * 30.4) * dayMs).map(name => [name, month + 1] as const),
    ).flat(),
  ),
)

const weekdays = new Set(
  [...locales, 'zh', 'ja', 'ko'].flatMap(locale =>
    Array.from({ length: 7 }, (_, day) => namesAt(locale, 'weekday', middleOfJanuary + day * dayMs)).flat(),
  ),
)

const padding = new Set([
  'published',
  'updated',
  'posted',
  'last',
  'on',
  'at',
  'today',
  'date',
  'the',
  'of',
  'de',
  'del',
  'den',
  'der',
  'le',
  'el',
  'il',
  'am',
  'um',
  'г',
  'года',
  'р',
  'року',
  'feira',
])
const clockTime =
  /\b\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?(?:\s*\(?(?:utc|gmt|bst|cest|cet|msk|ist|jst|kst|[ecmp][sd]?t|[+-]\d\d:?\d\d|z)\b\)?)?/
const numeric = /^(?:\D{0,30}\s)?(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?$/

/** Kept: to make a format costs a hundred times what it takes to use it. */
function formatsOf(locale: string, part: 'month' | 'weekday'): Intl.DateTimeFormat[] {
  const known = formats.get(`${locale} ${part}`)
  if (known) return known
  const made = (['long', 'short'] as const).map(
    style =>
      new Intl.DateTimeFormat(locale, part === 'month' ? { timeZone: 'UTC', day: 'numeric', month: style } : { timeZone: 'UTC', weekday: style }),
  )
  formats.set(`${locale} ${part}`, made)
  return made
}

function namesAt(locale: string, part: 'month' | 'weekday', at: number): string[] {
  return formatsOf(locale, part).flatMap(format => format.formatToParts(at).flatMap(({ type, value }) => (type === part ? wordsOf(value) : [])))
}

function wordsOf(text: string): string[] {
  return (
    fold(text)
      .normalize('NFC')
      .match(/\p{L}+|\p{N}+/gu) ?? []
  )
}

/** A line that says a day; `day` is null where it can be read two ways (`06/07/2024`). */
export type DateLine = { day: string | null }

/** The day that a line says and nothing else, but for a weekday, a time, and a word such as `Updated`; undefined where it is no such line. */
export function readDateLine(line: string): DateLine | undefined {
  if (line.length > 80 || !/\p{N}/u.test(line)) return undefined
  const folded = fold(westernDigits(line)).normalize('NFC')
  const bare = folded.replace(/\b(\d{4}-\d\d-\d\d)t(?=\d\d:)/, '$1 ')
  return readDay(bare.trim()) ?? readDay(bare.replace(clockTime, ' ').trim())
}

function readDay(line: string): DateLine | undefined {
  const [, first = '', sign = '', second = '', third = ''] = numeric.exec(withoutPadding(line)) ?? []
  if (first !== '') return readNumbers(first, sign, second, third)
  const words = wordsOf(line).filter(word => !weekdays.has(word) && !padding.has(word) && !/^(?:st|nd|rd|th|º|年|月|日|년|월|일)$/.test(word))
  const [a = '', b = '', c = ''] = words
  if (words.length !== 3) return undefined
  const named = months.get(a) ?? months.get(b)
  if (named !== undefined) return months.has(a) ? dayOf(c, named, b) : (dayOf(c, named, a) ?? dayOf(a, named, c))
  return /[年년]/.test(line) ? dayOf(a, +b, c) : undefined
}

const withoutPadding = (line: string) =>
  line.replace(/\p{L}+/gu, word => (weekdays.has(word) || padding.has(word) ? '' : word)).replace(/^[\s,:()|-]+|[\s,:()|]+$/g, '')

function readNumbers(first: string, sign: string, second: string, third: string): DateLine | undefined {
  if (first.length === 4) return dayOf(first, +second, third)
  if (sign !== '/') return dayOf(third, +second, first)
  const dayFirst = dayOf(third, +second, first)
  const monthFirst = dayOf(third, +first, second)
  return dayFirst && monthFirst && dayFirst.day !== monthFirst.day ? { day: null } : (dayFirst ?? monthFirst)
}

function dayOf(year: string, month: number, day: string): DateLine | undefined {
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(day)) return undefined
  const written = `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(written) ? { day: written } : undefined
}

/** Digits of Arabic and Persian as those of ASCII. */
const westernDigits = (line: string) => line.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit => String(digit.charCodeAt(0) & 15))
