// Databases of PostgreSQL for the benchmark: on a server that is named, or on one that npm has brought along.
import { execFile } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startCluster } from '../test/helpers/cluster.js'
import { fingerprint } from './fill.js'

/** A server: `url` of a database, `query` in one, and `remove`, which ends what was started. A named one belongs to somebody else and stays. */
export async function serverOf(address) {
  if (address === undefined) {
    const { primary, remove } = await startCluster({ isCareful: true })
    return { url: primary.url, query: (text, database) => primary.query(text, database), remove }
  }
  const url = (database = new URL(address).pathname.slice(1)) => Object.assign(new URL(address), { pathname: `/${database}` }).href
  return {
    url,
    async query(text, database) {
      const client = new pg.Client({ connectionString: url(database) })
      await client.connect()
      try {
        return (await client.query(text)).rows
      } finally {
        await client.end()
      }
    },
    remove: async () => {},
  }
}

/** The name of a database on `server` with what a filled SQLite file has, copied by the product itself where it is not there yet; ids are the same. */
export async function copied({ dist, server, file, corpus, say }) {
  const name = `dateline_bench_${basename(file, '.db')}_${fingerprint(dist, corpus, 'postgres')}`.replaceAll('-', '_')
  const found = await server.query(`select 1 from pg_database where datname = '${name}'`)
  if (found.length > 0) return name
  const began = performance.now()
  const part = `${name}_part`
  await dropDatabase(server, part)
  await server.query(`create database ${part} template template0 encoding 'UTF8' locale 'C'`)
  await promisify(execFile)(process.execPath, [join(dist, 'main.js'), 'copy', '--from', `file:${file}`, '--to', server.url(part)])
  await server.query('vacuum analyze', part)
  await server.query(`alter database ${part} rename to ${name}`)
  say(`copied to PostgreSQL in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return name
}

/** The name of a copy to work on. */
export async function workingDatabase(server, filled) {
  const name = `${filled}_work_${process.pid}`
  await server.query(`create database ${name} template ${filled} strategy file_copy`)
  return name
}

export const dropDatabase = (server, name) => server.query(`drop database if exists ${name} with (force)`)
