import type { FastifyReply } from 'fastify'
import { relinkArticle } from '../articles/file.ts'
import { touchesPublished } from '../articles/publish.ts'
import { type ArticleRow, needArticle, needToWrite } from '../articles/store.ts'
import { slice } from '../db/keyset.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { type Caller, demand, freshnessFor, may } from '../http/auth.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { decodeCursor, linkPages, pageOf } from '../http/page.ts'
import { keyParams, noQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { type Outcome, write } from '../writes/write.ts'
import { presentMention } from './present.ts'
import { Mention, MentionCreate, MentionList, MentionListQuery, MentionUpdate, mentionParams, Relinked } from './schema.ts'
import { listMentions, type MentionRow, needMention } from './store.ts'
import { addMention, judgeMention } from './write.ts'

const tags = ['mentions']

/** /v1/articles/{key}/mentions */
export const mentionRoutes =
  (deps: Deps): Routes =>
  async app => {
    const { store, config } = deps

    app.get(
      '',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'listMentions',
          tags,
          summary: 'List the mentions of an article',
          description: 'Which characters of which block name whom or where, in reading order.',
          params: keyParams,
          querystring: MentionListQuery,
          response: { 200: answer(MentionList, 'A page of mentions.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { state = 'linked', limit = 20, cursor, count } = request.query
        if (state === 'rejected') demand(request.caller, 'content:read', 'What was rejected')
        const { rows, page } = await store.read(async db => {
          const article = await needArticle(db, request.params.key, request.caller)
          const query = { path: `/v1/articles/${article.id}/mentions`, sort: 'reading', filters: { state } }
          const list = listMentions(db, article.id, state)
          const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
          return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
        }, freshnessFor(request.caller))
        linkPages(request, reply, page)
        return { data: rows.map(presentMention), page }
      },
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'createMention',
          tags,
          summary: 'Add a mention',
          description:
            "An editor's word that these characters name this person or place. It beats the machine, takes the place of its links there, and survives every relinking.",
          params: keyParams,
          querystring: writeQuery,
          body: jsonBody(MentionCreate),
          response: { 201: answer(Mention, 'The mention as it was made.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const row = await needToWrite(db, request.params.key)
          demandVersion(row.version, conditionOf(request), undefined, false)
          refusePublished(row, request.caller)
          const mention = await addMention(db, row, request.body, writer)
          reply.code(201).header('location', `/v1/articles/${row.slug}/mentions/${mention.id}`)
          return shown(reply, row, mention)
        }),
    )

    app.get(
      '/:id',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'getMention',
          tags,
          summary: 'Get a mention',
          description: 'One mention of an article.',
          params: mentionParams,
          querystring: noQuery,
          response: { 200: answer(Mention, 'The mention.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { key, id } = request.params
        return store.read(async db => {
          const article = await needArticle(db, key, request.caller)
          stamp(reply, article)
          return presentMention(await needMention(db, article.id, id, may(request.caller, 'content:read')))
        }, freshnessFor(request.caller))
      },
    )

    app.patch(
      '/:id',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'updateMention',
          tags,
          summary: 'Reject a mention, or link it again',
          description:
            '`{"state":"rejected"}` takes a link away once and for all: the machine does not make it again. Either is an editor\'s word from then on. If-Match takes the version of the article.',
          params: mentionParams,
          querystring: writeQuery,
          body: patchBody(MentionUpdate),
          response: { 200: answer(Mention, 'The mention as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const { key, id } = request.params
          const row = await needToWrite(db, key)
          const before = await needMention(db, row.id, id, true)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          refusePublished(row, request.caller)
          return shown(reply, row, await judgeMention(db, row, before, request.body, writer))
        }),
    )

    app.post(
      '/relink',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'relinkArticle',
          tags,
          summary: 'Link an article anew',
          description:
            'Reads the text again with the names of now. It happens by itself whenever the text or a name changes; this is for the impatient. What editors said stays.',
          params: keyParams,
          querystring: writeQuery,
          response: { 200: answer(Relinked, 'What it came to.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async db => {
          const row = await needToWrite(db, request.params.key)
          refusePublished(row, request.caller)
          const { linked, added, removed } = await relinkArticle(db, row, deps.names)
          return { answer: { linked, added, removed }, kind: 'article', id: row.id }
        }),
    )
  }

/** A mention is a part of its article: that is what the audit log names, and whose version the answer has. */
function shown(reply: FastifyReply, article: ArticleRow, mention: MentionRow): Outcome<Mention> {
  stamp(reply, article)
  return { answer: presentMention(mention), kind: 'article', id: article.id, details: { mentionId: mention.id } }
}

/** What is out may only be changed by who may publish, by this path too. */
function refusePublished(row: ArticleRow, caller: Caller) {
  if (touchesPublished(row.status, row.status)) demand(caller, 'content:publish', 'Changing what is or will be published')
}
