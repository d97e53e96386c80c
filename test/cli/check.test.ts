// `dateline check`: silent on what the program has written, and exact about what somebody else has.
import Database from 'better-sqlite3'
import { and, eq, sql as query, type SQL } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { textOfArticle } from '../../src/articles/file.ts'
import { articleOf } from '../../src/articles/store.ts'
import { checkDatabase } from '../../src/check/check.ts'
import type { Inspection } from '../../src/db/inspect.ts'
import { inspectPostgres } from '../../src/db/inspect-postgres.ts'
import { inspectSqlite } from '../../src/db/inspect-sqlite.ts'
import { documentOf, type Store, type WriteDb } from '../../src/db/store.ts'
import type { Tables } from '../../src/db/tables.ts'
import { textOfNamed } from '../../src/nouns/named.ts'
import { personOf } from '../../src/people/store.ts'
import { indexText } from '../../src/search/document.ts'
import { build } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'
import { onPostgres } from '../helpers/database.ts'
import { fill } from '../helpers/filled.ts'
import { shell } from '../helpers/shell.ts'

async function filled(t: Test) {
  const { app, deps, store } = await build(t)
  await app.ready()
  const ids = await fill(as(app), store)
  const check = (...more: string[]) => shell(deps.config.database, 'check', ...more)
  return { ids, store, check, database: deps.config.database, editor: as(app) }
}

t.test('what the program has written is as it should be, while it is in use', async t => {
  const { check, database } = await filled(t)
  const { code, out, err } = await check()
  t.equal(out, 'checked 7 articles, 3 people and 6 places: everything is as it should be\n')
  t.equal(code, 0)
  t.match(err, /^verifying articles: 7 of 7 rows$/m)
  t.same(JSON.parse((await check('--json')).out), { rows: { articles: 7, people: 3, places: 6 }, differences: 0, found: [] })
  const look = (inspection: Inspection) => checkDatabase(inspection, () => {}, 3)
  const result = database.kind === 'sqlite' ? await inspectSqlite(database.path, look) : await inspectPostgres(database.url, look)
  t.same(result.found, [], 'and in small parts')
})

/** Damage by name, and the line that tells of it. */
type Damage = { name: string; does(db: WriteDb, ids: Ids): Promise<unknown>; line: (ids: Ids) => string | RegExp }
type Ids = Awaited<ReturnType<typeof fill>> & { mention: string; seq: number; adaSeq: number }

const words = (seq: number, body: string) => ({ kind: 'article' as const, seq, title: '', body, forms: '' })
const on = <K extends keyof WriteDb['tables']>(table: K, set: object, where: (tables: WriteDb['tables']) => SQL | undefined) => {
  return async ({ sql, tables }: WriteDb) => sql.update(tables[table]).set(set).where(where(tables))
}

/** Only SQLite keeps counts beside its index. */
type Raw = { run(statement: SQL): unknown; execute(statement: SQL): unknown }
const raw = async ({ sql }: WriteDb, statement: string) => {
  const handle = sql as unknown as Raw
  await (onPostgres ? handle.execute(query.raw(statement)) : handle.run(query.raw(statement)))
}

const damages: Damage[] = [
  {
    name: 'a word of the index that is another',
    does: (db, { seq }) => db.search.index(words(seq, 'vladivostock')),
    line: ({ seq }) =>
      `words: search_index ${documentOf('article', seq)} (article number ${seq}): body, token 1: expected "vladivostok", found "vladivostock"`,
  },
  {
    name: 'words that are not in the index',
    does: (db, { seq }) => db.search.index(words(seq, '')),
    line: ({ seq }) =>
      `words: search_index ${documentOf('article', seq)} (article number ${seq}): body, token 1: expected "vladivostok", found nothing`,
  },
  {
    name: 'a person that is not in the index',
    does: (db, { adaSeq }) => db.search.remove('person', adaSeq),
    line: ({ adaSeq }) =>
      new RegExp(
        `^words: search_index ${documentOf('person', adaSeq)} \\(person number ${adaSeq}\\): (title, token 1: expected "lucia", found nothing|row: expected one, found none)$`,
      ),
  },
  {
    name: 'words of nobody',
    does: db => db.search.index(words(777, 'who')),
    line: () => `words: search_index ${777 * 8} (article number 777): row: expected none, as there is no such article, person or place, found one`,
  },
  {
    name: 'words of a kind that is none',
    does: db => db.search.index(words(777.625, 'who')),
    line: () =>
      `words: search_index ${777 * 8 + 5} (article number 777): row: expected none, as there is no such article, person or place, found one`,
  },
  {
    name: 'an empty document of nobody',
    does: db => db.search.index(words(778, '')),
    line: () => `words: search_index ${778 * 8} (article number 778): row: expected none, as there is no such article, person or place, found one`,
  },
  {
    name: 'unstemmed forms that are others',
    does: (db, { seq }) => db.search.index({ ...words(seq, 'vladivostok'), forms: 'more' }),
    line: ({ seq }) =>
      new RegExp(
        `^words: search_index ${documentOf('article', seq)} \\(article number ${seq}\\): (forms, token 1|terms): expected .*, found "~?more"$`,
      ),
  },
  {
    name: 'a count of a word that is another',
    does: (db, { seq, adaSeq }) =>
      raw(
        db,
        `update search_terms set counts = (select counts from search_terms where doc = ${documentOf('person', adaSeq)}) where doc = ${documentOf('article', seq)}`,
      ),
    line: ({ seq }) =>
      new RegExp(`^words: search_index ${documentOf('article', seq)} \\(article number ${seq}\\): counts, term 1: expected ".+=1", found "born=1"$`),
  },
  {
    name: 'a number that stands for another word',
    does: db => raw(db, "update search_vocabulary set term = 'murmansk' where term = 'vladivostok'"),
    line: ({ seq }) =>
      new RegExp(
        `^words: search_index ${documentOf('article', seq)} \\(article number ${seq}\\): counts, term \\d+: expected .*, found "murmansk=1"$`,
      ),
  },
  {
    name: 'counts of nobody',
    does: db => raw(db, 'insert into search_terms select 6224, counts from search_terms limit 1'),
    line: () => 'words: search_index 6224 (article number 778): counts: expected none, as the index has no such document, found a row',
  },
  {
    name: 'a language that the index does not name',
    does: ({ sql, tables: { searchLanguages: l } }) => sql.delete(l).where(eq(l.language, 'de')),
    line: () => 'languages: search_languages de: row: expected one, found none',
  },
  {
    name: 'a word of a text that searches do not know the spelling of',
    does: ({ sql, tables: { searchWords: w } }) => sql.delete(w).where(eq(w.word, 'spokesman')),
    line: () => 'spellings: search_words spokesman: row: expected one, found none',
  },
  {
    name: 'a name that searches do not know',
    does: ({ sql, tables: { knownPhrases: p } }, { city }) => sql.delete(p).where(eq(p.entityId, city)),
    line: ({ city }) => new RegExp(`^phrases: places ${city}: known phrases: expected \\[".*"\\], found \\[\\]$`),
  },
  {
    name: 'a synonym that searches know by another word',
    does: ({ sql, tables: { knownPhrases: p } }) => sql.insert(p).values({ key: 'word', kind: 'synonym', entityId: 'nobody' }),
    line: () => 'phrases: known_phrases synonym word: synonym nobody: expected a row, found none',
  },
  {
    name: 'a sort key of another title',
    does: (db, { talks }) => on('articles', { sortKey: 'walks' }, tables => eq(tables.articles.id, talks))(db),
    line: ({ talks }) => `columns: articles ${talks}: sortKey: expected "talks went well", found "walks"`,
  },
  {
    name: 'an article that is seen and is a draft',
    does: (db, { draft }) => on('articles', { visible: true }, tables => eq(tables.articles.id, draft))(db),
    line: ({ draft }) => `columns: articles ${draft}: visible: expected false, found true`,
  },
  {
    name: 'a time of publication for lists that is not the one it has',
    does: (db, { talks }) => on('articles', { publishedKey: '2020' }, tables => eq(tables.articles.id, talks))(db),
    line: ({ talks }) => `columns: articles ${talks}: publishedKey: expected "2024-06-21T08:00:00.000Z", found "2020"`,
  },
  {
    name: 'a population for lists that is not the one it has',
    does: (db, { city }) => on('places', { populationKey: 5 }, tables => eq(tables.places.id, city))(db),
    line: ({ city }) => `columns: places ${city}: populationKey: expected -1, found 5`,
  },
  {
    name: 'a container that is not shown',
    does: (db, { city }) => on('places', { containedInId: null }, tables => eq(tables.places.id, city))(db),
    line: ({ city, russia }) => `containers: places ${city}: containedInId: expected "${russia}", found null`,
  },
  {
    name: 'a container that is a person',
    does: (db, { city, ada }) => on('places', { containerId: ada }, tables => eq(tables.places.id, city))(db),
    line: ({ city, ada }) => `containers: places ${city}: kind of its container ${ada}: expected "place", found "person"`,
  },
  {
    name: 'a slug that is not on record',
    does: ({ sql, tables: { slugs } }) => sql.delete(slugs).where(eq(slugs.slug, 'bob-reporter')),
    line: ({ bob }) => `slugs: people ${bob}: current slug in slugs: expected ["bob-reporter"], found []`,
  },
  {
    name: 'a slug of nobody',
    does: ({ sql, tables: { slugs } }) => sql.insert(slugs).values({ kind: 'place', slug: 'nowhere', entityId: 'nobody', current: true }),
    line: () => 'slugs: slugs place nowhere: place nobody: expected a row, found none',
  },
  {
    name: 'a revision that is lost',
    does: ({ sql, tables: { revisions: r } }, { talks }) => sql.delete(r).where(and(eq(r.entityId, talks), eq(r.version, 2))),
    line: ({ talks }) => `revisions: articles ${talks}: revisions: expected 3, found 2`,
  },
  {
    name: 'a first revision that is lost',
    does: ({ sql, tables: { revisions: r } }, { talks }) => sql.delete(r).where(and(eq(r.entityId, talks), eq(r.version, 1))),
    line: ({ talks }) => `revisions: articles ${talks}: revisions: expected 3, found "2, the first is 2"`,
  },
  {
    name: 'a newest revision that is lost',
    does: ({ sql, tables: { revisions: r } }, { bob }) => sql.delete(r).where(eq(r.entityId, bob)),
    line: ({ bob }) => `revisions: people ${bob}: newest revision: expected 2, found null`,
  },
  {
    name: 'a field that no revision has made so',
    does: (db, { bob }) => on('people', { birthDate: '1970' }, tables => eq(tables.people.id, bob))(db),
    line: ({ bob }) => `revisions: people ${bob}: birthDate in its newest revision: expected "1970", found null`,
  },
  {
    name: 'a revision of nobody',
    does: ({ sql, tables: { revisions: r } }) =>
      sql.insert(r).values({ kind: 'article', entityId: 'nobody', version: 9, at: '2024-06-21T08:00:00.000Z', changed: [], state: {} }),
    line: () => 'revisions: revisions article nobody 9: article nobody: expected a row, found none',
  },
  {
    name: 'a mention that stands elsewhere',
    does: (db, { mention }) => on('mentions', { start: 0, end: 4 }, tables => eq(tables.mentions.id, mention))(db),
    line: ({ mention, draft }) => `mentions: mentions ${mention}: text at 0..4 of block p1 of article ${draft}: expected "Vladivostok", found "Vlad"`,
  },
  {
    name: 'a mention in a block that is not there',
    does: (db, { mention }) => on('mentions', { blockId: 'p9', item: 1 }, tables => eq(tables.mentions.id, mention))(db),
    line: ({ mention, draft }) =>
      `mentions: mentions ${mention}: text at 0..11 of block p9, item 1 of article ${draft}: expected "Vladivostok", found null`,
  },
  {
    name: 'a mention of nobody',
    does: (db, { mention }) => on('mentions', { entityId: 'nobody' }, tables => eq(tables.mentions.id, mention))(db),
    line: ({ mention }) => `mentions: mentions ${mention}: kind of nobody: expected "place", found null`,
  },
  {
    name: 'a link that nothing stands for',
    does: ({ sql, tables: { articleLinks: l } }, { draft, russia }) =>
      sql.insert(l).values({ articleId: draft, role: 'place', value: russia, position: 9, visible: false, publishedKey: '' }),
    line: ({ draft, city, russia }) =>
      `links: articles ${draft}: article_links of role place: expected ["${city}"], found ["${city}","${russia}`.slice(0, 40),
  },
  {
    name: 'a tag that is not filed',
    does: ({ sql, tables: { articleLinks: l } }) => sql.delete(l).where(and(eq(l.role, 'tag'), eq(l.value, 'talks'))),
    line: ({ talks }) => `links: articles ${talks}: article_links of role tag: expected ["talks","a b"], found ["a b"]`,
  },
  {
    name: 'an author who is a place',
    does: (db, { bob, city }) => on('articleLinks', { value: city }, ({ articleLinks: l }) => and(eq(l.role, 'author'), eq(l.value, bob)))(db),
    line: ({ talks, city }) => `links: articles ${talks}: article_links author ${city}: expected "person", found "place"`,
  },
  {
    name: 'a link that is seen where its article is not',
    does: (db, { draft }) => on('articleLinks', { visible: true }, ({ articleLinks: l }) => and(eq(l.articleId, draft), eq(l.role, 'language')))(db),
    line: ({ draft }) => `links: articles ${draft}: visible of article_links language en: expected false, found true`,
  },
  {
    name: 'a link with another time of publication',
    does: (db, { draft }) =>
      on('articleLinks', { publishedKey: '2020' }, ({ articleLinks: l }) => and(eq(l.articleId, draft), eq(l.role, 'language')))(db),
    line: ({ draft }) => `links: articles ${draft}: publishedKey of article_links language en: expected "", found "2020"`,
  },
  {
    name: 'ids that are shown and are not linked',
    does: (db, { draft, ada }) => on('articles', { personIds: [ada] }, tables => eq(tables.articles.id, draft))(db),
    line: ({ draft, ada }) => `shown: articles ${draft}: personIds: expected [], found ["${ada}"]`,
  },
  {
    name: 'a count that is too high',
    does: (db, { russia }) => on('places', { articleCount: 7 }, tables => eq(tables.places.id, russia))(db),
    line: ({ russia }) => `counts: places ${russia}: articleCount: expected 2, found 7`,
  },
  {
    name: 'a name that is not suggested',
    does: ({ sql, tables: { suggestions: s } }, { adaSeq }) => sql.delete(s).where(and(eq(s.kind, 'person'), eq(s.seq, adaSeq), eq(s.position, 0))),
    line: ({ ada }) => `suggestions: people ${ada}: row 0 in suggestions: expected "0 12 l lu luc lucia oe`,
  },
  {
    name: 'a name that is suggested for more than it is',
    does: (db, { adaSeq }) => on('suggestions', { rank: 99 }, ({ suggestions: s }) => and(eq(s.kind, 'person'), eq(s.seq, adaSeq)))(db),
    line: ({ ada }) => `suggestions: people ${ada}: row 0 in suggestions: expected "0 12 l lu luc lucia oe`,
  },
  {
    name: 'a draft that is suggested',
    does: ({ sql, tables: { suggestions: s } }, { seq }) =>
      sql.insert(s).values({ kind: 'article', seq, position: 0, key: 'x', rank: 1, head1: 'x', head2: 'x', head3: 'x' }),
    line: ({ draft }) => `suggestions: articles ${draft}: row 0 in suggestions: expected nothing, found "0 1 x x x x"`,
  },
  {
    name: 'a suggestion of nobody',
    does: ({ sql, tables: { suggestions: s } }) =>
      sql.insert(s).values({ kind: 'place', seq: 777, position: 0, key: 'x', rank: 1, head1: 'x', head2: 'x', head3: 'x' }),
    line: () => 'suggestions: suggestions place number 777: rows: expected 0, found 1',
  },
]

/** All rows as they are now; `restore` writes them again, and the words of those that damages are about. */
async function kept(store: Store) {
  const rows = await store.read(async ({ sql, tables }) => {
    const all: [keyof typeof tables, Tables['slugs']['$inferSelect'][]][] = []
    for (const name of Object.keys(tables) as (keyof typeof tables)[]) all.push([name, await sql.select().from(tables[name] as Tables['slugs'])])
    return all // whichever they are
  })
  return {
    restore: ({ draft, ada }: Ids) =>
      store.write(async db => {
        for (const [name] of rows.toReversed()) await db.sql.delete(db.tables[name])
        for (const [name, values] of rows) if (values.length > 0) await db.sql.insert(db.tables[name] as Tables['slugs']).values(values)
        await raw(db, "update search_vocabulary set term = 'vladivostok' where term = 'murmansk'")
        for (const seq of [777, 777.625, 778]) await db.search.remove('article', seq)
        const article = await articleOf(db, draft)
        const person = await personOf(db, ada)
        if (article) await db.search.index({ kind: 'article', seq: article.seq, ...indexText(textOfArticle(article)) })
        if (person) await db.search.index({ kind: 'person', seq: person.seq, ...indexText(textOfNamed(person)) })
      }),
  }
}

t.test('each kind of damage is told, with its row and both values', async t => {
  const { store, ids, check } = await filled(t)
  const more = await store.read(async ({ sql, tables: { mentions, articles, people } }) => ({
    mention: (await sql.select().from(mentions).where(eq(mentions.articleId, ids.draft)))[0]?.id ?? '',
    seq: (await sql.select().from(articles).where(eq(articles.id, ids.draft)))[0]?.seq ?? 0,
    adaSeq: (await sql.select().from(people).where(eq(people.id, ids.ada)))[0]?.seq ?? 0,
  }))
  const all: Ids = { ...ids, ...more }
  const before = await kept(store)
  for (const { name, does, line } of damages) {
    await store.write(db => does(db, all))
    const { code, out, err } = await check()
    const wanted = line(all)
    const lines = out.trimEnd().split('\n')
    t.ok(
      lines.some(found => (typeof wanted === 'string' ? found.startsWith(wanted) : wanted.test(found))),
      `${name}: ${wanted}`,
      { found: lines },
    )
    t.equal(code, 1)
    t.match(err, /^dateline: \d+ things? (is|are) not as they should be: restore a backup, or report this$/m)
    await before.restore(all)
  }
  t.equal((await check()).code, 0, 'and all of it was put right again')
})

t.test('at most a hundred lines of each kind, then how many more', async t => {
  const { store, check } = await filled(t)
  await store.write(async ({ sql, tables: { slugs }, search }) => {
    for (let n = 0; n < 103; n += 1) await sql.insert(slugs).values({ kind: 'person', slug: `s${n}`, entityId: 'nobody', current: false })
    for (let n = 0; n < 102; n += 1) await search.index(words(1_000 + n, 'who'))
  })
  const { out } = await check()
  t.match(out, /^slugs: and 3 more$/m)
  t.match(out, /^words: and 2 more$/m)
  t.equal(out.split('\n').filter(line => line.startsWith('slugs: slugs person')).length, 100)
  const json = JSON.parse((await check('--json')).out)
  t.equal(json.differences, 205)
  t.match(json.found, [
    { aspect: 'words', count: 102 },
    { aspect: 'slugs', count: 103 },
  ])
  t.equal(json.found[1].told.length, 100)
})

t.test('boxes, references and pages of a file are looked at, too', { skip: onPostgres && 'PostgreSQL keeps these by itself' }, async t => {
  const { ids, check, database } = await filled(t)
  if (database.kind !== 'sqlite') return
  const file = new Database(database.path)
  t.teardown(() => file.close())
  const seq = file.prepare('select seq from places where id = ?').pluck().get(ids.russia)
  for (const [damage, line] of [
    [
      'update places_box set max_lat = 62, min_lat = 62 where id = @seq',
      `boxes: places ${ids.russia}: its box: expected 61.5, 105.3, found 62..62, `,
    ],
    [
      'update places_box set max_lat = 62, min_lat = 61, max_lng = 106 where id = @seq',
      `boxes: places ${ids.russia}: its box: expected 61.5, 105.3, found 61..62, `,
    ],
    ['delete from places_box where id = @seq', `boxes: places ${ids.russia}: its box: expected 61.5, 105.3, found none`],
    ['insert into places_box values (999 + 0 * @seq, 1, 1, 1, 1)', 'boxes: places 999: its box: expected a place, found none'],
  ] as const) {
    file.prepare(damage).run({ seq })
    t.match((await check()).out, line)
    file.exec('delete from places_box; insert into places_box select seq, lat, lat, lng, lng from places where lat is not null and lng is not null')
  }
  t.equal((await check()).code, 0)
  file.pragma('foreign_keys = OFF')
  file.exec("insert into article_links values ('nobody', 'tag', 'x', 0, 0, '')")
  t.match(
    (await check()).out,
    'integrity: database file: integrity: expected ok, found a row of article_links refers to a row of articles that is not there',
  )
  file.exec("delete from article_links where article_id = 'nobody'; drop index articles_title; create index articles_title on articles (title, id)")
  file.unsafeMode().pragma('writable_schema = ON')
  file.exec("update sqlite_schema set sql = 'CREATE INDEX articles_title on articles (sort_key, id)' where name = 'articles_title'")
  t.match((await check()).out, /^integrity: database file: integrity: expected ok, found .*articles_title/m)
})

t.test('what cannot be checked is told in a sentence', { skip: onPostgres && 'said of a file' }, async t => {
  const path = t.testdir({ text: 'no database, but long enough to be looked at. '.repeat(100) })
  const asked = (name: string) => shell({ kind: 'sqlite', path: `${path}/${name}`, name }, 'check')
  t.match(await asked('none'), { code: 1, out: '', err: /^dateline: there is no database .+none: set DATABASE_URL/ })
  t.match(await asked('text'), { code: 1, out: '', err: /^dateline: .+text is not a database that can be read/ })
  const other = new Database(`${path}/other`)
  other.exec('create table t (x)')
  t.match(await asked('other'), { code: 1, err: /^dateline: .+other is no database of Dateline/ })
  other.exec(
    "create table schema_migrations (number integer primary key, name text, applied_at text); insert into schema_migrations values (1, 'core', '')",
  )
  t.match(await asked('other'), { code: 1, err: /is at migration 1, older than this version of Dateline \(\d+\): run `dateline migrate` first/ })
  other.exec('update schema_migrations set number = 9999')
  t.match(await asked('other'), { code: 1, err: /is at migration 9999, newer than this version/ })
  other.close()
})
