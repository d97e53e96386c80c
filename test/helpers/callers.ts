import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Store } from '../../src/db/store.ts'
import type { Scope } from '../../src/http/auth.ts'
import { createKey } from '../../src/keys/store.ts'
import { adminKey } from './build.ts'
import type { JsonObject } from './closed.ts'
import type { Noun } from './nouns.ts'

type Headers = Record<string, string>
type Payload = Exclude<InjectOptions['payload'], undefined>

/** Requests of one caller: of a key, or of nobody where it is null. */
export function as(app: FastifyInstance, key: string | null = adminKey) {
  const authorization: Headers = key === null ? {} : { authorization: `Bearer ${key}` }
  const read =
    (method: 'GET' | 'HEAD') =>
    (url: string, headers: Headers = {}) =>
      app.inject({ method, url, headers: { ...authorization, ...headers } })
  const write =
    (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE') =>
    (url: string, payload?: Payload, headers: Headers = {}) =>
      app.inject({ method, url, headers: { ...authorization, ...headers }, ...(payload === undefined ? {} : { payload }) })
  return { get: read('GET'), head: read('HEAD'), post: write('POST'), put: write('PUT'), patch: write('PATCH'), delete: write('DELETE') }
}
export type Caller = ReturnType<typeof as>

/** A key with these scopes, and no others. */
export async function keyWith(store: Store, ...scopes: Scope[]): Promise<string> {
  const { text } = await store.write(db => createKey(db, { name: scopes.join(' '), scopes, expiresAt: null }, '2024-06-21T08:00:00.000Z'))
  return text
}

/** Makes a resource that everybody may see; throws where it is refused. */
export async function make(caller: Caller, noun: Noun, name: string, more: JsonObject = {}) {
  const answer = await caller.post(noun.path, { [noun.named]: name, ...noun.seen, ...more })
  if (answer.statusCode !== 201) throw new Error(`not made: ${answer.body}`)
  return answer.json()
}
