// Articles whose text has a name that changed are linked anew, right behind the write, from a queue in the database that a restart does not lose.
import { and, asc, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { relinkArticle } from '../articles/file.ts'
import { articleOf } from '../articles/store.ts'
import { conditions } from '../db/conditions.ts'
import { type Db, documentIn, type Store, type WriteDb } from '../db/store.ts'
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
      if (await workOff()) later() // should the process that has it die, this one takes it over
    } catch (error) {
      log.error({ err: error }, 'articles could not be linked anew; trying again')
      later()
    }
  }

  function later() {
    if (stopped) return
    retry = setTimeout(wake, retryMs)
    retry.unref()
  }

  /** Works off what is open; true where another process has a part of it. */
  async function workOff(): Promise<boolean> {
    let isElsewhere = false
    for (let change = await nextChange(0); change && !stopped; change = await nextChange(change.number))
      if (!(await relinkFor(change))) isElsewhere = true
    return isElsewhere
  }

  const nextChange = (after: number) =>
    store.read(async ({ sql: q, tables: { nameChanges } }) => {
      const open = and(isNull(nameChanges.relinkedAt), gt(nameChanges.number, after))
      return (await q.select().from(nameChanges).where(open).orderBy(asc(nameChanges.number)).limit(1))[0]
    })

  /** Links every article that has one of the names; false where another process is at it. */
  async function relinkFor(change: Change): Promise<boolean> {
    for (let isDone = false; !isDone && !stopped; ) {
      const ids = await store.search(db => articlesWith(db, change, articlesALookUp))
      for (let n = 0; n < ids.length && !stopped; n += articlesATransaction)
        if (!(await relink(change, ids.slice(n, n + articlesATransaction)))) return false
      if (ids.length === articlesALookUp || stopped) continue
      const closed = await close(change)
      if (closed === undefined) return false
      isDone = closed
    }
    return true
  }

  /** Links some articles anew; false where another process has the change. */
  const relink = (change: Change, ids: string[]) =>
    store.write(async db => {
      if (!(await claim(db, change))) return false
      for (const id of ids) {
        const row = await articleOf(db, id)
        if (row && row.linkedWith < change.number) await relinkArticle(db, row, names)
      }
      return true
    })

  /**
   * Takes a change off the queue; false where an article has come meanwhile, undefined where another process has it. Looked up in the same transaction:
   * an article that is being written beside it, by one who did not see the name, then makes one of the two run again.
   */
  const close = (change: Change) =>
    store.write(async db => {
      if (!(await claim(db, change))) return undefined
      if ((await articlesWith(db, change, 1)).length > 0) return false
      const { nameChanges } = db.tables
      await db.sql.update(nameChanges).set({ relinkedAt: clock.now() }).where(eq(nameChanges.number, change.number))
      return true
    })

  store.onNotice(wake)
  return {
    start: wake,
    async stop() {
      stopped = true
      clearTimeout(retry)
      await running
    },
  }
}

/** Takes an open change for the length of this transaction; false where it is closed, or another process has it. */
async function claim({ sql: q, dialect, tables: { nameChanges } }: WriteDb, { number }: Change): Promise<boolean> {
  const open = q
    .select({ number: nameChanges.number })
    .from(nameChanges)
    .where(and(eq(nameChanges.number, number), isNull(nameChanges.relinkedAt)))
  return (await dialect.claiming(open)).length > 0
}

/** Articles that have one of the names, or a mention of the entity, and were linked before the change; some of them, the rest next time. */
async function articlesWith(db: Db, change: Change, limit: number): Promise<string[]> {
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
    .limit(limit)
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
