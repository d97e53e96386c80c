import { eq } from 'drizzle-orm'
import type { WriteDb } from '../db/store.ts'
import { definedOnly } from '../lib/defined.ts'
import { newId } from '../lib/id.ts'
import { sortKey } from '../lib/text.ts'
import { sourceAt } from '../nouns/key.ts'
import { noteNames, notePurge, noteTrash, refuseTakenSource } from '../nouns/named.ts'
import { blankImage, blankSource, changedFields, mergeObject, presentSource, sourceColumns } from '../nouns/schema.ts'
import type { Writer } from '../nouns/writer.ts'
import { purgeRevisions, recordRevision } from '../revisions/store.ts'
import { changeSlug, claimSlug, releaseSlugs } from '../slugs/store.ts'
import type { PersonCreate, PersonReplace, PersonUpdate } from './schema.ts'
import type { PersonRow } from './store.ts'

/** Every writable field of a person, as it is stored and kept in revisions. */
type State = Omit<PersonCreate, 'slug'> & { slug: string }

/** What a revision keeps of a row. */
export const stateOf = (row: PersonRow): State => ({
  name: row.name,
  slug: row.slug,
  aliases: row.aliases,
  givenName: row.givenName,
  familyName: row.familyName,
  description: row.description,
  bio: row.bio,
  birthDate: row.birthDate,
  deathDate: row.deathDate,
  countryCode: row.countryCode,
  wikidataId: row.wikidataId,
  image: row.image,
  sameAs: row.sameAs,
  source: presentSource(row),
})

/** The columns of a state, with those that follow from others: what lists sort by. */
export const columnsOf = ({ source, ...state }: State) => ({ ...state, ...sourceColumns(source), sortKey: sortKey(state.name) })

/** Makes a person; 409 where the slug or the natural key is another's. */
export async function createPerson(db: WriteDb, input: PersonCreate, writer: Writer): Promise<PersonRow> {
  const id = newId()
  await refuseTakenSource(db, 'person', id, input.source)
  const state: State = { ...input, slug: await claimSlug(db, 'person', { entityId: id, slug: input.slug, title: input.name }) }
  const [row] = await db.sql
    .insert(db.tables.people)
    .values({ ...columnsOf(state), id, articleCount: 0, createdAt: writer.now, updatedAt: writer.now, version: 1, trashedAt: null })
    .returning()
  if (!row) throw new Error('no row came back')
  await noteNames(db, 'person', null, row, writer)
  await recordRevision(db, { kind: 'person', entityId: id, version: 1, changed: Object.keys(state), state }, writer)
  return row
}

/** A person as the body says: fields left out are at their defaults already, but slug and source stay. */
export const replacePerson = (db: WriteDb, row: PersonRow, body: PersonReplace, writer: Writer): Promise<PersonRow> =>
  save(db, row, { ...writable(body), slug: body.slug ?? row.slug, source: body.source === undefined ? presentSource(row) : body.source }, writer)

const writable = ({ id, createdAt, updatedAt, version, articleCount, ...state }: PersonReplace) => state

/** What a PUT to a natural key that nobody has makes. */
export const newPersonAt = (key: string, body: PersonReplace): PersonCreate => ({ ...writable(body), source: sourceAt(key, body.source) })

/** A merge patch (RFC 7396): null empties, what is left out stays. */
export async function updatePerson(db: WriteDb, row: PersonRow, patch: PersonUpdate, writer: Writer): Promise<PersonRow> {
  const { id, createdAt, updatedAt, version, articleCount, image, source, aliases, sameAs, ...plain } = patch
  const before = stateOf(row)
  const next: State = {
    ...before,
    ...definedOnly(plain),
    aliases: aliases === undefined ? before.aliases : (aliases ?? []),
    sameAs: sameAs === undefined ? before.sameAs : (sameAs ?? []),
    image: mergeObject(before.image, image, blankImage, 'url', '/image'),
    source: mergeObject(before.source, source, blankSource, 'name', '/source'),
  }
  return save(db, row, next, writer)
}

/** The one way in which a person changes: nothing moves where nothing differs. */
async function save(db: WriteDb, row: PersonRow, next: State, writer: Writer): Promise<PersonRow> {
  const { people } = db.tables
  const changed = changedFields(stateOf(row), next)
  if (changed.length === 0) return row
  if (changed.includes('source')) await refuseTakenSource(db, 'person', row.id, next.source)
  if (changed.includes('slug')) await changeSlug(db, 'person', row.id, next.slug)
  const version = row.version + 1
  const [saved] = await db.sql
    .update(people)
    .set({ ...columnsOf(next), version, updatedAt: writer.now })
    .where(eq(people.id, row.id))
    .returning()
  if (!saved) throw new Error('no row came back')
  await noteNames(db, 'person', row, saved, writer)
  await recordRevision(db, { kind: 'person', entityId: row.id, version, changed, state: next }, writer)
  return saved
}

/** Into the trash (`at` a time) or out of it (`at` null): neither moves the version. */
export async function movePerson(db: WriteDb, row: PersonRow, at: string | null, writer: Writer): Promise<PersonRow> {
  const { people } = db.tables
  if ((row.trashedAt === null) === (at === null)) return row
  const moved = { ...row, trashedAt: at }
  await db.sql.update(people).set({ trashedAt: at }).where(eq(people.id, row.id))
  await noteTrash(db, row.id)
  await noteNames(db, 'person', row, moved, writer)
  return moved
}

/** Gone for good: with mentions, links, slugs and past. */
export async function purgePerson(db: WriteDb, row: PersonRow, writer: Writer): Promise<void> {
  await notePurge(db, row.id)
  await noteNames(db, 'person', row, null, writer)
  await purgeRevisions(db, 'person', row.id)
  await releaseSlugs(db, 'person', row.id)
  await db.sql.delete(db.tables.people).where(eq(db.tables.people.id, row.id))
}
