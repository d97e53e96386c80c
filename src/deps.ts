import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config.ts'
import type { Store } from './db/store.ts'
import type { Clock } from './lib/instant.ts'
import type { KnownNames } from './mentions/known-names.ts'

/** All that an app is built from. */
export type Deps = { config: Config; store: Store; clock: Clock; log: FastifyBaseLogger; names: KnownNames }
