// For tests that stop, break or replicate a server of PostgreSQL: one of their own, and apps on it.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { asc } from 'drizzle-orm'
import pino from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { relinkArticle } from '../../src/articles/file.ts'
import { articleOf } from '../../src/articles/store.ts'
import { readConfig } from '../../src/config.ts'
import { openPostgres, type PostgresOptions } from '../../src/db/postgres.ts'
import type { Store } from '../../src/db/store.ts'
import type { Deps } from '../../src/deps.ts'
import { systemClock } from '../../src/lib/instant.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { adminKey, checked } from './build.ts'
import { as } from './callers.ts'
import { type Server, startCluster } from './cluster.js'

export type Cluster = Awaited<ReturnType<typeof startCluster>>

/** Servers start and stop in these tests: a busy machine takes its time. */
const patientMs = 300_000

/** Runs `tests` with a cluster that goes with the file; where none can run, the file is skipped and says why. */
export async function onOwnCluster(t: Test, tests: (cluster: Cluster) => void | Promise<void>, options: { flags?: string[] } = {}): Promise<void> {
  const cluster = await startCluster(options).catch(error => {
    t.plan(0, `no PostgreSQL of its own can run here: ${error instanceof Error ? error.message : error}`)
  })
  if (!cluster) return
  t.setTimeout(patientMs)
  t.teardown(cluster.remove)
  try {
    await tests(cluster)
  } catch (error) {
    await cluster.remove()
    throw error
  }
}

/** The name of a new database; `like` is what `create database` is told of it. */
export async function newDatabase(server: Server, like = ''): Promise<string> {
  const name = `own_${randomBytes(6).toString('hex')}`
  await server.query(`create database ${name} ${like}`)
  return name
}

/** An app with a store and names of its own, as every process has; `warnings` is what it would have logged. Closed with the test. `through` stands before the store. */
export async function appOn(t: Test, url: string, options: PostgresOptions = {}, through = (store: Store) => store) {
  const warnings: string[] = []
  const store = through(await openPostgres(url, { warn: what => void warnings.push(what), ...options }))
  const config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey, RATE_LIMIT: 'off', SEARCH_THREADS: '0', DATABASE_URL: url }) }
  const deps: Deps = { config, store, clock: systemClock, log: pino({ level: 'silent' }), names: createKnownNames() }
  const app = checked(await buildApp(deps))
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  await app.ready()
  return { app, store, warnings, admin: as(app), nobody: as(app, null) }
}

/** Links and counts of everything, as they are. */
export const linked = async (store: Store) =>
  store.read(async db => {
    const { articles, people } = db.tables
    const texts = await db.sql.select({ id: articles.id, title: articles.title, people: articles.personIds }).from(articles).orderBy(asc(articles.id))
    const counts = await db.sql.select({ id: people.id, name: people.name, count: people.articleCount }).from(people).orderBy(asc(people.id))
    return { texts, counts }
  })

/** The same, after every article was linked anew with names that are read anew. */
export const linkedAnew = async (store: Store) => {
  const names = createKnownNames()
  for (const { id } of (await linked(store)).texts)
    await store.write(async db => {
      const row = await articleOf(db, id)
      if (row) await relinkArticle(db, row, names)
    })
  return linked(store)
}

const patienceMs = 20_000

/** Asks until the answer is a yes; throws with `what` where it never is. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`)
    await sleep(20)
  }
}

/** A way to a server that can fall silent, as a machine does that was cut off: nothing is refused, nothing comes. */
export async function wireTo(t: Test, server: Server) {
  const ends = new Set<Socket>()
  const stale = new Set<Socket>()
  let isSilent = false
  const wire = createServer(near => {
    const far = connect(server.port, '127.0.0.1')
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('data', bytes => {
        if (stale.has(end)) end.resetAndDestroy()
        else if (!isSilent) other.write(bytes)
      })
      end
        .on('error', () => {})
        .on('close', () => {
          ends.delete(end)
          if (!isSilent) other.destroy()
        })
    }
  }).listen(0, '127.0.0.1')
  await once(wire, 'listening')
  const address = wire.address()
  const port = typeof address === 'object' ? address?.port : 0
  const cut = () => {
    for (const end of ends) end.destroy()
  }
  t.teardown(() => {
    cut()
    wire.close()
  })
  return {
    /** The address of a database by this way. */
    url: (database: string) => Object.assign(new URL(server.url(database)), { port: String(port) }).href,
    silence(on: boolean) {
      isSilent = on
    },
    /** Breaks every connection that there is as soon as it is used, as one does whose other end is gone. */
    breakWhenUsed() {
      for (const end of ends) stale.add(end)
    },
    /** Breaks every connection. */
    cut,
  }
}
