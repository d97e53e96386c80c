import type { FastifyReply } from 'fastify'
import type { WriteDb } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { jsonBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { keyParams, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { invalid } from '../lib/errors.ts'
import { presentPerson } from '../people/present.ts'
import { Person } from '../people/schema.ts'
import { needPerson } from '../people/store.ts'
import { presentPlace } from '../places/present.ts'
import { Place } from '../places/schema.ts'
import { needPlace } from '../places/store.ts'
import { resolveAll } from '../references/store.ts'
import { type Outcome, write } from '../writes/write.ts'
import { MergeInput } from './schema.ts'
import { type MergeRecord, mergePerson, mergePlace } from './write.ts'

const description = (one: string) =>
  `Makes two records of one ${one} into one. The one of the address goes: its name and aliases become aliases of the other, its mentions, articles and slugs move over, and its id, slugs and natural key answer 308 to the other from then on. Fields of the other stay as they are. What went is kept in the audit log.`

/** /v1/people/{key}/merge */
export const personMergeRoutes =
  (deps: Deps): Routes =>
  async app => {
    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'mergePerson',
          tags: ['people'],
          summary: 'Merge a person into another',
          description: description('person'),
          params: keyParams,
          querystring: writeQuery,
          body: jsonBody(MergeInput),
          response: { 200: answer(Person, 'The person that stays, as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const from = await needPerson(db, request.params.key)
          demandVersion(from.version, conditionOf(request), undefined, false)
          const into = await needPerson(db, await idOfInto(db, 'person', request.body.into))
          const details = await mergePerson(db, from, into, writer)
          const now = await needPerson(db, into.id)
          return merged(reply, 'person', from.id, now, presentPerson(now), details)
        }),
    )
  }

/** /v1/places/{key}/merge */
export const placeMergeRoutes =
  (deps: Deps): Routes =>
  async app => {
    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'mergePlace',
          tags: ['places'],
          summary: 'Merge a place into another',
          description: `${description('place')} Places inside the one lie in the other.`,
          params: keyParams,
          querystring: writeQuery,
          body: jsonBody(MergeInput),
          response: { 200: answer(Place, 'The place that stays, as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const from = await needPlace(db, request.params.key)
          demandVersion(from.version, conditionOf(request), undefined, false)
          const into = await needPlace(db, await idOfInto(db, 'place', request.body.into))
          const details = await mergePlace(db, from, into, writer)
          const now = await needPlace(db, into.id)
          return merged(reply, 'place', from.id, now, presentPlace(now), details)
        }),
    )
  }

async function idOfInto(db: WriteDb, kind: EntityKind, reference: string): Promise<string> {
  const { entities, issues } = await resolveAll(db, [kind], [reference], () => '/into')
  const [entity] = entities
  if (!entity) throw invalid(...issues)
  return entity.id
}

/** The audit log names the one that went. */
function merged<T>(
  reply: FastifyReply,
  kind: EntityKind,
  id: string,
  now: { version: number; updatedAt: string },
  answer: T,
  details: MergeRecord,
): Outcome<T> {
  stamp(reply, now)
  return { answer, kind, id, details }
}
