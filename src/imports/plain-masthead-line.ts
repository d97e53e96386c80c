import { readDateLine } from './plain-dates.ts'
import { widthOf } from './plain-shape.ts'

/** What a line of a masthead says; a property is there where the line speaks of it, and null where it cannot be read for sure. */
export type MastheadLine = { temperatureC?: number | null; date?: string | null; place?: string; time?: true; weather?: true }

const temperature = /^([-−–+]?)(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:(?:°|º|˚|deg(?:rees?)?)?\s*(C(?:elsius)?|F(?:ahrenheit)?|℃|℉)|[°º˚])$/iu
const clock = /^\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?(?:\s*[A-Z]{2,4})?$/iu
const weather =
  /^(?:(?:mostly|partly|light|heavy|scattered|clear|broken|few|overcast)\s+){0,2}(?:clear|sunny|cloudy|clouds|rain|showers?|snow|fog|mist|haze|overcast|skys?|skies|fair|windy|storms?|thunderstorms?)$/iu
const bars = /\s*[|·•]\s*/u
const dashes = /\s+[|·•–—-]\s+/u
const besideTemperature =
  /^(?:(.{2,40}?)[,:]?\s+([-−–+]?\d{1,3}(?:[.,]\d{1,2})?\s*[°º˚]?\s*[CF]?)|([-−–+]?\d{1,3}(?:[.,]\d{1,2})?\s*[°º˚]?\s*[CF])[,:]?\s+(\p{L}.{1,40}))$/u
const longestMastheadLine = 160

/** What a line says if it is nothing but a temperature, a day, a time, the weather, or several of them, perhaps beside the name of a place. */
export function readMastheadLine(line: string): MastheadLine | undefined {
  if (line.length > longestMastheadLine) return undefined
  return readPart(line) ?? readBeside(line) ?? readRow(line.split(bars), false) ?? readRow(line.split(dashes), true)
}

/** What a line says in words for people: `the place and the temperature`. */
export function describeMasthead({ temperatureC, date, place, time, weather }: MastheadLine): string {
  const parts = [
    place === undefined ? [] : ['the place'],
    temperatureC === undefined ? [] : [temperatureC === null ? 'a temperature without a unit' : 'the temperature'],
    date === undefined ? [] : [date === null ? 'a date that can be read two ways' : 'the date'],
    time ? ['the time'] : [],
    weather ? ['the weather'] : [],
  ]
  return `masthead: ${parts.flat().join(' and ')}`
}

const particles = /^(?:de|del|della|di|da|do|dos|das|la|le|les|el|los|las|of|the|and|am|an|der|den|im|upon|on|sur|en|al|y|i|ibn|bin)$/u

/** True for what may be the name of a place: up to four words of letters, each with a capital where the script has any. */
export function isPlaceShaped(line: string): boolean {
  if (widthOf(line) > 40 || !/^\p{L}[\p{L}\p{M}\s.,'’()/-]*$/u.test(line)) return false
  const words = line.split(/\s+/u)
  return (
    words.length <= 4 &&
    words.every(word => /^[('’]?[\p{Lu}\p{Lt}\p{Lo}]/u.test(word) || particles.test(word) || /^\p{Ll}{1,2}['’]\p{Lu}/u.test(word))
  )
}

function readPart(part: string): MastheadLine | undefined {
  const degrees = readTemperature(part)
  if (degrees !== undefined) return { temperatureC: degrees }
  const date = readDateLine(part)
  if (date) return { date: date.day }
  if (clock.test(part)) return { time: true }
  return undefined
}

/** Degrees Celsius to one decimal; null where there is no unit; undefined for what is no temperature of air. */
function readTemperature(part: string): number | null | undefined {
  const [, sign = '', digits = '', unit] = temperature.exec(part) ?? []
  if (digits === '') return undefined
  if (unit === undefined) return null
  const degrees = (/[-−–]/.test(sign) ? -1 : 1) * Number(digits.replace(',', '.'))
  const celsius = Math.round((/^[F℉]/iu.test(unit) ? ((degrees - 32) * 5) / 9 : degrees) * 10) / 10
  return celsius < -95 || celsius > 65 ? undefined : celsius + 0
}

/** A place with a temperature or a day behind it: `London 12 °C`, `London, 3 May 2023`. */
function readBeside(line: string): MastheadLine | undefined {
  const [, before, after, first, rest] = besideTemperature.exec(line) ?? []
  const degrees = readTemperature(after ?? first ?? '')
  const beside = (before ?? rest ?? '').trim()
  if (typeof degrees === 'number' && weather.test(beside)) return { temperatureC: degrees, weather: true }
  if (typeof degrees === 'number' && isPlaceShaped(beside)) return { place: beside, temperatureC: degrees }
  const comma = line.indexOf(',')
  const place = line.slice(0, comma)
  const date = comma > 0 && isPlaceShaped(place) ? readDateLine(line.slice(comma + 1).trim()) : undefined
  return date && { place, date: date.day }
}

/** Several of these with signs between them; the first of a kind counts, and a place that stands right beside a temperature or a day before all. */
function readRow(parts: readonly string[], needsTemperature: boolean): MastheadLine | undefined {
  if (parts.length < 2) return undefined
  const said = parts.filter(part => part !== '').map(part => readPart(part) ?? readBeside(part) ?? readWord(part))
  const known = said.filter(one => one !== undefined)
  const beside = known.filter(one => one.place !== undefined && Object.keys(one).length > 1)
  let row: MastheadLine = {}
  for (const one of [...beside, ...known].reverse()) row = { ...row, ...one }
  const says = row.temperatureC !== undefined || (!needsTemperature && row.date !== undefined)
  return says && known.length === said.length ? row : undefined
}

function readWord(part: string): MastheadLine | undefined {
  if (weather.test(part)) return { weather: true }
  return isPlaceShaped(part) ? { place: part } : undefined
}
