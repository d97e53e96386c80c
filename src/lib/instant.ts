import { z } from 'zod'

/** RFC 3339 in UTC with milliseconds, years 1000–9999: `2024-06-21T08:00:00.000Z`. Sorts as text. */
export type Instant = string

export type Clock = { now(): Instant }

/** The only clock of the program; tests pass their own. */
export const systemClock: Clock = { now: () => new Date().toISOString() }

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Any RFC 3339 time as an Instant; undefined where it is none, where its day does not exist, or where its year leaves 1000–9999. */
export function parseInstant(value: string): Instant | undefined {
  const match = rfc3339.exec(value)
  if (!match) return undefined
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', sign, offsetHour = '00', offsetMinute = '00'] = match
  if (!isDay(`${year}-${month}-${day}`) || +hour > 23 || +minute > 59 || +second > 59 || +offsetHour > 23 || +offsetMinute > 59) return undefined
  const offsetMs = (sign === '-' ? -1 : 1) * (+offsetHour * 60 + +offsetMinute) * 60_000
  const at = new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`) - offsetMs)
  const result = at.toISOString()
  return /^[1-9]\d{3}-/.test(result) ? result : undefined
}

/** True for a day that the calendar has: `2024-02-30` is none. */
export function isDay(value: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00.000Z`) : undefined
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

/** A time of input: any offset is taken, UTC with milliseconds is stored. */
export const instant = z
  .string()
  .transform((value, context) => {
    const at = parseInstant(value)
    if (at === undefined)
      context.issues.push({
        code: 'custom',
        params: { code: 'invalid_time' },
        input: value,
        message: 'must be an RFC 3339 time such as 2024-06-21T08:00:00Z, in the years 1000 to 9999',
      })
    return at ?? z.NEVER
  })
  .meta({ override: { type: 'string', format: 'date-time' } })

/** A bound of a filter: a day (its first moment in UTC) or a time. */
export const dayOrInstant = z
  .string()
  .transform((value, context) => {
    const at = isDay(value) ? parseInstant(`${value}T00:00:00Z`) : parseInstant(value)
    if (at === undefined)
      context.issues.push({
        code: 'custom',
        params: { code: 'invalid_time' },
        input: value,
        message: 'must be a day such as 2024-06-21 or an RFC 3339 time such as 2024-06-21T08:00:00Z',
      })
    return at ?? z.NEVER
  })
  .meta({
    override: {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
      ],
    },
  })

/** An instant some milliseconds later; undefined where it leaves the years 1000–9999. */
export const later = (at: Instant, milliseconds: number): Instant | undefined => {
  const time = new Date(Date.parse(at) + milliseconds)
  return Number.isNaN(time.getTime()) ? undefined : parseInstant(time.toISOString())
}

/** Milliseconds between two instants. */
export const millisecondsBetween = (from: Instant, to: Instant): number => Date.parse(to) - Date.parse(from)

/** Milliseconds since 1970, and the instant of some: beyond the years 1000–9999 it is none that anybody may send. */
export const millisecondsOf = (at: Instant): number => Date.parse(at)
export const instantOf = (milliseconds: number): Instant => new Date(milliseconds).toISOString()

/** The HTTP date of an instant (RFC 9110, section 5.6.7). */
export const httpDate = (at: Instant): string => new Date(at).toUTCString()
