import type { FastifyReply } from 'fastify'
import Negotiator from 'negotiator'
import type { Deps } from '../deps.ts'
import type { Routes } from '../http/routing.ts'
import { problemsPage, problemsPolicy } from './problems.ts'
import { loadViewerScript, referencePage, referencePolicy, startScript, type ViewerScript } from './reference.ts'

const html = { access: 'open', answers: ['text/html'] } as const
const script = { access: 'open', answers: ['text/javascript'] } as const
const schema = { hide: true }

/** Codings of the script, the smallest first. */
const codings = ['br', 'gzip', 'identity'] as const

/** `/docs`, its scripts, and `/docs/problems` */
export const docsRoutes =
  ({ config }: Deps): Routes =>
  async app => {
    const policy = referencePolicy(config.publicUrl)
    let loading: Promise<ViewerScript> | undefined
    const viewer = () => {
      loading ??= loadViewerScript()
      return loading
    }

    app.get('', { config: html, schema }, async (_request, reply) => page(reply, policy).send(referencePage((await viewer()).tag)))

    app.get('/problems', { config: html, schema }, async (_request, reply) => page(reply, problemsPolicy).send(problemsPage))

    app.get('/start.js', { config: script, schema }, async (_request, reply) => file(reply).send(startScript))

    app.get('/scalar.js', { config: script, schema }, async (request, reply) => {
      const { tag, bytes } = await viewer()
      const accepted = new Negotiator(request).encodings([...codings])
      const coding = codings.find(one => accepted.includes(one)) ?? 'identity'
      if (coding !== 'identity') reply.header('content-encoding', coding)
      if (request.url.endsWith(`?v=${tag}`)) reply.header('cache-control', 'public, max-age=31536000, immutable')
      return file(reply).send(bytes[coding])
    })
  }

const file = (reply: FastifyReply) => reply.type('text/javascript; charset=utf-8').header('x-content-type-options', 'nosniff')

const page = (reply: FastifyReply, policy: string) =>
  reply
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
