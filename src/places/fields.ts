// What is written of places alone.
import { z } from 'zod'
import { southFirst } from './area.ts'

/** The greatest whole number that every database keeps. */
export const maxInt = 2_147_483_647

/** Degrees so near to nought (far below the size of an atom) that distances would underflow, which PostgreSQL refuses, are nought. */
const nought = (degrees: number) => (Math.abs(degrees) < 1e-20 ? 0 : degrees)

/** Of a body, as everything here. */
export const lat = z
  .number()
  .min(-90)
  .max(90)
  .overwrite(nought)
  .meta({ description: 'Latitude in degrees (WGS 84). Goes with `lng`: both or neither.', examples: [39.03385] })
export const lng = z
  .number()
  .min(-180)
  .max(180)
  .overwrite(nought)
  .meta({ description: 'Longitude in degrees (WGS 84). Goes with `lat`: both or neither.', examples: [125.75432] })

/** `[west, south, east, north]`, degrees; `invalid_bbox` where the south is above the north. */
export const bbox = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90), z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .check(context => {
    const [, south, , north] = context.value
    if (south > north) context.issues.push({ code: 'custom', params: { code: 'invalid_bbox' }, input: context.value, message: southFirst })
  })
  .meta({
    override: { minItems: 4, maxItems: 4, items: { type: 'number' } },
    description:
      'West, south, east, north in degrees. A west greater than the east crosses the antimeridian; a south greater than the north is refused.',
    examples: [[124.2, 37.7, 130.7, 43]],
  })

const zonePattern = '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$'
const maxZoneCharacters = 64

const isZone = (value: string) => {
  try {
    return (
      value.length <= maxZoneCharacters && new RegExp(zonePattern).test(value) && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined
    )
  } catch {
    return false
  }
}

/** A name that `Intl` knows, offsets left out; else `unknown_timezone`. */
export const timezone = z
  .string()
  .refine(isZone, { params: { code: 'unknown_timezone' }, error: 'must be a name in the IANA time zone database, such as Asia/Pyongyang' })
  .meta({
    override: { pattern: zonePattern, maxLength: maxZoneCharacters },
    description: 'Name in the IANA time zone database.',
    examples: ['Asia/Pyongyang'],
  })
