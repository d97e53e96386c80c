// `dateline copy`: everything from one database into another, there and back, or nothing at all.
import { existsSync, linkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { desc, eq } from 'drizzle-orm'
import pg from 'pg'
import t, { type Test } from 'tap'
import { wordsOfRows } from '../../src/cli/copy-thread.ts'
import { databaseOf } from '../../src/config.ts'
import { copyDatabase, type WordsOf } from '../../src/db/copy.ts'
import { postgresSource, postgresTarget } from '../../src/db/copy-postgres.ts'
import { maxBatchCharacters, type Read, type Source, type TableShape } from '../../src/db/copy-shape.ts'
import { sqliteSource, sqliteTarget } from '../../src/db/copy-sqlite.ts'
import type { Store } from '../../src/db/store.ts'
import type { Tables } from '../../src/db/tables.ts'
import { as, keyWith } from '../helpers/callers.ts'
import { emptyDatabase, openDatabase } from '../helpers/database.ts'
import { ok, paragraph, post, settled } from '../helpers/news.ts'
import { nouns } from '../helpers/nouns.ts'
import { openAt } from '../helpers/reopened.ts'
import { inProcess } from '../helpers/shell.ts'
import { dateline as spawned } from './spawned.ts'

Object.defineProperty(process.stderr, 'isTTY', { value: false }) // whoever runs the tests

const dateline = (...argv: string[]) => inProcess(argv)
const copy = (from: string, to: string, ...more: string[]) => dateline('copy', '--from', from, '--to', to, ...more)

/** What it says when it fails: one sentence, with nothing on stdout. */
async function refused(t: Test, from: string, to: string, wanted: RegExp, code = 1) {
  const answer = await copy(from, to)
  t.equal(answer.code, code, answer.err)
  t.equal(answer.out, '')
  t.match(answer.err.split('\n').at(-2), wanted)
}

const folders = new WeakMap<Test, string>()

/** A path in the folder of the test, which is made but once. */
function file(t: Test, name = 'dateline.db'): string {
  const folder = folders.get(t) ?? t.testdir()
  folders.set(t, folder)
  return join(folder, name)
}

async function open(t: Test, url: string) {
  const { app, store, close } = await openAt(t, url)
  return { app, store, close, editor: as(app), nobody: as(app, null) }
}

/** People, places and articles with all that hangs on them; the row with the greatest number was purged, and one change of a name is still open. */
async function filled(t: Test, url: string) {
  const { app, store, editor, close } = await open(t, url)
  for (const { path, named, full } of nouns) await post(editor, path, { [named]: `Full ${path}`, ...full })
  const russia = await post(editor, '/v1/places', { name: 'Russia', kind: 'country', lat: 61.5, lng: 105.3 })
  const city = await post(editor, '/v1/places', { name: 'Vladivostok', kind: 'city', containedInId: russia.id, lat: 43.1056, lng: 131.8735 })
  await post(editor, '/v1/people', { name: 'Łucja Ōe', aliases: ['L. Oe'], description: 'Of note', bio: 'Born by the sea' })
  await post(editor, '/v1/synonyms', { terms: ['frigate', 'war ship'] })
  const article = await post(editor, '/v1/articles', {
    title: 'Talks in Vladivostok “went well”',
    status: 'published',
    summary: 'Łucja Ōe spoke\tof 100 \\ percent {a,"b"} NULL',
    tags: ['talks', 'a b'],
    body: [
      paragraph('p1', 'Łucja Ōe met officials in Vladivostok, Russia. 😀'),
      { id: 'q1', type: 'quote', text: 'We are talking', marks: [], attribution: 'An unnamed spokesman' },
      { id: 'i1', type: 'image', url: 'https://images.example/1.jpg', alt: 'Ship', caption: 'A frigate at anchor', credit: null },
      { id: 'e1', type: 'embed', url: 'https://video.example/1', title: 'Filmed from above' },
      { id: 'l1', type: 'list', ordered: false, items: [{ text: 'first item', marks: [] }] },
    ],
  })
  await ok(editor.patch(`/v1/articles/${article.id}`, { title: 'Talks in Vladivostok', slug: 'talks' }))
  await post(editor, '/v1/articles', { title: 'Gespräche', language: 'de', status: 'published', body: [paragraph('p1', 'Die Häuser in Russia')] })
  const trashed = await post(editor, '/v1/articles', { title: 'Thrown away', body: [paragraph('p1', 'secretly')] })
  await ok(editor.delete(`/v1/articles/${trashed.id}`), 204)
  const gone = await post(editor, '/v1/people', { name: 'Gone Person' })
  await ok(editor.delete(`/v1/people/${gone.id}`), 204)
  const purged = await post(editor, '/v1/articles', { title: 'Purged' })
  const last = await lastArticle(store)
  await ok(editor.delete(`/v1/articles/${purged.id}?purge=true`), 204)
  const key = await keyWith(store, 'content:read', 'content:write')
  await settled(store)
  await app.close()
  await store.write(({ sql, tables: { nameChanges } }) => sql.update(nameChanges).set({ relinkedAt: null }).where(eq(nameChanges.entityId, city.id)))
  const rows = await contents(store)
  await close()
  return { rows, key, last, ids: { article: article.id, trashed: trashed.id } }
}

const lastArticle = (store: Store): Promise<number> =>
  store.read(async ({ sql, tables: { articles } }) => {
    const [row] = await sql.select({ seq: articles.seq }).from(articles).orderBy(desc(articles.seq)).limit(1)
    return row?.seq ?? 0
  })

/** Every row of every table, as the program reads it. */
async function contents(store: Store): Promise<Record<string, string[]>> {
  const all: [string, string[]][] = []
  await store.read(async ({ sql, tables }) => {
    for (const [name, table] of Object.entries(tables)) {
      const rows = await sql.select().from(table as Tables['slugs']) // whichever it is
      all.push([name, rows.map(row => JSON.stringify(row)).sort()])
    }
  })
  return Object.fromEntries(all)
}

async function contentsOf(t: Test, url: string) {
  const store = await openDatabase(databaseOf(url))
  t.teardown(() => store.close())
  return contents(store)
}

/** How many rows a database has that may not have any. */
async function rowsIn(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    'select (select count(*) from articles) + (select count(*) from slugs) + (select count(*) from search_index) as n',
  )
  await client.end()
  return Number(rows[0].n)
}

function rowsInFile(path: string): number {
  const connection = new Database(path)
  const n = connection
    .prepare('select (select count(*) from articles) + (select count(*) from slugs) + (select count(*) from search_index)')
    .pluck()
    .get()
  connection.close()
  return Number(n)
}

/** Every token of the index with its place. */
function tokensIn(path: string) {
  const connection = new Database(path)
  connection.exec("create virtual table temp.tokens using fts5vocab('main', 'search_index', 'instance')")
  const tokens = connection.prepare('select * from temp.tokens order by doc, col, "offset", term').raw().all()
  connection.close()
  return tokens
}

/** How every index is made. */
function indexesIn(path: string) {
  const connection = new Database(path)
  const indexes = connection.prepare("select name, sql from sqlite_schema where type = 'index' order by name").raw().all()
  connection.close()
  return indexes
}

const questions = (id: string) => [
  '/v1/articles?include=body,people,places,mentions',
  '/v1/people',
  '/v1/places?near=43.1,131.8&within=50km',
  '/v1/places?bbox=100,40,140,70',
  `/v1/articles/${id}/mentions`,
  '/v1/articles?person=lucja-oe',
  '/v1/articles?q=frigate',
  '/v1/articles?q=war+ship',
  '/v1/articles?q=%22we+are+talking%22',
  '/v1/articles?q=haus',
  '/v1/articles?q=filmed',
  '/v1/people?q=oe',
  '/v1/articles?tag=talks&count=exact',
]

t.test('file → server → file: every row, every answer and every token is the same', async t => {
  const [first, back] = [file(t), file(t, 'back.db')]
  const source = await filled(t, `file:${first}`)
  const server = await emptyDatabase(t)
  const there = await copy(`file:${first}`, server, '--json')
  t.equal(there.code, 0, there.err)
  const again = await copy(server, `file:${back}`)
  t.equal(again.code, 0, again.err)
  for (const [name, rows] of Object.entries(source.rows)) t.ok(rows.length > 0 || ['audit', 'replays', 'merges'].includes(name), `${name} has rows`)
  t.same(await contentsOf(t, server), source.rows)
  t.same(await contentsOf(t, `file:${back}`), source.rows)
  t.same(await contentsOf(t, `file:${first}`), source.rows, 'the source is as it was')
  t.same(tokensIn(back), tokensIn(first))
  t.ok(tokensIn(back).length > 50)
  t.same(indexesIn(back), indexesIn(first), 'and all indexes are there')

  const told = JSON.parse(there.out)
  t.same(Object.keys(told), ['tables', 'seconds'])
  t.equal(told.tables.length, Object.keys(source.rows).length)
  for (const { name, rows, checksum } of told.tables) {
    t.match(checksum, /^[0-9a-f]{64}$/, name)
    t.match(again.out, new RegExp(`^${name} +${rows}  ${checksum}$`, 'm'))
  }
  t.match(there.err, /^copying articles: (\d+) of \1 rows$/m)
  t.notMatch(there.err, /[\r\u001b]/, 'a pipe gets lines and no bar')

  const apps = [await open(t, `file:${first}`), await open(t, server), await open(t, `file:${back}`)]
  for (const { store } of apps) await settled(store)
  for (const question of questions(source.ids.article)) {
    const answers = await Promise.all(apps.map(async ({ editor }) => (await ok(editor.get(question))).data))
    t.ok(answers[0].length > 0, question)
    t.same(answers[1], answers[0], question)
    t.same(answers[2], answers[0], question)
  }
  const single = await Promise.all(apps.map(async ({ nobody }) => (await nobody.get('/v1/articles/talks?include=mentions,html')).body))
  t.same(single, [single[0], single[0], single[0]])
  const hits = await Promise.all(apps.map(async ({ nobody }) => (await ok(nobody.get('/v1/search?q=lucja'))).data))
  const found = hits.map(data => data.map(({ id }: { id: string }) => id).sort()) // scores differ between databases
  t.ok(found[0].length > 1)
  t.same(found, [found[0], found[0], found[0]])
})

t.test('a copy goes on where the first one was', async t => {
  const first = file(t)
  const source = await filled(t, `file:${first}`)
  const server = await emptyDatabase(t)
  const back = file(t, 'back.db')
  t.equal((await copy(`file:${first}`, server)).code, 0)
  t.equal((await copy(server, `file:${back}`)).code, 0)
  for (const url of [server, `file:${back}`]) {
    const { app, store, editor, nobody } = await open(t, url)
    await settled(store) // the change that was still open
    t.equal((await as(app, source.key).get(`/v1/articles?status=draft`)).statusCode, 200, 'the key works')
    t.equal((await nobody.get('/v1/articles/talks-in-vladivostok-went-well')).statusCode, 308, 'so does a former slug')
    t.equal((await nobody.get(`/v1/articles/${source.ids.trashed}`)).statusCode, 404, 'the trash is no more to be seen')
    await post(editor, '/v1/people', { name: 'Ada Newly' })
    const made = await post(editor, '/v1/articles', {
      title: 'New here',
      status: 'published',
      body: [paragraph('p1', 'Łucja Ōe and Ada Newly talked in Vladivostok')],
    })
    t.equal(made.personIds.length, 2)
    t.equal(made.placeIds.length, 1)
    t.ok((await lastArticle(store)) > source.last, 'a number that was purged does not come again')
    const restored = await ok(editor.post(`/v1/articles/${source.ids.trashed}/restore`))
    t.equal(restored.title, 'Thrown away')
    t.equal((await ok(editor.get('/v1/articles?q=secretly&status=draft'))).data.length, 1, 'its words were copied')
    t.equal((await editor.patch('/v1/articles/talks', { summary: 'Newer' })).statusCode, 200)
    t.ok((await ok(nobody.get('/v1/articles?q=newer'))).data.some(({ slug }: { slug: string }) => slug === 'talks'))
  }
})

t.test('server → server: full text is what the program has written', async t => {
  const [first, second] = [await emptyDatabase(t), await emptyDatabase(t)]
  const source = await filled(t, first)
  t.equal((await copy(first, second)).code, 0)
  t.same(await contentsOf(t, second), source.rows)
  const answers = []
  for (const url of [first, second]) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    answers.push({
      words: (await client.query('select * from search_index order by doc')).rows,
      indexes: (await client.query("select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname")).rows,
    })
    await client.end()
  }
  t.ok((answers[0]?.words.length ?? 0) > 5)
  t.same(answers[1], answers[0], 'and all indexes are there')
})

t.test('what is long is copied in batches, and comes out as it was', async t => {
  const [first, back] = [file(t), file(t, 'back.db')]
  const { store, close } = await open(t, `file:${first}`)
  const long = 'ü"\\'.repeat(maxBatchCharacters / 10)
  await store.write(async ({ sql, tables: { revisions } }) => {
    for (let n = 1; n <= 25; n += 1)
      await sql
        .insert(revisions)
        .values({ kind: 'person', entityId: 'someone', version: n, at: '2024-06-21T08:00:00.000Z', changed: [], state: { z: n, a: long } })
  })
  await close()
  const server = await emptyDatabase(t)
  t.equal((await copy(`file:${first}`, server)).code, 0)
  t.equal((await copy(server, `file:${back}`)).code, 0)
  t.same(await contentsOf(t, `file:${back}`), await contentsOf(t, `file:${first}`))
  const source = await postgresSource(server)
  t.teardown(() => source.close())
  const sizes: number[] = []
  for await (const batch of source.batches({ ...shapeOf('revisions') })) sizes.push(batch.length)
  t.ok(sizes.length > 10, `${sizes.join()} rows at a time`)
})

/** Only what `batches` needs. */
const shapeOf = (name: string): TableShape => ({
  name,
  columns: ['kind', 'entity_id', 'state'].map(column => ({ name: column, kind: column === 'state' ? 'json' : 'text' })),
  key: ['kind', 'entity_id', 'version'],
  numbered: undefined,
  indexed: [],
  noun: undefined,
})

t.test('a target that has a row is refused, and so is one that is the source', async t => {
  const first = file(t)
  await filled(t, `file:${first}`)
  const server = await emptyDatabase(t)
  t.equal((await copy(`file:${first}`, server)).code, 0)
  const before = await contentsOf(t, server)
  await refused(t, `file:${first}`, server, /^dateline: --to: .*table \w+ has \d+ rows already: name an empty database$/)
  t.same(await contentsOf(t, server), before)
  await refused(t, server, `file:${first}`, /^dateline: --to: .*rows already/)
  await refused(t, server, server, /^dateline: --from and --to are the same database/)
  await refused(t, server, server.replace('127.0.0.1', 'localhost'), /are the same database/)
  await refused(t, `file:${first}`, `file:${first}`, /are the same database/)
  symlinkSync(first, `${first}-soft`)
  linkSync(first, `${first}-hard`)
  for (const end of ['-soft', '-hard']) await refused(t, `file:${first}`, `file:${first}${end}`, /are the same database/)
})

t.test('a source that is none is refused, not made, and the target is not touched', async t => {
  const [missing, target] = [file(t, 'missing/nothing.db'), file(t, 'target.db')]
  await refused(t, `file:${missing}`, `file:${target}`, /^dateline: --from: there is no file .*nothing\.db: correct the address$/)
  t.notOk(existsSync(missing))
  const [empty, text, old] = [file(t, 'empty.db'), file(t, 'text.db'), file(t, 'old.db')]
  writeFileSync(empty, '')
  writeFileSync(text, 'no database, but a text that is long enough to be read as the head of one: '.repeat(20))
  const connection = new Database(old)
  connection.exec("create table schema_migrations (number integer, name text, applied_at text); insert into schema_migrations values (0, 'old', '')")
  await refused(t, `file:${empty}`, `file:${target}`, /--from: .*is no database of Dateline/)
  await refused(t, `file:${text}`, `file:${target}`, /--from: .*is not a database that can be read: set --from/)
  await refused(t, `file:${old}`, `file:${target}`, /--from: .*is at migration 0, older than this version/)
  connection.exec('update schema_migrations set number = 9999')
  connection.close()
  await refused(t, `file:${old}`, `file:${target}`, /--from: .*is at migration 9999, newer than this version/)
  const server = await emptyDatabase(t)
  await refused(t, server, `file:${target}`, /--from: .*is no database of Dateline/)
  const nowhere = Object.assign(new URL(server), { pathname: '/no_such_database' }).href
  await refused(t, nowhere, `file:${target}`, /--from: postgres:.*there is no database no_such_database/)
  t.notOk(existsSync(target))
})

t.test('a wrong address of the target ends in a sentence without its password', async t => {
  const first = file(t)
  const { close } = await open(t, `file:${first}`)
  await close()
  const server = await emptyDatabase(t)
  const wrong = (change: Partial<URL>) => Object.assign(new URL(server), change).href
  await refused(t, `file:${first}`, wrong({ pathname: '/no_such_database' }), /^dateline: --to: .*there is no database no_such_database/)
  await refused(t, `file:${first}`, wrong({ password: 'wrong-one' }), /^dateline: --to: .*password of postgres is wrong/)
  await refused(t, `file:${first}`, wrong({ port: '1' }), /^dateline: --to: .*does not answer/)
  await refused(t, `file:${first}`, 'mysql://me:secret@host/db', /^dateline: --to: mysql:\/\/host\/db must be file:/, 2)
  await refused(t, `file:${first}`, 'file::memory:', /^dateline: --to: a database in memory/, 2)
  t.equal((await dateline('copy', '--from', `file:${first}`)).code, 2)
  const { err } = await copy(`file:${first}`, wrong({ port: '1', password: 'secret' }))
  t.notMatch(err, 'secret')
})

t.test('what the other database does not take ends in a sentence with table and id, and nothing is stored', async t => {
  const bad: [string, RegExp][] = [
    ["update people set bio = 'a' || char(0) || 'b' where name like 'Full%'", /--from: people \S{36} .*bio holds a NUL character at offset 1/],
    ["update articles set published_at = '21 June' where slug = 'talks'", /--from: articles \S{36} .*published_at is "21 June", which is no time/],
    ["update articles set body = '[{' where slug = 'talks'", /--from: articles \S{36} cannot be read/],
    ["update people set same_as = '[' where name like 'Full%'", /--to: it refuses people \S{36} \(invalid input syntax for type json/],
    ['update places set population = 3000000000 where population is not null', /--from: places \S{36} .*population is 3000000000/],
    ["update people set wikidata_id = x'00ff' where name like 'Full%'", /--from: people \S{36} holds bytes in wikidata_id/],
    ["update slugs set slug = hex(randomblob(20000)) where slug = 'talks'", /--to: it refuses slugs article\/[0-9A-F]+ \(index row/],
    ["update people set country_code = hex(randomblob(20000)) where name like 'Full%'", /--to: it refuses people \S{36} \(index row/],
    ["update people set country_code = hex(randomblob(2000)) where name like 'Full%'", /--to: it refuses people \S{36} \(index row/],
  ]
  for (const [change, wanted] of bad) {
    await t.test(change, async t => {
      const first = file(t)
      await filled(t, `file:${first}`)
      const connection = new Database(first)
      t.ok(connection.prepare(change).run().changes > 0)
      connection.close()
      const server = await emptyDatabase(t)
      await refused(t, `file:${first}`, server, wanted)
      t.equal(await rowsIn(server), 0)
    })
  }
})

const wordsOf: WordsOf = async (kind, rows) => wordsOfRows({ kind, rows })

/** The source, with something that happens before the rows of `slugs` are read: articles have been written by then. */
const beforeSlugs = (source: Source, happens: () => Promise<void>): Source => ({
  ...source,
  async *batches(shape): AsyncGenerator<Read[]> {
    if (shape.name === 'slugs') await happens()
    yield* source.batches(shape)
  },
})

t.test('one that breaks off leaves nothing, and can be run again', async t => {
  const first = file(t)
  const { rows } = await filled(t, `file:${first}`)
  const server = await emptyDatabase(t)
  const path = file(t, 'target.db')
  for (const target of [await postgresTarget(server), sqliteTarget(path)]) {
    const source = sqliteSource(first)
    const breaks = beforeSlugs(source, async () => Promise.reject(new Error('the cable was pulled')))
    await t.rejects(copyDatabase(breaks, target, { wordsOf }), /--from: the cable was pulled/)
    await target.close()
    await source.close()
  }
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  t.teardown(() => client.end())
  const target = await postgresTarget(server)
  const source = sqliteSource(first)
  const cut = beforeSlugs(source, async () => {
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'")
  })
  await t.rejects(copyDatabase(cut, target, { wordsOf }), /--to: /)
  await target.close()
  await source.close()
  t.equal(await rowsIn(server), 0)
  t.equal(rowsInFile(path), 0)
  t.equal((await copy(`file:${first}`, server)).code, 0)
  t.equal((await copy(`file:${first}`, `file:${path}`)).code, 0)
  t.same(await contentsOf(t, server), rows)
  t.same(await contentsOf(t, `file:${path}`), rows)
})

t.test('one that is killed leaves nothing', async t => {
  const [first, server, path] = [file(t), await emptyDatabase(t), file(t, 'target.db')]
  await filled(t, `file:${first}`)
  const holder = new pg.Client({ connectionString: server })
  await holder.connect()
  t.teardown(() => holder.end())

  /** Kills a copy that has written articles and waits for the table `keys`, which somebody else holds. */
  async function killed(from: string, to: string) {
    await holder.query('begin; lock table keys in access exclusive mode')
    const { child, said, ended } = spawned(t, ['copy', '--from', from, '--to', to], {})
    const waits = 'select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())'
    while (child.exitCode === null && (await holder.query(waits)).rows.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
    t.match(said.err, /copying articles/)
    child.kill('SIGKILL')
    await ended
    await holder.query('rollback')
  }
  t.equal((await copy(`file:${first}`, server)).code, 0)
  await killed(server, `file:${path}`)
  t.equal(rowsInFile(path), 0)
  t.equal((await copy(server, `file:${path}`)).code, 0, 'and it can be run again')
})

t.test('what came out otherwise is not stored', async t => {
  const first = file(t)
  await filled(t, `file:${first}`)
  const path = file(t, 'target.db')
  const changed: [string, (target: ReturnType<typeof sqliteTarget>) => ReturnType<typeof sqliteTarget>][] = [
    [
      'a value',
      target => ({
        ...target,
        insert: (shape, rows) => target.insert(shape, shape.name === 'keys' ? rows.map(row => [...row.slice(0, -1), 'x']) : rows),
      }),
    ],
    ['a row too few', target => ({ ...target, insert: (shape, rows) => target.insert(shape, shape.name === 'mentions' ? rows.slice(1) : rows) })],
    ['words', target => ({ ...target, index: words => target.index(words.slice(1)) })],
  ]
  for (const [what, change] of changed) {
    const target = sqliteTarget(path)
    const source = sqliteSource(first)
    await t.rejects(copyDatabase(source, change(target), { wordsOf }), /came out with|full text has/, what)
    await target.close()
    await source.close()
    t.equal(rowsInFile(path), 0, what)
  }
})
