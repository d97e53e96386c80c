// How a record of each noun is saved: made, or put in the place of the one that has its natural key. By the same functions as one alone.
import type { z } from 'zod'
import { ArticleCreate, ArticleReplace } from '../articles/input.ts'
import { articleOf } from '../articles/store.ts'
import { createArticle, replaceArticle } from '../articles/write.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import { issuesOf } from '../http/validate.ts'
import { invalid } from '../lib/errors.ts'
import type { Writer } from '../nouns/writer.ts'
import { PersonCreate, PersonReplace } from '../people/schema.ts'
import { personOf } from '../people/store.ts'
import { createPerson, replacePerson } from '../people/write.ts'
import { PlaceCreate, PlaceReplace } from '../places/schema.ts'
import { placeOf } from '../places/store.ts'
import { createPlace, replacePlace } from '../places/write.ts'
import { referenceFaults } from '../references/faults.ts'

export type Saved = { id: string; slug: string }
type Save = (db: WriteDb, record: unknown, writer: Writer) => Promise<{ made: boolean; saved: Saved }>

/** Tag and path of the noun, its name in names of operations, and an example of a record. */
export type BulkNoun = { tag: 'articles' | 'people' | 'places'; named: string; example: object; save: Save }

export function bulkNoun(kind: NounKind): BulkNoun {
  switch (kind) {
    case 'article':
      return {
        tag: 'articles',
        named: 'Articles',
        example: { title: 'Leaders meet', source: { name: 'wire', externalId: '1' }, aboutIds: ['wire/7'] },
        save: saver(ArticleCreate, ArticleReplace, articleOf, createArticle, replaceArticle),
      }
    case 'person':
      return {
        tag: 'people',
        named: 'People',
        example: { name: 'Ada Example', source: { name: 'wire', externalId: '7' } },
        save: saver(PersonCreate, PersonReplace, personOf, createPerson, replacePerson),
      }
    default:
      return {
        tag: 'places',
        named: 'Places',
        example: { name: 'Vladivostok', source: { name: 'wire', externalId: '9' }, containedInId: 'russia' },
        save: saver(PlaceCreate, PlaceReplace, placeOf, createPlace, replacePlace),
      }
  }
}

type WithSource = { source: { name: string; externalId: string | null } | null }

function saver<C extends WithSource, R, Row extends Saved & { trashedAt: string | null }>(
  create: z.ZodType<C>,
  replace: z.ZodType<R>,
  find: (db: Db, key: string) => Promise<Row | undefined>,
  make: (db: WriteDb, input: C, writer: Writer) => Promise<Row>,
  put: (db: WriteDb, row: Row, input: R, writer: Writer) => Promise<Row>,
): Save {
  return async (db, record, writer) => {
    const input = await parsed(db, create, record)
    const { source } = input
    const row = source?.externalId == null ? undefined : await find(db, `by-source/${source.name}/${source.externalId}`)
    if (row?.trashedAt === null) return { made: false, saved: await put(db, row, await parsed(db, replace, record), writer) }
    return { made: true, saved: await make(db, input, writer) }
  }
}

async function parsed<T>(db: Db, schema: z.ZodType<T>, record: unknown): Promise<T> {
  const result = schema.safeParse(record)
  if (result.success) return result.data
  const issues = issuesOf('body', schema, record)
  throw invalid(...issues, ...(await referenceFaults(db, record, issues)))
}
