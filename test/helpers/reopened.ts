// An app on a database of the test's own choosing, which may be closed before the test ends.
import { join } from 'node:path'
import pino from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { databaseOf, readConfig } from '../../src/config.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import { adminKey, checked, testClock } from './build.ts'
import { openDatabase } from './database.ts'

/** Opens (and makes) the database of an address, with the app on it; what is open there is worked off. */
export async function openAt(t: Test, url: string) {
  const database = databaseOf(url)
  const store = await openDatabase(database)
  const config = { ...readConfig({ DATELINE_ADMIN_KEY: adminKey, RATE_LIMIT: 'off', SEARCH_THREADS: '0' }), database }
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

/** A file of SQLite, whatever database the tests run on. */
export const openFile = (t: Test, path: string) => openAt(t, `file:${path}`)

/** A folder of the test, and paths in it. */
export function folderOf(t: Test) {
  const folder = t.testdir()
  return { folder, file: (name: string) => join(folder, name), database: (name: string) => databaseOf(`file:${join(folder, name)}`) }
}
