import type { FastifyReply, FastifyRequest } from 'fastify'
import { presentSummary } from '../articles/present.ts'
import { needArticle } from '../articles/store.ts'
import type { Db } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { freshnessFor } from '../http/auth.ts'
import { decodeCursor, linkPages, pageOf, positionValues } from '../http/page.ts'
import { keyParams } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { needPerson } from '../people/store.ts'
import { needPlace } from '../places/store.ts'
import type { Threads } from '../threads/threads.ts'
import { presentSubject } from './present.ts'
import { entityKinds, RelatedArticles, RelatedArticlesQuery, RelatedSubjects, RelatedSubjectsQuery } from './schema.ts'
import { subjectValues } from './store.ts'

const description = (one: string) =>
  `Who and where is in the news together with a ${one}: the people and places that published articles are about which are about this ${one}, too, with how many articles they have in common, most first. Use it for “often named with”. It looks at every article about the ${one}, so it costs more the more there are.`

/** /v1/articles/{key}/related, /v1/people/{key}/related and /v1/places/{key}/related */
export const relatedRoutes =
  (deps: Deps, threads: Threads): Routes =>
  async app => {
    app.get(
      '/articles/:key/related',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'listRelatedArticles',
          tags: ['articles'],
          summary: 'List related articles',
          description:
            'Other published articles for “read on”: those that share people and places with this one, the rarest weighing most, or the words that tell what it is about. The most closely related come first, the newer among equals; 100 at most. `include=related` of an article has the first five.',
          params: keyParams,
          querystring: RelatedArticlesQuery,
          response: { 200: answer(RelatedArticles, 'A page of related articles.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count } = request.query
        const query = { path: `/v1/articles/${request.params.key}/related`, sort: 'relevance', filters: {} }
        const freshness = freshnessFor(request.caller)
        const article = await deps.store.read(db => needArticle(db, request.params.key, request.caller), freshness)
        const from = decodeCursor(query, cursor, positionValues)
        const { rows, total, ...borders } = await threads.run('articlesRelatedTo', { article, from, limit, count: count === 'exact' }, freshness)
        const page = pageOf(query, limit, borders, total)
        linkPages(request, reply, page)
        return { data: rows.map(presentSummary), page }
      },
    )

    app.get(
      '/people/:key/related',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'listPersonRelated',
          tags: ['people'],
          summary: 'List who and what is in the news together with a person',
          description: description('person'),
          params: keyParams,
          querystring: RelatedSubjectsQuery,
          response: { 200: answer(RelatedSubjects, 'A page of people and places.'), ...problems() },
        },
      },
      async (request, reply) => answerSubjects(deps, threads, request, reply, 'person', async (db, key) => (await needPerson(db, key)).id),
    )

    app.get(
      '/places/:key/related',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'listPlaceRelated',
          tags: ['places'],
          summary: 'List who and what is in the news together with a place',
          description: description('place'),
          params: keyParams,
          querystring: RelatedSubjectsQuery,
          response: { 200: answer(RelatedSubjects, 'A page of people and places.'), ...problems() },
        },
      },
      async (request, reply) => answerSubjects(deps, threads, request, reply, 'place', async (db, key) => (await needPlace(db, key)).id),
    )
  }

type SubjectsRequest = FastifyRequest & { params: { key: string }; query: RelatedSubjectsQuery }

const paths = { person: '/v1/people', place: '/v1/places' } as const

async function answerSubjects(
  { store }: Deps,
  threads: Threads,
  request: SubjectsRequest,
  reply: FastifyReply,
  kind: EntityKind,
  idOf: (db: Db, key: string) => Promise<string>,
) {
  const { limit = 20, cursor, count, kind: asked } = request.query
  const kinds = entityKinds.filter(one => asked === undefined || asked.includes(one))
  const query = { path: `${paths[kind]}/${request.params.key}/related`, sort: '-articles', filters: { kind: asked } }
  const freshness = freshnessFor(request.caller)
  const id = await store.read(db => idOf(db, request.params.key), freshness)
  const from = decodeCursor(query, cursor, subjectValues)
  const { rows, total, ...borders } = await threads.run('subjectsRelatedTo', { kind, id, kinds, from, limit, count: count === 'exact' }, freshness)
  const page = pageOf(query, limit, borders, total)
  linkPages(request, reply, page)
  return { data: rows.map(presentSubject), page }
}
