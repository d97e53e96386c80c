import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import type { Store } from '../db/store.ts'
import { createKey, revokeKeysNamed } from '../keys/store.ts'
import { systemClock } from '../lib/instant.ts'
import type { Io } from './io.ts'
import { type Seeded, seed } from './seed.ts'
import { closeOnSignals, logTo } from './serve.ts'
import { startServer } from './server.ts'

const keyName = 'demo'

/** `dateline demo`: the example page in a database of its own, served, with requests to try. May be run again. */
export const addDemo = (program: Command, io: Io) =>
  program
    .command('demo')
    .description('make data/demo.db (or DATABASE_URL) with an example page, serve it and print requests to try')
    .option('--no-serve', 'make the data and leave')
    .action(async ({ serve }: { serve: boolean }) => {
      const config = readConfig({ ...io.env, DATABASE_URL: io.env.DATABASE_URL || 'file:data/demo.db', LOG_LEVEL: io.env.LOG_LEVEL || 'warn' })
      const log = logTo(config)
      const server = await startServer(serve ? config : { ...config, host: '127.0.0.1', port: 0 }, log)
      try {
        const key = await freshKey(server.store)
        const seeded = await seed(server.url, key)
        if (!serve)
          io.out(`${config.database.name} has the article ${seeded.slug} with ${seeded.people.length} people and ${seeded.places.length} places\n`)
        else io.out(`${JSON.stringify({ listening: server.url })}\n\n${guide(server.url, key, seeded, config.publicRead)}`)
      } catch (error) {
        await server.close()
        throw error
      }
      if (serve) closeOnSignals(server, log)
      else await server.close()
    })

/** A key can be shown only when it is made, so each run makes its own and ends those of the runs before. */
const freshKey = (store: Store): Promise<string> =>
  store.write(async db => {
    const now = systemClock.now()
    await revokeKeysNamed(db, keyName, now)
    const { text } = await createKey(db, { name: keyName, scopes: ['content:read', 'content:write', 'content:publish'], expiresAt: null }, now)
    return text
  })

/** What to try: each line works as pasted. */
export function guide(url: string, key: string, { slug, people }: Seeded, publicRead: boolean): string {
  const header = `-H 'Authorization: Bearer ${key}'`
  const get = (path: string) => `curl ${publicRead ? '' : `${header} `}'${url}${path}'`
  const vladivostok = '43.1056,131.8735'
  const lines = [
    get(`/v1/articles/${slug}?include=people,places`),
    get('/v1/search?q=weapons+talks&highlight=true'),
    get(`/v1/people/${people[0].slug}/articles`),
    get(`/v1/places?near=${vladivostok}&within=1000km`),
    `curl ${header} -H 'Content-Type: application/json' -d '{"title":"Written with curl"}' '${url}/v1/articles'`,
  ]
  return `The article with its people and places, a search, the articles about a person, the places near Vladivostok, and a new draft:\n\n${lines.join('\n')}\n\nDocs:            ${url}/docs\nKey for writing: ${key} (each run of the demo makes a new one)\n`
}
