// Which replicas may answer: those that have seen everything up to a moment that is less than a second ago.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connections, connections, type PoolTimes } from './postgres-pool.ts'
import { maxLagMs } from './store.ts'

const checkEveryMs = 200
/** Between a check and the read that relies on it. */
const usableMs = maxLagMs - checkEveryMs

/** Where the primary's log had got to, and when it was asked. */
type Sample = { lsn: bigint; at: number }
type Replica = { pool: Connections; freshAt: number; wasFresh: boolean; name: string; checking: Promise<void> | undefined }

export type Replicas = {
  /** One that is fresh enough, each in its turn; undefined where none is. */
  pick(): Connections | undefined
  close(): Promise<void>
}

type Options = { readers: number; times: PoolTimes; warn: (what: string, error?: unknown) => void }

/**
 * Watches replicas. How far one is behind is told by positions in the primary's log, noted with the time they were asked at: a replica that has replayed
 * such a position shows everything that was committed before that time. Clocks of other machines do not matter, nor whether anything is written.
 */
export function replicasOf(primary: Connections, urls: readonly string[], { readers, times, warn }: Options): Replicas {
  const replicas = urls.map(
    (url): Replica => ({ pool: connections(url, readers, times), freshAt: 0, wasFresh: true, name: new URL(url).host, checking: undefined }),
  )
  const closing = new AbortController()
  const samples: Sample[] = []
  let turn = 0

  /** Waits for no replica: one that has fallen silent must not keep the others from being looked at. */
  async function check() {
    const at = performance.now()
    const lsn = await positionOf(primary, 'select pg_current_wal_flush_lsn()::text as lsn')
    samples.push({ lsn, at })
    while (samples.length > maxLagMs / checkEveryMs + 5) samples.shift()
    for (const replica of replicas) {
      if (replica.checking && replica.freshAt > 0) note(replica)
      replica.checking ??= checkOne(replica).finally(() => {
        replica.checking = undefined
      })
    }
  }

  async function checkOne(replica: Replica) {
    try {
      const replayed = await positionOf(replica.pool, 'select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end::text as lsn')
      replica.freshAt = Math.max(replica.freshAt, samples.findLast(({ lsn }) => lsn <= replayed)?.at ?? 0)
      note(replica)
    } catch (error) {
      note(replica, error)
    }
  }

  function note(replica: Replica, error?: unknown) {
    const isFresh = isUsable(replica)
    if (replica.wasFresh && !isFresh) warn(`replica ${replica.name} is behind or away: the primary answers for it`, error)
    replica.wasFresh = isFresh
  }

  async function watch() {
    while (!closing.signal.aborted) {
      await check().catch(() => {}) // the primary is away: nothing is known to be fresh until it is back
      await sleep(checkEveryMs, undefined, { signal: closing.signal, ref: false }).catch(() => {})
    }
  }

  const isUsable = ({ freshAt }: Replica) => performance.now() - freshAt <= usableMs
  const done = replicas.length > 0 ? watch() : Promise.resolve()
  return {
    pick() {
      turn += 1
      const usable = replicas.filter(isUsable)
      return usable[turn % usable.length]?.pool
    },
    async close() {
      closing.abort()
      await done
      await Promise.all(replicas.map(({ checking }) => checking))
      await Promise.all(replicas.map(({ pool }) => pool.close()))
    },
  }
}

/** A position in the log (`16/B374D848`) as a number; throws where there is none, as on a replica that has become a primary. */
async function positionOf(pool: Connections, query: string): Promise<bigint> {
  const { rows } = await pool.use(({ client }) => client.query<{ lsn: string | null }>(query))
  const [high, low] = rows[0]?.lsn?.split('/') ?? []
  if (high === undefined || low === undefined) throw new Error('it is no replica any more')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
