// Two processes and a replica on one cluster: what is acknowledged stays, names are everybody's, and the relinking that one leaves behind is finished by the other.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openPostgres } from '../src/db/postgres.ts'
import { dateline } from './cli/spawned.ts'
import { adminKey } from './helpers/build.ts'
import type { JsonObject } from './helpers/closed.ts'
import { paragraph } from './helpers/news.ts'
import { linked, linkedAnew, newDatabase, onOwnCluster, until } from './helpers/own-cluster.ts'

const articles = 240
const atOnce = 8

/** Notes which process links which article anew, and when. */
const audit = `
  create table test_links (article text, process text, transaction text, at timestamptz);
  create function test_note() returns trigger language plpgsql as $$ begin
    insert into test_links values (new.id, current_setting('application_name'), pg_current_xact_id()::text, clock_timestamp());
    return null;
  end $$;
  create trigger test_note after update of linked_with on articles for each row when (old.linked_with <> new.linked_with) execute function test_note()`

type Answer = { status: number; body: { id: string; slug: string; personIds: string[]; data: { id: string }[] } & JsonObject }

/** Asks a process, with the key or as nobody. */
const caller =
  (base: string) =>
  async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: JsonObject, isKnown = true) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...(isKnown && { authorization: `Bearer ${adminKey}` }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await answer.json() } as Answer
  }

const article = (title: string, text: string) => ({ title, status: 'published', body: [paragraph('p', text)] })

await onOwnCluster(
  t,
  async ({ primary, addReplica }) => {
    const database = await newDatabase(primary)
    const url = primary.url(database)
    const store = await openPostgres(url)
    t.teardown(() => store.close())
    await primary.query(audit, database)
    const replica = await addReplica()
    const started = (name: string) =>
      dateline(t, ['serve'], {
        DATABASE_URL: `${url}?application_name=${name}`,
        DATABASE_READ_URLS: `${replica.url(database)}?application_name=${name}`,
        DATELINE_ADMIN_KEY: adminKey,
        RATE_LIMIT: 'off',
        LOG_LEVEL: 'warn',
      })
    const isIdle = async () => (await primary.query('select from name_changes where relinked_at is null', database)).length === 0

    t.test('two processes write, name and link together, and one finishes what the other one began', async t => {
      const processes = { one: started('one'), two: started('two') }
      const one = caller(await processes.one.url())
      const two = caller(await processes.two.url())
      const acknowledged: string[] = []
      const jobs = Array.from({ length: articles }, (_, n) => n)
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (let n = jobs.pop(); n !== undefined; n = jobs.pop()) {
            const { status, body } = await (n % 2 ? one : two)('POST', '/v1/articles', article(`Article ${n}`, `Ada Example spoke, No. ${n}.`))
            if (status === 201) acknowledged.push(body.id)
          }
        }),
      )
      t.equal(acknowledged.length, articles, 'every write was taken')

      const grace = await one('POST', '/v1/people', { name: 'Grace Other' })
      const about = await two('POST', '/v1/articles', article('About Grace', 'Grace Other left.'))
      t.same(about.body.personIds, [grace.body.id], 'a name that one has made is linked by the other at once')
      t.same((await one('GET', '/v1/articles/about-grace')).body.personIds, [grace.body.id], 'and read by the first at once')
      await until('nothing is left to be linked', isIdle)
      await primary.query('truncate test_links', database)

      const ada = await one('POST', '/v1/people', { name: 'Ada Example' })
      let last = ''
      await until('a part is linked', async () => {
        const rows = await primary.query('select process, count(*) over ()::int as done from test_links order by at desc limit 1', database)
        last = rows[0]?.process ?? ''
        return rows[0]?.done >= 40
      })
      const killed = last === 'one' ? processes.one : processes.two
      const survivor = last === 'one' ? two : one
      killed.child.kill('SIGKILL')
      await killed.ended
      t.equal(await isIdle(), false, 'it was killed before it had finished')
      t.equal((await survivor('GET', '/health/ready')).status, 200)
      await until('the other one finishes it', isIdle)

      const notes = await primary.query(
        'select process, transaction, min(at) as began, max(at) as ended, count(*)::int as n from test_links group by 1, 2 order by 3',
        database,
      )
      t.same(new Set(notes.map(({ process }) => process)), new Set(['one', 'two']), 'both had a part of it')
      t.equal(
        notes.reduce((sum, { n }) => sum + n, 0),
        articles,
        'each article was linked once',
      )
      t.notOk(
        notes.some(({ began }, n) => n > 0 && began < notes[n - 1].ended),
        'never by both at a time',
      )

      const kept = await primary.query('select id from articles', database)
      t.equal(kept.length, articles + 1)
      t.same(
        acknowledged.filter(id => !kept.some(row => row.id === id)),
        [],
        'every acknowledged write is there',
      )
      t.equal((await survivor('GET', `/v1/people/${ada.body.id}`)).body.articleCount, articles)

      await sleep(1_200) // longer than a replica may be behind
      for (const path of [
        '/v1/people/ada-example',
        '/v1/articles?limit=100',
        '/v1/people/ada-example/articles?limit=50',
        '/v1/search?q=ada&limit=50',
      ])
        t.same((await survivor('GET', path, undefined, false)).body, (await survivor('GET', path)).body, `${path} is the same for nobody and a key`)
      const all = 'select md5(string_agg(a::text, chr(10) order by id)) as sum from (select * from articles) a'
      t.same(await replica.query(all, database), await primary.query(all, database), 'the replica has the same articles')
      const found = await linked(store)
      t.same(found, await linkedAnew(store), 'links and counts are those that linking everything anew gives')
    })
  },
  { flags: ['-c', 'synchronous_commit=on'] },
)
