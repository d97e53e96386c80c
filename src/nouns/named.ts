// What people and places have in common when they are written: names in the registry, words in the index, links in articles.
import { and, eq, ne, sql } from 'drizzle-orm'
import { forgetEntity, refreshShown } from '../articles/links.ts'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind, NounKind } from '../db/tables.ts'
import { conflict, type Refusal } from '../lib/errors.ts'
import { forgetMerges, mergedInto } from '../merges/store.ts'
import { nameKeys, recordPhrases } from '../phrases/store.ts'
import { unstemmed } from '../search/analyse.ts'
import { indexDocuments } from '../search/store.ts'
import { suggestNamed } from '../suggest/write.ts'
import type { Source } from './schema.ts'
import type { Writer } from './writer.ts'

type Named = {
  id: string
  seq: number
  name: string
  aliases: string[]
  description: string | null
  articleCount: number
  trashedAt: string | null
}

/** What one is called; nothing while it lies in the trash. */
export const namesOf = (row: Pick<Named, 'name' | 'aliases' | 'trashedAt'> | null) =>
  row && row.trashedAt === null ? [row.name, ...row.aliases] : []

/** What of a person or a place is searched: names are not stemmed. */
export const textOfNamed = ({ name, aliases, description, bio }: Pick<Named, 'name' | 'aliases' | 'description'> & { bio?: string | null }) => ({
  titles: [name, ...aliases],
  texts: [description, bio].filter(text => typeof text === 'string'),
  language: unstemmed,
})

/** After a write: full text, suggestions, the phrases it is known by, and the names that came or went, so that articles are linked anew. `before` is null for a new one, `after` for a purged one. */
export async function noteNames(
  db: WriteDb,
  kind: EntityKind,
  before: Named | null,
  after: (Named & { bio?: string | null }) | null,
  writer: Writer,
): Promise<void> {
  if (after) await indexDocuments(db, [{ kind, seq: after.seq, text: textOfNamed(after), isNew: before === null }])
  else if (before) await db.search.remove(kind, before.seq)
  await suggestNamed(db, kind, before, after)
  const id = (after ?? before)?.id ?? ''
  const had = new Set(namesOf(before))
  const has = new Set(namesOf(after))
  await recordPhrases(db, kind, id, nameKeys([...had]), nameKeys([...has]))
  const mainChanged = before && after && before.name !== after.name
  const names = mainChanged
    ? [...new Set([...had, ...has])]
    : [...[...had].filter(name => !has.has(name)), ...[...has].filter(name => !had.has(name))]
  await writer.names.record(db, { kind, id, names, at: writer.now })
}

/** Into the trash or out of it: the articles that are about it show it no more, or again. */
export const noteTrash = (db: WriteDb, id: string): Promise<void> => refreshShown(db, id)

/** A purged one takes its mentions and links with it, and the keys that led to it. */
export async function notePurge(db: WriteDb, id: string): Promise<void> {
  await forgetEntity(db, id)
  await forgetMerges(db, id)
}

/** Refuses (409 `source_taken`) a natural key that another resource of the noun has, in the trash or out of it. */
export async function refuseTakenSource(db: WriteDb, kind: NounKind, id: string, source: Source | null): Promise<void> {
  if (source?.externalId == null) return
  const table = { article: db.tables.articles, person: db.tables.people, place: db.tables.places }[kind]
  const query = db.prepared(`taken source ${kind}`, q =>
    q
      .select({ id: table.id })
      .from(table)
      .where(
        and(
          eq(table.sourceName, sql.placeholder('name')),
          eq(table.sourceExternalId, sql.placeholder('externalId')),
          ne(table.id, sql.placeholder('id')),
        ),
      ),
  )
  const { name, externalId } = source
  const [other] = await query.execute({ name, externalId, id })
  const into = other || kind === 'article' ? undefined : await mergedInto(db, kind, { name, externalId })
  if (into !== undefined && into !== id)
    throw conflict({ pointer: '/source', code: 'source_taken', detail: `${name}/${externalId} was merged into ${kind} ${into}` })
  if (other) throw sourceTaken(kind, `${name}/${externalId}`, other.id)
}

/** 409: a natural key (`source/externalId`) is that of another, which is told by its id. */
export const sourceTaken = (kind: NounKind, naturalKey: string, id: string): Refusal =>
  conflict({ pointer: '/source', code: 'source_taken', detail: `${naturalKey} is the natural key of ${kind} ${id}` })
