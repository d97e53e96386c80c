// A timeline, from its question to its answer: plain data in and out, as it may run in a thread.
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { needPerson } from '../people/store.ts'
import { insidesOf } from '../places/contain.ts'
import { needPlace } from '../places/store.ts'
import type { Timeline, TimelineQuery } from './schema.ts'
import { timeline } from './store.ts'

type Question = { kind: EntityKind; key: string; nested: boolean; asked: TimelineQuery }

/** The timeline of a person or a place, with the places inside it where it is `nested`; 404 where there is none of that key. */
export async function timelineOf(db: Db, { kind, key, nested, asked }: Question): Promise<Timeline> {
  const { id } = kind === 'person' ? await needPerson(db, key) : await needPlace(db, key)
  return timeline(db, { kind, ids: nested ? await insidesOf(db, id) : [id] }, asked)
}
