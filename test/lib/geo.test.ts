import fc from 'fast-check'
import t from 'tap'
import {
  boxesAround,
  distanceMetres,
  earthRadiusMetres,
  farthestMetres,
  haversine,
  haversineOf,
  metresOf,
  type Point,
  splitBox,
} from '../../src/lib/geo.ts'

const degreeMetres = (Math.PI * earthRadiusMetres) / 180
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
/** Poles, the antimeridian and the equator come up more often than chance would have it. */
const point: fc.Arbitrary<Point> = fc.record({
  lat: fc.oneof(number(-90, 90), fc.constantFrom(-90, 0, 90, 89.9999999, -89.9999999)),
  lng: fc.oneof(number(-180, 180), fc.constantFrom(-180, 0, 180, 179.9999999, -179.9999999)),
})
const holds = (boxes: ReturnType<typeof boxesAround>, { lat, lng }: Point) =>
  boxes.some(box => lat >= box.south && lat <= box.north && lng >= box.west && lng <= box.east)

/** The point at a distance and in a direction from another. */
function goTo({ lat, lng }: Point, metres: number, bearing: number): Point {
  const [phi, lambda, angle] = [(lat * Math.PI) / 180, (lng * Math.PI) / 180, metres / earthRadiusMetres]
  const sin = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing)
  const east = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) * sin)
  const there = ((lambda + east) * 180) / Math.PI
  return { lat: (Math.asin(Math.max(-1, Math.min(1, sin))) * 180) / Math.PI, lng: there > 180 ? there - 360 : there < -180 ? there + 360 : there }
}

t.test('distances are those of the great circle', async t => {
  const seoul = { lat: 37.5665, lng: 126.978 }
  const pyongyang = { lat: 39.0392, lng: 125.7625 }
  t.ok(Math.abs(distanceMetres(seoul, pyongyang) - 195_000) < 2_000, 'Seoul and Pyongyang lie 195 km apart')
  t.equal(distanceMetres(seoul, seoul), 0)
  t.ok(Math.abs(distanceMetres({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }) - degreeMetres) < 0.01, 'a degree across the antimeridian')
  t.ok(distanceMetres({ lat: 90, lng: 0 }, { lat: 90, lng: 120 }) < 0.01, 'a pole is one point, whatever its longitude')
  t.ok(Math.abs(distanceMetres({ lat: 90, lng: 0 }, { lat: -90, lng: 77 }) - farthestMetres) < 0.1, 'from pole to pole')
  t.ok(Math.abs(distanceMetres({ lat: 12, lng: 34 }, { lat: -12, lng: -146 }) - farthestMetres) < 0.1, 'the other end of the Earth is a number')
})

t.test('a haversine and its distance are one', async t => {
  for (const metres of [0, 1, 50_000, 5_000_000, 20_000_000]) t.ok(Math.abs(metresOf(haversineOf(metres)) - metres) < 0.1, `${metres} m`)
  t.equal(metresOf(1.000000001), farthestMetres, 'rounding beyond the far end is the far end')
  t.equal(haversineOf(20_100_000), 2, 'a circle round all the Earth leaves nobody out')
  t.ok(haversine({ lat: 90, lng: 0 }, { lat: -90, lng: 0 }) <= haversineOf(farthestMetres))
})

t.test('distance is the same both ways and never more than half round the Earth', async t => {
  fc.assert(
    fc.property(point, point, (a, b) => {
      const there = distanceMetres(a, b)
      return there >= 0 && there <= farthestMetres && Math.abs(there - distanceMetres(b, a)) < 0.2
    }),
  )
  t.pass('for points everywhere')
})

t.test('boxes hold every point within the distance', async t => {
  fc.assert(
    fc.property(
      point,
      number(0, 21_000_000),
      point,
      (origin, metres, other) => distanceMetres(origin, other) > metres || holds(boxesAround(origin, metres), other),
    ),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(point, number(0, 10_007_000), number(0, 2 * Math.PI), (origin, metres, bearing) => {
      const rim = goTo(origin, metres, bearing)
      return distanceMetres(origin, rim) > metres || holds(boxesAround(origin, metres), rim)
    }),
    { numRuns: 2_000 },
  )
  t.pass('for points everywhere, and for those at the very rim')
})

t.test('boxes are no wider than they must be', async t => {
  const [box, second] = boxesAround({ lat: 60, lng: 10 }, 10_000)
  t.equal(second, undefined)
  t.ok(box && Math.abs(box.north - 60 - 10_000 / degreeMetres) < 0.001)
  t.ok(box && Math.abs(box.east - 10 - 20_000 / degreeMetres) < 0.002, 'a degree of longitude is half as long at 60 degrees')
})

t.test('a box across a pole goes all the way round, one across the antimeridian is two', async t => {
  t.match(boxesAround({ lat: 89.99, lng: 10 }, 5_000), [{ west: -180, east: 180, north: 90 }])
  t.match(boxesAround({ lat: -89.99, lng: 10 }, 5_000), [{ west: -180, east: 180, south: -90 }])
  t.match(boxesAround({ lat: 0, lng: 0 }, farthestMetres), [{ west: -180, east: 180, south: -90, north: 90 }])
  const east = boxesAround({ lat: 0, lng: 179.99 }, 5_000)
  t.match(east, [{ east: 180 }, { west: -180 }])
  t.ok(holds(east, { lat: 0, lng: -179.98 }))
  t.notOk(holds(east, { lat: 0, lng: -179.9 }))
  t.ok(holds(boxesAround({ lat: 0, lng: -180 }, 5_000), { lat: 0, lng: 180 }), 'the antimeridian is one line with two names')
})

t.test('a box is split where it crosses the antimeridian alone', async t => {
  const box = { west: -10, south: -5, east: 10, north: 5 }
  t.same(splitBox(box), [box])
  t.same(splitBox({ ...box, west: 170, east: -170 }), [
    { west: 170, south: -5, east: 180, north: 5 },
    { west: -180, south: -5, east: -170, north: 5 },
  ])
  t.same(splitBox({ ...box, west: 10, east: 10 }), [{ ...box, west: 10, east: 10 }], 'no width is no crossing')
})
