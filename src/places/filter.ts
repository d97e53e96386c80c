import { count, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { Placeholder } from 'drizzle-orm/sql'
import { type Conditions, conditions, within } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import { type Box, boxesAround, haversineOf, type Point, radians, splitBox } from '../lib/geo.ts'
import { idOf } from '../references/store.ts'
import type { Compiled } from '../search/compile.ts'
import { addFound } from '../search/store.ts'
import type { PlaceListQuery } from './schema.ts'

/** Beyond this a box holds so much of the Earth that walking it costs more than it spares. */
export const widestBoxMetres = 5_000_000
/** A quarter of all that there are. */
const widestBoxSquareDegrees = (360 * 180) / 4

export type PlacesFilter = Omit<PlaceListQuery, 'sort' | 'fields' | 'limit' | 'cursor' | 'count'>

/** The conditions of a list; references that nobody has find nothing. Boxes are looked at on the columns here: who lists by another index adds `inBoxes`. */
export async function conditionsOf(db: Db, filter: PlacesFilter, query: Compiled | undefined): Promise<Conditions> {
  const { places } = db.tables
  const c = conditions()
  c.add(filter.trashed ? 'trash' : 'here', filter.trashed ? isNotNull(places.trashedAt) : isNull(places.trashedAt))
  await addReferences(db, c, filter)
  if (filter.kind) c.add(`kinds ${filter.kind.length}`, within(c, sql`${places.kind}`, filter.kind))
  if (filter.countryCode !== undefined) c.add('country', eq(places.countryCode, c.bind(filter.countryCode)))
  if (filter.wikidataId !== undefined) c.add('wikidata', eq(places.wikidataId, c.bind(filter.wikidataId)))
  if (filter.geonamesId !== undefined) c.add('geonames', eq(places.geonamesId, c.bind(filter.geonamesId)))
  if (filter.source !== undefined) c.add('source', eq(places.sourceName, c.bind(filter.source)))
  if (filter['updatedAt.gte'] !== undefined) c.add('since', sql`${places.updatedAt} >= ${c.bind(filter['updatedAt.gte'])}`)
  if (filter.bbox) addBox(db.tables, c, filter.bbox)
  if (filter.near) addNear(db.tables, c, filter.near, filter.within)
  if (query) addFound(db, c, 'place', query)
  return c
}

async function addReferences(db: Db, c: Conditions, filter: PlacesFilter) {
  const { places } = db.tables
  if (filter['id.any']) {
    const ids = await Promise.all(filter['id.any'].map(reference => idOf(db, 'place', reference)))
    const known = ids.filter(id => id !== undefined)
    c.add(`ids ${known.length}`, within(c, sql`${places.id}`, known))
  }
  if (filter.containedIn !== undefined) {
    const id = await idOf(db, 'place', filter.containedIn)
    if (id === undefined) c.add('inside nobody', sql`1 = 0`)
    else c.add('inside', eq(places.containedInId, c.bind(id)))
  }
}

function addBox({ places }: Tables, c: Conditions, box: Box) {
  const boxes = splitBox(box)
  const inside = boxes.map(
    ({ west, south, east, north }) =>
      sql`(${places.lat} between ${c.bind(south)} and ${c.bind(north)} and ${places.lng} between ${c.bind(west)} and ${c.bind(east)})`,
  )
  c.add(`box ${boxes.length}`, sql`(${sql.join(inside, sql` or `)})`)
}

function addNear(tables: Tables, c: Conditions, near: Point, metres: number | undefined) {
  if (metres === undefined) c.add('somewhere', isNotNull(tables.places.lat))
  else c.add('near', sql`${away(tables, c, near)} <= ${c.bind(haversineOf(metres))}`)
}

/** How far places are from a point: the haversine of the angle, which orders as the distance does (see `metresOf`). SQLite and PostgreSQL have all its functions. */
export function away({ places }: Tables, c: { bind(value: number): Placeholder }, { lat, lng }: Point): SQL<number> {
  const up = sql`power(sin(radians(${places.lat} - ${c.bind(lat)}) / 2), 2)`
  const across = sql`${c.bind(Math.cos(radians(lat)))} * cos(radians(${places.lat})) * power(sin(radians(${places.lng} - ${c.bind(lng)}) / 2), 2)`
  return sql<number>`(${up} + ${across})`
}

/** Conditions on where a place is, by the index of boxes. They hold their values, so a query with one is built anew each time. */
export function areas({ dialect, tables: { places } }: Db) {
  const by = (boxes: Box[]) => dialect.inBoxes(sql`${places.seq}`, boxes)
  return {
    around: (near: Point, metres: number): SQL | undefined => (metres > widestBoxMetres ? undefined : by(boxesAround(near, metres))),
    inside: (box: Box): SQL | undefined => (isWide(splitBox(box)) ? undefined : by(splitBox(box))),
  }
}

const isWide = (boxes: Box[]) =>
  boxes.reduce((sum, { west, south, east, north }) => sum + (east - west) * (north - south), 0) > widestBoxSquareDegrees

/** How many places fit. */
export async function countOf(db: Db, where: SQL | undefined, values: Record<string, unknown>): Promise<number> {
  const [row] = await db.sql.select({ total: count() }).from(db.tables.places).where(where).prepare().execute(values)
  return row?.total ?? 0
}
