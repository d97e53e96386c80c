// Searches and what is like them run in threads with connections of their own, so that no read waits for one. PostgreSQL has processes for that.
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import { Crowded, TooSlow } from '../db/errors.ts'
import type { Freshness, Store } from '../db/store.ts'
import { lineOf } from '../lib/line.ts'
import { type Answer, type JobName, type Question, runJob } from './jobs.ts'
import type { Outcome } from './thread.ts'
import { asError } from './thrown.ts'

/** How long a job may take, waiting for a thread included. */
const usualMs = 10_000
/** A thread that had nothing to do for as long ends; one stays. */
const idleMs = 60_000

export type Threads = {
  /** Throws a TooSlow where it takes too long, and what the job or the database threw. */
  run<N extends JobName>(name: N, question: Question<N>, freshness: Freshness): Promise<Answer<N>>
  /** The same of what may be a look-up alone: that is done here, by the store. */
  runIf<N extends JobName>(searches: boolean, name: N, question: Question<N>, freshness: Freshness): Promise<Answer<N>>
  /** Starts a thread, so that the first job does not wait for it. */
  warm(): void
  close(): Promise<void>
}

/**
 * At most `most` threads on the file of the store; without one or the other, the store does the work itself. `warn` hears of a thread that broke while it did
 * nothing: another one is started.
 */
export function threadsOf(store: Store, most: number, warn: (error: unknown) => void, timeMs = usualMs): Threads {
  const { file } = store
  const withLookUps = (run: Threads['run']): Pick<Threads, 'run' | 'runIf'> => ({
    run,
    runIf: (searches, name, question, freshness) =>
      searches ? run(name, question, freshness) : store.read(db => runJob(name, db, question), freshness),
  })
  if (file === undefined || most === 0) {
    const run: Threads['run'] = (name, question, freshness) => store.search(db => runJob(name, db, question), freshness)
    return { ...withLookUps(run), warm() {}, close: async () => {} }
  }
  const inLine = lineOf(most, timeMs, () => new Crowded(`no thread was free for ${timeMs} ms`)) // the queue of the pool lets some wait for ever
  let pool: Piscina | undefined
  const threads = () => {
    pool ??= new Piscina({
      filename: new URL(`./thread${extname(import.meta.url)}`, import.meta.url).href,
      workerData: file,
      minThreads: 1,
      maxThreads: most,
      idleTimeout: idleMs,
    }).on('error', warn)
    return pool
  }
  async function run<N extends JobName>(name: N, question: Question<N>): Promise<Answer<N>> {
    const signal = AbortSignal.timeout(timeMs)
    const outcome: Outcome<N> = await inLine(() => threads().run({ name, question }, { signal, name: 'perform' })).catch((cause: unknown) => {
      throw signal.aborted ? new TooSlow(`${name} took longer than ${timeMs} ms`, { cause }) : cause
    })
    if ('answer' in outcome) return outcome.answer
    throw asError(outcome.thrown)
  }
  return {
    ...withLookUps(run),
    warm: () => void threads(),
    close: async () => pool?.destroy(),
  }
}
