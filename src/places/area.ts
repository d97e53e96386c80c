// Where a list looks: parameters of an address that hold degrees and distances.
import { z } from 'zod'
import type { Box, Point } from '../lib/geo.ts'

const lat = '-?(?:90(?:\\.0{1,20})?|[0-8]?[0-9](?:\\.[0-9]{1,20})?)'
const lng = '-?(?:180(?:\\.0{1,20})?|(?:1[0-7][0-9]|[0-9]?[0-9])(?:\\.[0-9]{1,20})?)'
const pointPattern = `^${lat},${lng}$`
const boxPattern = `^${lng},${lat},${lng},${lat}$`

/** Up to 20,100 km, a little more than half the way round the Earth. */
const kilometres = '(?:20100(?:\\.0{1,6})?|(?:200[0-9]{2}|1[0-9]{4}|[0-9]{1,4})(?:\\.[0-9]{1,6})?)(?:km)?'
const metres = '(?:20100000(?:\\.0{1,6})?|(?:200[0-9]{5}|1[0-9]{7}|[0-9]{1,7})(?:\\.[0-9]{1,6})?)m'
const distancePattern = `^(?:${kilometres}|${metres})$`

const shaped = (pattern: string, code: string, message: string) => {
  const wanted = new RegExp(pattern)
  return z.string().check(z.refine(value => wanted.test(value), { params: { code }, error: message, abort: true }))
}

/** `lat,lng` in degrees. */
export const near = shaped(pointPattern, 'invalid_near', 'must be latitude and longitude in degrees, −90 to 90 and −180 to 180, such as 59.44,24.75')
  .transform((value): Point => {
    const [lat = 0, lng = 0] = value.split(',').map(Number)
    return { lat, lng }
  })
  .meta({ override: { type: 'string', pattern: pointPattern } })

/** A distance, in metres once it is read. */
export const distance = shaped(
  distancePattern,
  'invalid_distance',
  'must be a distance of at most 20,100 km in plain digits: 50km, 800m, or 50, which is kilometres',
)
  .transform(value => Number.parseFloat(value) * (/\dm$/.test(value) ? 1 : 1_000))
  .meta({ override: { type: 'string', pattern: distancePattern } })

/** `west,south,east,north` in degrees; west > east crosses the antimeridian. */
export const boundingBox = shaped(
  boxPattern,
  'invalid_bbox',
  'must be west,south,east,north in degrees, −180 to 180 and −90 to 90, such as 21.8,57.5,28.2,59.7',
)
  .transform((value, context): Box => {
    const [west = 0, south = 0, east = 0, north = 0] = value.split(',').map(Number)
    if (south > north) context.issues.push({ code: 'custom', params: { code: 'invalid_bbox' }, input: value, message: southFirst })
    return { west, south, east, north }
  })
  .meta({ override: { type: 'string', pattern: boxPattern } })

export const southFirst = 'has its south above its north; the order is west, south, east, north'
