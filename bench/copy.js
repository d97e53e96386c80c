// `dateline copy` beside scripts by hand that bring the same rows into the same tables of PostgreSQL: all that a copy brings, or the articles alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import pg from 'pg'
import { filled } from './fill.js'

/** Share of the articles a second of the script that inserts all rows that a copy reaches at least. */
const goal = 0.3
/** Rows of one insert of a script: what PostgreSQL takes of parameters allows a few more. */
const rowsAnInsert = 1_000
/** What a file has for itself: its full text index, which keeps no text, points of places, and numbers that were given. */
const ofFiles = /^(?:search_index.*|places_box.*|sqlite_.*|schema_migrations|write_turns)$/

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '10000' },
    postgres: { type: 'string' },
    corpus: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    keep: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
if (!values.postgres) throw new Error('--postgres=postgres://… is missing: a server that may be given databases, which are dropped in the end')
const server = values.postgres
const dist = resolve(values.dist)
const count = Number(values.articles)
const say = text => console.error(text)

/** @param {string} query */
async function asAdmin(query) {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(query).finally(() => client.end())
}

/** An empty database with tables, as `dateline migrate` makes it. */
async function withDatabase(use) {
  const name = `bench_copy_${process.pid}`
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  await asAdmin(`create database ${name} encoding 'UTF8' template template0`)
  try {
    const { migratePostgres } = await import(pathToFileURL(join(dist, 'db', 'migrate.js')).href)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await migratePostgres(client).finally(() => client.end())
    return await use(url)
  } finally {
    await asAdmin(`drop database ${name} with (force)`)
  }
}

/** The full text of a file's rows, as PostgreSQL keeps it, in a file of its own: a script would find it there. */
async function fullText(path) {
  const built = file => import(pathToFileURL(join(dist, file)).href)
  const { wordsOf } = await built('cli/copy-words.js')
  const { tsEntry } = await built('db/postgres-match.js')
  const { documentOf } = await built('db/store.js')
  const file = new Database(path, { readonly: true })
  const text = new Database(`${path}-text`)
  text.exec('create table search_index (doc integer primary key, title text, body text, terms text); begin')
  const insert = text.prepare('insert into search_index values (@doc, @title, @body, @terms)')
  for (const [noun, table] of Object.entries({ article: 'articles', person: 'people', place: 'places' }))
    for (const row of file.prepare(`select * from ${table}`).iterate()) insert.run({ doc: documentOf(noun, row.seq), ...tsEntry(wordsOf(noun, row)) })
  text.exec('commit')
  text.close()
  file.close()
}

/** A script: rows as they come out of the file, inserts of many rows in one transaction, no check of anything. */
async function byHand(path, url, isWanted) {
  const began = performance.now()
  const files = [path, `${path}-text`].map(name => new Database(name, { readonly: true }))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('BEGIN')
  let inserted = 0
  for (const [n, file] of files.entries()) {
    const all = file.prepare("select name from sqlite_schema where type = 'table'").pluck().all()
    const tables = all.filter(name => isWanted(name) && (n > 0 || !ofFiles.test(name)))
    for (const table of ['articles', ...tables].filter((name, at, names) => tables.includes(name) && names.indexOf(name) === at)) {
      const columns = file.prepare('select name from pragma_table_info(?)').pluck().all(table).map(String)
      const names = columns.map(name => `"${name}"`).join(', ')
      const insert = rows => {
        const places = rows.map((_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`)
        inserted += rows.length
        return client.query(`insert into ${table} (${names}) overriding system value values ${places.join(', ')}`, rows.flat())
      }
      let rows = []
      for (const row of file.prepare(`select * from ${table}`).raw().iterate()) {
        rows.push(row)
        if (rows.length < rowsAnInsert) continue
        await insert(rows)
        rows = []
      }
      if (rows.length > 0) await insert(rows)
    }
  }
  await client.query('COMMIT')
  await client.end()
  for (const file of files) file.close()
  return { seconds: (performance.now() - began) / 1000, rows: inserted }
}

/** `dateline copy` in a process of its own; seconds as it tells them, which leave out the start of Node, as those of the script do. */
async function byDateline(from, to) {
  const child = spawn(process.execPath, [join(dist, 'main.js'), 'copy', '--from', from, '--to', to, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', text => {
    out += text
  })
  child.stderr.on('data', text => {
    err += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`dateline copy ended with ${code}: ${err}`)
  const { seconds, tables } = JSON.parse(out)
  return { seconds, rows: tables.reduce((sum, { rows }) => sum + rows, 0) }
}

const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'dateline-bench-'))
mkdirSync(folder, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'dateline-bench-work-'))
const rates = { 'by hand': [], articles: [], there: [], back: [] }
try {
  const path = join(work, 'source.db')
  cpSync(await filled({ dist, folder, count, corpus: values.corpus, say }), path)
  await fullText(path)
  const note = (what, { seconds, rows }) => {
    rates[what].push(count / seconds)
    console.log(
      `${what.padEnd(8)} ${(count / seconds).toFixed(0).padStart(6)} articles/s ${(rows / seconds).toFixed(0).padStart(7)} rows/s  ${seconds.toFixed(1)} s, ${rows} rows`,
    )
  }
  for (let round = 0; round < Number(values.rounds); round += 1) {
    note('by hand', await withDatabase(url => byHand(path, url, () => true)))
    note('articles', await withDatabase(url => byHand(path, url, name => name === 'articles')))
    await withDatabase(async url => {
      const back = join(work, `back-${round}.db`)
      note('there', await byDateline(`file:${path}`, url))
      note('back', await byDateline(url, `file:${back}`))
      for (const end of ['', '-wal', '-shm']) rmSync(back + end, { force: true })
    })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
  if (!values.keep) rmSync(folder, { recursive: true, force: true })
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const ratio = (which, of) => median(rates[which].map((rate, round) => rate / rates[of][round]))
const reached = ratio('there', 'by hand')
console.log(`\nby hand, all rows that a copy brings: ratio ${reached.toFixed(2)} (goal ${goal}) ${reached >= goal ? '✓' : '✗'}`)
console.log(`by hand, the rows of articles alone: ratio ${ratio('there', 'articles').toFixed(2)}`)
if (values.check && reached < goal) process.exitCode = 1
