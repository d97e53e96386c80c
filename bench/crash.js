// Kills the server while others write, again and again, and looks each time at what was acknowledged and at everything else.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createWriters } from '../test/helpers/writers.js'
import { dropDatabase, serverOf } from './postgres.js'
import { key } from './servers.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    writes: { type: 'string', default: '60' },
    writers: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    postgres: { type: 'string' },
    keep: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
  },
})
const dist = resolve(values.dist)
const built = file => import(pathToFileURL(join(dist, file)).href)
const { checkDatabase } = await built('check/check.js')
const { inspectSqlite } = await built('db/inspect-sqlite.js')
const { inspectPostgres } = await built('db/inspect-postgres.js')
const { lineOf } = await built('check/report.js')

/** Where the writes go: a file, or a database that is made on the server and dropped in the end. */
async function place() {
  if (values.postgres === undefined) {
    const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'dateline-crash-'))
    const path = join(folder, `crash-${process.pid}.db`)
    return {
      url: `file:${path}`,
      look: use => inspectSqlite(path, use),
      remove: () => !values.keep && rmSync(folder, { recursive: true, force: true }),
    }
  }
  const server = await serverOf(values.postgres)
  const name = `dateline_crash_${process.pid}`
  await server.query(`create database ${name} encoding 'UTF8' template template0`)
  return { url: server.url(name), look: use => inspectPostgres(server.url(name), use), remove: () => values.keep || dropDatabase(server, name) }
}

/** The built server; `kill` ends it without a word. */
async function start(url) {
  const child = spawn(process.execPath, [join(dist, 'main.js'), 'serve'], {
    env: { ...process.env, DATABASE_URL: url, DATELINE_ADMIN_KEY: key, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error', RATE_LIMIT: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  if (typeof line !== 'string') throw new Error('the server ended before it listened')
  return { url: JSON.parse(line).listening, kill: () => child.kill('SIGKILL'), ended }
}

const rounds = Number(values.rounds)
const began = performance.now()
const database = await place()
const writers = createWriters({ key, seed: Number(values.seed), writers: Number(values.writers) })
const faults = { lost: 0, differences: 0 }

async function lookAt(round, url) {
  const lost = await writers.losses(url)
  for (const loss of lost) console.log(`lost in round ${round}: ${loss}`)
  faults.lost += lost.length
}

let running
try {
  for (let round = 1; round <= rounds; round += 1) {
    running = await start(database.url)
    await lookAt(round - 1, running.url)
    // Not always after as many writes, so that the queue of relinking and the journal of SQLite are met in other states.
    const count = 1 + ((round * 77) % (2 * Number(values.writes)))
    await writers.run(running.url, count, running.kill)
    await running.ended
    const { found } = await database.look(inspection => checkDatabase(inspection))
    for (const { aspect, count: number, told } of found) {
      faults.differences += number
      for (const difference of told) console.log(`after round ${round}: ${aspect}: ${lineOf(difference)}`)
    }
    if (round % 10 === 0) console.error(`${round} of ${rounds} rounds, ${writers.acknowledged()} writes acknowledged`)
  }
  running = await start(database.url)
  await lookAt(rounds, running.url)
} finally {
  running?.kill()
  await running?.ended
  await database.remove()
}

const seconds = ((performance.now() - began) / 1_000).toFixed(0)
const isGood = faults.lost + faults.differences === 0
console.log(
  `${rounds} times killed, ${writers.acknowledged()} writes acknowledged: ${faults.lost} lost, ${faults.differences} things that \`dateline check\` tells of, in ${seconds} s ${isGood ? '✓' : '✗'}`,
)
if (!isGood) process.exitCode = 1
