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
import { copied, dropDatabase, serverOf, workingDatabase } from './postgres.js'
import { figuresOf, lifeOn, lifeTable, missed, nameOf, speedTable } from './report.js'
import { programs, start } from './servers.js'

const { values: asked } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000,100000' },
    corpus: { type: 'string' },
    databases: { type: 'string' },
    postgres: { type: 'string' },
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

const databases = (asked.databases ?? (asked.postgres ? 'sqlite,postgres' : 'sqlite')).split(',')
if (!['sqlite', 'sqlite,postgres'].includes(databases.join()))
  throw new Error('--databases: sqlite, or sqlite,postgres (what all is compared with is on SQLite)')

/** A size: its databases to work on, what the cases need of them, and how long each program takes to start. */
async function siteOf(folder, server, count) {
  const file = await filled({ dist, folder, count, corpus: asked.corpus, say })
  const path = workingCopy(file, folder)
  const db = new Database(path, { readonly: true })
  const cases = casesOf(samples(db, collectionOf(asked.corpus, count)))
  db.close()
  const site = { count, path, cases, servers: {}, urls: { sqlite: `file:${path}` }, databases: {} }
  site.startMs = Object.fromEntries(Object.keys(programs(dist, databases)).map(name => [name, []]))
  if (!server) return site
  const full = await copied({ dist, server, file, corpus: asked.corpus, say })
  const work = await workingDatabase(server, full)
  return { ...site, urls: { ...site.urls, postgres: server.url(work) }, databases: { full, work } }
}

async function measureStarts(sites) {
  for (let n = 0; n < rounds; n += 1)
    for (const { urls, startMs } of sites)
      for (const [name, program] of Object.entries(programs(dist, databases))) {
        const server = await start(program, urls)
        startMs[name].push(server.startMs)
        await server.stop()
      }
}

const profiled = name => (asked.profile && name.startsWith('ours') ? ['--cpu-prof', `--cpu-prof-dir=${resolve(asked.profile)}`] : [])

async function startAll(sites) {
  for (const { urls, servers } of sites)
    for (const [name, program] of Object.entries(programs(dist, databases))) servers[name] = await start(program, urls, profiled(name))
}

async function measureCases(sites) {
  const wanted = asked.only?.split(',')
  const cases = sites[0].cases.filter(({ name }) => !wanted || wanted.some(part => name.includes(part)))
  const figures = []
  for (const { name, grows } of cases) {
    const runs = await measure(sites, name, { rounds, sliceMs })
    for (const database of databases) {
      figures.push(figuresOf(name, database, runs, grows))
      say(`${nameOf[database].padEnd(11)}${speedTable(figures.slice(-1), database).split('\n').slice(1).join('\n')}`)
    }
  }
  return figures
}

const each = async (entries, fn) =>
  Object.fromEntries(await Promise.all(Object.entries(entries).map(async ([name, value]) => [name, await fn(value)])))

async function livesOf(sites) {
  const measured = await Promise.all(
    sites.map(async ({ count, servers, startMs }) => ({
      count,
      startMs: await each(startMs, median),
      rssBytes: await each(servers, async server => (await server.usage()).rssBytes),
    })),
  )
  return databases.flatMap(database => measured.map(site => lifeOn(database, site)))
}

/** Ends all that runs; what was filled stays where it is kept. */
async function clear(sites, server) {
  for (const { servers } of sites) for (const one of Object.values(servers)) await one.stop()
  for (const { path } of sites) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  for (const { full, work } of sites.map(site => site.databases))
    for (const name of [work, ...(asked.keep ? [] : [full])]) if (name) await dropDatabase(server, name)
}

async function run(folder) {
  const counts = asked.articles.split(',').map(Number)
  const server = databases.includes('postgres') ? await serverOf(asked.postgres) : undefined
  const sites = []
  try {
    for (const count of counts) sites.push(await siteOf(folder, server, count))
    await measureStarts(sites)
    await startAll(sites)
    const figures = await measureCases(sites)
    return { figures, lives: await livesOf(sites) }
  } finally {
    await clear(sites, server)
    await server?.remove()
  }
}

const folder = asked.keep ? resolve(asked.keep) : mkdtempSync(join(tmpdir(), 'dateline-bench-'))
mkdirSync(folder, { recursive: true })
try {
  const { figures, lives } = await run(folder)
  const faults = missed(figures, lives)
  process.stdout.write(
    `\n${databases.map(database => speedTable(figures, database)).join('\n\n')}\n\n${lifeTable(lives)}\n\n${faults.length === 0 ? 'Every goal is reached.' : `Missed:\n${faults.join('\n')}`}\n`,
  )
  const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model }
  if (asked.json) writeFileSync(asked.json, `${JSON.stringify({ machine, figures, lives, missed: faults }, null, 2)}\n`)
  if (asked.check && faults.length > 0) process.exitCode = 1
} finally {
  if (!asked.keep) rmSync(folder, { recursive: true, force: true })
}
