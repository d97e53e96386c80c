// npm run bench -- --articles=1000,100000 --seconds=5 …: see README.md beside this file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { casesOf, samples } from './cases.js'
import { collectionOf } from './data.js'
import { filled, workingCopy } from './fill.js'
import { measure, median } from './measure.js'
import { figuresOf, lifeTable, missed, speedTable } from './report.js'
import { programs, start } from './servers.js'

const { values: asked } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000,100000' },
    corpus: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'string' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    profile: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
})
const dist = resolve(asked.dist)
const rounds = Number(asked.rounds)
const sliceMs = (Number(asked.seconds) * 1_000) / rounds
const say = text => process.stderr.write(`${text}\n`)

/** A size: its database to work on, what the cases need of it, and how long each program takes to start on it. */
async function siteOf(folder, count) {
  const path = workingCopy(await filled({ dist, folder, count, corpus: asked.corpus, say }), folder)
  const db = new Database(path, { readonly: true })
  const cases = casesOf(samples(db, collectionOf(asked.corpus, count)))
  db.close()
  return { count, path, cases, servers: {}, startMs: { ours: [], hand: [], bare: [] } }
}

async function measureStarts(sites) {
  for (let n = 0; n < rounds; n += 1)
    for (const { path, startMs } of sites)
      for (const [name, program] of Object.entries(programs(dist))) {
        const server = await start(program, path)
        startMs[name].push(server.startMs)
        await server.stop()
      }
}

const profiled = name => (asked.profile && name === 'ours' ? ['--cpu-prof', `--cpu-prof-dir=${resolve(asked.profile)}`] : [])

async function startAll(sites) {
  for (const { path, servers } of sites)
    for (const [name, program] of Object.entries(programs(dist))) servers[name] = await start(program, path, profiled(name))
}

async function measureCases(sites) {
  const wanted = asked.only?.split(',')
  const cases = sites[0].cases.filter(({ name }) => !wanted || wanted.some(part => name.includes(part)))
  const figures = []
  for (const { name, grows } of cases) {
    figures.push(figuresOf(name, await measure(sites, name, { rounds, sliceMs }), grows))
    say(speedTable(figures.slice(-1)).split('\n').slice(1).join('\n'))
  }
  return figures
}

const each = async (entries, fn) =>
  Object.fromEntries(await Promise.all(Object.entries(entries).map(async ([name, value]) => [name, await fn(value)])))

const livesOf = sites =>
  Promise.all(
    sites.map(async ({ count, servers, startMs }) => ({
      count,
      startMs: await each(startMs, median),
      rssBytes: await each(servers, async server => (await server.usage()).rssBytes),
    })),
  )

async function run(folder) {
  const counts = asked.articles.split(',').map(Number)
  const sites = []
  try {
    for (const count of counts) sites.push(await siteOf(folder, count))
    await measureStarts(sites)
    await startAll(sites)
    const figures = await measureCases(sites)
    return { figures, lives: await livesOf(sites) }
  } finally {
    for (const { servers } of sites) for (const server of Object.values(servers)) await server.stop()
    for (const { path } of sites) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  }
}

const folder = asked.keep ? resolve(asked.keep) : mkdtempSync(join(tmpdir(), 'dateline-bench-'))
mkdirSync(folder, { recursive: true })
try {
  const { figures, lives } = await run(folder)
  const faults = missed(figures, lives)
  process.stdout.write(
    `\n${speedTable(figures)}\n\n${lifeTable(lives)}\n\n${faults.length === 0 ? 'Every goal is reached.' : `Missed:\n${faults.join('\n')}`}\n`,
  )
  const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model }
  if (asked.json) writeFileSync(asked.json, `${JSON.stringify({ machine, figures, lives, missed: faults }, null, 2)}\n`)
  if (asked.check && faults.length > 0) process.exitCode = 1
} finally {
  if (!asked.keep) rmSync(folder, { recursive: true, force: true })
}
