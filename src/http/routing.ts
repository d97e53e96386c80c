import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RawServerDefault, RouteOptions } from 'fastify'
import FindMyWay from 'find-my-way'
import { Refusal } from '../lib/errors.ts'
import type { ZodProvider } from './validate.ts'

/** The routes of a feature: a plugin whose handlers read what Zod made of the request. */
export type Routes = FastifyPluginAsync<Record<never, never>, RawServerDefault, ZodProvider>

/** Knows every address and its methods, for 405; and refuses routes that declare no answer or no access. Call before the first route. */
export function watchRoutes(app: FastifyInstance): { allowed(path: string): string[] } {
  const router = FindMyWay({ maxParamLength: 2_000 })
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', route => {
    if ([route.method].flat().includes('OPTIONS')) return // preflights are answered at any address: that makes none of them known
    refuseCareless(route)
    const known = methods.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) known.add(method)
    if (!methods.has(route.url)) router.on('GET', route.url, () => {}, known)
    methods.set(route.url, known)
  })
  return {
    allowed(path) {
      const store: unknown = router.find('GET', path)?.store
      return store instanceof Set ? [...store].map(String).sort() : []
    },
  }
}

function refuseCareless({ method, url, schema, config }: RouteOptions) {
  if (!config?.access) throw new Error(`${method} ${url} does not say who may call it`)
  if (!schema?.hide && !schema?.response) throw new Error(`${method} ${url} does not say what it answers`)
}

/** Where no route is: 405 with Allow for a known address, else 404. */
export const nothingHere =
  (routes: { allowed(path: string): string[] }) =>
  async (request: FastifyRequest, _reply: FastifyReply): Promise<never> => {
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const allow = routes.allowed(path)
    if (allow.length === 0) throw new Refusal('not_found', 'There is nothing at this address. / lists the ways in, /docs describes them.')
    throw new Refusal('method_not_allowed', `This address takes ${allow.join(', ')}.`, { headers: { allow: allow.join(', ') } })
  }
