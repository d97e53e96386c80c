// Promise 3: searches do not slow reads. How long a read of an article takes, alone and under four searches that never end.
import { mkdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { samples } from './cases.js'
import { collectionOf } from './data.js'
import { filled, workingCopy } from './fill.js'
import { median } from './measure.js'
import { programs, start } from './servers.js'

const { values: asked } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000,100000' },
    corpus: { type: 'string' },
    keep: { type: 'string', default: 'data/bench' },
    reads: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '5' },
    searches: { type: 'string', default: '4' },
    facets: { type: 'boolean', default: false },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
/** What p99 may come to under searches, of what it is without. */
const most = 3
const say = text => process.stderr.write(`${text}\n`)

async function get(url) {
  const answer = await fetch(url)
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
}

/** Milliseconds of each read, one after another. */
async function reads(url, slugs, count) {
  const times = []
  for (let n = 0; n < count; n += 1) {
    const began = performance.now()
    await get(`${url}/v1/articles/${slugs[n % slugs.length]}`)
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(count / 2)], p99: times[Math.floor(count * 0.99)] }
}

/** Runs `work` while searches go on; tells how many were answered. */
async function underSearches(url, queries, work) {
  let isOver = false
  let answered = 0
  const facets = asked.facets ? '&facets=person,place,year' : ''
  const search = async first => {
    for (let n = first; !isOver; n += 1) {
      await get(`${url}/v1/search?q=${encodeURIComponent(queries[n % queries.length])}${facets}`)
      answered += 1
    }
  }
  const searches = Array.from({ length: Number(asked.searches) }, (_, n) => search(n * 7))
  const result = await work()
  isOver = true
  await Promise.all(searches)
  return { ...result, answered }
}

mkdirSync(asked.keep, { recursive: true })
let isFine = true
for (const count of asked.articles.split(',').map(Number)) {
  const file = await filled({ dist: resolve(asked.dist), folder: asked.keep, count, corpus: asked.corpus, say })
  const path = workingCopy(file, asked.keep)
  const db = new Database(path, { readonly: true })
  const { articleSlugs, queries } = samples(db, collectionOf(asked.corpus, count))
  db.close()
  const all = [...queries.common, ...queries.several, ...queries.middling]
  const server = await start(programs(resolve(asked.dist), ['sqlite']).ours, { sqlite: `file:${path}` })
  const rounds = []
  try {
    await reads(server.url, articleSlugs, 500)
    await underSearches(server.url, all, () => reads(server.url, articleSlugs, 100))
    for (let round = 0; round < Number(asked.rounds); round += 1) {
      const alone = await reads(server.url, articleSlugs, Number(asked.reads))
      const under = await underSearches(server.url, all, () => reads(server.url, articleSlugs, Number(asked.reads)))
      rounds.push({ alone, under, ratio: under.p99 / alone.p99 })
    }
  } finally {
    await server.stop()
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  }
  const of = pick => median(rounds.map(pick)).toFixed(2)
  console.log(
    `${count} articles: alone p50 ${of(r => r.alone.p50)} ms, p99 ${of(r => r.alone.p99)} ms; under ${asked.searches} searches p50 ${of(r => r.under.p50)} ms, p99 ${of(r => r.under.p99)} ms: ${of(r => r.ratio)} of it (${most} at most); ${rounds.reduce((sum, r) => sum + r.under.answered, 0)} searches answered`,
  )
  isFine &&= median(rounds.map(r => r.ratio)) <= most
}
if (asked.check && !isFine) process.exitCode = 1
