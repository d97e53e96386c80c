import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { answer, pick, shape } from '../http/answer.ts'
import { demand, freshnessFor } from '../http/auth.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { keyParams, noQuery, purgeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { refuseReadOnly } from '../nouns/schema.ts'
import { writerOf } from '../nouns/writer.ts'
import { answerList } from './answer-list.ts'
import { includedIn } from './include.ts'
import { ArticleCreate, ArticleReplace, ArticleUpdate, articleReadOnly } from './input.ts'
import { presentArticle } from './present.ts'
import { ArticleListQuery, ArticleQuery } from './query.ts'
import { Article, ArticleList, ArticleSparse, ArticleSparseList } from './schema.ts'
import { type ArticleRow, needArticle, needToWrite } from './store.ts'
import { createArticle, moveArticle, purgeArticle, replaceArticle, updateArticle } from './write.ts'

const tags = ['articles']

/** /v1/articles */
export const articleRoutes =
  (deps: Deps): Routes =>
  async app => {
    const { store, config, clock } = deps
    const writer = (request: FastifyRequest) => ({ ...writerOf(request, deps), caller: request.caller })

    app.get(
      '',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'listArticles',
          tags,
          summary: 'List articles',
          description:
            'Published articles, the newest first unless another order is asked for. Filters may be joined; each page with at most one filter costs the same however many articles there are, more at once, or a filter in another order than of publication, may cost more. Use `q` to search.',
          querystring: ArticleListQuery,
          response: { 200: answer(ArticleList, 'A page of articles.', ArticleSparseList), ...problems() },
        },
      },
      async (request, reply) => answerList(deps, request, reply, '/v1/articles', request.query),
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'createArticle',
          tags,
          summary: 'Create an article',
          description:
            'Takes the text as blocks, Markdown or HTML, and links the people and places that it names. With `status: published` it is out at once, which needs the scope `content:publish` as well.',
          querystring: noQuery,
          body: jsonBody(ArticleCreate),
          response: { 201: answer(Article, 'The article as it was made.'), ...problems() },
        },
      },
      async (request, reply) => {
        const article = await store.write(db => createArticle(db, request.body, writer(request)))
        reply.code(201).header('location', `/v1/articles/${article.slug}`)
        return shown(reply, article)
      },
    )

    app.get(
      '/:key',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'getArticle',
          tags,
          summary: 'Get an article',
          description:
            'One article by id or slug, with its body. `include` adds the people and places it is about, their mentions, and renderings of the body.',
          params: keyParams,
          querystring: ArticleQuery,
          response: { 200: answer(Article, 'The article.', ArticleSparse), ...problems() },
        },
      },
      async (request, reply) => {
        const { fields, include = [] } = request.query
        const article = await store.read(async db => {
          const row = await needArticle(db, request.params.key, request.caller)
          stamp(reply, row)
          const added = await includedIn(db, [row], include, new Map([[row.id, row.body]]))
          return { ...presentArticle(row), ...added(row) }
        }, freshnessFor(request.caller))
        return shape(reply, fields, pick(article, fields, include))
      },
    )

    app.put(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'replaceArticle',
          tags,
          summary: 'Replace an article',
          description:
            'Sets every writable field: those left out go back to their defaults, the text is emptied where none is sent; `slug, status, publishedAt, publishAt, unpublishAt, source, corrections` change only when named.',
          params: keyParams,
          querystring: noQuery,
          body: jsonBody(ArticleReplace),
          response: { 200: answer(Article, 'The article as it is now.'), ...problems() },
        },
      },
      async (request, reply) => {
        const article = await store.write(async db => {
          const row = await needToWrite(db, request.params.key)
          refuseReadOnly(request.body, row.id, articleReadOnly)
          demandVersion(row.version, conditionOf(request), request.body.version, config.requireIfMatch)
          return replaceArticle(db, row, request.body, writer(request))
        })
        return shown(reply, article)
      },
    )

    app.patch(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'updateArticle',
          tags,
          summary: 'Change an article',
          description:
            'JSON Merge Patch (RFC 7396): fields that are named change, null empties, the rest stays. `status` and `publishAt` move it through its life: `{"status":"published"}` puts it out.',
          params: keyParams,
          querystring: noQuery,
          body: patchBody(ArticleUpdate),
          response: { 200: answer(Article, 'The article as it is now.'), ...problems() },
        },
      },
      async (request, reply) => {
        const article = await store.write(async db => {
          const row = await needToWrite(db, request.params.key)
          refuseReadOnly(request.body, row.id, articleReadOnly)
          demandVersion(row.version, conditionOf(request), request.body.version, config.requireIfMatch)
          return updateArticle(db, row, request.body, writer(request))
        })
        return shown(reply, article)
      },
    )

    app.delete(
      '/:key',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'deleteArticle',
          tags,
          summary: 'Delete an article',
          description:
            'Moves an article to the trash, out of every answer; `restore` brings it back. With `purge=true` it is gone for good, with its mentions and its past. What is published or scheduled needs `content:publish` as well.',
          params: keyParams,
          querystring: purgeQuery,
          response: problems(),
        },
      },
      async (request, reply) => {
        const { purge = false } = request.query
        if (purge) demand(request.caller, 'admin', 'Purging')
        await store.write(async db => {
          const row = await needToWrite(db, request.params.key, purge)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          if (purge) await purgeArticle(db, row, writer(request))
          else await moveArticle(db, row, clock.now(), writer(request))
        })
        return reply.code(204).send()
      },
    )

    app.post(
      '/:key/restore',
      {
        config: { access: 'content:write' },
        schema: {
          operationId: 'restoreArticle',
          tags,
          summary: 'Restore an article',
          description: 'Brings an article back from the trash, in the state that it had; one that is not there stays as it is.',
          params: keyParams,
          querystring: noQuery,
          response: { 200: answer(Article, 'The article, in place again.'), ...problems() },
        },
      },
      async (request, reply) => {
        const article = await store.write(async db => moveArticle(db, await needToWrite(db, request.params.key, true), null, writer(request)))
        return shown(reply, article)
      },
    )
  }

function shown(reply: FastifyReply, article: ArticleRow) {
  stamp(reply, article)
  return presentArticle(article)
}
