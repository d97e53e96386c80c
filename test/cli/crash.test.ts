// The program is killed while others write: what was acknowledged stays, what was not is there as a whole or not at all.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { databaseOf } from '../../src/config.ts'
import { adminKey } from '../helpers/build.ts'
import { freshDatabase, onPostgres } from '../helpers/database.ts'
import { shell, urlOf } from '../helpers/shell.ts'
import { createWriters } from '../helpers/writers.js'
import { dateline } from './spawned.ts'

const rounds = onPostgres ? 1 : 3
const writesARound = 40

/** Killed at the last moment before a file gets its name: from then on it is there. */
const dyingBeforeRename = `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
fs.renameSync = () => process.kill(process.pid, 'SIGKILL')
syncBuiltinESMExports()`

/** Who is killed tells no coverage: without what tap loads into its children they start in half the time. */
const bare = { NODE_OPTIONS: '', NODE_V8_COVERAGE: '' }

const serve = (t: Test, url: string) =>
  dateline(t, ['serve'], { ...bare, DATABASE_URL: url, DATELINE_ADMIN_KEY: adminKey, LOG_LEVEL: 'error', RATE_LIMIT: 'off' })

const database = await freshDatabase(t)
const writers = createWriters({ key: adminKey })

t.test('no acknowledged write is lost to kill -9, and none is there by half', async t => {
  for (let round = 1; round <= rounds; round += 1) {
    const server = serve(t, urlOf(database))
    const url = await server.url()
    t.same(await writers.losses(url), [], `before round ${round}`)
    await writers.run(url, writesARound, () => server.child.kill('SIGKILL'))
    await server.ended
    const checked = await shell(database, 'check')
    t.match(checked, { code: 0, out: /everything is as it should be/ }, `round ${round}: nothing is there by half`)
  }
  t.ok(writers.acknowledged() >= rounds * writesARound)
})

t.test('nor after the last time; and a backup is there as a whole or not at all, one moment of what writers do', async t => {
  const folder = t.testdir()
  const file = (name: string) => join(folder, name)
  const url = urlOf(database)
  const server = serve(t, url)
  const killed = onPostgres ? undefined : dateline(t, ['backup', file('b.db')], { ...bare, DATABASE_URL: url }, { preload: dyingBeforeRename })
  const base = await server.url()
  t.same(await writers.losses(base), [])
  if (!killed) return // pg_dump does it there
  t.equal(await killed.ended, null)
  t.notOk(existsSync(file('b.db')) || existsSync(file('b.db.sha256')), 'one that was killed has no name')
  const kept: { path: string; id: string | undefined; version: number }[] = []
  const backup = async () => {
    kept.push(...writers.known())
    const whole = dateline(t, ['backup', file('b.db')], { ...bare, DATABASE_URL: url })
    t.equal(await whole.ended, 0, whole.said.err)
    server.child.kill('SIGKILL')
  }
  let running: Promise<void> | undefined
  await writers.run(base, 30, () => {
    running = backup() // writers go on meanwhile
  })
  await running

  const restored = databaseOf(`file:${file('restored.db')}`)
  t.match(await shell(restored, 'restore', file('b.db')), { code: 0, out: /as .+b\.db\.sha256 has it/ })
  t.match(await shell(restored, 'check'), { code: 0, out: /everything is as it should be/ })
  const copy = new Database(file('restored.db'), { readonly: true })
  t.teardown(() => copy.close())
  const versionOf = copy.prepare('select version from articles where id = ?').pluck()
  t.ok(kept.length > 5)
  t.same(
    kept.filter(({ id, version }) => Number(versionOf.get(id) ?? 0) < version),
    [],
    'what was acknowledged before it began is in it',
  )
  t.same(
    copy.prepare("select id from articles where id not in (select entity_id from audit where action in ('createArticle', 'bulkSaveArticles'))").all(),
    [],
    'no article without the line of the audit that was written with it',
  )
  t.same(
    copy
      .prepare("select entity_id from audit where action in ('createArticle', 'bulkSaveArticles') and entity_id not in (select id from articles)")
      .all(),
    [],
    'nor the other way',
  )
})
