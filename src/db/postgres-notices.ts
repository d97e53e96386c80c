// What processes tell each other over LISTEN and NOTIFY, by a connection of its own that is made again when it breaks.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { clientConfig, type PoolTimes } from './postgres-pool.ts'
import { notices as known, type Notice } from './store.ts'

const channel = 'dateline'
const pulseMs = 5_000
const patienceMs = { first: 100, most: 5_000 }

export type Notices = {
  readonly channel: string
  listen(listener: (notice: Notice) => void): void
  /** Tells this process alone. */
  tell(notice: Notice): void
  close(): Promise<void>
}

/** Listens from now on. Whoever was not connected has missed notices: after each connection all of them are told. */
export function noticesOf(url: string, times: PoolTimes, warn: (what: string, error?: unknown) => void): Notices {
  const listeners: ((notice: Notice) => void)[] = []
  const closing = new AbortController()
  const tell = (notice: Notice) => {
    for (const listener of listeners) listener(notice)
  }

  /** One connection, from its beginning to its end. */
  async function listenOnce(onConnected: () => void): Promise<void> {
    const client = new pg.Client({ ...clientConfig(url, times), query_timeout: pulseMs })
    const ended = new Promise<void>(resolve => client.once('end', resolve).on('error', () => resolve()))
    client.on('notification', ({ payload }) => {
      const notice = known.find(word => word === payload)
      if (notice) tell(notice)
    })
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      onConnected()
      for (const notice of known) tell(notice)
      while (await stillThere(ended)) await client.query('select 1') // a connection whose other end is gone without a word is found by asking
    } finally {
      client.end().catch(() => {})
    }
  }

  const stillThere = (ended: Promise<void>) =>
    Promise.race([sleep(pulseMs, true, { signal: closing.signal, ref: false }).catch(() => false), ended.then(() => false)])

  async function listenOn() {
    let waitMs = patienceMs.first
    while (!closing.signal.aborted) {
      try {
        await listenOnce(() => {
          waitMs = patienceMs.first
        })
      } catch (error) {
        warn('notices of other processes cannot be heard; connecting again', error)
      }
      await sleep(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => {})
      waitMs = Math.min(2 * waitMs, patienceMs.most)
    }
  }

  const done = listenOn()
  return {
    channel,
    listen: listener => void listeners.push(listener),
    tell,
    close() {
      closing.abort()
      return done
    },
  }
}
