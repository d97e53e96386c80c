import { answer } from '../http/answer.ts'
import { keyParams } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import type { Threads } from '../threads/threads.ts'
import { answerList } from './answer-list.ts'
import { PersonArticlesQuery, PlaceArticlesQuery } from './query.ts'
import { ArticleList, ArticleSparseList } from './schema.ts'

const tags = ['articles']

/** /v1/people/{key}/articles and /v1/places/{key}/articles */
export const subjectRoutes =
  (threads: Threads): Routes =>
  async app => {
    app.get(
      '/people/:key/articles',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'listPersonArticles',
          tags,
          summary: 'List the articles about a person',
          description:
            'Articles whose text names the person, or that an editor filed under it, the newest first. All filters of `/v1/articles` apply.',
          params: keyParams,
          querystring: PersonArticlesQuery,
          response: { 200: answer(ArticleList, 'A page of articles.', ArticleSparseList), ...problems() },
        },
      },
      async (request, reply) =>
        answerList(threads, request, reply, `/v1/people/${request.params.key}/articles`, request.query, {
          kind: 'person',
          key: request.params.key,
          nested: false,
        }),
    )

    app.get(
      '/places/:key/articles',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'listPlaceArticles',
          tags,
          summary: 'List the articles about a place',
          description:
            'Articles whose text names the place, or that an editor filed under it, the newest first; with `nested=true` those about places inside it, too. All filters of `/v1/articles` apply.',
          params: keyParams,
          querystring: PlaceArticlesQuery,
          response: { 200: answer(ArticleList, 'A page of articles.', ArticleSparseList), ...problems() },
        },
      },
      async (request, reply) => {
        const { nested = false, ...query } = request.query
        const { key } = request.params
        return answerList(threads, request, reply, `/v1/places/${key}/articles${nested ? '?nested' : ''}`, query, {
          kind: 'place',
          key,
          nested,
        })
      },
    )
  }
