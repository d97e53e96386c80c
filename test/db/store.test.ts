import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { troubleOf } from '../../src/db/errors.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { type Db, documentOf, partsOfDocument, refuseNesting, turns, type WriteDb } from '../../src/db/store.ts'
import { readCounts } from '../../src/db/term-counts.ts'

refuseNesting()

const open = (t: Test) => {
  const path = join(t.testdir(), 'folder', 'dateline.db')
  const store = openSqlite(path)
  t.teardown(() => store.close())
  return { store, path }
}
const add = (language: string) => (db: WriteDb) => db.sql.insert(db.tables.searchLanguages).values({ language })
const all = async (db: Db) => (await db.sql.select().from(db.tables.searchLanguages)).map(row => row.language).sort()

t.test('what is written is read, and what throws is not written', async t => {
  const { store } = open(t)
  t.equal(await store.write(db => add('en')(db).then(() => 'done')), 'done')
  t.same(await store.read(all), ['en'])
  t.same(await store.search(all), ['en'])
  await t.rejects(
    store.write(async db => {
      await add('de')(db)
      t.same(await all(db), ['de', 'en'], 'a transaction sees its own rows')
      throw new Error('no')
    }),
    /^no$/,
  )
  t.same(await store.read(all), ['en'])
  await t.rejects(store.write(add('en')), /UNIQUE|Failed query/)
  await store.write(add('fr'))
  t.same(await store.read(all), ['en', 'fr'], 'the writer goes on after a failure')
})

t.test('what waits for the commit runs after it, and never without it', async t => {
  const { store } = open(t)
  const ran: string[] = []
  await store.write(async db => {
    db.afterCommit(() => ran.push('first'))
    db.afterCommit(() => ran.push('second'))
    t.same(ran, [])
  })
  t.same(ran, ['first', 'second'])
  await t.rejects(
    store.write(async db => {
      db.afterCommit(() => ran.push('never'))
      throw new Error('no')
    }),
  )
  t.same(ran, ['first', 'second'])
  let seen: Promise<string[]> | undefined
  await store.write(async db => {
    await add('en')(db)
    db.afterCommit(() => {
      seen = store.read(all)
    })
  })
  t.same(await seen, ['en'], 'it is no longer inside, and may read')
})

t.test('a savepoint is all or nothing, and the transaction goes on', async t => {
  const { store } = open(t)
  const ran: string[] = []
  await store.write(async db => {
    db.afterCommit(() => ran.push('first'))
    await add('en')(db)
    t.equal(await db.savepoint(() => add('de')(db).then(() => 7)), 7)
    await t.rejects(
      db.savepoint(async () => {
        await add('fr')(db)
        db.afterCommit(() => ran.push('never'))
        throw new Error('part')
      }),
      /part/,
    )
    await add('it')(db)
    await db.savepoint(async () => db.afterCommit(() => ran.push('second')))
  })
  t.same(await store.read(all), ['de', 'en', 'it'])
  t.same(ran, ['first', 'second'], 'and so is what was to run after the commit')
})

t.test('words that a rolled back part has stored are stored again', async t => {
  const { store, path } = open(t)
  await store.write(async db => {
    await t.rejects(
      db.savepoint(async () => {
        await db.search.keep(['summit'])
        throw new Error('part')
      }),
      /part/,
    )
    await db.search.keep(['summit', 'talks'])
    await db.search.keep(['talks', 'treaty'])
  })
  const file = new Database(path, { readonly: true })
  t.same(file.prepare('select word from search_words order by word').pluck().all(), ['summit', 'talks', 'treaty'])
  file.close()
})

t.test('a read or a write inside another is refused, and a handle dies with its transaction', async t => {
  const { store } = open(t)
  const inside = /a read or a write inside another/
  await store.read(async () => {
    await t.rejects(store.read(all), inside)
    await t.rejects(store.write(add('en')), inside)
    await t.rejects(store.search(all), inside)
  })
  let kept: WriteDb | undefined
  await store.write(async db => {
    kept = db
    await t.rejects(store.write(add('en')), inside)
    await t.rejects(store.read(all), inside)
  })
  t.throws(() => kept?.sql.select(), /this transaction is over/)
  t.same(await store.read(all), [])
})

t.test('a read is one snapshot, whatever is written meanwhile', async t => {
  const { store, path } = open(t)
  const other = new Database(path)
  t.teardown(() => other.close())
  await store.read(async db => {
    t.same(await all(db), [])
    other.exec("insert into search_languages values ('en')")
    t.same(await all(db), [])
  })
  t.same(await store.read(all), ['en'])
})

t.test('writes take turns, and wait for another process without stopping this one', async t => {
  const { store, path } = open(t)
  const order: number[] = []
  const one = (n: number) =>
    store.write(async db => {
      await sleep(3 - n)
      await add(`l${n}`)(db)
      order.push(n)
    })
  await Promise.all([1, 2, 3].map(one))
  t.same(order, [1, 2, 3])
  const other = new Database(path)
  t.teardown(() => other.close())
  other.exec('begin immediate')
  let written = false
  const waiting = store.write(add('late')).then(() => {
    written = true
  })
  await sleep(60)
  t.equal(written, false, 'the loop ran on while the write was waiting')
  t.same(await store.read(all), ['l1', 'l2', 'l3'])
  other.exec('commit')
  await waiting
  t.same(await store.read(all), ['l1', 'l2', 'l3', 'late'])
})

t.test('prepared queries are built once a connection, and values are bound', async t => {
  const { store } = open(t)
  let built = 0
  const ask = (db: Db) =>
    db
      .prepared('languages', q => {
        built += 1
        return q.select().from(db.tables.searchLanguages)
      })
      .execute()
  await store.read(ask)
  await store.read(ask)
  t.equal(built, 1)
  await store.write(ask)
  await store.write(ask)
  t.equal(built, 2)
})

t.test('the index holds one document a row, and gives it back', async t => {
  const { store, path } = open(t)
  const entry = { kind: 'person' as const, seq: 7, title: 'putin', body: 'moscow', forms: '' }
  await store.write(async db => db.search.index(entry))
  await store.write(async db => db.search.index({ ...entry, body: 'pyongyang' }))
  const other = new Database(path, { readonly: true })
  t.teardown(() => other.close())
  const find = (words: string) => other.prepare<[string], number>('select rowid from search_index where search_index match ?').pluck().all(words)
  t.same([find('pyongyang'), find('moscow')], [[documentOf('person', 7)], []])
  await store.write(async db => db.search.remove('person', 7))
  t.same(find('pyongyang'), [])
  const documents = (['article', 'person', 'place'] as const).map(kind => documentOf(kind, 5))
  t.equal(new Set(documents).size, 3)
  t.same(
    documents.map(partsOfDocument),
    (['article', 'person', 'place'] as const).map(kind => ({ kind, seq: 5 })),
  )
})

t.test('terms are counted by the numbers that were committed, whatever was undone before', async t => {
  const { store, path } = open(t)
  const entry = (seq: number, body: string) => ({ kind: 'person' as const, seq, title: '', body, forms: '' })
  const no = new Error('no')
  await store.write(db => db.search.index(entry(1, 'moscow')))
  await t.rejects(
    store.write(async db => {
      await db.search.index(entry(2, 'pyongyang moscow'))
      throw no
    }),
    no,
  )
  await store.write(async db => {
    const undone = db.savepoint(async () => {
      await db.search.index(entry(3, 'hanoi beijing'))
      throw no
    })
    await t.rejects(undone, no)
    await db.search.index(entry(4, 'beijing pyongyang moscow'))
  })
  await store.write(db => db.search.index(entry(5, 'pyongyang hanoi')))
  const other = new Database(path, { readonly: true })
  t.teardown(() => other.close())
  const term = other.prepare<[number], string>('select term from search_vocabulary where number = ?').pluck()
  const counted = (seq: number) => {
    const terms: (string | undefined)[] = []
    const counts = other.prepare<[number], Buffer>('select counts from search_terms where doc = ?').pluck().get(documentOf('person', seq))
    if (counts) readCounts(counts, number => terms.push(term.get(number)))
    return terms.sort()
  }
  t.same([1, 2, 3, 4, 5].map(counted), [['moscow'], [], [], ['beijing', 'moscow', 'pyongyang'], ['hanoi', 'pyongyang']])
})

t.test('a file that is no database is refused, with the trouble it stands for', async t => {
  const dir = t.testdir()
  const path = join(dir, 'text.db')
  writeFileSync(path, 'this is no database, but long enough to have a header of one. '.repeat(20))
  try {
    await openSqlite(path).close()
    t.fail('it was opened')
  } catch (error) {
    t.equal(troubleOf(error), 'damaged')
    t.equal(troubleOf(new Error('around', { cause: error })), 'damaged')
  }
  t.equal(troubleOf(new Error('ours')), undefined)
  t.equal(troubleOf('text'), undefined)
  t.throws(() => openSqlite(':memory:'))
})

t.test('turns are taken in the order of the calls, past failures', async t => {
  const turn = turns()
  const done: number[] = []
  const first = turn(() => sleep(5).then(() => done.push(1)))
  const failed = turn(async () => Promise.reject(new Error('no')))
  const last = turn(async () => done.push(3))
  await t.rejects(failed, /no/)
  await Promise.all([first, last])
  t.same(done, [1, 3])
})
