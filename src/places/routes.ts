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
import { putAt } from '../nouns/key.ts'
import { refuseReadOnly } from '../nouns/schema.ts'
import type { Threads } from '../threads/threads.ts'
import { type Outcome, write } from '../writes/write.ts'
import { ordered } from './order.ts'
import { presentPlace } from './present.ts'
import {
  Place,
  PlaceCreate,
  PlaceList,
  PlaceListQuery,
  PlaceQuery,
  PlaceReplace,
  PlaceSparse,
  PlaceSparseList,
  PlaceUpdate,
  placeReadOnly,
} from './schema.ts'
import { needPlace, type PlaceRow, placeToPut } from './store.ts'
import { createPlace, movePlace, newPlaceAt, purgePlace, replacePlace, updatePlace } from './write.ts'

const tags = ['places']

/** /v1/places */
export const placesRoutes =
  (deps: Deps, threads: Threads): Routes =>
  async app => {
    const { store, config } = deps

    app.get(
      '',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'listPlaces',
          tags,
          summary: 'List places',
          description:
            'Every place on record, by name unless another order is asked for. `near` gives the nearest first, `bbox` those in a box, `q` finds places by name, alias or description.',
          querystring: PlaceListQuery,
          response: { 200: answer(PlaceList, 'A page of places.', PlaceSparseList), ...problems() },
        },
      },
      async (request, reply) => {
        const { sort: asked, limit = 20, cursor, count, fields, ...filter } = request.query
        if (filter.trashed) demand(request.caller, 'content:read', 'The trash')
        const order = ordered(filter, asked)
        const question = { order, limit, cursor, count: count === 'exact' }
        const { rows, page } = await threads.runIf(filter.q !== undefined, 'findPlaces', question, freshnessFor(request.caller))
        linkPages(request, reply, page)
        return shape(reply, fields, { data: rows.map(row => pick(presentPlace(row), fields, [])), page })
      },
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'createPlace',
          tags,
          summary: 'Create a place',
          description: 'Puts a place on record. Articles whose text has one of the names are linked right behind the answer.',
          querystring: writeQuery,
          body: jsonBody(PlaceCreate),
          response: { 201: answer(Place, 'The place as it was made.'), ...problems() },
        },
      },
      async (request, reply) => write(deps, request, reply, async (db, writer) => created(reply, await createPlace(db, request.body, writer))),
    )

    app.get(
      '/:key',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'getPlace',
          tags,
          summary: 'Get a place',
          description: 'One place by id or slug.',
          params: keyParams,
          querystring: PlaceQuery,
          response: { 200: answer(Place, 'The place.', PlaceSparse), ...problems() },
        },
      },
      async (request, reply) => {
        const { fields } = request.query
        const place = await store.read(db => needPlace(db, request.params.key), freshnessFor(request.caller))
        stamp(reply, place)
        return shape(reply, fields, pick(presentPlace(place), fields, []))
      },
    )

    app.put(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'replacePlace',
          tags,
          summary: 'Replace a place',
          description: 'Sets every writable field: those left out go back to their defaults, but `slug` and `source`, which change only when named.',
          params: keyParams,
          querystring: writeQuery,
          body: jsonBody(PlaceReplace),
          response: {
            200: answer(Place, 'The place as it is now.'),
            201: answer(Place, 'The place as it was made: nobody had the natural key.'),
            ...problems(),
          },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const { params, body } = request
          const row = await placeToPut(db, params.key)
          refuseReadOnly(body, row?.id, placeReadOnly)
          demandVersion(row?.version, conditionOf(request), body.version, config.requireIfMatch)
          if (!row) return created(reply, await createPlace(db, newPlaceAt(params.key, body), writer))
          return shown(reply, await replacePlace(db, row, putAt(params.key, body), writer))
        }),
    )

    app.patch(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'updatePlace',
          tags,
          summary: 'Change a place',
          description:
            'JSON Merge Patch (RFC 7396): fields that are named change, null empties, the rest stays. A patch that changes nothing moves nothing.',
          params: keyParams,
          querystring: writeQuery,
          body: patchBody(PlaceUpdate),
          response: { 200: answer(Place, 'The place as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const row = await needPlace(db, request.params.key)
          refuseReadOnly(request.body, row.id, placeReadOnly)
          demandVersion(row.version, conditionOf(request), request.body.version, config.requireIfMatch)
          return shown(reply, await updatePlace(db, row, request.body, writer))
        }),
    )

    app.delete(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'deletePlace',
          tags,
          summary: 'Delete a place',
          description:
            'Moves a place to the trash: articles show it no more, and `restore` brings it back. With `purge=true` it is gone for good, with its mentions. Places inside it stay, and lie in nothing meanwhile.',
          params: keyParams,
          querystring: purgeQuery,
          response: problems(),
        },
      },
      async (request, reply) => {
        const { purge = false } = request.query
        if (purge) demand(request.caller, 'admin', 'Purging')
        return write(deps, request, reply, async (db, writer) => {
          const row = await needPlace(db, request.params.key, purge)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          if (purge) await purgePlace(db, row, writer)
          else await movePlace(db, row, writer.now, writer)
          reply.code(204)
          return { answer: undefined, kind: 'place', id: row.id }
        })
      },
    )

    app.post(
      '/:key/restore',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'restorePlace',
          tags,
          summary: 'Restore a place',
          description: 'Brings a place back from the trash; one that is not there stays as it is.',
          params: keyParams,
          querystring: writeQuery,
          response: { 200: answer(Place, 'The place, in place again.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) =>
          shown(reply, await movePlace(db, await needPlace(db, request.params.key, true), null, writer)),
        ),
    )
  }

function shown(reply: FastifyReply, place: PlaceRow): Outcome<Place> {
  stamp(reply, place)
  return { answer: presentPlace(place), kind: 'place', id: place.id }
}

function created(reply: FastifyReply, place: PlaceRow): Outcome<Place> {
  reply.code(201).header('location', `/v1/places/${place.slug}`)
  return shown(reply, place)
}
