import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { noQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'

const link = z.string().meta({ format: 'uri-reference' })

const entries = {
  articles: '/v1/articles',
  people: '/v1/people',
  places: '/v1/places',
  search: '/v1/search',
  suggest: '/v1/suggest',
  synonyms: '/v1/synonyms',
  imports: '/v1/imports',
  keys: '/v1/keys',
  whoami: '/v1/whoami',
  audit: '/v1/audit',
  openapi: '/openapi.json',
  docs: '/docs',
  live: '/health/live',
  ready: '/health/ready',
}

export const EntryPoint = z
  .object({
    name: z.string(),
    version: z.string(),
    links: z.object({
      articles: link,
      people: link,
      places: link,
      search: link,
      suggest: link,
      synonyms: link,
      imports: link,
      keys: link,
      whoami: link,
      audit: link,
      openapi: link,
      docs: link,
      live: link,
      ready: link,
    }),
  })
  .meta({ id: 'EntryPoint', description: 'The ways in.', examples: [{ name: 'Dateline', version: '0.1.0', links: entries }] })

export const Health = z.object({ status: z.enum(['ok']) }).meta({ id: 'Health', description: 'The pulse.', examples: [{ status: 'ok' }] })

const tags = ['service']

/** `/`, `/openapi.json`, `/health/live`, `/health/ready` */
export const serviceRoutes =
  ({ store }: Deps, version: string): Routes =>
  async app => {
    app.get(
      '/',
      {
        config: { access: 'open', answers: ['application/json', 'text/html'] },
        schema: {
          operationId: 'getEntryPoint',
          tags,
          summary: 'The ways in',
          description: 'Links to everything else. A browser is sent to /docs.',
          querystring: noQuery,
          response: { 200: answer(EntryPoint, 'The ways in.'), ...problems() },
        },
      },
      async (request, reply) => {
        if (/^text\/html\b/i.test(request.headers.accept ?? '')) return reply.code(302).header('location', '/docs').send()
        return { name: 'Dateline', version, links: entries }
      },
    )

    app.get(
      '/health/live',
      {
        config: { access: 'open' },
        schema: {
          operationId: 'getLiveness',
          tags,
          summary: 'Is the process alive',
          description: 'For the supervisor that restarts a process that does not answer.',
          querystring: noQuery,
          response: { 200: answer(Health, 'It is.'), ...problems() },
        },
      },
      async () => ({ status: 'ok' as const }),
    )

    app.get(
      '/health/ready',
      {
        config: { access: 'open' },
        schema: {
          operationId: 'getReadiness',
          tags,
          summary: 'Can it serve',
          description: 'For the balancer: 503 while the database cannot be read.',
          querystring: noQuery,
          response: { 200: answer(Health, 'It can.'), ...problems() },
        },
      },
      async () => {
        await store.read(async ({ sql, tables }) => sql.select({ number: tables.nameChanges.number }).from(tables.nameChanges).limit(1))
        return { status: 'ok' as const }
      },
    )

    app.get('/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('application/json').send(document()),
    )

    let made: string | undefined
    const document = () => {
      made ??= JSON.stringify(app.swagger())
      return made
    }
  }
