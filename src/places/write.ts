import { eq } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import { definedOnly } from '../lib/defined.ts'
import { type Issue, invalid } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { sortKey } from '../lib/text.ts'
import { sourceAt } from '../nouns/key.ts'
import { noteNames, notePurge, noteTrash, refuseTakenSource } from '../nouns/named.ts'
import { blankImage, blankSource, changedFields, mergeObject, presentSource, sourceColumns } from '../nouns/schema.ts'
import type { Writer } from '../nouns/writer.ts'
import { purgeRevisions, recordRevision } from '../revisions/store.ts'
import { changeSlug, claimSlug, releaseSlugs } from '../slugs/store.ts'
import { chainIssues, containerOf, forgetContainer, showContainer } from './contain.ts'
import { maxInt } from './fields.ts'
import type { PlaceCreate, PlaceReplace, PlaceUpdate } from './schema.ts'
import type { PlaceRow } from './store.ts'

/** Every writable field of a place, as it is stored and kept in revisions; `containedInId` is the container itself, in the trash or out of it. */
type State = Omit<PlaceCreate, 'slug'> & { slug: string }

/** What a revision keeps of a row. */
export const stateOf = (row: PlaceRow): State => ({
  name: row.name,
  slug: row.slug,
  aliases: row.aliases,
  kind: row.kind,
  containedInId: row.containerId,
  countryCode: row.countryCode,
  lat: row.lat,
  lng: row.lng,
  bbox: row.bbox,
  timezone: row.timezone,
  population: row.population,
  geonamesId: row.geonamesId,
  wikidataId: row.wikidataId,
  description: row.description,
  image: row.image,
  sameAs: row.sameAs,
  source: presentSource(row),
})

const nullsLast = { descending: -1, ascending: maxInt } as const

/** The columns of a state, with those that follow from others: what lists sort by. */
export const columnsOf = ({ source, containedInId, ...state }: State) => ({
  ...state,
  ...sourceColumns(source),
  containerId: containedInId,
  sortKey: sortKey(state.name),
  populationKey: state.population ?? nullsLast.descending,
  populationAscKey: state.population ?? nullsLast.ascending,
})

/** Makes a place; 400 where its container or coordinates do not hold, 409 where the slug or the natural key is another's. */
export async function createPlace(db: WriteDb, input: PlaceCreate, writer: Writer): Promise<PlaceRow> {
  const id = newId()
  const containedInId = await resolved(db, null, input, input.containedInId)
  await refuseTakenSource(db, 'place', id, input.source)
  const state: State = { ...input, containedInId, slug: await claimSlug(db, 'place', { entityId: id, slug: input.slug, title: input.name }) }
  const [row] = await db.sql
    .insert(db.tables.places)
    .values({ ...columnsOf(state), containedInId, id, articleCount: 0, createdAt: writer.now, updatedAt: writer.now, version: 1, trashedAt: null })
    .returning()
  if (!row) throw new Error('no row came back')
  await noteNames(db, 'place', null, row, writer)
  await recordRevision(db, { kind: 'place', entityId: id, version: 1, changed: Object.keys(state), state }, writer)
  return row
}

/**
 * A place as the body says: fields left out are at their defaults already, but slug and source stay. A container in the trash is shown as null:
 * null sent back leaves it, so that what was read can be written.
 */
export async function replacePlace(db: WriteDb, row: PlaceRow, body: PlaceReplace, writer: Writer): Promise<PlaceRow> {
  const state = writable(body)
  const reference = state.containedInId === null && row.containedInId === null ? undefined : state.containedInId
  const containedInId = await resolved(db, row, state, reference)
  return save(
    db,
    row,
    { ...state, containedInId, slug: body.slug ?? row.slug, source: body.source === undefined ? presentSource(row) : body.source },
    writer,
  )
}

const writable = ({ id, createdAt, updatedAt, version, articleCount, ...state }: PlaceReplace) => state

/** What a PUT to a natural key that nobody has makes. */
export const newPlaceAt = (key: string, body: PlaceReplace): PlaceCreate => ({ ...writable(body), source: sourceAt(key, body.source) })

/** A merge patch (RFC 7396): null empties, what is left out stays. */
export async function updatePlace(db: WriteDb, row: PlaceRow, patch: PlaceUpdate, writer: Writer): Promise<PlaceRow> {
  const { id, createdAt, updatedAt, version, articleCount, containedInId, image, source, aliases, sameAs, ...plain } = patch
  const before = stateOf(row)
  const next: State = {
    ...before,
    ...definedOnly(plain),
    aliases: aliases === undefined ? before.aliases : (aliases ?? []),
    sameAs: sameAs === undefined ? before.sameAs : (sameAs ?? []),
    image: mergeObject(before.image, image, blankImage, 'url', '/image'),
    source: mergeObject(before.source, source, blankSource, 'name', '/source'),
  }
  return save(db, row, { ...next, containedInId: await resolved(db, row, next, containedInId) }, writer)
}

type Coordinates = Pick<State, 'lat' | 'lng'>

/** The container that a place is to have: that of `reference`, or the one it has where there is none. Refuses what does not hold, all of it at once. */
async function resolved(db: WriteDb, row: PlaceRow | null, next: Coordinates, reference: string | null | undefined): Promise<string | null> {
  const before = row?.containerId ?? null
  const { containerId, issues } = reference === undefined ? { containerId: before, issues: [] } : await containerOf(db, reference)
  const chain = containerId === null || containerId === before ? [] : await chainIssues(db, row, containerId)
  const all = [...coordinateIssues(next), ...issues, ...chain]
  if (all.length > 0) throw invalid(...all)
  return containerId
}

function coordinateIssues({ lat, lng }: Coordinates): Issue[] {
  if ((lat === null) === (lng === null)) return []
  const [missing, given] = lat === null ? ['lat', 'lng'] : ['lng', 'lat']
  return [{ pointer: `/${missing}`, code: 'incomplete_coordinates', detail: `is missing beside ${given}: a place has both or neither` }]
}

/** The one way in which a place changes: nothing moves where nothing differs. */
async function save(db: WriteDb, row: PlaceRow, next: State, writer: Writer): Promise<PlaceRow> {
  const { places } = db.tables
  const changed = changedFields(stateOf(row), next)
  if (changed.length === 0) return row
  if (changed.includes('source')) await refuseTakenSource(db, 'place', row.id, next.source)
  if (changed.includes('slug')) await changeSlug(db, 'place', row.id, next.slug)
  const version = row.version + 1
  const containedInId = changed.includes('containedInId') ? next.containedInId : row.containedInId
  const [saved] = await db.sql
    .update(places)
    .set({ ...columnsOf(next), containedInId, version, updatedAt: writer.now })
    .where(eq(places.id, row.id))
    .returning()
  if (!saved) throw new Error('no row came back')
  await noteNames(db, 'place', row, saved, writer)
  await recordRevision(db, { kind: 'place', entityId: row.id, version, changed, state: next }, writer)
  return saved
}

/** Into the trash (`at` a time) or out of it (`at` null): neither moves a version, here or in the places inside. */
export async function movePlace(db: WriteDb, row: PlaceRow, at: string | null, writer: Writer): Promise<PlaceRow> {
  const { places } = db.tables
  if ((row.trashedAt === null) === (at === null)) return row
  const moved = { ...row, trashedAt: at }
  await db.sql.update(places).set({ trashedAt: at }).where(eq(places.id, row.id))
  await showContainer(db, row.id, at === null)
  await noteTrash(db, row.id)
  await noteNames(db, 'place', row, moved, writer)
  return moved
}

/** Gone for good: with mentions, links, slugs and past; the places inside lie in nothing then. */
export async function purgePlace(db: WriteDb, row: PlaceRow, writer: Writer): Promise<void> {
  await forgetContainer(db, row.id)
  await notePurge(db, row.id)
  await noteNames(db, 'place', row, null, writer)
  await purgeRevisions(db, 'place', row.id)
  await releaseSlugs(db, 'place', row.id)
  await db.sql.delete(db.tables.places).where(eq(db.tables.places.id, row.id))
}
