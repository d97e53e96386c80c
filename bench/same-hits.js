// node bench/same-hits.js --corpus=FOLDER --postgres=URL: do both databases find the same articles? See README.md beside this file.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { collectionOf } from './data.js'
import { productOf } from './fill.js'

const { values: asked } = parseArgs({
  options: {
    corpus: { type: 'string' },
    postgres: { type: 'string' },
    articles: { type: 'string', default: '15000' },
    queries: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
  },
})
if (asked.postgres === undefined) {
  process.stderr.write('--postgres=URL is missing: the address of a server on which a database may be made\n')
  process.exit(2)
}
const say = text => process.stderr.write(`${text}\n`)
const load = file => import(pathToFileURL(join(resolve(asked.dist), file)).href)
const articlesATransaction = 500
const shownApart = 10

const { openSqlite, createArticle, ArticleCreate, createPerson, PersonCreate, createPlace, PlaceCreate, createKnownNames, adminCaller } =
  await productOf(resolve(asked.dist))
const [{ openPostgres }, { conditions }, { compileQuery }, { maxRankedHits, rank }, { addConditions, filterOf, queryLinks }] = await Promise.all(
  ['db/postgres.js', 'db/conditions.js', 'search/store.js', 'search/rank.js', 'articles/filter.js'].map(load),
)
const { nounKinds } = await load('db/tables.js')

/** Numbers from 0 to `max`, exclusive, the same for the same seed (Lehmer). */
function dice(seed) {
  let state = seed
  const below = max => {
    state = (state * 48_271) % 2_147_483_647
    return state % max
  }
  return { below, one: items => items[below(items.length)] }
}

/** Fills a store with the same rows in the same order as every other, so that their numbers are the same. */
async function fill(store, { people, places }, articles, name) {
  const began = performance.now()
  const writer = { keyId: null, requestId: null, names: createKnownNames(), caller: adminCaller }
  const at = n => new Date(Date.UTC(2024, 0, 1) + n * 1_000).toISOString()
  await store.write(async db => {
    for (const person of people) await createPerson(db, PersonCreate.parse(person), { ...writer, now: at(0) })
    for (const place of places) await createPlace(db, PlaceCreate.parse(place), { ...writer, now: at(0) })
  })
  for (let n = 0; n < articles.length; n += articlesATransaction)
    await store.write(async db => {
      for (const [k, article] of articles.slice(n, n + articlesATransaction).entries())
        await createArticle(db, ArticleCreate.parse(article), { ...writer, now: at(n + k) })
    })
  say(`${name}: ${articles.length} articles in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
}

/** Draws queries from the corpus' own words: common ones come often, as they do in texts. */
function queriesOf(articles, { people, places }, count) {
  const { below, one } = dice(Number(asked.seed))
  const names = [...people, ...places].map(({ name }) => name)
  const textOf = ({ title, body }) => one([title, ...body.flatMap(({ text }) => text ?? [])])
  const run = most => {
    const words = textOf(one(articles)).split(/\s+/).filter(Boolean)
    const start = below(words.length || 1)
    return words.slice(start, start + 1 + below(most))
  }
  const word = () => run(1).join(' ') || 'market'
  const prefix = () => `${word().slice(0, 1 + below(6))}*`
  const phrase = () => `"${run(4).join(' ').replaceAll('"', '')}"`
  const filter = () => {
    const { section, tags } = one(articles)
    return one([`section:"${section}"`, ...tags.map(tag => `tag:"${tag}"`), `-section:"${section}"`, 'lang:en'])
  }
  const parts = [word, word, word, word, prefix, phrase, () => `-${word()}`, () => `-${phrase()}`, () => `${word()} OR ${word()}`, filter]
  const queries = [() => one(names) ?? word(), () => `${word()} ${word()}`, () => `${word()} ${word()} ${word()}`, () => run(6).join(' ')]
  return Array.from({ length: count }, () => (below(2) === 0 ? one(queries)() : Array.from({ length: 1 + below(3) }, () => one(parts)()).join(' ')))
}

/** Every document that has all words, and every one that has some, by the index alone. */
async function documentsOf(db, wanted, none) {
  if (!wanted) return []
  const c = conditions()
  const { documents } = db.dialect.match(wanted, none, c.bind)
  const rows = await db.sql
    .select({ doc: sql`doc`.mapWith(Number) })
    .from(sql`${documents} as found`)
    .prepare()
    .execute(c.values())
  return rows.map(({ doc }) => doc).sort((a, b) => a - b)
}

/** What a query finds: by the index; as the API ranks it (a set, unless the ranking is cut off); and by time, in order. */
async function answerOf(db, q) {
  const compiled = await compileQuery(db, q)
  const filter = await filterOf(db, {})
  filter.links.push(...(await queryLinks(db, compiled.filters)))
  const c = conditions()
  addConditions(db, c, filter, 'probe')
  const scope = { kinds: compiled.filters.length > 0 ? ['article'] : nounKinds, conditions: c, rows: { article: c.where() } }
  const began = performance.now()
  const ranked = await rank(db, compiled, { ...scope, order: 'relevance' })
  const ms = performance.now() - began
  const lines = ranked.map(({ kind, seq, allWords }) => `${kind} ${seq} ${allWords}`)
  const newest = await rank(db, compiled, { ...scope, order: 'newest' })
  return {
    ms,
    sets: {
      'all words': await documentsOf(db, compiled.all, compiled.none),
      'some words': await documentsOf(db, compiled.any, compiled.none),
      relevance: ranked.length < maxRankedHits ? lines.sort() : ranked.length,
      newest: newest.map(({ kind, seq }) => `${kind} ${seq}`),
    },
  }
}

async function compare(sqlite, postgres, queries) {
  const apart = []
  const times = { sqlite: [], postgres: [] }
  const sizes = []
  for (const [n, q] of queries.entries()) {
    const here = await sqlite.search(db => answerOf(db, q))
    const there = await postgres.search(db => answerOf(db, q))
    times.sqlite.push(here.ms)
    times.postgres.push(there.ms)
    sizes.push(here.sets['all words'].length)
    const differ = Object.keys(here.sets).filter(name => JSON.stringify(here.sets[name]) !== JSON.stringify(there.sets[name]))
    if (differ.length > 0) apart.push({ q, differ, sqlite: here.sets, postgres: there.sets })
    if ((n + 1) % 500 === 0) say(`${n + 1} of ${queries.length} queries, ${apart.length} apart`)
  }
  return { apart, times, sizes }
}

const at = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

function report(queries, { apart, times, sizes }) {
  const without = (some, others) => (Array.isArray(some) && Array.isArray(others) ? some.filter(one => !others.includes(one)).slice(0, 5) : some)
  for (const { q, differ, sqlite, postgres } of apart.slice(0, shownApart))
    for (const name of differ)
      console.log(
        `${JSON.stringify(q)}, ${name}: SQLite alone ${JSON.stringify(without(sqlite[name], postgres[name]))}, PostgreSQL alone ${JSON.stringify(without(postgres[name], sqlite[name]))}`,
      )
  console.log(`${queries.length - apart.length} of ${queries.length} queries find the same`)
  console.log(`hits with all words: none in ${sizes.filter(size => size === 0).length}, median ${at(sizes, 0.5)}, most ${at(sizes, 1)}`)
  for (const [name, ms] of Object.entries(times))
    console.log(`${name}: ranking takes ${at(ms, 0.5).toFixed(1)} ms in the median, ${at(ms, 0.99).toFixed(1)} ms at the 99th percentile`)
}

async function onServer(query) {
  const client = new pg.Client({ connectionString: asked.postgres })
  await client.connect()
  await client.query(query).finally(() => client.end())
}

const folder = mkdtempSync(join(tmpdir(), 'dateline-same-hits-'))
const database = `same_hits_${process.pid}_${Date.now()}`
await onServer(`create database ${database}`)
const stores = []
try {
  const collection = collectionOf(asked.corpus, Number(asked.articles))
  const articles = [...collection.articles]
  stores.push(openSqlite(join(folder, 'dateline.db')), await openPostgres(Object.assign(new URL(asked.postgres), { pathname: `/${database}` }).href))
  const [sqlite, postgres] = stores
  await fill(sqlite, collection, articles, 'SQLite')
  await fill(postgres, collection, articles, 'PostgreSQL')
  const queries = queriesOf(articles, collection, Number(asked.queries))
  const outcome = await compare(sqlite, postgres, queries)
  report(queries, outcome)
  process.exitCode = outcome.apart.length > 0 ? 1 : 0
} finally {
  for (const store of stores) await store.close()
  await onServer(`drop database ${database} with (force)`)
  rmSync(folder, { recursive: true, force: true })
}
