// Paging, over every noun: nothing that was there all the time is seen twice or lost, whatever comes and goes between two pages.
import fc from 'fast-check'
import t from 'tap'
import { build } from './helpers/build.ts'
import { as, type Caller, make } from './helpers/callers.ts'
import { type Noun, nouns } from './helpers/nouns.ts'

type Item = { id: string; slug: string }
type Change = { kind: 'insert' | 'delete' | 'change'; pick: number; name: string }

const names = ['alpha', 'Älpha', 'bravo', 'charlie', 'delta', 'zulu', '東京', '!']
const change = fc.record({
  kind: fc.constantFrom<Change['kind'][]>('insert', 'delete', 'change'),
  pick: fc.nat(1_000),
  name: fc.constantFrom(...names),
})
const plan = fc.record({
  stable: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 9 }),
  fleeting: fc.array(fc.constantFrom(...names), { maxLength: 6 }),
  limits: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
  changes: fc.array(fc.array(change, { maxLength: 2 }), { minLength: 1, maxLength: 8 }),
  sort: fc.nat(100),
  descending: fc.boolean(),
})

/** Two rows behind each page of one would be chased for ever, and checkPage sees 100 rows. */
const maxPagesChanged = 20

/** Pages of a list from a cursor to its end, in one direction; `between` runs after each. */
async function walk(
  caller: Caller,
  url: string,
  from: string | null,
  direction: 'next' | 'prev',
  limits: number[],
  between: (n: number, page: Page) => Promise<void>,
) {
  const pages: Page[] = []
  let cursor = from
  for (let n = 0; n < 100; n++) {
    const query = `${url}&limit=${limits[n % limits.length]}${cursor === null ? '' : `&cursor=${cursor}`}`
    const answer = await caller.get(query)
    if (answer.statusCode !== 200) throw new Error(answer.body)
    const page: Page = { ...answer.json(), link: [answer.headers.link ?? ''].flat().join() }
    pages.push(page)
    await between(n, page)
    cursor = page.page[direction]
    if (cursor === null) return pages
  }
  throw new Error('the walk does not end')
}
type Page = { data: Item[]; page: { next: string | null; prev: string | null }; link: string }

/** Comes, goes and changes among the rows that are not stable. */
async function apply(caller: Caller, noun: Noun, fleeting: string[], { kind, pick, name }: Change, source: string) {
  const id = fleeting[pick % Math.max(1, fleeting.length)]
  if (kind === 'insert' || id === undefined) fleeting.push((await make(caller, noun, name, { source: { name: source } })).id)
  else if (kind === 'change') await caller.patch(`${noun.path}/${id}`, { [noun.named]: `${name} ${pick}` })
  else await caller.delete(`${noun.path}/${fleeting.splice(fleeting.indexOf(id), 1)[0]}`)
}

/** `prev` is null exactly where nothing lies before, and `next` likewise; Link says the same. */
async function checkPage(caller: Caller, url: string, { data, page, link }: Page) {
  const all: Item[] = (await caller.get(`${url}&limit=100`)).json().data
  const at = (item: Item | undefined) => all.findIndex(other => other.id === item?.id)
  if (data.length > 0) {
    if ((page.prev === null) !== (at(data[0]) === 0)) throw new Error(`prev is ${page.prev} at ${at(data[0])}`)
    if ((page.next === null) !== (at(data.at(-1)) === all.length - 1)) throw new Error(`next is ${page.next} at ${at(data.at(-1))} of ${all.length}`)
  }
  const linked = Object.fromEntries(
    [...link.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, href = '', rel = '']) => [rel, new URLSearchParams(href.split('?')[1]).get('cursor')]),
  )
  if ((linked.next ?? null) !== page.next || (linked.prev ?? null) !== page.prev) throw new Error(`Link differs: ${link}`)
}

for (const noun of nouns) {
  t.test(`${noun.path}: a walk there and back shows what stays exactly once, in order`, async t => {
    const { app, clock } = await build(t)
    const caller = as(app)
    let run = 0
    await fc.assert(
      fc.asyncProperty(plan, async ({ stable, fleeting, limits, changes, sort, descending }) => {
        run += 1
        const source = `run-${run}`
        const sorts = Object.keys(noun.sorts)
        const url = `${noun.path}?source=${source}&sort=${descending ? '-' : ''}${sorts[sort % sorts.length]}`
        const stays: string[] = []
        const others: string[] = []
        for (const [n, name] of [...stable, ...fleeting].entries()) {
          if (n % 2 === 0) clock.tick()
          const { id } = await make(caller, noun, name, { source: { name: source } })
          if (n < stable.length) stays.push(id)
          else others.push(id)
        }
        const between = async (n: number, page: Page) => {
          await checkPage(caller, url, page)
          clock.tick()
          if (n < maxPagesChanged) for (const each of changes[n % changes.length] ?? []) await apply(caller, noun, others, each, source)
        }
        const order = (pages: Page[]) => pages.flatMap(page => page.data.map(item => item.id)).filter(id => stays.includes(id))
        const wanted: Item[] = (await caller.get(`${url}&limit=100`)).json().data
        const expected = wanted.map(item => item.id).filter(id => stays.includes(id))
        const there = await walk(caller, url, null, 'next', limits, between)
        if (order(there).join() !== expected.join()) throw new Error(`there: ${order(there)} is not ${expected}`)
        const last = there.at(-1)
        const back = last?.page.prev ? await walk(caller, url, last.page.prev, 'prev', limits, between) : []
        const seen = [...order(back.reverse()), ...order(last ? [last] : [])]
        if (seen.join() !== expected.join()) throw new Error(`back: ${seen} is not ${expected}`)
      }),
      { numRuns: 12 },
    )
    t.equal(run >= 12, true)
  })

  t.test(`${noun.path}: an empty page still finds its way back`, async t => {
    const { app } = await build(t)
    const caller = as(app)
    const made: Item[] = []
    for (const name of ['a', 'b', 'c', 'd']) made.push(await make(caller, noun, name))
    const url = `${noun.path}?sort=${noun.named}`
    const first = (await caller.get(`${url}&limit=2`)).json()
    await caller.delete(`${noun.path}/c`)
    await caller.delete(`${noun.path}/d`)
    const empty = (await caller.get(`${url}&limit=2&cursor=${first.page.next}`)).json()
    t.same([empty.data, empty.page.next], [[], null])
    const back = (await caller.get(`${url}&limit=2&cursor=${empty.page.prev}`)).json()
    t.same([back.data, back.page.prev], [first.data, null], 'the row at the border is not lost')
    await caller.post(`${noun.path}/c/restore`)
    t.same(
      (await caller.get(`${url}&cursor=${back.page.next ?? first.page.next}`)).json().data.map((item: Item) => item.slug),
      ['c'],
    )
    for (const slug of ['a', 'b', 'c']) await caller.delete(`${noun.path}/${slug}`)
    const nothing = (await caller.get(`${url}&cursor=${first.page.next}`)).json()
    t.same([nothing.data, nothing.page.next, nothing.page.prev], [[], null, null])
  })

  t.test(`${noun.path}: a cursor serves the query that it came from, and no other`, async t => {
    const { app } = await build(t)
    const caller = as(app)
    for (const name of ['a', 'b', 'c']) await make(caller, noun, name, { source: { name: 'afp' } })
    const url = `${noun.path}?source=afp&limit=1`
    const { next } = (await caller.get(url)).json().page
    const other = nouns.find(candidate => candidate !== noun)?.path
    const [version, hash, ...rest] = JSON.parse(Buffer.from(next, 'base64url').toString())
    const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const last = rest.slice(0, -1)
    const forged = [
      [2, hash, ...rest],
      [version, 'x', ...rest],
      [version, hash, 'z', ...rest.slice(1)],
      [version, hash, ...last],
      [version, hash, ...rest, 1],
      [version, hash, ...last, 5],
      [version, hash, ...last, null],
      [version, hash, ...last, ['x']],
      {},
      null,
      'x',
      [],
    ]
    const damaged = [next.slice(0, -3), next.slice(2), `${next}AAAA`, 'x', '!!', '', '%00%00', 'bnVsbA', ...forged.map(forge)]
    const wrong = [
      ...damaged.map(cursor => `${url}&cursor=${cursor}`),
      `${other}?source=afp&cursor=${next}`,
      `${url}&sort=updatedAt&cursor=${next}`,
      `${url}&updatedAt.gte=2001-01-01&cursor=${next}`,
      `${noun.path}?source=reuters&cursor=${next}`,
      `${noun.path}?cursor=${next}`,
      `${noun.path}?source=afp&q=a&cursor=${next}`,
    ]
    for (const query of wrong)
      t.match(
        (await caller.get(query)).json(),
        { status: 400, code: /^(?:cursor_mismatch|invalid_request)$/, errors: [{ parameter: 'cursor' }] },
        query,
      )
    for (const query of wrong.filter(asked => !asked.includes('%00'))) t.equal((await caller.get(query)).json().code, 'cursor_mismatch', query)
    for (const more of ['limit=2', 'limit=1&fields=slug', 'limit=1&count=exact'])
      t.equal((await caller.get(`${noun.path}?source=afp&${more}&cursor=${next}`)).statusCode, 200, `${more} may change`)
    t.equal((await caller.get(`${noun.path}?id.any=c,a,b&limit=1`)).json().page.next !== null, true)
    const listed = (await caller.get(`${noun.path}?id.any=c,a,b&limit=1`)).json().page.next
    t.equal(
      (await caller.get(`${noun.path}?id.any=a&id.any=b,c&limit=1&cursor=${listed}`)).statusCode,
      200,
      'the order of a list of values is no other query',
    )
  })

  t.test(`${noun.path}: relevance pages by position, there and back`, async t => {
    const { app } = await build(t)
    const caller = as(app)
    for (let n = 0; n < 5; n++) await make(caller, noun, `Putin ${n}`)
    const url = `${noun.path}?q=putin`
    const all = (await caller.get(`${url}&count=exact`)).json()
    t.equal(all.page.total, 5)
    const there = await walk(caller, url, null, 'next', [2], async () => {})
    t.same(
      there.map(page => page.data.length),
      [2, 2, 1],
    )
    t.same(
      there.flatMap(page => page.data),
      all.data,
    )
    t.equal(there[0]?.page.prev, null)
    const back = await walk(caller, url, there[2]?.page.prev ?? null, 'prev', [2], async () => {})
    t.same(
      back.reverse().flatMap(page => page.data),
      all.data.slice(0, 4),
    )
    t.match((await caller.get(`${url}&sort=updatedAt&cursor=${there[0]?.page.next}`)).json(), { code: 'cursor_mismatch' })
  })
}
