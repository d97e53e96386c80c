// `dateline backup` and `restore`: one moment, whole or not at all, and back again.
import { createHash } from 'node:crypto'
import { appendFileSync, chmodSync, copyFileSync, existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { databaseOf } from '../../src/config.ts'
import { backUp } from '../../src/db/backup.ts'
import { migrateSqlite, migrationsOf } from '../../src/db/migrate.ts'
import { as, keyWith } from '../helpers/callers.ts'
import { fill } from '../helpers/filled.ts'
import { ok, post } from '../helpers/news.ts'
import { folderOf, openFile } from '../helpers/reopened.ts'
import { shell } from '../helpers/shell.ts'

Object.defineProperty(process.stderr, 'isTTY', { value: false }) // whoever runs the tests

/** A small database that is in use, and commands on it. */
async function opened(t: Test) {
  const { folder, file, database } = folderOf(t)
  const { app, store, close } = await openFile(t, file('dateline.db'))
  const on = (name: string, ...argv: string[]) => shell(database(name), ...argv)
  return { folder, file, store, app, close, editor: as(app), nobody: as(app, null), on, dateline: (...argv: string[]) => on('dateline.db', ...argv) }
}

/** A connection that is closed with the test. */
function connect(t: Test, path: string) {
  const connection = new Database(path)
  t.teardown(() => connection.close())
  return connection
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

t.test('a backup of a database in use has everything, is verified, and comes back as it was', async t => {
  const { folder, file, app, store, editor, close, dateline, on } = await opened(t)
  const ids = await fill(editor, store)
  const key = await keyWith(store, 'content:read')
  const before = (await editor.get(`/v1/articles/${ids.talks}?include=mentions,people`)).body
  chmodSync(file('dateline.db'), 0o640)
  const { code, out, err } = await dateline('backup', file('b.db'))
  t.equal(code, 0, err)
  t.match(out, /^.+\/b\.db: [\d,]+ bytes, \d+ rows, verified in [\d.]+ s\nsha256 [0-9a-f]{64}\n$/)
  t.match(err, /^copying pages: (\d+) of \1 pages$/m)
  t.match(err, /^verifying revisions: (\d+) of \1 rows$/m)
  t.equal(readFileSync(file('b.db.sha256'), 'utf8'), `${sha256(file('b.db'))}  b.db\n`, 'as sha256sum writes it')
  t.ok(out.includes(sha256(file('b.db'))))
  t.equal(statSync(file('b.db')).mode & 0o777, 0o640, 'for those that the database is for')
  t.same(readdirSync(folder).sort(), ['b.db', 'b.db.sha256', 'dateline.db', 'dateline.db-shm', 'dateline.db-wal'], 'nothing else is left')
  t.match(await on('b.db', 'check'), { code: 0, out: /everything is as it should be/ })

  const later = await post(editor, '/v1/people', { name: 'Came Later' })
  const json = JSON.parse((await dateline('backup', file('c.db'), '--json')).out)
  t.match(json, { file: file('c.db'), bytes: statSync(file('c.db')).size, sha256: sha256(file('c.db')), migration: Number, seconds: Number })
  t.ok(json.tables.length > 10)
  t.match(
    json.tables.find(({ name }: { name: string }) => name === 'people'),
    { rows: 4, checksum: /^[0-9a-f]{64}$/ },
  )
  t.equal(
    json.rows,
    json.tables.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0),
  )

  await app.close()
  await close()
  const back = await dateline('restore', file('b.db'), '--force')
  t.equal(back.code, 0, back.err)
  t.match(
    back.out,
    /^restored .+dateline\.db: [\d,]+ bytes, at migration \d+\nsha256 [0-9a-f]{64} as .+b\.db\.sha256 has it\nwhat was there is kept as /,
  )
  const again = await openFile(t, file('dateline.db'))
  t.equal((await as(again.app).get(`/v1/articles/${ids.talks}?include=mentions,people`)).body, before)
  t.equal((await as(again.app).get(`/v1/people/${later.id}`)).statusCode, 404, 'what came after the backup is not in it')
  t.equal((await as(again.app, key).get('/v1/articles?status=draft')).statusCode, 200, 'keys come back')
  await post(as(again.app), '/v1/people', { name: 'Newer' })
  t.match(await dateline('check'), { code: 0 })

  const kept = readdirSync(folder).filter(name => name.includes('before-restore'))
  t.equal(kept.length, 1)
  t.match(kept[0], /^dateline\.db\.before-restore-\d{8}T\d{9}Z$/)
  t.equal(
    connect(t, file(kept[0] ?? ''))
      .prepare('select count(*) from people where id = ?')
      .pluck()
      .get(later.id),
    1,
    'with what was still in the WAL',
  )
})

t.test('it has one moment, however much is written meanwhile, and it ends', async t => {
  const { file, close } = await opened(t)
  await close()
  const writer = connect(t, file('dateline.db'))
  writer.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 12000)
    insert into audit (at, action, kind, entity_id, details) select '2024-06-21T08:00:00.000Z', hex(randomblob(500)), 'x', i, null from n`)
  const pair = writer.transaction((n: number) => {
    for (const kind of ['one', 'other'])
      writer
        .prepare("insert into audit (at, action, kind, entity_id) values ('2024-06-21T08:00:00.000Z', hex(randomblob(500)), ?, ?)")
        .run(kind, String(n))
  })
  let steps = 0
  pair(-1)
  await backUp(file('dateline.db'), file('b.db'), {
    onProgress({ phase }) {
      steps += phase === 'copy' ? 1 : 0
      for (let n = 0; n < 50; n += 1) pair(steps * 100 + n) // by another connection, before each step
    },
  })
  t.ok(steps > 2, `${steps} steps`)
  t.ok(Number(writer.prepare("select count(*) from audit where kind = 'one'").pluck().get()) > 100)
  const copy = connect(t, file('b.db'))
  t.same(copy.prepare('select kind, entity_id from audit where kind <> ? order by kind').raw().all('x'), [
    ['one', '-1'],
    ['other', '-1'],
  ])
})

t.test('a file that is there is replaced only with --force, and never the database itself', async t => {
  const { folder, file, dateline, on } = await opened(t)
  writeFileSync(file('b.db'), 'mine')
  t.match(await dateline('backup', file('b.db')), {
    code: 1,
    out: '',
    err: /^dateline: .+b\.db is there already: name another file, or replace it with --force\n$/,
  })
  t.equal(readFileSync(file('b.db'), 'utf8'), 'mine')
  t.equal((await dateline('backup', file('b.db'), '--force')).code, 0)
  t.equal(readFileSync(file('b.db.sha256'), 'utf8').slice(0, 64), sha256(file('b.db')))
  linkSync(file('dateline.db'), file('alias.db'))
  t.match(await dateline('backup', file('alias.db'), '--force'), { code: 1, err: /alias\.db is the database itself: name another file/ })
  t.match(await dateline('backup', file('no/b.db')), { code: 1, err: /^dateline: there is no folder .+no: make it/ })
  t.match(await on('none.db', 'backup', file('c.db')), { code: 1, err: /^dateline: there is no database .+none\.db: set DATABASE_URL/ })
  t.match(await dateline('backup'), { code: 2, out: '' })
  connect(t, file('other.db')).exec('create table t (x)')
  t.match(await on('other.db', 'backup', file('c.db')), { code: 1, err: /other\.db is no database of Dateline/ })
  writeFileSync(file('text.db'), 'no database, but long enough to be looked at. '.repeat(100))
  t.match(await on('text.db', 'backup', file('c.db')), { code: 1, err: /text\.db is not a database that can be read/ })
  t.same(
    readdirSync(folder).filter(name => name.startsWith('c.') || name.endsWith('.part')),
    [],
  )
})

t.test('what came out otherwise than it went in gets no name', async t => {
  const { folder, file, editor } = await opened(t)
  await post(editor, '/v1/people', { name: 'Ada' })
  const spoil = (sql: string) => () => {
    const [part] = readdirSync(folder).filter(name => name.endsWith('.part'))
    if (!part) return
    const connection = new Database(file(part))
    connection.unsafeMode().pragma('writable_schema = ON')
    connection.pragma('foreign_keys = OFF')
    connection.exec(sql)
    connection.close()
  }
  const attempt = (sql: string) => backUp(file('dateline.db'), file('b.db'), { onProgress: spoil(sql) })
  await t.rejects(attempt("update people set name = 'Eve'"), {
    message: /^the table people came out with 1 rows and checksum \w{64}, not 1 and \w{64}: look at the disk/,
  })
  await t.rejects(attempt("insert or ignore into article_links values ('nobody', 'tag', 'x', 0, 0, '')"), {
    message: /^what was copied is damaged \(a row of article_links refers to a row of articles that is not there\): run `dateline check`/,
  })
  await t.rejects(attempt("update sqlite_schema set sql = replace(sql, '(sort_key, id)', '(name, id)') where name = 'people_name'"), {
    message: /^what was copied is damaged \(.*people_name/,
  })
  await t.rejects(
    backUp(file('dateline.db'), file('b.db'), {
      onProgress: ({ phase }) => {
        if (phase === 'verify') writeFileSync(file('b.db'), 'of one who was quicker')
      },
    }),
    { message: /b\.db is there already/ },
  )
  t.equal(readFileSync(file('b.db'), 'utf8'), 'of one who was quicker')
  t.same(
    readdirSync(folder).filter(name => /sha256|part/.test(name)),
    [],
  )
  connect(t, file('dateline.db')).exec("update people set description = x'00'")
  t.match(await shell(databaseOf(`file:${file('dateline.db')}`), 'backup', file('c.db')), {
    code: 1,
    err: /dateline\.db: people \S+ holds bytes in description, where no text and no number is: correct it there\n$/,
  })
})

t.test('a backup that is not what it was is refused before anything is touched', async t => {
  const { folder, file, dateline, on, close } = await opened(t)
  t.equal((await dateline('backup', file('b.db'))).code, 0)
  await close()
  const before = sha256(file('dateline.db'))
  const refused = async (name: string, err: RegExp) => {
    t.match(await dateline('restore', file(name), '--force'), { code: 1, out: '', err })
    t.equal(sha256(file('dateline.db')), before)
  }
  copyFileSync(file('b.db'), file('torn.db'))
  writeFileSync(file('torn.db.sha256'), `${sha256(file('torn.db'))}  torn.db\n`)
  appendFileSync(file('torn.db'), 'x')
  await refused('torn.db', /torn\.db is not what was backed up: its SHA-256 is \w{64}, and .+torn\.db\.sha256 says \w{64}: take another backup/)
  writeFileSync(file('torn.db.sha256'), 'nonsense')
  await refused('torn.db', /says nothing/)
  writeFileSync(file('half.db'), readFileSync(file('b.db')).subarray(0, 8_192))
  await refused('half.db', /half\.db is (no database that can be read|damaged)/)
  writeFileSync(file('text.db'), 'no database, but long enough to be looked at. '.repeat(100))
  await refused('text.db', /text\.db is no database that can be read: take another backup/)
  connect(t, file('other.db')).exec('create table t (x)')
  await refused('other.db', /other\.db is no database of Dateline/)
  copyFileSync(file('b.db'), file('newer.db'))
  connect(t, file('newer.db')).exec("insert into schema_migrations values (9999, 'future', '')")
  await refused('newer.db', /newer\.db is at migration 9999, this version of Dateline knows migrations up to \d+: restore it with the version/)
  copyFileSync(file('b.db'), file('loose.db'))
  connect(t, file('loose.db')).exec("pragma foreign_keys = off; insert into article_links values ('nobody', 'tag', 'x', 0, 0, '')")
  await refused('loose.db', /loose\.db is damaged \(.+\): take another backup/)
  copyFileSync(file('b.db'), file('live.db'))
  writeFileSync(file('live.db-wal'), 'something')
  await refused('live.db', /live\.db is no backup but a database in use, as .+-wal stands beside it/)
  await refused('none.db', /there is no file .+none\.db/)
  await refused('dateline.db', /is the database itself/)
  t.match(await dateline('restore', file('b.db')), { code: 1, err: /dateline\.db is there already: with --force/ })
  t.match(await on('new.db', 'restore', file('torn.db')), { code: 1 })
  t.same(
    readdirSync(folder).filter(name => /part|before|^new\.db/.test(name)),
    [],
  )
})

t.test('a database that somebody has open is not replaced', async t => {
  const { file, dateline, editor, close } = await opened(t)
  await dateline('backup', file('b.db'))
  t.match(await dateline('restore', file('b.db'), '--force'), { code: 1, out: '', err: /dateline\.db is open in another process: stop the server/ })
  await ok(editor.get('/v1/people'))
  await close()
  const idle = connect(t, file('dateline.db'))
  idle.prepare('select count(*) from people').get()
  t.match(await dateline('restore', file('b.db'), '--force'), { code: 1, err: /is open in another process/ }, 'a reader, too')
  idle.close()
  t.match(await dateline('restore', file('b.db'), '--force', '--json'), { code: 0 })
})

t.test('it goes where nothing was, leaves no WAL of another file, and replaces what cannot be read', async t => {
  const { folder, file, dateline, on, editor } = await opened(t)
  await post(editor, '/v1/people', { name: 'Ada' })
  await dateline('backup', file('b.db'))
  rmSync(file('b.db.sha256'))
  chmodSync(file('b.db'), 0o440)
  copyFileSync(file('dateline.db-wal'), file('new.db-wal'))
  const made = await on('new.db', 'restore', file('b.db'))
  t.match(made, { code: 0, out: /there was no \.sha256 beside it/ })
  t.notMatch(made.out, 'kept')
  t.notOk(existsSync(file('new.db-wal')), 'a WAL that belonged to a file before it')
  t.equal(statSync(file('new.db')).mode & 0o777, 0o640, 'it can be written')
  t.match(await on('new.db', 'check'), { code: 0, out: /1 people/ })
  t.match(JSON.parse((await on('deep/er.db', 'restore', file('b.db'), '--json')).out), { database: file('deep/er.db'), kept: null, isChecked: false })

  writeFileSync(file('new.db'), 'damaged, and long enough to be looked at. '.repeat(100))
  const kept = JSON.parse((await on('new.db', 'restore', file('b.db'), '--force', '--json')).out).kept
  t.match(readFileSync(kept, 'utf8'), /^damaged/)
  t.match(await on('new.db', 'check'), { code: 0 })
  t.same(
    readdirSync(folder).filter(name => name.endsWith('.part')),
    [],
  )
})

t.test('a backup of an older version is restored as it is, and brought up to date at the next start', async t => {
  const { file, on } = onFiles(t)
  const [first] = migrationsOf('sqlite')
  if (!first) throw new Error('there are no migrations')
  const old = new Database(file('old.db'))
  migrateSqlite(old, [first])
  old.close()
  t.match(await on('old.db', 'backup', file('b.db')), { code: 0 })
  t.match(await on('new.db', 'restore', file('b.db')), { code: 0, out: /at migration 1\n/ })
  t.match(await on('new.db', 'check'), { code: 1, err: /at migration 1, older/ })
  const { close } = await openFile(t, file('new.db'))
  await close()
  t.match(await on('new.db', 'check'), { code: 0 })
})

function onFiles(t: Test) {
  const { file, database } = folderOf(t)
  return { file, on: (name: string, ...argv: string[]) => shell(database(name), ...argv) }
}

t.test('of PostgreSQL they say which command to run, without its password', async t => {
  const server = databaseOf('postgres://dateline:se%27cret@db.example:5433/news?sslmode=require&password=other')
  for (const [command, line] of [
    ['backup', "\npg_dump --format=custom --no-owner --file='my file.dump' 'postgres://dateline@db.example:5433/news?sslmode=require'\n"],
    [
      'restore',
      "\npg_restore --clean --if-exists --no-owner --single-transaction --dbname='postgres://dateline@db.example:5433/news?sslmode=require' 'my file.dump'\n",
    ],
  ] as const) {
    const { code, out, err } = await shell(server, command, 'my file.dump')
    t.equal(code, 1)
    t.equal(out, '')
    t.ok(err.endsWith(line), err)
    t.notMatch(err, /cret|other/)
  }
})
