// The table of contents: every plugin and every prefix, in order.
import fastifyCompress from '@fastify/compress'
import fastifyCors from '@fastify/cors'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { articleRoutes } from './articles/routes.ts'
import { subjectRoutes } from './articles/subject-routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { bulkRoutes } from './bulk/routes.ts'
import type { Deps } from './deps.ts'
import { docsRoutes } from './docs/routes.ts'
import { nobody } from './http/auth.ts'
import { readJsonBodies } from './http/bodies.ts'
import { inOnePart } from './http/by-source.ts'
import { cacheControl } from './http/cache.ts'
import { describe } from './http/docs.ts'
import { tagAnswer, tagCodingLast } from './http/etag.ts'
import { guard } from './http/guard.ts'
import { keepAnswers } from './http/kept.ts'
import { countRequests } from './http/limits.ts'
import { limitLoad } from './http/load.ts'
import { withoutSecrets } from './http/log.ts'
import { errorHandler, sendProblem } from './http/problem.ts'
import { nothingHere, watchRoutes } from './http/routing.ts'
import { securityFields } from './http/security.ts'
import { refuseExpectations, refuseMalformed, timeLimits } from './http/socket.ts'
import { validatorCompiler, type ZodProvider } from './http/validate.ts'
import { importRoutes } from './imports/routes.ts'
import { keyRoutes } from './keys/routes.ts'
import { findCaller } from './keys/store.ts'
import { catalogue, Refusal } from './lib/errors.ts'
import { newId } from './lib/id.ts'
import { createRelinker } from './mentions/relink.ts'
import { mentionRoutes } from './mentions/routes.ts'
import { personMergeRoutes, placeMergeRoutes } from './merges/routes.ts'
import { peopleRoutes } from './people/routes.ts'
import { placesRoutes } from './places/routes.ts'
import { referenceFaults } from './references/faults.ts'
import { relatedRoutes } from './related/routes.ts'
import { revisionRoutes } from './revisions/routes.ts'
import { createScheduler } from './schedule/scheduler.ts'
import { searchRoutes } from './search/routes.ts'
import { serviceRoutes } from './service/routes.ts'
import { suggestRoutes } from './suggest/routes.ts'
import { synonymRoutes } from './synonyms/routes.ts'
import { threadsOf } from './threads/threads.ts'
import { timelineRoutes } from './timeline/routes.ts'
import { version } from './version.ts'
import { storageTrouble } from './writes/trouble.ts'

const maxBodyBytes = 2_000_000
const maxKeyCharacters = 8_192

/** What scripts of other origins may read beside what every script may. */
const exposedHeaders = [
  'Accept',
  'Accept-Encoding',
  'Allow',
  'Deprecation',
  'ETag',
  'Last-Modified',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
]

export async function buildApp(given: Deps): Promise<FastifyInstance> {
  const deps: Deps = { ...given, log: withoutSecrets(given.log) }
  const { config } = deps
  const fields = securityFields(config.publicUrl)
  const app = Fastify({
    rewriteUrl: ({ url = '/' }) => inOnePart(url),
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: config.logLevel !== 'debug' && config.logLevel !== 'trace' }),
    genReqId: newId,
    bodyLimit: maxBodyBytes,
    requestTimeout: timeLimits.requestMs,
    keepAliveTimeout: timeLimits.keepAliveMs,
    connectionTimeout: timeLimits.idleMs,
    http: { requireHostHeader: false, headersTimeout: timeLimits.headersMs, connectionsCheckingInterval: timeLimits.checkMs },
    trustProxy: config.trustProxy,
    clientErrorHandler: refuseMalformed(fields),
    return503OnClosing: false,
    routerOptions: { maxParamLength: maxKeyCharacters },
    frameworkErrors: (error, request, reply) => {
      const code = error.code === 'FST_ERR_BAD_URL' ? 'malformed_url' : 'uri_too_long'
      request.caller ??= nobody
      void sendProblem(reply.headers({ ...fields, 'cache-control': 'no-store' }), new Refusal(code, catalogue[code].meaning))
    },
  }).withTypeProvider<ZodProvider>()

  app.decorateRequest('caller').decorateRequest('shownVersion', 0)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => JSON.stringify)
  readJsonBodies(app)
  refuseExpectations(app, fields)
  const routes = watchRoutes(app)
  app.setErrorHandler(errorHandler(storageTrouble, (body, told) => deps.store.read(db => referenceFaults(db, body, told))))
  app.setNotFoundHandler(nothingHere(routes))

  app.addHook('onRequest', (request, reply, done) => {
    request.caller = nobody
    reply.headers(fields).header('x-request-id', request.id)
    done()
  })
  await app.register(fastifyCors, {
    origin: config.corsOrigins.includes('*') ? '*' : config.corsOrigins,
    exposedHeaders,
    allowedHeaders: ['Accept', 'Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Last-Event-ID'],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
    strictPreflight: false,
  })
  limitLoad(app, config.maxRequests)
  const count = await countRequests(app, config.ratePerMinute)
  app.addHook(
    'onRequest',
    guard(key => findCaller(deps, key), config.publicRead, count),
  )
  if (deps.store.moment) keepAnswers(app, deps.store.moment)
  app.addHook('onSend', tagAnswer)
  await app.register(fastifyCompress, { encodings: ['gzip', 'br'], inflateIfDeflated: false, threshold: 1_024 })
  app.addHook('onRoute', tagCodingLast)
  app.addHook('onSend', cacheControl(config.cacheMaxAgeSeconds))

  await describe(app, config.publicUrl, version)
  const threads = threadsOf(deps.store, config.searchThreads, err => deps.log.error({ err }, 'a thread of searches broke'))
  app.addHook('onListen', threads.warm)
  app.addHook('onClose', threads.close)
  await app.register(serviceRoutes(deps, version))
  await app.register(peopleRoutes(deps, threads), { prefix: '/v1/people' })
  await app.register(placesRoutes(deps, threads), { prefix: '/v1/places' })
  await app.register(articleRoutes(deps, threads), { prefix: '/v1/articles' })
  await app.register(bulkRoutes(deps, 'article'), { prefix: '/v1/articles/bulk' })
  await app.register(bulkRoutes(deps, 'person'), { prefix: '/v1/people/bulk' })
  await app.register(bulkRoutes(deps, 'place'), { prefix: '/v1/places/bulk' })
  await app.register(mentionRoutes(deps), { prefix: '/v1/articles/:key/mentions' })
  await app.register(revisionRoutes(deps, 'article'), { prefix: '/v1/articles/:key/revisions' })
  await app.register(revisionRoutes(deps, 'person'), { prefix: '/v1/people/:key/revisions' })
  await app.register(revisionRoutes(deps, 'place'), { prefix: '/v1/places/:key/revisions' })
  await app.register(personMergeRoutes(deps), { prefix: '/v1/people/:key/merge' })
  await app.register(placeMergeRoutes(deps), { prefix: '/v1/places/:key/merge' })
  await app.register(subjectRoutes(threads), { prefix: '/v1' })
  await app.register(relatedRoutes(deps, threads), { prefix: '/v1' })
  await app.register(timelineRoutes(threads), { prefix: '/v1' })
  await app.register(searchRoutes(threads), { prefix: '/v1/search' })
  await app.register(suggestRoutes(deps), { prefix: '/v1/suggest' })
  await app.register(synonymRoutes(deps), { prefix: '/v1/synonyms' })
  await app.register(importRoutes(deps), { prefix: '/v1/imports' })
  await app.register(keyRoutes(deps), { prefix: '/v1' })
  await app.register(auditRoutes(deps), { prefix: '/v1/audit' })
  await app.register(docsRoutes(deps), { prefix: '/docs' })

  const relinker = createRelinker(deps)
  app.addHook('onReady', async () => relinker.start())
  app.addHook('onClose', () => relinker.stop())
  const scheduler = createScheduler(deps)
  app.addHook('onReady', async () => scheduler.start())
  app.addHook('onClose', () => scheduler.stop())
  return app
}
