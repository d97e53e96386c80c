// What words and links find together is what sets say.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import t from 'tap'
import { conditions } from '../../src/db/conditions.ts'
import { type Db, documentOf } from '../../src/db/store.ts'
import type { TokenQuery } from '../../src/db/token-query.ts'
import { build } from '../helpers/build.ts'
import { as } from '../helpers/callers.ts'
import { ok, paragraph, post } from '../helpers/news.ts'

const words = ['alpha', 'bravo', 'delta', 'foxtrot']
const nobody = '0192d4f0-9a1b-7c3d-9e5f-2b4c6d8e0f12'

async function newsroom(t: Parameters<typeof build>[0]) {
  const { app, store } = await build(t)
  const admin = as(app)
  const ids: string[] = []
  for (const name of ['Ada', 'Bob', 'Cyd']) ids.push((await post(admin, '/v1/people', { name: `${name} Example` })).id)
  const bits = (n: number, of: string[]) => of.filter((_, bit) => n & (1 << bit))
  for (let n = 0; n < 40; n++)
    await post(admin, '/v1/articles', {
      title: `Story ${n}`,
      language: 'und',
      status: n % 5 === 0 ? 'draft' : 'published',
      body: [paragraph('p', bits(n * 7, words).join(' '))],
      aboutIds: bits(n * 3, ids),
    })
  return { store, ids, admin }
}

const find = async (db: Db, query: TokenQuery, none: TokenQuery | null): Promise<number[]> => {
  const c = conditions('m')
  const { documents, shape } = db.dialect.match(query, none, c.bind)
  const found = db.prepared(`test ${shape}`, q => q.select({ doc: sql<number>`doc`.mapWith(Number) }).from(sql`${documents} as found`))
  return (await found.execute(c.values())).map(({ doc }) => doc).sort((a, b) => a - b)
}

const score = async (db: Db, query: TokenQuery, none: TokenQuery | null, any = false): Promise<{ doc: number; score: number }[]> => {
  const c = conditions('m')
  const parts = 'of' in query ? query.of : [query]
  const weighed = parts.map((part, n) => ({ query: part, weight: n + 1 }))
  const { hits, shape } = any ? db.dialect.matchAny(weighed, none, c.bind) : db.dialect.match(query, none, c.bind)
  const found = db.prepared(`test hits ${any} ${shape}`, q =>
    q.select({ doc: sql<number>`doc`.mapWith(Number), score: sql<number>`score`.mapWith(Number) }).from(sql`${hits} as found`),
  )
  return found.execute(c.values())
}

const docs = (hits: { doc: number }[]) => hits.map(({ doc }) => doc).sort((a, b) => a - b)

t.test('a tree of words and links finds what its leaves find, joined as the tree says', async t => {
  const { store, ids } = await newsroom(t)
  const word = fc.constantFrom<TokenQuery>(
    ...words.map(term => ({ op: 'term', term }) as const),
    { op: 'phrase', terms: ['alpha', 'bravo'] },
    { op: 'prefix', term: 'fox' },
  )
  const linked = fc.subarray([...ids, nobody], { minLength: 1 }).map(
    (some): TokenQuery => ({
      op: 'linked',
      people: some,
      places: some.slice(1),
      names: [
        { op: 'phrase', terms: ['ada', 'example'] },
        { op: 'term', term: 'delta' },
      ],
    }),
  )
  const clause = fc.oneof(
    word,
    linked,
    fc.array(fc.oneof(word, linked), { minLength: 2, maxLength: 3 }).map((of): TokenQuery => ({ op: 'or', of })),
    fc.tuple(fc.array(word, { minLength: 2, maxLength: 2 }), linked).map(([of, link]): TokenQuery => ({ op: 'or', of: [{ op: 'and', of }, link] })),
  )
  const tree = fc.oneof(
    clause,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(clause, { minLength: 2, maxLength: 3 }))
      .map(([op, of]): TokenQuery => ({ op, of })),
  )
  await fc.assert(
    fc.asyncProperty(tree, fc.option(word), (query, none) =>
      store.search(async db => {
        const meant = async (part: TokenQuery): Promise<Set<number>> => {
          if (!('of' in part)) return new Set(await find(db, part, null))
          const sets = await Promise.all(part.of.map(meant))
          const all = [...new Set(sets.flatMap(set => [...set]))]
          return new Set(all.filter(doc => (part.op === 'or' ? true : sets.every(set => set.has(doc)))))
        }
        const excluded = none ? await meant(none) : new Set()
        const wanted = [...(await meant(query))].filter(doc => !excluded.has(doc)).sort((a, b) => a - b)
        t.same(await find(db, query, none), wanted, JSON.stringify([query, none]))
        t.same(docs(await score(db, query, none)), wanted, 'scored, too')
        if (query.op === 'or') t.same(docs(await score(db, query, none, true)), wanted, 'and as an OR of weights')
      }),
    ),
    { numRuns: 60 },
  )
})

t.test('a link finds the articles that are about one of the people, each once, whatever they say', async t => {
  const { store, ids, admin } = await newsroom(t)
  const { data } = await ok(admin.get(`/v1/articles?person.any=${ids.join()}&status.any=draft,published&limit=100`))
  const found = await store.search(db => find(db, { op: 'linked', people: ids, places: [], names: [] }, null))
  t.equal(found.length, data.length)
  t.equal(new Set(found).size, found.length)
  t.same(await store.search(db => find(db, { op: 'linked', people: [], places: [nobody], names: [] }, null)), [])
})

t.test('words score as ever and a link by itself nothing; a link scores its weight in an OR', async t => {
  const { store, ids } = await newsroom(t)
  const delta: TokenQuery = { op: 'term', term: 'delta' }
  const [ada = ''] = ids
  await store.search(async db => {
    const named = new Set(await find(db, delta, null))
    const hits = await score(db, { op: 'or', of: [delta, { op: 'linked', people: [ada], places: [], names: [delta] }] }, null)
    t.ok(hits.length > named.size && hits.every(({ doc, score }) => score > 0 === named.has(doc)))
    const nameless = await score(db, { op: 'linked', people: [ada], places: [], names: [] }, null)
    t.ok(nameless.every(({ score }) => score === 0))
    const weighed = await score(
      db,
      {
        op: 'or',
        of: [
          { op: 'term', term: 'nothing' },
          { op: 'linked', people: [ada], places: [], names: [] },
        ],
      },
      null,
      true,
    )
    t.same([...new Set(weighed.map(({ score }) => score))], [2])
    t.ok(weighed.every(({ doc }) => doc % documentOf('article', 1) === 0))
  })
})
