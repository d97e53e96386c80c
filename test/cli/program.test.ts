import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { explained } from '../../src/cli/database.ts'
import { messageOf } from '../../src/cli/io.ts'
import { settings } from '../../src/config.ts'
import { version } from '../../src/version.ts'
import { inProcess } from '../helpers/shell.ts'

/** Runs commands on a database of the test, as a shell would. */
function shell(t: Test, env: Record<string, string> = {}) {
  const folder = t.testdir()
  const database = join(folder, 'dateline.db')
  const dateline = (...argv: string[]) => inProcess(argv, { DATABASE_URL: `file:${database}`, ...env })
  return { folder, database, dateline }
}

const oneSentence = /^dateline: .+\n$/

t.test('--help lists every command and every setting with its meaning and default', async t => {
  const { dateline } = shell(t)
  const { code, out, err } = await dateline('--help')
  t.equal(code, 0)
  t.equal(err, '')
  for (const command of ['serve', 'migrate', 'key', 'openapi', 'copy', 'backup', 'restore', 'check', 'demo'])
    t.match(out, new RegExp(`^  ${command} `, 'm'))
  for (const [name, setting] of Object.entries(settings.shape)) {
    t.match(out, new RegExp(`^  ${name} `, 'm'))
    t.ok(out.includes(setting.meta()?.description ?? name))
  }
  t.match(out, 'Port to listen on; 0 picks a free one. Default: 3000.')
  t.match(out, /^ {2}PUBLIC_URL(?!.*Default)/m, 'no default is made up')
})

t.test('--version is that of the package', async t => {
  const { dateline } = shell(t)
  t.same(await dateline('--version'), { code: 0, out: `${version}\n`, err: '' })
})

t.test('a command line that makes no sense is 2, with a word on stderr and nothing on stdout', async t => {
  const { database, dateline } = shell(t)
  const lines = [
    [],
    ['nope'],
    ['serve', '--nope'],
    ['serve', 'more'],
    ['key'],
    ['key', 'create'],
    ['key', 'create', '--name', 'x'],
    ['key', 'create', '--name', ' ', '--scope', 'admin'],
    ['key', 'create', '--name', 'x', '--scope', 'content:all'],
    ['key', 'create', '--name', 'x', '--scope', 'admin', '--expires', '2020-01-01'],
    ['key', 'create', '--name', 'x', '--scope', 'admin', '--expires', 'soon'],
    ['key', 'revoke'],
    ['key', 'revoke', `dl_${'0'.repeat(48)}`],
    ['backup'],
    ['backup', 'x', '--forced'],
    ['restore'],
    ['check', 'x'],
  ]
  for (const line of lines) {
    const { code, out, err } = await dateline(...line)
    t.equal(code, 2, line.join(' '))
    t.equal(out, '')
    t.not(err, '')
    t.notMatch(err, /^\s+at /m, 'no stack')
  }
  t.notOk(existsSync(database), 'nothing was opened for it')
})

t.test('a wrong setting is named with what it may be, in every command that reads it', async t => {
  const { dateline } = shell(t, { PORT: 'x', PUBLIC_READ: 'ja' })
  for (const line of [['serve'], ['migrate'], ['key', 'list'], ['backup', 'x'], ['restore', 'x'], ['check'], ['demo']]) {
    t.match(await dateline(...line), {
      code: 1,
      out: '',
      err: /^dateline: these settings are wrong:\n {2}PORT: must be .+\n {2}PUBLIC_READ: .*"true"\|"false"\n$/,
    })
  }
})

t.test('migrate makes the database, and has nothing to do the second time', async t => {
  const { database, dateline } = shell(t, {})
  t.match(await dateline('migrate'), { code: 0, out: /^applied 0001 core\n/, err: '' })
  t.ok(existsSync(database))
  t.match(await dateline('migrate'), { code: 0, out: /^nothing to do: .+ is at migration \d+\n$/ })
  t.match(JSON.parse((await dateline('migrate', '--json')).out), { database, applied: [], at: Number })
})

t.test('a key is made, shown once, listed and revoked', async t => {
  const { dateline } = shell(t)
  t.same(await dateline('key', 'list'), { code: 0, out: '', err: '' })
  const made = await dateline('key', 'create', '--name', 'Newsroom', '--scope', 'content:write', '--scope', 'content:read', '--expires', '90d')
  t.equal(made.code, 0)
  t.match(made.out, /^dl_[0-9A-Za-z]{48}\n$/, 'the key alone, for scripts')
  t.match(made.err, /^Key \w{10} for Newsroom: content:write, content:read; until \d{4}-.+\. It is shown this once\.\n$/)
  const json = JSON.parse((await dateline('key', 'create', '--name', 'CI', '--scope', 'admin', '--json')).out)
  t.match(json, { id: /^\w{10}$/, name: 'CI', scopes: ['admin'], expiresAt: null, key: /^dl_/ })
  const short = await dateline('key', 'create', '--name', 'x', '--scope', 'admin')
  t.match(short.err, 'never expires')

  const listed = await dateline('key', 'list')
  t.match(listed.out, new RegExp(`^${json.id}  CI +admin +valid +never used$`, 'm'))
  t.match(listed.out, /Newsroom +content:read,content:write +valid until \d{4}/)
  t.notOk(listed.out.includes(made.out.trim().slice(13)), 'no secret')
  t.match(JSON.parse((await dateline('key', 'list', '--json')).out), [{}, {}, { name: 'Newsroom', lastUsedAt: null, revokedAt: null }])

  t.match(await dateline('key', 'revoke', json.id), { code: 0, out: `revoked ${json.id} (CI)\n` })
  t.match(await dateline('key', 'revoke', made.out.trim()), { code: 0, out: /^revoked \w{10} \(Newsroom\)\n$/ }, 'the key itself serves')
  t.match((await dateline('key', 'list')).out, /CI +admin +revoked \d{4}/)
  t.match(await dateline('key', 'revoke', 'nobody'), { code: 1, out: '', err: /^dateline: there is no key nobody/ })
})

t.test('a list says which keys are over and which were used', async t => {
  const { database, dateline } = shell(t)
  await dateline('key', 'create', '--name', 'old', '--scope', 'admin', '--expires', '1d')
  const connection = new Database(database)
  connection.exec("update keys set expires_at = '2020-01-01T00:00:00.000Z', last_used_at = '2019-12-31T00:00:00.000Z'")
  connection.close()
  t.match((await dateline('key', 'list')).out, /old +admin +expired 2020-01-01T00:00:00.000Z +used 2019-12-31T00:00:00.000Z\n$/)
})

t.test('what is wrong with a database is one sentence that names it', async t => {
  const { folder, database, dateline } = shell(t)
  writeFileSync(database, 'not a database, but long enough to be looked at. '.repeat(100))
  for (const command of [['serve'], ['migrate'], ['key', 'list'], ['demo', '--no-serve']]) {
    const { code, out, err } = await dateline(...command)
    t.same({ code, out }, { code: 1, out: '' })
    t.match(err, oneSentence)
    t.match(err, `${database} is not a database`)
  }
  const inFile = shell(t, { DATABASE_URL: `file:${join(database, 'below', 'x.db')}` })
  writeFileSync(inFile.database, '')
  t.match(await inFile.dateline('migrate'), { code: 1, err: /^dateline: the folder of the database .+ cannot be made: a part of its path is a file/ })
  const memory = shell(t, { DATABASE_URL: 'file::memory:' })
  t.match(await memory.dateline('migrate'), { code: 1, err: /^dateline: DATABASE_URL: a database in memory/ })
  const directory = shell(t, { DATABASE_URL: `file:${folder}` })
  t.match(await directory.dateline('migrate'), { code: 1, err: oneSentence })
})

t.test('a database of a newer version is refused, and left as it is', async t => {
  const { database, dateline } = shell(t)
  await dateline('migrate')
  const connection = new Database(database)
  connection.prepare("insert into schema_migrations values (9999, 'future', '')").run()
  connection.close()
  for (const command of ['serve', 'migrate']) {
    t.match(await dateline(command), { code: 1, err: /^dateline: .+ the database is at migration 9999, .+: run the newer version/ })
  }
})

t.test('a database that is locked, full, read-only or in a place without rights is told from one another', async t => {
  const failing = (error: Error) => () => {
    throw error
  }
  const say = (error: Error) => {
    try {
      return explained('x.db', failing(error))
    } catch (sentence) {
      return String(sentence)
    }
  }
  const sqlite = (code: string) => new Database.SqliteError('said by SQLite', code)
  t.match(say(sqlite('SQLITE_BUSY')), /x\.db is held by another process/)
  t.match(say(sqlite('SQLITE_FULL')), /disk is full or failing/)
  t.match(say(sqlite('SQLITE_CANTOPEN')), /give this user the right to write/)
  t.match(say(sqlite('SQLITE_ERROR')), /x\.db cannot be opened: said by SQLite/)
  t.match(say(Object.assign(new Error('no'), { code: 'EACCES' })), /folder of the database x\.db cannot be made: this user may not/)
  t.match(say(Object.assign(new Error('no'), { code: 5 })), /cannot be opened: no/)
  t.equal(
    explained('x.db', () => 5),
    5,
  )
  t.equal(messageOf('thrown without an Error'), 'thrown without an Error')
})

t.test('openapi prints the document, writes it, and tells a stale file', async t => {
  const { folder, dateline } = shell(t, { PUBLIC_URL: 'https://api.news.example', PORT: 'not even a port' })
  const printed = await dateline('openapi')
  t.equal(printed.code, 0)
  t.match(JSON.parse(printed.out), { openapi: '3.1.1', servers: [{ url: '/' }] })
  t.match(printed.out, /^\{\n "openapi"[\s\S]+\n\}\n$/, 'readable, and ends with a line feed')
  const file = join(folder, 'deep', 'openapi.json')
  t.match(await dateline('openapi', '--check', file), { code: 1, err: /^dateline: .+ is stale: run `npm run openapi`/ })
  t.match(await dateline('openapi', '--out', file), { code: 0, out: '', err: `wrote ${file}\n` })
  t.equal(readFileSync(file, 'utf8'), printed.out)
  t.match(await dateline('openapi', '--check', file), { code: 0, out: `${file} is up to date\n` })
  writeFileSync(file, printed.out.trim())
  t.match(await dateline('openapi', '--check', file), { code: 1, out: '', err: /stale/ })
  t.match(await dateline('openapi', '--check', folder), { code: 1, err: /cannot be read: EISDIR/ })
  t.match(await dateline('openapi', '--out', folder), { code: 1, err: /cannot be written: EISDIR/ })
})
