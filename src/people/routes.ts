import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { answer, pick, shape } from '../http/answer.ts'
import { demand, freshnessFor } from '../http/auth.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { linkPages } from '../http/page.ts'
import { keyParams, purgeQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { invalid } from '../lib/errors.ts'
import { putAt } from '../nouns/key.ts'
import { refuseReadOnly } from '../nouns/schema.ts'
import type { Threads } from '../threads/threads.ts'
import { type Outcome, write } from '../writes/write.ts'
import { presentPerson } from './present.ts'
import {
  Person,
  PersonCreate,
  PersonList,
  PersonListQuery,
  PersonQuery,
  PersonReplace,
  PersonSparse,
  PersonSparseList,
  PersonUpdate,
  personReadOnly,
} from './schema.ts'
import { needPerson, type PersonRow, personToPut } from './store.ts'
import { createPerson, movePerson, newPersonAt, purgePerson, replacePerson, updatePerson } from './write.ts'

const tags = ['people']

/** /v1/people */
export const peopleRoutes =
  (deps: Deps, threads: Threads): Routes =>
  async app => {
    const { store, config } = deps

    app.get(
      '',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'listPeople',
          tags,
          summary: 'List people',
          description: 'Everyone on record, by name unless another order is asked for. Use `q` to find people by name, alias or description.',
          querystring: PersonListQuery,
          response: { 200: answer(PersonList, 'A page of people.', PersonSparseList), ...problems() },
        },
      },
      async (request, reply) => {
        const { sort: asked, limit = 20, cursor, count, fields, ...filter } = request.query
        if (filter.trashed) demand(request.caller, 'content:read', 'The trash')
        const sort = asked ?? (filter.q === undefined ? 'name' : 'relevance')
        if (sort === 'relevance' && filter.q === undefined)
          throw invalid({ parameter: 'sort', code: 'needs_q', detail: 'relevance is an order of what q finds; send q, too' })
        const question = { filter, sort, limit, cursor, count: count === 'exact' }
        const { rows, page } = await threads.runIf(filter.q !== undefined, 'findPeople', question, freshnessFor(request.caller))
        linkPages(request, reply, page)
        return shape(reply, fields, { data: rows.map(row => pick(presentPerson(row), fields, [])), page })
      },
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'createPerson',
          tags,
          summary: 'Create a person',
          description: 'Puts a person on record. Articles whose text has one of the names are linked right behind the answer.',
          querystring: writeQuery,
          body: jsonBody(PersonCreate),
          response: { 201: answer(Person, 'The person as it was made.'), ...problems() },
        },
      },
      async (request, reply) => write(deps, request, reply, async (db, writer) => created(reply, await createPerson(db, request.body, writer))),
    )

    app.get(
      '/:key',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'getPerson',
          tags,
          summary: 'Get a person',
          description: 'One person by id or slug.',
          params: keyParams,
          querystring: PersonQuery,
          response: { 200: answer(Person, 'The person.', PersonSparse), ...problems() },
        },
      },
      async (request, reply) => {
        const { fields } = request.query
        const person = await store.read(db => needPerson(db, request.params.key), freshnessFor(request.caller))
        stamp(reply, person)
        return shape(reply, fields, pick(presentPerson(person), fields, []))
      },
    )

    app.put(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'replacePerson',
          tags,
          summary: 'Replace a person',
          description: 'Sets every writable field: those left out go back to their defaults, but `slug` and `source`, which change only when named.',
          params: keyParams,
          querystring: writeQuery,
          body: jsonBody(PersonReplace),
          response: {
            200: answer(Person, 'The person as it is now.'),
            201: answer(Person, 'The person as it was made: nobody had the natural key.'),
            ...problems(),
          },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const { params, body } = request
          const row = await personToPut(db, params.key)
          refuseReadOnly(body, row?.id, personReadOnly)
          demandVersion(row?.version, conditionOf(request), body.version, config.requireIfMatch)
          if (!row) return created(reply, await createPerson(db, newPersonAt(params.key, body), writer))
          return shown(reply, await replacePerson(db, row, putAt(params.key, body), writer))
        }),
    )

    app.patch(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'updatePerson',
          tags,
          summary: 'Change a person',
          description:
            'JSON Merge Patch (RFC 7396): fields that are named change, null empties, the rest stays. A patch that changes nothing moves nothing.',
          params: keyParams,
          querystring: writeQuery,
          body: patchBody(PersonUpdate),
          response: { 200: answer(Person, 'The person as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const row = await needPerson(db, request.params.key)
          refuseReadOnly(request.body, row.id, personReadOnly)
          demandVersion(row.version, conditionOf(request), request.body.version, config.requireIfMatch)
          return shown(reply, await updatePerson(db, row, request.body, writer))
        }),
    )

    app.delete(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'deletePerson',
          tags,
          summary: 'Delete a person',
          description:
            'Moves a person to the trash: articles show it no more, and `restore` brings it back. With `purge=true` it is gone for good, with its mentions.',
          params: keyParams,
          querystring: purgeQuery,
          response: problems(),
        },
      },
      async (request, reply) => {
        const { purge = false } = request.query
        if (purge) demand(request.caller, 'admin', 'Purging')
        return write(deps, request, reply, async (db, writer) => {
          const row = await needPerson(db, request.params.key, purge)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          if (purge) await purgePerson(db, row, writer)
          else await movePerson(db, row, writer.now, writer)
          reply.code(204)
          return { answer: undefined, kind: 'person', id: row.id }
        })
      },
    )

    app.post(
      '/:key/restore',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'restorePerson',
          tags,
          summary: 'Restore a person',
          description: 'Brings a person back from the trash; one that is not there stays as it is.',
          params: keyParams,
          querystring: writeQuery,
          response: { 200: answer(Person, 'The person, in place again.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) =>
          shown(reply, await movePerson(db, await needPerson(db, request.params.key, true), null, writer)),
        ),
    )
  }

function shown(reply: FastifyReply, person: PersonRow): Outcome<Person> {
  stamp(reply, person)
  return { answer: presentPerson(person), kind: 'person', id: person.id }
}

function created(reply: FastifyReply, person: PersonRow): Outcome<Person> {
  reply.code(201).header('location', `/v1/people/${person.slug}`)
  return shown(reply, person)
}
