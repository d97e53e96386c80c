import { getTableConfig } from 'drizzle-orm/pg-core'
import pg from 'pg'
import t, { type Test } from 'tap'
import { postgresColumns } from '../../src/db/columns.ts'
import { MigrationError, migratePostgres, migrationsOf } from '../../src/db/migrate.ts'
import { defineTables } from '../../src/db/tables.ts'
import { emptyDatabase } from '../helpers/database.ts'

const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

async function connect(t: Test, url: string) {
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  return client
}

t.test('both databases have migrations of the same numbers and names', async t => {
  const named = (kind: 'sqlite' | 'postgres') => migrationsOf(kind).map(({ number, name }) => `${number} ${name}`)
  t.same(named('postgres'), named('sqlite'))
})

t.test('all of them make the tables that the program works with', async t => {
  const client = await connect(t, await emptyDatabase(t))
  await migratePostgres(client)
  for (const table of Object.values(defineTables(postgresColumns))) {
    const { name, columns, indexes } = getTableConfig(table as never)
    const { rows: found } = await client.query<{ name: string; type: string; required: boolean; collation: string | null }>(
      `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required, collname as collation
         from pg_attribute left join pg_collation on pg_collation.oid = attcollation where attrelid = $1::regclass and attnum > 0`,
      [name],
    )
    const shape = (column: { name: string; type: string; required: boolean }) =>
      `${column.name} ${column.type} ${column.required ? 'not null' : 'null'}`
    t.same(
      found.map(column => shape({ ...column, type: column.type.replace('timestamp(', 'timestamp (') })).sort(),
      columns.map(column => shape({ name: snake(column.name), type: column.getSQLType(), required: column.notNull || column.primary })).sort(),
      `columns of ${name}`,
    )
    t.same(
      [...new Set(found.filter(({ type }) => type === 'text').map(({ collation }) => collation))],
      ['C'],
      `text of ${name} is compared by its bytes`,
    )
    const { rows: made } = await client.query<{ name: string }>(
      'select indexrelid::regclass::text as name from pg_index where indrelid = $1::regclass and not exists (select 1 from pg_constraint where conindid = indexrelid)',
      [name],
    )
    const own = ['places_point'] // the points of places, which SQLite keeps in a table
    t.same(
      made
        .map(index => index.name)
        .filter(index => !own.includes(index))
        .sort(),
      indexes.map(index => index.config.name).sort(),
      `indexes of ${name}`,
    )
  }
})

t.test('ten processes that start at once apply each migration once', async t => {
  const url = await emptyDatabase(t)
  const applied = await Promise.all(Array.from({ length: 10 }, async () => migratePostgres(await connect(t, url))))
  t.equal(applied.flat().length, migrationsOf('postgres').length)
  const client = await connect(t, url)
  t.same(
    (await client.query('select number from schema_migrations order by number')).rows.map(row => row.number),
    migrationsOf('postgres').map(({ number }) => number),
  )
})

t.test('one that fails leaves nothing behind, and a newer database is refused', async t => {
  const client = await connect(t, await emptyDatabase(t))
  const broken = { number: 1, name: 'broken', sql: 'create table a (x int); insert into nowhere values (1)' }
  await t.rejects(migratePostgres(client, [broken]), /nowhere/)
  t.equal((await client.query("select to_regclass('a') as made")).rows[0].made, null)
  const one = { number: 1, name: 'one', sql: 'create table a (x int)' }
  const two = { number: 2, name: 'two', sql: 'alter table a add column y int' }
  t.same(await migratePostgres(client, [one]), [one])
  t.same(await migratePostgres(client, [one]), [])
  t.same(await migratePostgres(client, [one, two]), [two])
  const refused = await t.rejects(migratePostgres(client, [one]), /migration 2.*knows migrations up to 1: run the newer version/)
  t.ok(refused instanceof MigrationError)
})
