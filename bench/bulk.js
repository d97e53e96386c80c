// `POST /v1/articles/bulk` beside all the rows that came of it inserted by hand: as many articles a second, over the same driver, in one transaction each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import pg from 'pg'
import { collectionOf } from './data.js'
import { dropDatabase, serverOf } from './postgres.js'
import { key, programs, start } from './servers.js'

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '2000' },
    corpus: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    postgres: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
const count = Number(values.articles)
const dist = resolve(values.dist)
const built = file => import(pathToFileURL(join(dist, file)).href)
const { textOfArticle } = await built('articles/file.js')
const { indexText } = await built('search/document.js')
const { openSqlite } = await built('db/sqlite.js')
const { openPostgres } = await built('db/postgres.js')

/** At least this share of the hand-written rate. */
const goal = 0.3
/** Tables that no article adds to, or that hand-written SQL fills in another way: the full text index of SQLite, points of places. */
const apart =
  /^(?:people|places|name_changes|known_phrases|synonyms|keys|merges|replays|write_turns|schema_migrations|places_box.*|sqlite_.*)$|^search_index_/
const parentsFirst = names => ['articles', ...names.filter(name => name !== 'articles' && !apart.test(name)).sort()]
/** Tables that have rows of people and places as well. */
const shared = ['slugs', 'revisions', 'audit', 'suggestions']
const rowsOf = table => `select * from ${table}${shared.includes(table) ? " where kind = 'article'" : ''}`
const { people, places, articles } = collectionOf(values.corpus, count)
const lines = records => [...records].map(record => JSON.stringify(record)).join('\n')
const bodies = { people: lines(people), places: lines(places), articles: lines(articles) }

async function bulk(url, noun) {
  const began = performance.now()
  const answer = await fetch(`${url}/v1/${noun}/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: bodies[noun],
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 500)}`)
  return { ms: performance.now() - began, saved: text.trim().split('\n').length }
}

/** Fills a database by the API, and gives the milliseconds that the articles took, by the clock and of the server's processor time. */
async function byApi(database, url) {
  const server = await start(programs(dist, ['sqlite', 'postgres'])[database === 'postgres' ? 'oursPostgres' : 'ours'], { [database]: url })
  try {
    await bulk(server.url, 'people')
    await bulk(server.url, 'places')
    const before = await server.usage()
    const { ms, saved } = await bulk(server.url, 'articles')
    const { cpuUs } = await server.usage()
    if (saved !== count) throw new Error(`${saved} articles, not ${count}`)
    return { ms, cpuMs: (cpuUs - before.cpuUs) / 1_000 }
  } finally {
    await server.stop()
  }
}

/** Gives a function that tells the milliseconds since then, by the clock and of this process's processor time. */
function watch() {
  const began = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { ms: performance.now() - began, cpuMs: (user + system) / 1_000 }
  }
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const wordsOf = row => indexText(textOfArticle({ ...row, body: JSON.parse(row.body) }))

async function sqliteRound(folder, n) {
  const [ours, hand] = [join(folder, `ours-${n}.db`), join(folder, `hand-${n}.db`)]
  const taken = await byApi('sqlite', `file:${ours}`)
  await openSqlite(hand).close()
  const from = new Database(ours, { readonly: true })
  const names = from.prepare("select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'").pluck().all()
  const rows = parentsFirst(names).map(table => [table, from.prepare(rowsOf(table)).all()])
  const words = rows[0][1].map(row => ({ rowid: row.seq * 8, ...wordsOf(row) }))
  from.close()
  const db = new Database(hand)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'cache_size = -32000']) db.pragma(pragma)
  const inserts = rows
    .filter(([, all]) => all.length > 0)
    .map(([table, all]) => {
      const columns = Object.keys(all[0])
      return [db.prepare(`insert into ${table} (${columns.map(name => `"${name}"`)}) values (${columns.map(name => `@${name}`)})`), all]
    })
  const index = db.prepare('insert into search_index (rowid, title, body, forms) values (@rowid, @title, @body, @forms)')
  const timed = which => {
    const end = watch()
    db.transaction(() => {
      for (const [insert, all] of which) for (const row of all) insert.run(row)
      for (const row of words) index.run(row)
    }).immediate()
    return end()
  }
  const alone = timed(inserts.slice(0, 1))
  db.exec('delete from articles; delete from search_index')
  const all = timed(inserts)
  db.close()
  for (const path of [ours, hand]) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  return { ...taken, alone, all, rows: countRows(rows) + count }
}

const countRows = rows => rows.reduce((sum, [, all]) => sum + all.length, 0)

/** Multi-row inserts, prepared once a table. */
async function insertAll(client, table, rows) {
  const names = Object.keys(rows[0])
  const size = Math.min(rows.length, 100)
  const text = length =>
    `insert into ${table} (${names.map(name => `"${name}"`)}) overriding system value values ${Array.from(
      { length },
      (_, n) => `(${names.map((_name, m) => `$${n * names.length + m + 1}`)})`,
    )}`
  for (let n = 0; n < rows.length; n += size) {
    const batch = rows.slice(n, n + size)
    await client.query({ name: `${table} ${batch.length}`, text: text(batch.length), values: batch.flatMap(row => names.map(name => row[name])) })
  }
}

async function postgresRound(server, n) {
  const [ours, hand] = [`dateline_bulk_${process.pid}_${n}`, `dateline_hand_${process.pid}_${n}`]
  for (const name of [ours, hand]) await server.query(`create database ${name} encoding 'UTF8' template template0`)
  try {
    const taken = await byApi('postgres', server.url(ours))
    await (await openPostgres(server.url(hand))).close()
    const asText = { getTypeParser: () => value => value }
    const from = new pg.Client({ connectionString: server.url(ours), types: asText })
    await from.connect()
    const { rows: tables } = await from.query("select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    const rows = []
    for (const table of parentsFirst(tables.map(({ name }) => name))) rows.push([table, (await from.query(rowsOf(table))).rows])
    await from.end()
    const client = new pg.Client({ connectionString: server.url(hand) })
    await client.connect()
    const timed = async which => {
      const end = watch()
      await client.query('begin')
      for (const [table, all] of which) if (all.length > 0) await insertAll(client, table, all)
      await client.query('commit')
      return end()
    }
    const alone = await timed(rows.filter(([table]) => table === 'articles' || table === 'search_index'))
    await client.query('delete from articles; delete from search_index')
    const all = await timed(rows)
    await client.end()
    return { ...taken, alone, all, rows: countRows(rows) }
  } finally {
    for (const name of [ours, hand]) await dropDatabase(server, name)
  }
}

async function measured(name, round) {
  const rounds = []
  for (let n = 0; n < Number(values.rounds); n += 1) rounds.push(await round(n))
  const line = of => `${Math.round((count / median(rounds.map(one => of(one).ms))) * 1_000)} articles a second`
  const ratio = (which, of) => median(rounds.map(one => one[which][of] / one[of]))
  const share = which => `bulk has ${ratio(which, 'ms').toFixed(2)} of it, ${ratio(which, 'cpuMs').toFixed(2)} by processor time`
  console.log(`${name}: bulk ${line(one => one)}, ${(rounds[0].rows / count).toFixed(1)} rows each`)
  console.log(`  by hand, all these rows and full text: ${line(one => one.all)}, ${share('all')} (goal ${goal})`)
  console.log(`  by hand, the rows of articles and full text alone: ${line(one => one.alone)}, ${share('alone')}`)
  return ratio('all', 'ms') >= goal
}

const folder = mkdtempSync(join(tmpdir(), 'dateline-bulk-'))
let isReached = true
try {
  isReached = await measured('SQLite', n => sqliteRound(folder, n))
  if (values.postgres) {
    const server = await serverOf(values.postgres)
    isReached = (await measured('PostgreSQL', n => postgresRound(server, n))) && isReached
    await server.remove()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (values.check && !isReached) process.exitCode = 1
