import { createPatch } from 'rfc6902'
import { slice } from '../db/keyset.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { decodeCursor, linkPages, pageOf } from '../http/page.ts'
import { keyParams, noQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { write } from '../writes/write.ts'
import { nounOf, type RevisedNoun } from './nouns.ts'
import { DiffQuery, RevisionDiff, RevisionList, RevisionListQuery, RevisionState, revisionParams } from './schema.ts'
import { listRevisions, needRevision, presentRevision } from './store.ts'

/** /v1/{noun}/{key}/revisions: the same for each noun. */
export const revisionRoutes =
  (deps: Deps, kind: RevisedNoun): Routes =>
  async app => {
    const { store, config } = deps
    const { need, restore, tag, named, schema } = nounOf(kind)
    const tags = [tag]
    const [one, Name] = [`${kind === 'article' ? 'an' : 'a'} ${kind}`, named]

    app.get(
      '',
      {
        config: { access: 'content:read' },
        schema: {
          operationId: `list${Name}Revisions`,
          tags,
          summary: `List the revisions of ${one}`,
          description: `Every saved state of ${one}, the newest first: who saved it, when, through which request, and what changed.`,
          params: keyParams,
          querystring: RevisionListQuery,
          response: { 200: answer(RevisionList, 'A page of revisions.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count } = request.query
        const { rows, page } = await store.read(async db => {
          const { id } = await need(db, request.params.key)
          const query = { path: `/v1/${tag}/${id}/revisions`, sort: '-version', filters: {} }
          const list = listRevisions(db, kind, id)
          const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
          return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
        })
        linkPages(request, reply, page)
        return { data: rows.map(presentRevision), page }
      },
    )

    app.get(
      '/:n',
      {
        config: { access: 'content:read' },
        schema: {
          operationId: `get${Name}Revision`,
          tags,
          summary: `Get a revision of ${one}`,
          description: `One saved state of ${one}, whole.`,
          params: revisionParams,
          querystring: noQuery,
          response: { 200: answer(RevisionState, 'The saved state.'), ...problems() },
        },
      },
      async request =>
        store.read(async db => {
          const row = await needRevision(db, kind, await need(db, request.params.key), request.params.n)
          return { ...presentRevision(row), state: row.state }
        }),
    )

    app.get(
      '/:n/diff',
      {
        config: { access: 'content:read' },
        schema: {
          operationId: `diff${Name}Revision`,
          tags,
          summary: `Compare two revisions of ${one}`,
          description: 'A JSON Patch (RFC 6902) that makes the state of this revision out of that of the one it is compared with.',
          params: revisionParams,
          querystring: DiffQuery,
          response: { 200: answer(RevisionDiff, 'What differs.'), ...problems() },
        },
      },
      async request => {
        const { key, n } = request.params
        const { against = Math.max(1, n - 1) } = request.query
        return store.read(async db => {
          const row = await need(db, key)
          const to = await needRevision(db, kind, row, n)
          const from = await needRevision(db, kind, row, against)
          return { from: against, to: n, patch: createPatch(from.state, to.state) }
        })
      },
    )

    app.post(
      '/:n/restore',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: `restore${Name}Revision`,
          tags,
          summary: `Restore a revision of ${one}`,
          description: `Saves that state again, as a new version: nothing in between is lost. ${kind === 'article' ? 'Slug, status and times of publication stay as they are' : 'The slug stays as it is'}, and what it refers to and is gone is left out. Needs \`content:read\` as well.`,
          params: revisionParams,
          querystring: writeQuery,
          response: { 200: answer(schema, `The ${kind} as it is now.`), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const { key, n } = request.params
          const before = await need(db, key)
          const { state } = await needRevision(db, kind, before, n, request.caller)
          demandVersion(before.version, conditionOf(request), undefined, config.requireIfMatch)
          const { row, answer } = await restore(db, before.id, state, writer)
          stamp(reply, row)
          return { answer, kind, id: row.id, details: { revision: n } }
        }),
    )
  }
