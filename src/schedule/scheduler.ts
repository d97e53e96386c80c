// What time alone does: articles go out and come back, the trash is emptied, answers that are given no more are dropped.
import type { Deps } from '../deps.ts'
import { adminCaller } from '../http/auth.ts'
import type { Writer } from '../nouns/writer.ts'
import { dropReplays } from '../writes/store.ts'
import { actOnOne, dueArticles } from './due.ts'
import { emptyTrash } from './trash.ts'

/** Less than the second within which an article goes out. */
const lookEveryMs = 400
const tidyEveryMs = 600_000

export type Scheduler = {
  start(): void
  /** Ends after what is under way. */
  stop(): Promise<void>
}

/** On every process: an article that is due is claimed by the one that acts, in the transaction that does it. */
export function createScheduler(deps: Deps): Scheduler {
  const { store, clock, log, names, config } = deps
  const closing = new AbortController()
  let timers: NodeJS.Timeout[] = []
  let running = Promise.resolve()
  const writer = (): Writer => ({ keyId: null, requestId: null, now: clock.now(), names, caller: adminCaller })

  async function actOnDue() {
    for (const id of await store.read(db => dueArticles(db, clock.now()))) {
      if (closing.signal.aborted) return
      await store.write(db => actOnOne(db, id, writer()))
    }
  }

  async function tidy() {
    await store.write(db => dropReplays(db, clock.now()))
    while (!closing.signal.aborted && (await emptyTrash(store, config.trashDays, writer())));
  }

  /** One after another; what fails is tried again the next time. */
  const inTurn = (what: string, work: () => Promise<void>) => () => {
    running = running.then(async () => {
      if (closing.signal.aborted) return
      await work().catch(err => log.error({ err }, `${what}; trying again`))
    })
  }

  return {
    start() {
      const look = inTurn('what is due could not be done', actOnDue)
      const clear = inTurn('the trash could not be emptied', tidy)
      look()
      clear()
      timers = [setInterval(look, lookEveryMs), setInterval(clear, tidyEveryMs)]
      for (const timer of timers) timer.unref()
    },
    stop() {
      closing.abort()
      for (const timer of timers) clearInterval(timer)
      return running
    },
  }
}
