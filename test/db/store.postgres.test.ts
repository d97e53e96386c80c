// What a store promises, on PostgreSQL: snapshots, transactions that lose nothing, numbers in the order of commits, notices, and names that two processes share.
import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { asc, eq } from 'drizzle-orm'
import pg from 'pg'
import t, { type Test } from 'tap'
import { sqlState, troubleOf } from '../../src/db/errors.ts'
import { maxAttempts } from '../../src/db/handle.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { type Db, RunAgain, type Store, type WriteDb } from '../../src/db/store.ts'
import { createKnownNames } from '../../src/mentions/known-names.ts'
import type { Caller } from '../helpers/callers.ts'
import { freshDatabase } from '../helpers/database.ts'
import { ok, paragraph, settled } from '../helpers/news.ts'
import { appOn, linked, linkedAnew, until } from '../helpers/own-cluster.ts'

async function freshUrl(t: Test): Promise<string> {
  const database = await freshDatabase(t)
  if (database.kind !== 'postgres') throw new Error('TEST_POSTGRES is not set')
  return database.url
}

async function open(t: Test, given?: string) {
  const url = given ?? (await freshUrl(t))
  const store = await openPostgres(url, { writers: 4 })
  t.teardown(() => store.close())
  return { store, url }
}

/** A connection that is no part of the program. */
async function stranger(t: Test, url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  return client
}

const add = (language: string) => (db: WriteDb) => db.sql.insert(db.tables.searchLanguages).values({ language })
const all = async (db: Db) => (await db.sql.select().from(db.tables.searchLanguages)).map(row => row.language).sort()

/** Two rows that writes count in. */
async function counters(store: Store) {
  await store.write(async db => {
    for (const id of ['a', 'b'])
      await db.sql
        .insert(db.tables.keys)
        .values({ id, name: '0', hash: '', scopes: [], createdAt: '2024-06-21T08:00:00.000Z', expiresAt: null, revokedAt: null, lastUsedAt: null })
  })
}
const countOf = async (db: Db, id: string) => Number((await db.sql.select().from(db.tables.keys).where(eq(db.tables.keys.id, id)))[0]?.name)
const setCount = (db: WriteDb, id: string, count: number) =>
  db.sql
    .update(db.tables.keys)
    .set({ name: String(count) })
    .where(eq(db.tables.keys.id, id))
const addOne = (id: string) => async (db: WriteDb) => setCount(db, id, (await countOf(db, id)) + 1)

/** Lets all go on once so many have come; those that come later, as in a second attempt, are not held up. */
function meeting(size: number) {
  let come = 0
  let open = () => {}
  const all = new Promise<void>(resolve => {
    open = resolve
  })
  return () => {
    come += 1
    if (come >= size) open()
    return all
  }
}

t.test('what is written is read, and what throws is not written', async t => {
  const { store } = await open(t)
  t.equal(await store.write(db => add('en')(db).then(() => 'done')), 'done')
  t.same([await store.read(all), await store.search(all)], [['en'], ['en']])
  await t.rejects(
    store.write(async db => {
      await add('de')(db)
      t.same(await all(db), ['de', 'en'], 'a transaction sees its own rows')
      throw new Error('no')
    }),
    /^no$/,
  )
  t.same(await store.read(all), ['en'])
  const failed = await store.write(add('en')).catch((error: unknown) => error)
  t.equal(sqlState(failed), '23505', 'one that is there is refused, however often it is tried')
  await store.write(add('fr'))
  t.same(await store.read(all), ['en', 'fr'], 'the connections go on after a failure')
})

t.test('a transaction that the database gave up is never called written, though its error was swallowed', async t => {
  const { store } = await open(t)
  await store.write(add('en'))
  let isCalledWritten = false
  await t.rejects(
    store.write(async db => {
      db.afterCommit(() => {
        isCalledWritten = true
      })
      await add('de')(db)
      await add('en')(db).catch(() => {})
    }),
  )
  t.equal(isCalledWritten, false)
  t.same(await store.read(all), ['en'])
  await store.write(add('fr'))
  t.same(await store.read(all), ['en', 'fr'])
})

t.test('what waits for the commit runs after it, and never without it', async t => {
  const { store } = await open(t)
  const ran: string[] = []
  let seen: Promise<string[]> | undefined
  await store.write(async db => {
    await add('en')(db)
    db.afterCommit(() => ran.push('first'))
    db.afterCommit(() => {
      ran.push('second')
      seen = store.read(all)
    })
    t.same(ran, [])
  })
  t.same(ran, ['first', 'second'])
  t.same(await seen, ['en'], 'it is no longer inside, and may read')
  await t.rejects(
    store.write(async db => {
      db.afterCommit(() => ran.push('never'))
      throw new Error('no')
    }),
  )
  let attempts = 0
  await store.write(async db => {
    db.afterCommit(() => ran.push(`attempt ${attempts}`))
    attempts += 1
    if (attempts < 3) throw new RunAgain('once more')
  })
  t.same(ran, ['first', 'second', 'attempt 3'], 'nor for an attempt that was given up')
})

t.test('a savepoint is all or nothing, and the transaction goes on even after an error of the database', async t => {
  const { store } = await open(t)
  const ran: string[] = []
  await store.write(async db => {
    db.afterCommit(() => ran.push('first'))
    await add('en')(db)
    t.equal(await db.savepoint(() => add('de')(db).then(() => 7)), 7)
    await t.rejects(
      db.savepoint(async () => {
        await add('fr')(db)
        await add('en')(db)
      }),
    )
    await t.rejects(
      db.savepoint(async () => {
        await add('es')(db)
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

t.test('a read or a write inside another is refused, and a handle dies with its transaction', async t => {
  const { store } = await open(t)
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

t.test('a read is one snapshot, whatever is written meanwhile, and cannot write', async t => {
  const { store, url } = await open(t)
  const other = await stranger(t, url)
  for (const ask of [store.read, store.search]) {
    await other.query('delete from search_languages')
    await ask(async db => {
      t.same(await all(db), [])
      await other.query("insert into search_languages values ('en')")
      t.same(await all(db), [])
    })
    t.same(await ask(all), ['en'])
  }
  const failed = await store.read(db => db.sql.insert(db.tables.searchLanguages).values({ language: 'de' })).catch((error: unknown) => error)
  t.equal(troubleOf(failed), 'readonly')
})

t.test('writes that read a row and write it back lose nothing, twenty at once, from two stores', async t => {
  const { store, url } = await open(t)
  const { store: other } = await open(t, url)
  await counters(store)
  const done = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).write(addOne('a'))))
  const refused = done.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []))
  t.same(refused, [], 'none is refused')
  t.equal(await store.read(db => countOf(db, 'a')), 20)
})

t.test('two writes that each decide by what the other one changes never both stand', async t => {
  const { store } = await open(t)
  await counters(store)
  const met = meeting(2)
  /** At most one of the two may be 1: each looks at the other first. */
  const take = (mine: string, other: string) =>
    store.write(async db => {
      const isFree = (await countOf(db, other)) === 0
      await met()
      if (isFree) await setCount(db, mine, 1)
      return isFree
    })
  const taken = await Promise.all([take('a', 'b'), take('b', 'a')])
  t.equal(taken.filter(Boolean).length, 1)
  t.equal(await store.read(async db => (await countOf(db, 'a')) + (await countOf(db, 'b'))), 1)
})

t.test('a write that others get in the way of again and again runs alone in the end, and they beside each other after it', async t => {
  const { store, url } = await open(t)
  await counters(store)
  const { store: other } = await open(t, url)
  let attempts = 0
  const interfere = AsyncResource.bind(() => other.write(addOne('a'))) // as another process would, not from inside
  let inTheWay: Promise<unknown> = Promise.resolve()
  await store.write(async db => {
    attempts += 1
    const count = await countOf(db, 'a')
    inTheWay = interfere()
    if (attempts < 3)
      await inTheWay // as the other one has changed what this one read, this one cannot be committed
    else await sleep(50)
    await setCount(db, 'a', count + 100)
  })
  await inTheWay
  t.equal(attempts, 3)
  t.equal(await store.read(db => countOf(db, 'a')), 103, 'the third one in the way had to wait, and nothing is lost')
})

t.test('a deadlock is run again', async t => {
  const { store } = await open(t)
  await counters(store)
  const met = meeting(2)
  let attempts = 0
  const both = (first: string, second: string) =>
    store.write(async db => {
      attempts += 1
      await setCount(db, first, 7)
      await met()
      await setCount(db, second, 7)
    })
  await Promise.all([both('a', 'b'), both('b', 'a')])
  t.ok(attempts > 2, 'one of them was given up')
  t.same(await store.read(async db => [await countOf(db, 'a'), await countOf(db, 'b')]), [7, 7])
})

t.test('who makes the same thing at the same moment sees the other one in the second attempt', async t => {
  const { store } = await open(t)
  const met = meeting(2)
  const make = () =>
    store.write(async db => {
      const has = (await all(db)).includes('en')
      await met()
      if (!has) await add('en')(db)
      return has ? 'found' : 'made'
    })
  t.same((await Promise.all([make(), make()])).sort(), ['found', 'made'])
  t.same(await store.read(all), ['en'])
})

t.test('who did not look before making what is there by now may look in the second attempt', async t => {
  const { store } = await open(t)
  const met = meeting(2)
  const make = () => {
    let attempts = 0
    return store.write(async db => {
      attempts += 1
      if (attempts > 1 && (await all(db)).includes('en')) return 'found'
      await met()
      await add('en')(db)
      return 'made'
    })
  }
  t.same((await Promise.all([make(), make()])).sort(), ['found', 'made'])
  t.same(await store.read(all), ['en'])
})

t.test('a write that asks to be run again sees a newer state, and is given up as busy after five times', async t => {
  const { store, url } = await open(t)
  const other = await stranger(t, url)
  const seen: string[][] = []
  const wait = store.write(async db => {
    seen.push(await all(db))
    await other.query('insert into search_languages values ($1)', [`l${seen.length}`])
    if (seen.length < 3) throw new RunAgain('too old')
  })
  await wait
  t.same(seen, [[], ['l1'], ['l1', 'l2']])
  let attempts = 0
  const given = await store
    .write(async () => {
      attempts += 1
      throw new RunAgain('always')
    })
    .catch((error: unknown) => error)
  t.equal(attempts, maxAttempts)
  t.equal(troubleOf(given), 'busy')
})

t.test('numbers come in the order of commits: whoever sees one sees all before it', async t => {
  const { store, url } = await open(t)
  const { store: other } = await open(t, url)
  const change = (db: WriteDb, n: number) =>
    db.sql.insert(db.tables.nameChanges).values({ kind: 'person', entityId: `e${n}`, names: [], at: '2024-06-21T08:00:00.000Z', relinkedAt: null })
  let isWriting = true
  const seen = new Set<number>()
  const late: number[] = []
  const look = async () => {
    while (isWriting) {
      const numbers = await store.read(async db =>
        (await db.sql.select({ n: db.tables.nameChanges.number }).from(db.tables.nameChanges).orderBy(asc(db.tables.nameChanges.number))).map(
          ({ n }) => n,
        ),
      )
      const highest = Math.max(0, ...seen)
      for (const n of numbers) {
        if (!seen.has(n) && n < highest) late.push(n)
        seen.add(n)
      }
    }
  }
  const looking = look()
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      (n % 2 ? store : other).write(async db => {
        await db.inOrder('name_changes')
        await change(db, n)
        await sleep(n % 3) // others would be committed meanwhile
      }),
    ),
  )
  isWriting = false
  await looking
  t.same(late, [])
  t.equal(await store.read(async db => (await db.sql.select().from(db.tables.nameChanges)).length), 60)
})

t.test('a notice reaches every store once it is committed, never when it was not', async t => {
  const { store, url } = await open(t)
  const { store: other } = await open(t, url)
  const heard = { here: 0, there: 0 }
  store.onNotice(() => {
    heard.here += 1
  })
  other.onNotice(() => {
    heard.there += 1
  })
  await until('both listen, and were told all as they began to', async () => {
    const { rows } = await (await stranger(t, url)).query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and query like 'LISTEN%'",
    )
    return rows[0].n === 2
  })
  await sleep(50)
  Object.assign(heard, { here: 0, there: 0 })
  await t.rejects(
    store.write(async db => {
      await db.announce('names')
      throw new Error('no')
    }),
  )
  await store.write(async db => {
    await db.announce('names')
    await sleep(20)
    t.same(heard, { here: 0, there: 0 })
  })
  await until('the other one hears', () => heard.there > 0 && heard.here > 0)
  await sleep(50)
  t.equal(heard.there, 1, 'once, and nothing of the one that was rolled back')
})

t.test('names that come and change on two processes while articles naming them are written link as if all came one after another', async t => {
  const url = await freshUrl(t)
  const patient = { times: { connectMs: 60_000, statementMs: 60_000 } } // 120 writes wait for eight connections
  const [first, second] = [await appOn(t, url, patient), await appOn(t, url, patient)]
  const admin = (n: number) => (n % 2 ? first : second).admin
  const size = 60
  const word = (n: number) => `Q${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}x`
  const before = (n: number) => `Ada ${word(n)}`
  const after = (n: number) => `Grace ${word(n)}`
  const statuses: string[] = []
  const told = async (answer: ReturnType<Caller['post']>) => {
    const { statusCode, body } = await answer
    statuses.push(statusCode < 300 ? 'fine' : `${statusCode} ${body}`)
    return JSON.parse(body)
  }
  const person = async (n: number) => {
    const { id } = await told(admin(n).post('/v1/people', { name: before(n) }))
    if (n % 3 === 0) await told(admin(n + 1).patch(`/v1/people/${id}`, { name: after(n) }))
  }
  const article = (n: number) =>
    told(
      admin(n + 1).post('/v1/articles', {
        title: `About ${n}`,
        status: 'published',
        body: [paragraph('p', `${before(n)} met ${after(n)}. So did ${before((n + 1) % size)}, and ${after((n + 7) % size)} left.`)],
      }),
    )
  await Promise.all(Array.from({ length: size }, (_, n) => [article(n), person(n)]).flat())
  t.same([...new Set(statuses)], ['fine'])
  await settled(first.store)
  const found = await linked(first.store)
  t.equal(found.texts.length, size)
  t.same(found.counts.map(({ name }) => name).sort(), Array.from({ length: size }, (_, n) => (n % 3 === 0 ? after(n) : before(n))).sort())
  t.ok(
    found.counts.every(({ count }) => count > 0),
    'everyone is in some article',
  )
  t.same(found, await linkedAnew(second.store))
  const [{ id } = { id: '' }] = found.texts
  t.same(await ok(first.admin.get(`/v1/articles/${id}`)), await ok(second.admin.get(`/v1/articles/${id}`)))
})

/** A store whose next write stops once, when it has begun or before it is committed, until it is let go. */
function stopping(where: 'begun' | 'done') {
  let isNext = false
  let letGo = () => {}
  let attempts = 0
  const mayGo = new Promise<void>(resolve => {
    letGo = resolve
  })
  const through = (store: Store): Store => ({
    ...store,
    write(fn) {
      const isStopped = isNext
      isNext = false
      return store.write(async db => {
        const stop = async () => {
          if (!isStopped) return
          attempts += 1
          await countOf(db, '') // from here on it sees nothing new
          if (attempts === 1) await mayGo
        }
        if (where === 'begun') await stop()
        const result = await fn(db)
        if (where === 'done') await stop()
        return result
      })
    },
  })
  const next = async (write: () => ReturnType<Caller['post']>) => {
    isNext = true
    const answer = write()
    await until('it has stopped', () => attempts === 1)
    return { answer, letGo, attempts: () => attempts }
  }
  return { through, next }
}
const about = (name: string) => ({ title: `About ${name}`, status: 'published', body: [paragraph('p', `${name} spoke.`)] })

t.test('an article that is committed after all with a new name were linked, by one who did not see that name, is linked', async t => {
  const url = await freshUrl(t)
  const late = stopping('done')
  const slow = await appOn(t, url, { writers: 4 }, late.through)
  const quick = await appOn(t, url)
  const { answer, letGo, attempts } = await late.next(() => slow.admin.post('/v1/articles', about('Ada Late')))
  const ada = await ok(quick.admin.post('/v1/people', { name: 'Ada Late' }), 201)
  await settled(quick.store)
  letGo()
  await ok(answer, 201)
  await settled(quick.store)
  t.same((await ok(quick.admin.get('/v1/articles/about-ada-late'))).personIds, [ada.id])
  t.equal((await ok(quick.admin.get('/v1/people/ada-late'))).articleCount, 1)
  t.ok(attempts() > 1, 'it was run again, as it had read what was changed')
})

t.test('a write that began before names which its process has learned since is run again, and counts them', async t => {
  const url = await freshUrl(t)
  const late = stopping('begun')
  const one = await appOn(t, url, { writers: 4 }, late.through)
  await ok(one.admin.post('/v1/articles', about('Nobody')), 201)
  const { answer, letGo, attempts } = await late.next(() => one.admin.post('/v1/articles', about('Ada Early')))
  const ada = await ok(one.admin.post('/v1/people', { name: 'Ada Early' }), 201)
  await ok(one.admin.post('/v1/articles', about('Somebody')), 201)
  await settled(one.store)
  letGo()
  t.same((await ok(answer, 201)).personIds, [ada.id])
  await settled(one.store)
  t.equal((await ok(one.admin.get('/v1/people/ada-early'))).articleCount, 1)
  t.ok(attempts() > 1)
})

t.test('a job that one transaction has taken is passed over by others, without a wait, until it ends', async t => {
  const { store } = await open(t)
  const job = { kind: 'person' as const, entityId: 'p', names: [], at: '2024-06-21T08:00:00.000Z', relinkedAt: null }
  await store.write(async db => void (await db.sql.insert(db.tables.nameChanges).values(job)))
  const claim = ({ dialect, sql, tables: { nameChanges } }: WriteDb) => dialect.claiming(sql.select({ number: nameChanges.number }).from(nameChanges))
  const elsewhere = AsyncResource.bind(() => store.write(claim))
  await store.write(async db => {
    t.equal((await claim(db)).length, 1)
    t.same(await elsewhere(), [])
  })
  t.equal((await store.write(claim)).length, 1)
})

t.test('names in memory are never taken for those of an older snapshot', async t => {
  const { store } = await open(t)
  const names = createKnownNames()
  const learn = AsyncResource.bind(async (id: string) => {
    await store.write(db => names.record(db, { kind: 'person', id, names: ['Ada Later'], at: '2024-06-21T08:00:00.000Z' }))
    await store.read(db => names.using(db, () => {}))
  })
  await learn('1')
  await store.read(async db => {
    await all(db)
    await learn('2')
    await t.rejects(
      names.using(db, () => t.fail('it was given newer names')),
      /names were changed while this transaction began/,
    )
  })
})

t.test('a name is known to everyone though a later one was written beside it', async t => {
  const url = await freshUrl(t)
  const late = stopping('done')
  const slow = await appOn(t, url, { writers: 4 }, late.through)
  const quick = await appOn(t, url, { writers: 4 })
  const watcher = await stranger(t, url)
  // slugs of each kind lie on pages of their own, so that no write is in the way of another
  await watcher.query(
    "insert into slugs select kind, 'made-' || n, '', true from generate_series(1, 3000) n, unnest(array['article', 'person', 'place']) kind",
  )
  const { answer, letGo, attempts } = await late.next(() => slow.admin.post('/v1/people', { name: 'Ada First' }))
  let isAnswered = false
  const second = ok(quick.admin.post('/v1/places', { name: 'Bea Second' }), 201).finally(() => {
    isAnswered = true
  })
  await until('the later one waits', async () => {
    const waits = await watcher.query("select from pg_locks where relation = 'name_changes'::regclass and not granted")
    return isAnswered || waits.rows.length > 0
  })
  await ok(quick.admin.post('/v1/articles', about('Nobody')), 201) // its process learns all names that it can see
  letGo()
  const ada = await ok(answer, 201)
  await second
  t.equal(attempts(), 1)
  t.same((await ok(quick.admin.post('/v1/articles', about('Ada First')), 201)).personIds, [ada.id])
})
