// `/v1/suggest` beside a server by hand that looks up the same names by their beginning: `key >= ? and key < ? limit 10` over an index, nothing folded, nothing ranked.
// Each query is measured as one that was asked before since the last write, whose answer is kept, and as one that is asked for the first time.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { productOf } from './fill.js'
import { load, requestBytes } from './load.js'
import { median } from './measure.js'
import { start } from './servers.js'
import { collectionOfNames, queriesOf } from './suggest-names.js'

/**
 * Most that a suggestion may take of the time of a look-up by hand, at the median and at the 99th percentile. What either server takes to answer a request that
 * looks nothing up is measured in the same round: `behind the same server` gives that look-up ours.
 */
const goal = 3
const namesATransaction = 500

const { values } = parseArgs({
  options: {
    names: { type: 'string', default: '1000,100000' },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '300' },
    keep: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
const dist = resolve(values.dist)
const say = text => console.error(text)

/** Makes the names by the product's own functions, and the table that is asked by hand. */
async function filled(folder, count) {
  const path = join(folder, `names-${count}.db`)
  if (existsSync(path)) return path
  const part = `${path}.part`
  for (const end of ['', '-wal', '-shm']) rmSync(part + end, { force: true })
  const began = performance.now()
  await fill(part, collectionOfNames(count))
  byHand(part)
  renameSync(part, path)
  say(`${count} names in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  return path
}

async function fill(path, { people, places, articles }) {
  const { openSqlite, createArticle, ArticleCreate, createPerson, PersonCreate, createPlace, PlaceCreate, createKnownNames, adminCaller } =
    await productOf(dist)
  const store = openSqlite(path)
  const writer = { keyId: null, requestId: null, now: new Date().toISOString(), names: createKnownNames(), caller: adminCaller }
  const ids = []
  const inBatches = async (records, make) => {
    for (let from = 0; from < records.length; from += namesATransaction)
      await store.write(async db => {
        for (const record of records.slice(from, from + namesATransaction)) await make(db, record)
      })
  }
  await inBatches(people, async (db, record) => ids.push((await createPerson(db, PersonCreate.parse(record), writer)).id))
  await inBatches(places, async (db, record) => ids.push((await createPlace(db, PlaceCreate.parse(record), writer)).id))
  await inBatches(articles, (db, { about, ...record }) =>
    createArticle(db, ArticleCreate.parse({ ...record, aboutIds: about.map(n => ids[n % ids.length]) }), writer),
  )
  await store.close()
}

function byHand(path) {
  const connection = new Database(path)
  connection.exec('update name_changes set relinked_at = at') // nothing is left to be linked anew while it is measured
  connection.exec(
    'create table by_hand (key text not null, kind text not null, id text not null, slug text not null, name text not null, description text)',
  )
  const insert = connection.prepare('insert into by_hand values (?, ?, ?, ?, ?, ?)')
  connection.transaction(() => {
    for (const [kind, table] of [
      ['person', 'people'],
      ['place', 'places'],
    ])
      for (const { id, slug, name, aliases, description } of connection.prepare(`select * from ${table}`).all())
        for (const one of [name, ...JSON.parse(aliases)]) insert.run(one.toLowerCase(), kind, id, slug, name, description)
    for (const { id, slug, title } of connection.prepare('select id, slug, title from articles').all())
      insert.run(title.toLowerCase(), 'article', id, slug, title, null)
  })()
  connection.exec('create index by_hand_key on by_hand (key)')
  connection.pragma('wal_checkpoint(TRUNCATE)')
  connection.close()
}

/** Milliseconds of each request, one after the other over one connection. */
async function times(server, requests) {
  const sent = []
  const next = n => {
    sent.push(performance.now())
    return requests[n]
  }
  const began = performance.now()
  const { ms } = await load({ port: server.port, next, status: 200, ms: 60_000, max: requests.length, connections: 1 })
  return [...sent.slice(1), began + ms].map((at, n) => at - sent[n])
}

const repeated = (path, count) => Array.from({ length: count }, () => requestBytes(path))

const percentile = (all, share) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))]

async function measured(path, count) {
  const urls = { sqlite: `file:${path}` }
  const ours = await start({ module: join(dist, 'main.js'), args: ['serve'], database: 'sqlite' }, urls)
  const hand = await start({ module: fileURLToPath(new URL('suggest-hand.js', import.meta.url)), args: [], database: 'sqlite' }, urls)
  const rows = []
  try {
    for (const [name, queries] of Object.entries(queriesOf(path, Number(values.requests)))) {
      const requestsOf = (end = '') => queries.map(q => requestBytes(`/v1/suggest?q=${encodeURIComponent(q + end)}`))
      const requests = requestsOf()
      const nothing = { ours: repeated('/v1/suggest?q=', requests.length), hand: repeated('/health/ready', requests.length) }
      // Spaces at the end make it another address that asks for the same.
      const round = async n => ({
        ours: await times(ours, requests),
        first: await times(ours, requestsOf(' '.repeat(n + 1))),
        hand: await times(hand, requests),
        oursNothing: await times(ours, nothing.ours),
        handNothing: await times(hand, nothing.hand),
      })
      const rounds = []
      for (let n = 0; n <= Number(values.rounds); n += 1) rounds.push(await round(n))
      rounds.shift()
      const figure = share => {
        const at = rounds.map(all => Object.fromEntries(Object.entries(all).map(([name, times]) => [name, percentile(times, share)])))
        const behindOurs = ({ hand, handNothing, oursNothing }) => oursNothing + Math.max(0, hand - handNothing)
        return {
          ours: median(at.map(one => one.ours)),
          hand: median(at.map(one => one.hand)),
          bare: median(at.map(one => one.ours / one.hand)),
          ratio: median(at.map(one => one.ours / behindOurs(one))),
          first: median(at.map(one => one.first)),
          firstRatio: median(at.map(one => one.first / one.hand)),
        }
      }
      rows.push({ count, name, median: figure(0.5), p99: figure(0.99) })
    }
  } finally {
    await ours.stop()
    await hand.stop()
  }
  return rows
}

const mark = ratio => `${ratio.toFixed(2)} ${ratio <= goal ? '✓' : '✗'}`
const us = ms => String(Math.round(ms * 1000))

async function main() {
  const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'dateline-suggest-'))
  mkdirSync(folder, { recursive: true })
  const rows = []
  try {
    for (const count of values.names.split(',').map(Number)) rows.push(...(await measured(await filled(folder, count), count)))
  } finally {
    if (!values.keep) rmSync(folder, { recursive: true })
  }
  const columns = 'by hand | of it | behind the same server | first time | of it'
  console.log(`| names | typed | median µs | ${columns} | p99 µs | ${columns} |`)
  console.log(`|${' --- |'.repeat(14)}`)
  const cells = ({ ours, hand, bare, ratio, first, firstRatio }) =>
    `${us(ours)} | ${us(hand)} | ${mark(bare)} | ${ratio.toFixed(2)} | ${us(first)} | ${firstRatio.toFixed(2)}`
  for (const { count, name, median, p99 } of rows) console.log(`| ${count} | ${name} | ${cells(median)} | ${cells(p99)} |`)
  const missed = rows.filter(({ median, p99 }) => median.bare > goal || p99.bare > goal)
  for (const { count, name } of missed) console.log(`missed: ${name} at ${count}`)
  if (values.check && missed.length > 0) process.exitCode = 1
}

await main()
