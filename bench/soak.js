// Readers and writers of all kinds for minutes on end: no error, memory that does not grow, an event loop that is not held up.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createWriters } from '../test/helpers/writers.js'
import { dropDatabase, serverOf } from './postgres.js'
import { key, programs, start } from './servers.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    readers: { type: 'string', default: '4' },
    writers: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    postgres: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
/** Memory is judged from here on: before, caches fill. */
const warmMinutes = Math.min(2, minutes / 2)
/** What memory may grow by from then to the end. */
const growthAllowed = 1.1
const sampleMs = 5_000

const paths = [
  '/v1/articles',
  '/v1/articles?include=authors,people,places&limit=50',
  '/v1/articles?sort=title&q=short',
  '/v1/articles?status=draft&count=exact',
  '/v1/people',
  '/v1/people?q=zelda',
  '/v1/places?limit=5',
  '/v1/search?q=zelda%20met&highlight=true',
  '/v1/search?q=cras*%20-draft',
  '/v1/articles?person=zelda-crashwortha&limit=100&include=body,mentions',
  '/v1/audit?limit=50',
  '/v1/nowhere',
  '/v1/articles?cursor=x',
]

/** Asks one after another until `isOver`; counts answers by status, and tells of what is no answer of the contract. */
async function read(url, n, isOver, told) {
  for (let turn = n; !isOver(); turn += 1) {
    const path = paths[turn % paths.length]
    const answer = await fetch(`${url}${path}`, turn % 3 ? { headers: { authorization: `Bearer ${key}` } } : {}).catch(error => {
      told.errors.push(`${path}: ${error.cause?.message ?? error}`)
    })
    await answer?.arrayBuffer()
    if (!answer) continue
    told.answers += 1
    if (answer.status >= 500) told.errors.push(`${path}: ${answer.status}`)
  }
}

async function soak(name, database, url) {
  const server = await start(programs(resolve(values.dist), ['sqlite', 'postgres'])[database === 'postgres' ? 'oursPostgres' : 'ours'], {
    [database]: url,
  })
  const writers = createWriters({ key, seed: Number(values.seed), writers: Number(values.writers) })
  const end = performance.now() + minutes * 60_000
  const isOver = () => performance.now() >= end
  const told = { answers: 0, errors: [] }
  const samples = []
  const measure = async () => {
    await server.delay()
    while (!isOver()) {
      await sleep(Math.min(sampleMs, Math.max(0, end - performance.now())))
      const [{ rssBytes }, delay] = [await server.usage(), await server.delay()]
      samples.push({ minute: minutes - (end - performance.now()) / 60_000, rss: rssBytes / 1e6, ...delay })
    }
  }
  await Promise.all([
    measure(),
    writers.run(server.url, Number.POSITIVE_INFINITY, () => {}, isOver),
    ...Array.from({ length: Number(values.readers) }, (_, n) => read(server.url, n * 3, isOver, told)),
  ])
  const lost = await writers.losses(server.url)
  await server.stop()
  return report(name, { told, samples, written: writers.acknowledged(), lost })
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

function report(name, { told, samples, written, lost }) {
  const warm = samples.filter(({ minute }) => minute >= warmMinutes)
  const third = Math.ceil(warm.length / 3)
  const [first, last] = [warm.slice(0, third), warm.slice(-third)].map(some => median(some.map(({ rss }) => rss)))
  const growth = last / first
  console.log(`${name}: ${told.answers} answers, ${written} writes in ${minutes} minutes; ${told.errors.length} errors, ${lost.length} losses`)
  console.log(`  memory: ${first.toFixed(0)} MB after minute ${warmMinutes}, ${last.toFixed(0)} MB at the end (${growth.toFixed(2)} of it)`)
  console.log(
    `  event loop delay: p50 ${median(warm.map(({ p50Ms }) => p50Ms)).toFixed(1)} ms, p99 ${median(warm.map(({ p99Ms }) => p99Ms)).toFixed(1)} ms (medians of ${sampleMs / 1_000} s), longest ${Math.max(...warm.map(({ maxMs }) => maxMs)).toFixed(0)} ms`,
  )
  for (const line of [...told.errors.slice(0, 10), ...lost.slice(0, 10)]) console.log(`  ${line}`)
  return told.errors.length === 0 && lost.length === 0 && growth <= growthAllowed
}

const folder = mkdtempSync(join(tmpdir(), 'dateline-soak-'))
let isFine = true
try {
  if (values.postgres === undefined) isFine = await soak('SQLite', 'sqlite', `file:${join(folder, 'soak.db')}`)
  else {
    const server = await serverOf(values.postgres)
    const name = `dateline_soak_${process.pid}`
    await server.query(`create database ${name} encoding 'UTF8' template template0`)
    isFine = await soak('PostgreSQL', 'postgres', server.url(name))
    await dropDatabase(server, name)
    await server.remove()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (values.check && !isFine) process.exitCode = 1
