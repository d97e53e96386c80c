import type { FastifyInstance, InjectOptions } from 'fastify'
import pino from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Deps } from '../../src/deps.ts'
import { inOnePart } from '../../src/http/by-source.ts'
import type { Instant } from '../../src/lib/instant.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { type Contract, contractOf, Document } from './contract.ts'
import { freshDatabase, openDatabase } from './database.ts'

export const adminKey = `dl_${'test-admin-key-'.repeat(3)}`

/** A clock that a test sets; it stands still unless told to tick. */
export function testClock(start: Instant = '2024-06-21T08:00:00.000Z') {
  let at = Date.parse(start)
  return {
    now: () => new Date(at).toISOString(),
    tick(ms = 1_000) {
      at += ms
    },
  }
}

/** A fresh, migrated database and the app on it, closed with the test. Every answer that `app.inject` gives has been held against /openapi.json. */
export async function build(t: Test, overrides: Partial<Config> = {}, log: Deps['log'] = pino({ level: 'silent' })) {
  const database = await freshDatabase(t)
  const store = await openDatabase(database)
  const config: Config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey, RATE_LIMIT: 'off', SEARCH_THREADS: '0' }), database, ...overrides }
  const clock = testClock()
  const deps: Deps = { config, store, clock, log, names: createKnownNames() }
  const app = checked(await buildApp(deps))
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  return { app, deps, clock, store }
}

let contract: Contract | undefined

/** Where the document is asked for, so that no caller of a test is counted for it. */
const ownAddress = '192.0.2.254'

/** The app with an `inject` that throws where an answer is not what the document declares. The document is compiled once a process. */
export function checked(app: FastifyInstance): FastifyInstance {
  const inject = app.inject.bind(app)
  const asked = ({ method = 'GET', url, path }: InjectOptions) => ({ method: method.toUpperCase(), path: pathOf(url ?? path) })
  return Object.assign(app, {
    async inject(options: InjectOptions | string) {
      const answer = await inject(options)
      contract ??= contractOf(Document.parse(JSON.parse((await inject({ url: '/openapi.json', remoteAddress: ownAddress })).body)))
      contract.check(typeof options === 'string' ? { method: 'GET', path: pathOf(options) } : asked(options), answer)
      return answer
    },
  })
}

/** The path as the document has it: what lies below a natural key stands there with `{key}` alone. */
const pathOf = (url: InjectOptions['url']): string => {
  const path = (typeof url === 'string' ? url : (url?.pathname ?? '/')).split('?', 1)[0] ?? ''
  return /\/by-source\/[^/]+\/[^/]+\/./.test(path) ? inOnePart(path) : path
}
