import type { FastifyReply, FastifyRequest } from 'fastify'
import { slice } from '../db/keyset.ts'
import type { Db } from '../db/store.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { decodeCursor, linkPages, pageOf } from '../http/page.ts'
import { noQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { refuseReadOnly } from '../nouns/schema.ts'
import { type Outcome, write } from '../writes/write.ts'
import { presentSynonym } from './present.ts'
import { Synonym, SynonymCreate, SynonymList, SynonymListQuery, SynonymReplace, SynonymUpdate, synonymParams, synonymReadOnly } from './schema.ts'
import { createSynonym, deleteSynonym, listSynonyms, needSynonym, type SynonymRow, saveSynonym } from './store.ts'

const tags = ['search']

/** /v1/synonyms */
export const synonymRoutes =
  (deps: Deps): Routes =>
  async app => {
    const { store, config } = deps

    app.get(
      '',
      {
        config: { access: 'content:read' },
        schema: {
          operationId: 'listSynonyms',
          tags,
          summary: 'List synonyms',
          description:
            'What editors have made synonyms, the newest first. Names and aliases of people and places are not among them: searches know these by themselves.',
          querystring: SynonymListQuery,
          response: { 200: answer(SynonymList, 'A page of synonyms.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count } = request.query
        const query = { path: '/v1/synonyms', sort: '-id', filters: {} }
        const { rows, page } = await store.read(async db => {
          const list = listSynonyms(db)
          const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
          return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
        })
        linkPages(request, reply, page)
        return { data: rows.map(presentSynonym), page }
      },
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'createSynonym',
          tags,
          summary: 'Make words synonyms',
          description:
            'From the next search on, who searches for one of the terms finds the others as well; not in quotes, where words are taken as they stand. There may be 1,000 synonyms.',
          querystring: writeQuery,
          body: jsonBody(SynonymCreate),
          response: { 201: answer(Synonym, 'The synonym as it was made.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, { now }) => {
          const row = await createSynonym(db, request.body, now)
          reply.code(201).header('location', `/v1/synonyms/${row.id}`)
          return shown(reply, row)
        }),
    )

    app.get(
      '/:id',
      {
        config: { access: 'content:read' },
        schema: {
          operationId: 'getSynonym',
          tags,
          summary: 'Get a synonym',
          description: 'One synonym by its id.',
          params: synonymParams,
          querystring: noQuery,
          response: { 200: answer(Synonym, 'The synonym.'), ...problems() },
        },
      },
      async (request, reply) => {
        const row = await store.read(db => needSynonym(db, request.params.id))
        stamp(reply, row)
        return presentSynonym(row)
      },
    )

    app.put(
      '/:id',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'replaceSynonym',
          tags,
          summary: 'Replace a synonym',
          description: 'Sets both fields: `from` goes back to null where it is left out.',
          params: synonymParams,
          querystring: writeQuery,
          body: jsonBody(SynonymReplace),
          response: { 200: answer(Synonym, 'The synonym as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, { now }) => {
          const row = await needForChange(db, request, config.requireIfMatch)
          return shown(reply, await saveSynonym(db, row, request.body, now))
        }),
    )

    app.patch(
      '/:id',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'updateSynonym',
          tags,
          summary: 'Change a synonym',
          description: 'JSON Merge Patch (RFC 7396): what is named changes, the rest stays. A list of terms takes the place of the one before.',
          params: synonymParams,
          querystring: writeQuery,
          body: patchBody(SynonymUpdate),
          response: { 200: answer(Synonym, 'The synonym as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, { now }) => {
          const row = await needForChange(db, request, config.requireIfMatch)
          const { from = row.fromTerm, terms = row.terms } = request.body
          return shown(reply, await saveSynonym(db, row, { from, terms }, now))
        }),
    )

    app.delete(
      '/:id',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'deleteSynonym',
          tags,
          summary: 'Delete a synonym',
          description: 'Deletes it for good; the audit log keeps what it was.',
          params: synonymParams,
          querystring: writeQuery,
          response: problems(),
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async db => {
          const row = await needSynonym(db, request.params.id)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          await deleteSynonym(db, row)
          reply.code(204)
          return { answer: undefined, kind: 'synonym', id: row.id, details: { from: row.fromTerm, terms: row.terms } }
        }),
    )
  }

type ChangeRequest = FastifyRequest & { params: { id: string }; body: SynonymReplace | SynonymUpdate }

/** The synonym that is to change: what cannot be changed is refused, and what somebody else has changed since. */
async function needForChange(db: Db, request: ChangeRequest, requireIfMatch: boolean): Promise<SynonymRow> {
  const { params, body } = request
  const row = await needSynonym(db, params.id)
  refuseReadOnly(body, row.id, synonymReadOnly)
  demandVersion(row.version, conditionOf(request), body.version, requireIfMatch)
  return row
}

function shown(reply: FastifyReply, row: SynonymRow): Outcome<Synonym> {
  stamp(reply, row)
  return { answer: presentSynonym(row), kind: 'synonym', id: row.id, details: { from: row.fromTerm, terms: row.terms } }
}
