// How each noun is found, and saved as it once was.
import type { z } from 'zod'
import { ArticleReplace } from '../articles/input.ts'
import { presentArticle } from '../articles/present.ts'
import { Article } from '../articles/schema.ts'
import { needToWrite } from '../articles/store.ts'
import { replaceArticle } from '../articles/write.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { EntityKind, NounKind } from '../db/tables.ts'
import { invalid } from '../lib/errors.ts'
import { isUuid } from '../lib/id.ts'
import type { Writer } from '../nouns/writer.ts'
import { presentPerson } from '../people/present.ts'
import { Person, PersonReplace } from '../people/schema.ts'
import { needPerson } from '../people/store.ts'
import { replacePerson } from '../people/write.ts'
import { presentPlace } from '../places/present.ts'
import { Place, PlaceReplace } from '../places/schema.ts'
import { needPlace } from '../places/store.ts'
import { replacePlace } from '../places/write.ts'
import { idOf } from '../references/store.ts'

export type RevisedNoun = NounKind
type Row = { id: string; version: number; updatedAt: string }
type State = Record<string, unknown>

export type Revised = {
  /** Tag and path of the noun, and its name in names of operations. */
  tag: 'articles' | 'people' | 'places'
  named: string
  schema: z.ZodType
  need(db: Db, key: string): Promise<Row>
  /** Saves a former state as a new version: slug, status and times of publication stay as they are, and what is gone is left out. */
  restore(db: WriteDb, id: string, state: State, writer: Writer): Promise<{ row: Row; answer: object }>
}

export function nounOf(kind: RevisedNoun): Revised {
  switch (kind) {
    case 'article':
      return { tag: 'articles', named: 'Article', schema: Article, need: needToWrite, restore: restoreArticle }
    case 'person':
      return { tag: 'people', named: 'Person', schema: Person, need: needPerson, restore: restorePerson }
    default:
      return { tag: 'places', named: 'Place', schema: Place, need: needPlace, restore: restorePlace }
  }
}

async function restoreArticle(db: WriteDb, id: string, state: State, writer: Writer) {
  const { slug, status, publishedAt, publishAt, unpublishAt, authorIds, aboutIds, datelinePlaceId, ...kept } = state
  const input = parsed(ArticleReplace, {
    ...kept,
    authorIds: await still(db, ['person'], authorIds),
    aboutIds: await still(db, ['person', 'place'], aboutIds),
    datelinePlaceId: (await still(db, ['place'], [datelinePlaceId]))[0] ?? null,
  })
  const row = await replaceArticle(db, await needToWrite(db, id), input, writer)
  return { row, answer: presentArticle(row) }
}

async function restorePerson(db: WriteDb, id: string, { slug, ...state }: State, writer: Writer) {
  const row = await replacePerson(db, await needPerson(db, id), parsed(PersonReplace, state), writer)
  return { row, answer: presentPerson(row) }
}

async function restorePlace(db: WriteDb, id: string, { slug, containedInId, ...state }: State, writer: Writer) {
  const container = (await still(db, ['place'], [containedInId]))[0] ?? null
  const row = await replacePlace(db, await needPlace(db, id), parsed(PlaceReplace, { ...state, containedInId: container }), writer)
  return { row, answer: presentPlace(row) }
}

/** Those of the ids that are on record, and not in the trash; of those that were merged into another that one. */
async function still(db: Db, kinds: readonly EntityKind[], ids: unknown): Promise<string[]> {
  const found: string[] = []
  for (const id of Array.isArray(ids) ? ids : [])
    for (const kind of kinds) {
      const now = typeof id === 'string' && isUuid(id) ? await idOf(db, kind, id) : undefined
      if (now !== undefined) found.push(now)
    }
  return [...new Set(found)]
}

/** A state is what a write was, so it can be written again; should the rules have changed meanwhile, a 400 says what is in the way. */
function parsed<T>(schema: z.ZodType<T>, state: State): T {
  const result = schema.safeParse(state)
  if (result.success) return result.data
  throw invalid(
    ...result.error.issues.map(({ path, message }) => ({
      parameter: 'n',
      code: 'cannot_be_restored',
      detail: `is a state that may not be saved any more: ${path.join('/')} ${message}`,
    })),
  )
}
