// `npm test`: every test on SQLite, then those that open a database once more on a PostgreSQL that npm has brought along. `npm test -- test/places` runs some;
// `npm test -- --coverage` tells which lines no test on SQLite runs.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startCluster } from './helpers/cluster.js'

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map(file => join('test', file))
  .filter(file => file.endsWith('.test.ts'))
  .sort()
/** Files about PostgreSQL alone, and those that open whatever database they are given. */
const onPostgresAlone = files.filter(file => file.endsWith('.postgres.test.ts'))
/** Files that ask what has nothing to do with the database. */
const onSqliteAlone = ['browser.test.ts', 'docs.test.ts'].map(file => join('test', file))
const onBoth = files.filter(
  file => ![...onPostgresAlone, ...onSqliteAlone].includes(file) && /helpers\/(?:build|database)\.ts'/.test(readFileSync(file, 'utf8')),
)

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] @returns {Promise<number>} its exit code */
const run = (command, args, env = {}) =>
  new Promise(resolve => {
    spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } }).on('close', code => resolve(code ?? 1))
  })

/** Tests are compiled once, and run against the build that ships: to have tap compile each module when it is loaded takes two thirds of the time of most files. */
async function compile() {
  rmSync('build', { recursive: true, force: true })
  const failed = await run('tsc', ['-p', 'tsconfig.test.json'])
  rmSync('build/src', { recursive: true })
  symlinkSync('../dist', 'build/src')
  return failed
}

const plugins = ['--plugin=!@tapjs/typescript', '--plugin=!@tapjs/mock']

/** tap leaves plugins out from the second run on, as it builds itself anew behind the back of the first: so it is told to before. */
async function buildTap() {
  const done = join('node_modules', '.tap-built')
  if (existsSync(done)) return 0
  const failed = await run('tap', ['build', ...plugins])
  if (!failed) writeFileSync(done, '')
  return failed
}

/** @param {string[]} tests files in `test/` @param {string[]} args @param {Record<string, string>} [env] */
const tap = (tests, args, env) => {
  const compiled = tests.map(file => join('build', file.replace(/ts$/, 'js')))
  return run('tap', [...plugins, ...args, ...compiled], env)
}

async function main() {
  const { positionals: only, values } = parseArgs({ options: { coverage: { type: 'boolean', default: false } }, allowPositionals: true })
  const withCoverage = values.coverage
  const asked = (/** @type {string} */ file) => only.length === 0 || only.some(part => file.startsWith(part))
  const first = files.filter(file => asked(file) && !onPostgresAlone.includes(file))
  const second = [...onPostgresAlone, ...onBoth].filter(asked)
  const failed = (await compile()) || (await buildTap())
  if (failed) return failed
  console.log('# on SQLite')
  const sqlite = first.length > 0 ? await tap(first, withCoverage ? [] : ['--disable-coverage']) : 0
  if (second.length === 0) return sqlite
  console.log('# on PostgreSQL')
  const cluster = await startCluster().catch(error => {
    console.error(`# the tests on PostgreSQL cannot run: ${error instanceof Error ? error.message : error}`)
  })
  if (!cluster) return process.env.CI ? 1 : sqlite
  try {
    const template = 'dateline_template'
    await cluster.primary.query(`create database ${template}`)
    await migrate(cluster.primary.url(template))
    const postgres = await tap(second, ['--disable-coverage'], { TEST_POSTGRES: cluster.primary.url() })
    return sqlite || postgres
  } finally {
    await cluster.remove()
  }
}

/** @param {string} url */
async function migrate(url) {
  const { migratePostgres } = await import('../dist/db/migrate.js')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await migratePostgres(client)
  await client.end()
}

process.exitCode = await main()
