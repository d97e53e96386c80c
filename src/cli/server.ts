import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Store } from '../db/store.ts'
import { systemClock } from '../lib/instant.ts'
import { createKnownNames } from '../mentions/known-names.ts'
import { codeOf, openDatabase } from './database.ts'
import { CommandError, messageOf } from './io.ts'

/** How long requests that are being answered may take once the server is closing; then their connections are cut. */
const maxDrainMs = 8_000

/** A server that listens; `url` is an address that works on this machine, without a slash at its end. */
export type Server = { url: string; store: Store; close(): Promise<void> }

/** Opens the database and listens. Throws a CommandError that says what to do, with nothing left open. */
export async function startServer(config: Config, log: FastifyBaseLogger, drainMs: number = maxDrainMs): Promise<Server> {
  const store = await openDatabase(config.database, log)
  try {
    const app = await buildApp({ config, store, clock: systemClock, log, names: createKnownNames() })
    return { url: await listen(app, config), store, close: () => close(app, store, drainMs) }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** No new connections, an answer to everyone who has asked, then the database is closed. */
async function close(app: FastifyInstance, store: Store, drainMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
    await store.close()
  }
}

const ofListening: Record<string, (config: Config) => string> = {
  EADDRINUSE: ({ host, port }) => `port ${port} of ${host} is in use by another program: stop it, or set PORT to another (0 picks a free one)`,
  EACCES: ({ port }) => `port ${port} needs rights that this user has not: set PORT to one above 1023`,
  EADDRNOTAVAIL: ({ host }) => `HOST: ${host} is no address of this machine; 127.0.0.1 and 0.0.0.0 always are`,
  ENOTFOUND: ({ host }) => `HOST: ${host} is not known; give an address such as 127.0.0.1 or 0.0.0.0`,
}

/** Why it cannot listen, as a sentence that says what to do; undefined for what the system says in its own words. */
export const listenFault = (cause: unknown, config: Config): string | undefined => ofListening[codeOf(cause) ?? '']?.(config)

/** Listens; the address under which the server can be reached from this machine. */
async function listen(app: FastifyInstance, config: Config): Promise<string> {
  try {
    return reachable(await app.listen({ host: config.host, port: config.port }), config.host)
  } catch (cause) {
    await app.close()
    throw new CommandError(listenFault(cause, config) ?? messageOf(cause), { cause })
  }
}

const loopbacks: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The address with the port it got, and the machine itself where it listens everywhere. */
function reachable(address: string, host: string): string {
  const name = loopbacks[host] ?? host
  return address.replace(/^http:\/\/.*:/, `http://${name.includes(':') ? `[${name}]` : name}:`)
}
