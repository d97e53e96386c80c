// Articles by the time of their publication become articles an interval. Pure.

import { beginnings, type Interval, zoneOf } from '../lib/calendar.ts'
import { invalid } from '../lib/errors.ts'
import { type Instant, instantOf, millisecondsOf } from '../lib/instant.ts'
import type { Timeline } from './schema.ts'

/** Most intervals of one answer: 13 years of days, 400 of months. */
export const maxIntervals = 5_000

/** Milliseconds of what the first characters of an instant name: `2024-06-21`, `2024-06-21T08`, … with minutes and with seconds. */
const precisions = [
  [10, 86_400_000],
  [13, 3_600_000],
  [16, 60_000],
] as const
/** Clocks have been ahead of UTC by odd seconds, never by less. */
const finest = 19
export type Precision = (typeof precisions)[number][0] | typeof finest

/** Articles whose time of publication begins with these characters. */
export type Published = { part: string; articles: number }

/** When the intervals begin, in milliseconds; 400 `too_many_intervals` where they are more than an answer has. `tz` is a name that `zoneOf` knows. */
export function intervalsOf(first: Instant, last: Instant, interval: Interval, tz: string): number[] {
  const zone = zoneOf(tz)
  const found = zone && beginnings(millisecondsOf(first), millisecondsOf(last), interval, zone, maxIntervals)
  if (found) return found
  const detail = `makes more than ${maxIntervals} intervals from ${first} to ${last}; choose a longer one, or narrower bounds by publishedAt.gte and publishedAt.lt`
  throw invalid({ parameter: 'interval', code: 'too_many_intervals', detail })
}

/** How many characters of an instant tell which interval it lies in: all of them begin at a full day, hour, minute or second. */
export const precisionOf = (starts: readonly number[]): Precision => precisions.find(([, ms]) => starts.every(at => at % ms === 0))?.[0] ?? finest

/** What is shown: every interval with its articles. `published` stands in the order of time and begins within the first interval. */
export function timelineOf(starts: readonly number[], published: readonly Published[]): Timeline['data'] {
  const counts = starts.map(() => 0)
  let n = 0
  for (const { part, articles } of published) {
    const at = millisecondsOf(part + '0000-00-00T00:00:00.000Z'.slice(part.length))
    while ((starts[n + 1] ?? Number.POSITIVE_INFINITY) <= at) n += 1
    counts[n] = (counts[n] ?? 0) + articles
  }
  return starts.map((at, index) => ({ from: instantOf(at), articles: counts[index] ?? 0 }))
}
