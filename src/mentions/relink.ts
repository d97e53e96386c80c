// Articles whose text has a name that changed are linked anew, right behind the write, from a queue in the database that a restart does not lose.
import { and, asc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { relinkArticle } from '../articles/file.ts'
import { articleOf } from '../articles/store.ts'
import { conditions } from '../db/conditions.ts'
import { type Db, documentIn, type Store } from '../db/store.ts'
import type { Tables } from '../db/tables.ts'
import type { Clock } from '../lib/instant.ts'
import { compileQuery } from '../search/store.ts'
import type { KnownNames } from './known-names.ts'
import { isWord, nameTokens } from './names.ts'

type Change = Tables['nameChanges']['$inferSelect']

/** Articles that are linked in one transaction; between two of them other writes have their turn. */
const articlesATransaction = 20
const articlesALookUp = 200
const retryMs = 1_000

export type Relinker = {
  /** Takes up what the queue holds, and from then on whatever comes. */
  start(): void
  /** Ends after the transaction that is under way. */
  stop(): Promise<void>
}

export function createRelinker({ store, names, clock, log }: { store: Store; names: KnownNames; clock: Clock; log: FastifyBaseLogger }): Relinker {
  let stopped = false
  let wanted = false
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined

  function wake() {
    wanted = true
    if (running || stopped) return
    running = work().finally(() => {
      running = undefined
      if (wanted) wake()
    })
  }

  async function work() {
    wanted = false
    try {
      for (let change = await nextChange(); change && !stopped; change = await nextChange()) await relinkFor(change)
    } catch (error) {
      log.error({ err: error }, 'articles could not be linked anew; trying again')
      retry = setTimeout(wake, retryMs)
      retry.unref()
    }
  }

  const nextChange = () =>
    store.read(
      async ({ sql: q, tables: { nameChanges } }) =>
        (await q.select().from(nameChanges).where(isNull(nameChanges.relinkedAt)).orderBy(asc(nameChanges.number)).limit(1))[0],
    )

  async function relinkFor(change: Change) {
    for (;;) {
      const ids = await store.search(db => articlesWith(db, change))
      for (let n = 0; n < ids.length && !stopped; n += articlesATransaction) await relink(ids.slice(n, n + articlesATransaction))
      if (stopped) return
      if (ids.length < articlesALookUp) break
    }
    await store.write(async ({ sql: q, tables: { nameChanges } }) => {
      await q.update(nameChanges).set({ relinkedAt: clock.now() }).where(eq(nameChanges.number, change.number))
    })
  }

  const relink = (ids: string[]) =>
    store.write(async db => {
      for (const id of ids) {
        const row = await articleOf(db, id)
        if (row) await relinkArticle(db, row, names)
      }
    })

  names.onRecorded(wake)
  return {
    start: wake,
    async stop() {
      stopped = true
      clearTimeout(retry)
      await running
    },
  }
}

/** Articles that have one of the names, or a mention of the entity, and were linked before the change; some of them, the rest next time. */
async function articlesWith(db: Db, change: Change): Promise<string[]> {
  const { articles, mentions } = db.tables
  const c = conditions()
  const parts: SQL[] = [sql`${articles.id} in (select ${mentions.articleId} from ${mentions} where ${mentions.entityId} = ${change.entityId})`]
  for (const phrase of change.names.flatMap(phrasesOf)) {
    const { all } = await compileQuery(db, phrase)
    if (all) parts.push(sql`${documentIn('article', articles.seq)} in ${db.dialect.match(all, null, c.bind).documents}`)
  }
  const rows = await db.sql
    .select({ id: articles.id })
    .from(articles)
    .where(and(lt(articles.linkedWith, change.number), sql`(${sql.join(parts, sql` or `)})`))
    .orderBy(asc(articles.id))
    .limit(articlesALookUp)
    .prepare()
    .execute(c.values())
  return rows.map(row => row.id)
}

/** How texts may have a name: as it is spelled, and with a space between all its words (`U. S.` is `U.S.` to the registry, but two words to the index). */
function phrasesOf(name: string): string[] {
  const words = nameTokens(name).filter(isWord)
  const spellings = [name.replaceAll('"', ' '), words.map(({ start, end }) => name.slice(start, end)).join(' ')]
  return [...new Set(spellings)].map(spelling => `"${spelling}"`)
}
