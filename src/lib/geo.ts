/** Degrees. `west` may be greater than `east` in a box of input that crosses the antimeridian; `splitBox` takes it apart. */
export type Box = { west: number; south: number; east: number; north: number }
export type Point = { lat: number; lng: number }

/** Mean radius of the Earth (IUGG), metres. */
export const earthRadiusMetres = 6_371_008.8
/** Half the way round the Earth: nothing is farther away. */
export const farthestMetres = Math.PI * earthRadiusMetres
/** What boxes are wider than they must be: the haversine is off by up to a tenth of a metre at the far side of the Earth. */
const marginMetres = 1

export const radians = (degrees: number): number => (degrees * Math.PI) / 180
const degrees = (value: number) => (value * 180) / Math.PI

/** The haversine of the angle between two points: 0 at the same point, 1 at the other end of the Earth. Grows with the distance and costs less. */
export const haversine = (a: Point, b: Point): number =>
  Math.sin(radians(b.lat - a.lat) / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lng - a.lng) / 2) ** 2

/** The haversine of a great-circle distance; more than any point has, where it goes half round the Earth. */
export const haversineOf = (metres: number): number => (metres >= farthestMetres ? 2 : Math.sin(metres / earthRadiusMetres / 2) ** 2)

/** Great-circle distance in metres of a haversine. */
export const metresOf = (haversine: number): number => 2 * earthRadiusMetres * Math.asin(Math.sqrt(Math.min(1, haversine)))

/** Great-circle distance in metres. */
export const distanceMetres = (a: Point, b: Point): number => metresOf(haversine(a, b))

/** One box, or two where it crosses the antimeridian. */
export const splitBox = (box: Box): Box[] =>
  box.west <= box.east
    ? [box]
    : [
        { ...box, east: 180 },
        { ...box, west: -180 },
      ]

/** Boxes that hold every point within `metres` of a point; across a pole they go all the way round. Source: Bronstein, "bounding coordinates" of a great circle. */
export function boxesAround({ lat, lng }: Point, metres: number): Box[] {
  const angle = (metres + marginMetres) / earthRadiusMetres
  const south = lat - degrees(angle)
  const north = lat + degrees(angle)
  if (south <= -90 || north >= 90) return [{ west: -180, east: 180, south: Math.max(south, -90), north: Math.min(north, 90) }]
  const across = degrees(Math.asin(Math.min(1, Math.sin(angle) / Math.cos(radians(lat)))))
  const wrap = (value: number) => (value < -180 ? value + 360 : value > 180 ? value - 360 : value)
  return splitBox({ west: wrap(lng - across), east: wrap(lng + across), south, north })
}
