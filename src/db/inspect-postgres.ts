// A database of PostgreSQL that is looked at, in one transaction that may not write. It has no boxes of its own: they are an index, which the server keeps.
import type pg from 'pg'
import { withoutPassword } from '../lib/url.ts'
import { postgresColumns } from './columns.ts'
import type { Words } from './copy-shape.ts'
import { countsFault, firstDifference, type Inspection, looseCount, numbersIn, refuseOtherAge, type WordsCheck, type WordsFault } from './inspect.ts'
import { migrationOfPostgres, migrationsOf } from './migrate.ts'
import { tsEntry } from './postgres-match.ts'
import { connections, usualTimes } from './postgres-pool.ts'
import { defineTables } from './tables.ts'

/** Runs `use` on the database as it is at this moment; it is not migrated. Throws an InspectionError, or what the server says. */
export async function inspectPostgres<T>(url: string, use: (inspection: Inspection) => Promise<T>): Promise<T> {
  const pool = connections(url, 1, { ...usualTimes, statementMs: 0 }) // it takes its time
  try {
    return await pool.use(async ({ client, sql }) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      try {
        refuseOtherAge(withoutPassword(url), await migrationOfPostgres(client), migrationsOf('postgres').at(-1)?.number ?? 0)
        return await use({
          sql,
          tables: defineTables(postgresColumns),
          faults: async () => [],
          words: async (first, end) => tsWords(client, first, end),
          lastDocument: async () => Number((await client.query('select coalesce(max(doc), 0) as doc from search_index')).rows[0]?.doc),
          async *boxFaults() {},
        })
      } finally {
        await client.query('ROLLBACK').catch(() => {}) // the query that met the error tells it
      }
    })
  } finally {
    await pool.close()
  }
}

/** Entries that are not what they should be, with what each side has that the other has not. */
const differing = `
  select e.doc, s.doc is null as missing, s.title, s.body, array_to_string(tsvector_to_array(s.terms), ' ') as terms,
    array_to_string(tsvector_to_array(e.terms), ' ') as wanted
  from (select doc, title, body, terms::tsvector as terms from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as e (doc, title, body, terms)) e
  left join search_index s using (doc)
  where s.doc is null or s.title <> e.title or s.body <> e.body or s.terms <> e.terms order by e.doc`

/** Entries of nobody. A number is seq * 8 + kind: see \`documentOf\`. */
const loose = `
  select doc, count(*) over () as n from search_index where doc >= $1 and doc < $2 and not exists (
    select 1 from articles where doc % 8 = 0 and seq = doc / 8 union all
    select 1 from people where doc % 8 = 1 and seq = doc / 8 union all
    select 1 from places where doc % 8 = 2 and seq = doc / 8)
  order by doc limit $3`

type Differing = { doc: string; missing: boolean; title: string; body: string; terms: string; wanted: string }

function tsWords(client: pg.ClientBase, first: number, end: number): WordsCheck {
  const told: WordsFault[] = []
  let count = 0
  return {
    async expect(words) {
      const entries = words.map(entry => ({ doc: entry.doc, ...tsEntry(entry) }))
      const values = [entries.map(({ doc }) => doc), entries.map(e => e.title), entries.map(e => e.body), entries.map(e => e.terms)]
      const { rows } = await client.query<Differing>({ name: 'words that differ', text: differing, values })
      count += rows.length
      for (const row of rows) if (told.length < maxNoted) told.push(faultOf(row, words))
      const wrong = new Set(rows.map(({ doc }) => Number(doc)))
      const ofCounts = await countFaults(
        client,
        words.filter(({ doc }) => !wrong.has(doc)),
      )
      count += ofCounts.length
      told.push(...ofCounts.slice(0, Math.max(0, maxNoted - told.length)))
    },
    async faults(limit) {
      const { rows } = await client.query<{ doc: string; n: string }>(loose, [first, end, limit])
      const strangers = rows.map(({ doc }): WordsFault => ({ ...nobodys, doc: Number(doc) }))
      const unclaimed = await client.query<{ doc: string; n: string }>(looseCounts, [first, end, limit])
      const ofCounts = unclaimed.rows.map(({ doc }) => looseCount(Number(doc)))
      return {
        count: count + Number(rows[0]?.n ?? 0) + Number(unclaimed.rows[0]?.n ?? 0),
        told: [...told, ...strangers, ...ofCounts].slice(0, limit),
      }
    },
  }
}

/** Documents whose terms are counted in another way than they should be. */
async function countFaults(client: pg.ClientBase, words: readonly Words[]): Promise<WordsFault[]> {
  const docs = words.map(({ doc }) => doc)
  const { rows } = await client.query<{ doc: string; counts: Buffer }>({ name: 'counts', text: counted, values: [docs] })
  const found = new Map(rows.map(({ doc, counts }) => [Number(doc), counts]))
  const named = await client.query<{ number: number; term: string }>({ name: 'terms', text: terms, values: [numbersIn([...found.values()])] })
  const termOf = new Map(named.rows.map(({ number, term }) => [number, term]))
  return words.map(entry => countsFault(entry, found.get(entry.doc), number => termOf.get(number))).filter(fault => fault !== undefined)
}

const counted = 'select doc, counts from search_terms where doc = any($1::bigint[])'
const terms = 'select number, term from search_vocabulary where number = any($1::integer[])'
const looseCounts = `select doc, count(*) over () as n from search_terms where doc >= $1 and doc < $2
  and not exists (select 1 from search_index where search_index.doc = search_terms.doc) order by doc limit $3`

const nobodys = { where: 'row', expected: 'none, as there is no such article, person or place', found: 'one' }

/** Documents that are kept to tell about. */
const maxNoted = 100

function faultOf(row: Differing, words: readonly Words[]): WordsFault {
  const doc = Number(row.doc)
  if (row.missing) return { doc, where: 'row', expected: 'one', found: 'none' }
  const entry = words.find(other => other.doc === doc)
  const wanted = entry && tsEntry(entry)
  const parts: [string, string, string][] = [
    ['title', wanted?.title ?? '', row.title],
    ['body', wanted?.body ?? '', row.body],
  ]
  for (const [where, expected, found] of parts) {
    const difference = firstDifference(tokensIn(expected), tokensIn(found))
    if (difference) return { doc, where: `${where}, token ${difference.at + 1}`, expected: difference.expected, found: difference.found }
  }
  const difference = firstDifference(tokensIn(row.wanted), tokensIn(row.terms))
  if (difference) return { doc, where: 'terms', expected: difference.expected, found: difference.found }
  return { doc, where: 'terms', expected: 'other places of the same terms', found: 'these' }
}

const tokensIn = (text: string) => text.split(' ').filter(token => token !== '')
