// How a record of each noun is saved: made, or put in the place of the one that has its natural key. By the same functions as one alone.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import { createArticle, createArticles } from '../articles/create.ts'
import { ArticleCreate, ArticleReplace } from '../articles/input.ts'
import { articleOf, articlesBySource, naturalKeyOf } from '../articles/store.ts'
import { replaceArticle } from '../articles/write.ts'
import type { Db, WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import { issuesOf } from '../http/validate.ts'
import { invalid, orRefusal, Refusal, withTheRest } from '../lib/errors.ts'
import type { Writer } from '../nouns/writer.ts'
import { PersonCreate, PersonReplace } from '../people/schema.ts'
import { personOf } from '../people/store.ts'
import { createPerson, replacePerson } from '../people/write.ts'
import { PlaceCreate, PlaceReplace } from '../places/schema.ts'
import { placeOf } from '../places/store.ts'
import { createPlace, replacePlace } from '../places/write.ts'
import { referenceFaults } from '../references/faults.ts'

export type Saved = { id: string; slug: string }
/** What became of a record: it was made, or put in the place of another, or refused, of which nothing is written. */
export type Outcome = { made: boolean; saved: Saved } | Refusal
type SaveAll = (db: WriteDb, records: readonly unknown[], writer: Writer) => Promise<Outcome[]>

/** Tag and path of the noun, its name in names of operations, an example of a record, and how some are saved, in their order. */
export type BulkNoun = { tag: 'articles' | 'people' | 'places'; named: string; example: object; saveAll: SaveAll }

export function bulkNoun(kind: NounKind): BulkNoun {
  switch (kind) {
    case 'article':
      return {
        tag: 'articles',
        named: 'Articles',
        example: { title: 'Leaders meet', source: { name: 'wire', externalId: '1' }, aboutIds: ['wire/7'] },
        saveAll: saveArticles,
      }
    case 'person':
      return {
        tag: 'people',
        named: 'People',
        example: { name: 'Ada Example', source: { name: 'wire', externalId: '7' } },
        saveAll: oneByOne(PersonCreate, PersonReplace, personOf, createPerson, replacePerson),
      }
    default:
      return {
        tag: 'places',
        named: 'Places',
        example: { name: 'Vladivostok', source: { name: 'wire', externalId: '9' }, containedInId: 'russia' },
        saveAll: oneByOne(PlaceCreate, PlaceReplace, placeOf, createPlace, replacePlace),
      }
  }
}

type WithSource = { source: { name: string; externalId: string | null } | null }

function oneByOne<C extends WithSource, R, Row extends Saved & { trashedAt: string | null }>(
  create: z.ZodType<C>,
  replace: z.ZodType<R>,
  find: (db: Db, key: string) => Promise<Row | undefined>,
  make: (db: WriteDb, input: C, writer: Writer) => Promise<Row>,
  put: (db: WriteDb, row: Row, input: R, writer: Writer) => Promise<Row>,
): SaveAll {
  const save = async (db: WriteDb, record: unknown, writer: Writer) => {
    const input = await parsed(db, create, record)
    const { source } = input
    const row = source?.externalId == null ? undefined : await find(db, `by-source/${source.name}/${source.externalId}`)
    if (row?.trashedAt === null) return { made: false, saved: await put(db, row, await parsed(db, replace, record), writer) }
    return { made: true, saved: await make(db, input, writer) }
  }
  return async (db, records, writer) => {
    const outcomes: Outcome[] = []
    for (const record of records) {
      outcomes.push(await orRefusal(() => db.savepoint(() => save(db, record, writer))))
      await nextTurn()
    }
    return outcomes
  }
}

const saveArticle = oneByOne(ArticleCreate, ArticleReplace, articleOf, createArticle, replaceArticle)

/** Records that are checked before others are served: a millisecond. */
const recordsATurn = 8

/** New articles are made together, as far as the next one that is put in the place of another: of one before it perhaps. */
async function saveArticles(db: WriteDb, records: readonly unknown[], writer: Writer): Promise<Outcome[]> {
  const inputs: (ArticleCreate | Refusal)[] = []
  for (const record of records) {
    inputs.push(await orRefusal(() => parsed(db, ArticleCreate, record)))
    if (inputs.length % recordsATurn === 0) await nextTurn()
  }
  const onRecord = await articlesBySource(
    db,
    inputs.map(input => (input instanceof Refusal ? null : input.source)),
  )
  const seen = new Set([...onRecord].filter(([, row]) => row.trashedAt === null).map(([key]) => key))
  const outcomes: Outcome[] = []
  let fresh: (ArticleCreate | Refusal)[] = []
  async function makeFresh() {
    const all = await withTheRest(fresh, rest => createArticles(db, rest, writer))
    outcomes.push(...all.map(saved => (saved instanceof Refusal ? saved : { made: true, saved })))
    fresh = []
  }
  for (const [n, input] of inputs.entries()) {
    const key = input instanceof Refusal ? undefined : naturalKeyOf(input.source)
    if (key === undefined || !seen.has(key)) fresh.push(input)
    else {
      await makeFresh()
      outcomes.push(...(await saveArticle(db, [records[n]], writer)))
    }
    if (key !== undefined) seen.add(key)
  }
  await makeFresh()
  return outcomes
}

async function parsed<T>(db: Db, schema: z.ZodType<T>, record: unknown): Promise<T> {
  const result = schema.safeParse(record)
  if (result.success) return result.data
  const issues = issuesOf('body', schema, record)
  throw invalid(...issues, ...(await referenceFaults(db, record, issues)))
}
