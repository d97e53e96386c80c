// Searches run in threads with connections of their own, so that no read waits for one. PostgreSQL searches in processes of its own.
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import { sqliteError, TooSlow } from '../db/errors.ts'
import type { Freshness, Store } from '../db/store.ts'
import { type Found, type Question, search } from './search.ts'
import type { Outcome } from './thread.ts'

/** How long a search may take, waiting for a thread included. */
const searchMs = 10_000
/** A thread that had nothing to do for as long ends; one stays. */
const idleMs = 60_000

export type SearchThreads = {
  /** Throws a TooSlow where it takes too long, and what the database threw. */
  search(question: Question, freshness: Freshness): Promise<Found>
  /** Starts a thread, so that the first search does not wait for it. */
  warm(): void
  close(): Promise<void>
}

/** At most `most` threads on the file of the store; without one or the other, the store searches itself. */
export function searchThreads(store: Store, most: number, timeMs = searchMs): SearchThreads {
  const { file } = store
  if (file === undefined || most === 0)
    return { search: (question, freshness) => store.search(db => search(db, question), freshness), warm() {}, close: async () => {} }
  let pool: Piscina<Question, Outcome> | undefined
  const threads = () => {
    pool ??= new Piscina({
      filename: new URL(`./thread${extname(import.meta.url)}`, import.meta.url).href,
      workerData: file,
      minThreads: 1,
      maxThreads: most,
      idleTimeout: idleMs,
    })
    return pool
  }
  return {
    async search(question) {
      const signal = AbortSignal.timeout(timeMs)
      const outcome = await threads()
        .run(question, { signal, name: 'searchHere' })
        .catch((cause: unknown) => {
          throw signal.aborted ? new TooSlow(`a search took longer than ${timeMs} ms`, { cause }) : cause
        })
      if ('found' in outcome) return outcome.found
      throw sqliteError(outcome.message, outcome.code)
    },
    warm: () => void threads(),
    close: async () => pool?.destroy(),
  }
}
