// Days, weeks, months and years as people count them somewhere on earth. Numbers only: what a number means in RFC 3339 is a matter of instant.ts.

export const intervals = ['day', 'week', 'month', 'year'] as const
export type Interval = (typeof intervals)[number]

/** A time zone: how far its clocks are ahead of UTC at a moment, both in milliseconds. */
export type Zone = { offsetAt(at: number): number }

const secondMs = 1_000
const dayMs = 86_400_000

const named = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/
const maxNameCharacters = 64
const utc: Zone = { offsetAt: () => 0 }

/** The zone of an IANA name (`Asia/Vladivostok`); undefined where there is none of this name. */
export function zoneOf(name: string): Zone | undefined {
  if (name === 'UTC') return utc
  const format = name.length <= maxNameCharacters && named.test(name) ? formatOf(name) : undefined
  return format && { offsetAt: at => clockAt(format, at) - Math.floor(at / secondMs) * secondMs }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23', ...parts })
  } catch {
    return undefined
  }
}

/** What the clocks show, as if it were UTC. */
function clockAt(format: Intl.DateTimeFormat, at: number): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
  return (firstOfMonth(year, month) + day - 1) * dayMs + ((hour * 60 + minute) * 60 + second) * secondMs
}

/** Days from 1970-01-01 to the first of a month of the Gregorian calendar, whose years begin in March here (Howard Hinnant, days_from_civil). */
function firstOfMonth(year: number, month: number): number {
  const from = month > 2 ? year : year - 1
  const days = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
  return from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + days - 719_468
}

/** Months from the beginning of the year 0 to that of a day, from an estimate that is never too early. */
function monthOf(day: number): number {
  let months = Math.ceil((day + 719_528) / 30.436_875) + 1
  while (firstOf(months) > day) months -= 1
  return months
}

const firstOf = (months: number) => firstOfMonth(Math.floor(months / 12), (months % 12) + 1)

/** Days and weeks, months and years, by number: which one has a day, and with which day it begins. Weeks begin on Monday (ISO 8601). */
const counted: Record<Interval, { of(day: number): number; begin(n: number): number }> = {
  day: { of: day => day, begin: n => n },
  week: { of: day => Math.floor((day + 3) / 7), begin: n => n * 7 - 3 },
  month: { of: monthOf, begin: firstOf },
  year: { of: day => Math.floor(monthOf(day) / 12), begin: n => firstOf(n * 12) },
}

/**
 * When the intervals begin that have the moments `first` to `last`, and all between, in milliseconds; undefined where they are more than `most`.
 * A day that a place skipped (Apia, 2011-12-30) is none.
 */
export function beginnings(first: number, last: number, interval: Interval, zone: Zone, most: number): number[] | undefined {
  const { of, begin } = counted[interval]
  const dayOf = (at: number) => Math.floor((at + zone.offsetAt(at)) / dayMs)
  const from = of(dayOf(first))
  const to = of(dayOf(last))
  if (to - from >= most) return undefined
  const dawn = dawnIn(zone)
  const all = Array.from({ length: Math.max(1, to - from + 1) }, (_, n) => dawn(begin(from + n)))
  return all.filter((at, n) => at !== all[n + 1])
}

/**
 * When a day begins: the first moment at which clocks show it. Mostly that is midnight; where midnight comes twice, the earlier one, and where clocks are
 * put forward over it, the moment at which that is done.
 */
function dawnIn(zone: Zone): (day: number) => number {
  const known = new Map<number, number>() // of one day the evening, of another the morning
  const offsetAt = (at: number) => {
    const offset = known.get(at) ?? zone.offsetAt(at)
    known.set(at, offset)
    return offset
  }
  return day => {
    const midnight = day * dayMs
    const before = offsetAt(midnight - dayMs)
    const after = offsetAt(midnight + dayMs)
    if (before === after) return midnight - before
    const early = midnight - Math.max(before, after)
    const late = midnight - Math.min(before, after)
    if (zone.offsetAt(early) === midnight - early) return early
    if (zone.offsetAt(late) === midnight - late) return late
    return changeBetween(zone, early, late)
  }
}

/** The first second, after `from` and not after `to`, at which the offset is that of `to`. */
function changeBetween(zone: Zone, from: number, to: number): number {
  const wanted = zone.offsetAt(to)
  let before = from
  let there = to
  while (there - before > secondMs) {
    const middle = Math.floor((before + there) / 2 / secondMs) * secondMs
    if (zone.offsetAt(middle) === wanted) there = middle
    else before = middle
  }
  return there
}
