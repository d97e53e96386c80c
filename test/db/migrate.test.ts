import Database from 'better-sqlite3'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import t, { type Test } from 'tap'
import { sqliteColumns } from '../../src/db/columns.ts'
import { MigrationError, migrateSqlite, migrationsOf } from '../../src/db/migrate.ts'
import { defineTables } from '../../src/db/tables.ts'

const fresh = (t: Test) => {
  const connection = new Database(':memory:')
  t.teardown(() => connection.close())
  return connection
}
const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

t.test('migrations have numbers without gaps and names that say what they do', async t => {
  const migrations = migrationsOf('sqlite')
  t.same(
    migrations.map(migration => migration.number),
    migrations.map((_, n) => n + 1),
  )
  for (const { name, sql } of migrations) {
    t.match(name, /^[a-z][a-z0-9_]+$/)
    t.ok(sql.length > 20)
  }
})

t.test('all of them make the tables that the program works with', async t => {
  const connection = fresh(t)
  migrateSqlite(connection)
  for (const table of Object.values(defineTables(sqliteColumns))) {
    const { name, columns, indexes } = getTableConfig(table)
    const found = connection
      .prepare<[string], { name: string; type: string; notnull: number; pk: number }>('select name, type, "notnull", pk from pragma_table_info(?)')
      .all(name)
    const shape = (column: { name: string; type: string; notNull: boolean }) =>
      `${column.name} ${column.type.toLowerCase()} ${column.notNull ? 'not null' : 'null'}`
    t.same(
      found.map(column => shape({ ...column, notNull: column.notnull === 1 || column.pk > 0 })).sort(),
      columns.map(column => shape({ name: snake(column.name), type: column.getSQLType(), notNull: column.notNull || column.primary })).sort(),
      `columns of ${name}`,
    )
    const made = connection.prepare<[string], { name: string }>("select name from pragma_index_list(?) where origin = 'c'").all(name)
    t.same(made.map(index => index.name).sort(), indexes.map(index => index.config.name).sort(), `indexes of ${name}`)
  }
  t.equal(connection.pragma('integrity_check', { simple: true }), 'ok')
  t.same(connection.pragma('foreign_key_check'), [])
})

t.test('each is applied once, in its order', async t => {
  const connection = fresh(t)
  const one = { number: 1, name: 'one', sql: 'create table a (x)' }
  const two = { number: 2, name: 'two', sql: 'alter table a add column y' }
  t.same(migrateSqlite(connection, [one]), [one])
  t.same(migrateSqlite(connection, [one]), [])
  t.same(migrateSqlite(connection, [one, two]), [two])
  t.match(connection.prepare('select * from schema_migrations order by number').all(), [
    { number: 1, name: 'one', applied_at: /^\d{4}-\d\d-\d\dT.*Z$/ },
    { number: 2, name: 'two' },
  ])
})

t.test('one that fails leaves nothing behind', async t => {
  const connection = fresh(t)
  const broken = { number: 1, name: 'broken', sql: 'create table a (x); insert into nowhere values (1)' }
  t.throws(() => migrateSqlite(connection, [broken]), /no such table/)
  t.same(connection.prepare("select name from sqlite_master where name = 'a'").all(), [])
  t.same(connection.prepare('select * from schema_migrations').all(), [])
})

t.test('a database that is newer than the program is refused, and said why', async t => {
  const connection = fresh(t)
  migrateSqlite(connection)
  connection.exec("insert into schema_migrations values (9999, 'future', '2099-01-01T00:00:00.000Z')")
  const refused = t.throws(() => migrateSqlite(connection), /migration 9999.*run the newer version/)
  t.ok(refused instanceof MigrationError)
})
