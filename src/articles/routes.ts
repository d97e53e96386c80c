import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { answer, pick, shape } from '../http/answer.ts'
import { demand, freshnessFor } from '../http/auth.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion, stamp } from '../http/etag.ts'
import { keyParams, purgeQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { putAt } from '../nouns/key.ts'
import { refuseReadOnly } from '../nouns/schema.ts'
import type { Threads } from '../threads/threads.ts'
import { type Outcome, write } from '../writes/write.ts'
import { answerList } from './answer-list.ts'
import { createArticle } from './create.ts'
import { searches } from './include.ts'
import { ArticleCreate, ArticleReplace, ArticleUpdate, articleReadOnly } from './input.ts'
import { presentArticle } from './present.ts'
import { ArticleListQuery, ArticleQuery } from './query.ts'
import { Article, ArticleList, ArticleSparse, ArticleSparseList } from './schema.ts'
import { type ArticleRow, articleToPut, needToWrite } from './store.ts'
import { moveArticle, newArticleAt, purgeArticle, replaceArticle, updateArticle } from './write.ts'

const tags = ['articles']

/** /v1/articles */
export const articleRoutes =
  (deps: Deps, threads: Threads): Routes =>
  async app => {
    const { config } = deps

    app.get(
      '',
      {
        config: { access: 'public', kept: true },
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
      async (request, reply) => answerList(threads, request, reply, '/v1/articles', request.query),
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
          querystring: writeQuery,
          body: jsonBody(ArticleCreate),
          response: { 201: answer(Article, 'The article as it was made.'), ...problems() },
        },
      },
      async (request, reply) => write(deps, request, reply, async (db, writer) => created(reply, await createArticle(db, request.body, writer))),
    )

    app.get(
      '/:key',
      {
        config: { access: 'public', kept: true },
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
        const question = { key: request.params.key, caller: request.caller, include }
        const { row, added } = await threads.runIf(searches(include), 'findArticle', question, freshnessFor(request.caller))
        stamp(reply, row)
        return shape(reply, fields, pick({ ...presentArticle(row), ...added }, fields, include))
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
          querystring: writeQuery,
          body: jsonBody(ArticleReplace),
          response: {
            200: answer(Article, 'The article as it is now.'),
            201: answer(Article, 'The article as it was made: nobody had the natural key.'),
            ...problems(),
          },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const { params, body } = request
          const row = await articleToPut(db, params.key)
          refuseReadOnly(body, row?.id, articleReadOnly)
          demandVersion(row?.version, conditionOf(request), body.version, config.requireIfMatch)
          if (!row) return created(reply, await createArticle(db, newArticleAt(params.key, body), writer))
          return shown(reply, await replaceArticle(db, row, putAt(params.key, body), writer))
        }),
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
          querystring: writeQuery,
          body: patchBody(ArticleUpdate),
          response: { 200: answer(Article, 'The article as it is now.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) => {
          const row = await needToWrite(db, request.params.key)
          refuseReadOnly(request.body, row.id, articleReadOnly)
          demandVersion(row.version, conditionOf(request), request.body.version, config.requireIfMatch)
          return shown(reply, await updateArticle(db, row, request.body, writer))
        }),
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
        return write(deps, request, reply, async (db, writer) => {
          const row = await needToWrite(db, request.params.key, purge)
          demandVersion(row.version, conditionOf(request), undefined, config.requireIfMatch)
          if (purge) await purgeArticle(db, row, writer)
          else await moveArticle(db, row, writer.now, writer)
          reply.code(204)
          return { answer: undefined, kind: 'article', id: row.id }
        })
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
          querystring: writeQuery,
          response: { 200: answer(Article, 'The article, in place again.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, writer) =>
          shown(reply, await moveArticle(db, await needToWrite(db, request.params.key, true), null, writer)),
        ),
    )
  }

function shown(reply: FastifyReply, article: ArticleRow): Outcome<Article> {
  stamp(reply, article)
  return { answer: presentArticle(article), kind: 'article', id: article.id }
}

function created(reply: FastifyReply, article: ArticleRow): Outcome<Article> {
  reply.code(201).header('location', `/v1/articles/${article.slug}`)
  return shown(reply, article)
}
