import { sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import fc from 'fast-check'
import t from 'tap'
import { beyond, type Fetch, orderBy, slice } from '../../src/db/keyset.ts'

const written = (part: Parameters<SQLiteSyncDialect['sqlToQuery']>[0]) => new SQLiteSyncDialect().sqlToQuery(part)
const order = (descending: boolean) => ({ columns: [sql`name`, sql`id`], descending })

t.test('an order and its border are comparisons of row values, and values are bound', async t => {
  t.same(
    orderBy(order(false), false).map(part => written(part).sql),
    ['name asc', 'id asc'],
  )
  t.same(
    orderBy(order(false), true).map(part => written(part).sql),
    ['name desc', 'id desc'],
  )
  t.same(
    orderBy(order(true), false).map(part => written(part).sql),
    ['name desc', 'id desc'],
  )
  t.same(
    orderBy(order(true), true).map(part => written(part).sql),
    ['name asc', 'id asc'],
  )
  const signs = [false, true].flatMap(descending =>
    [false, true].flatMap(backwards => [false, true].map(inclusive => written(beyond(order(descending), ['x; drop', 1], inclusive, backwards)))),
  )
  t.same(
    signs.map(query => /\) (\S+) \(/.exec(query.sql)?.[1]),
    ['>', '>=', '<', '<=', '<', '<=', '>', '>='],
  )
  t.same(signs[0]?.params, ['x; drop', 1])
  t.notMatch(signs[0]?.sql, /drop/)
})

/** A list in memory, as a database would give it. */
const listOf =
  (rows: number[]): Fetch<number> =>
  async (bound, backwards, limit) => {
    const [border] = bound?.values ?? []
    const inside = (row: number) =>
      border === undefined || (backwards ? row < Number(border) : row > Number(border)) || (bound?.inclusive === true && row === border)
    return rows
      .filter(inside)
      .sort((a, b) => (backwards ? b - a : a - b))
      .slice(0, limit)
  }
const valuesOf = (row: number) => [row]

t.test('pages join to the whole, there and back', async t => {
  const run = fc.check(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), async (rows, limit) => {
      const sorted = [...rows].sort((a, b) => a - b)
      const fetch = listOf(rows)
      let page = await slice(undefined, limit, valuesOf, fetch)
      if (page.prev !== null) return false
      const there = [page.rows]
      while (page.next) {
        page = await slice({ direction: 'next', ...page.next }, limit, valuesOf, fetch)
        if (page.prev === null) return false
        there.push(page.rows)
      }
      const back = [page.rows]
      while (page.prev) {
        page = await slice({ direction: 'prev', ...page.prev }, limit, valuesOf, fetch)
        if (page.next === null) return false
        back.unshift(page.rows)
      }
      return there.flat().join() === sorted.join() && back.flat().join() === sorted.join()
    }),
  )
  t.match(await run, { failed: false, counterexample: null })
})

t.test('an empty page looks back from its own border, which may itself be a row', async t => {
  const gone = await slice({ direction: 'next', inclusive: false, values: [5] }, 2, valuesOf, listOf([1, 5]))
  t.same(gone, { rows: [], next: null, prev: { values: [5], inclusive: true } })
  t.same((await slice({ direction: 'prev', inclusive: true, values: [5] }, 2, valuesOf, listOf([1, 5]))).rows, [1, 5])
  const before = await slice({ direction: 'prev', inclusive: false, values: [5] }, 2, valuesOf, listOf([5, 9]))
  t.same(before, { rows: [], prev: null, next: { values: [5], inclusive: true } })
  t.same(await slice({ direction: 'next', inclusive: false, values: [5] }, 2, valuesOf, listOf([])), { rows: [], next: null, prev: null })
  t.same(await slice({ direction: 'prev', inclusive: true, values: [5] }, 2, valuesOf, listOf([9])), {
    rows: [],
    prev: null,
    next: { values: [5], inclusive: false },
  })
})
