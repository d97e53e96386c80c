// An app on a file of SQLite, whatever database the tests run on: for what files alone have.
import { join } from 'node:path'
import pino from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { databaseOf, readConfig } from '../../src/config.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { adminKey, checked, testClock } from './build.ts'

/** Opens (and makes) a file, with the app on it. */
export async function openFile(t: Test, path: string) {
  const store = openSqlite(path)
  const config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey }), database: databaseOf(`file:${path}`) }
  const app = checked(await buildApp({ config, store, clock: testClock(), log: pino({ level: 'silent' }), names: createKnownNames() }))
  await app.ready()
  let isOpen = true
  const close = async () => {
    if (isOpen) await app.close()
    if (isOpen) await store.close()
    isOpen = false
  }
  t.teardown(close)
  return { app, store, close }
}

/** A folder of the test, and paths in it. */
export function folderOf(t: Test) {
  const folder = t.testdir()
  return { folder, file: (name: string) => join(folder, name), database: (name: string) => databaseOf(`file:${join(folder, name)}`) }
}
