// What writes the words of a document on PostgreSQL: into the full text index, and counted beside it.
import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import { columnwise } from './insert.ts'
import { tsEntry } from './postgres-match.ts'
import { documentOf, type WriteDb } from './store.ts'
import { countTerms, numbered, type TermCount, writeCounts } from './term-counts.ts'

type Numbered = { term: string; number: number }
type Statement = { name: string; text: string; values: unknown[] }

/** Gives numbers to terms; those that have one keep it. */
export type Numbering = (terms: readonly string[]) => Promise<ReadonlyMap<string, number>>

/** Terms whose numbers a process remembers: some 5 MB. */
const maxRemembered = 50_000

const known = { name: 'numbers of terms', text: 'select term, number from search_vocabulary where term = any($1::text[])' }
const add = {
  name: 'terms without a number',
  text: 'insert into search_vocabulary (term) select unnest($1::text[]) on conflict (term) do nothing returning term, number',
}

/** Numbers of the vocabulary; where others write it at the same time, each statement has to be a transaction of its own. */
export function numbering(ask: (statement: Statement) => Promise<{ rows: Numbered[] }>): Numbering {
  const remembered = new LRUCache<string, number>({ max: maxRemembered })
  return async terms => {
    const numbers = new Map<string, number>()
    const note = ({ term, number }: Numbered) => {
      remembered.set(term, number)
      numbers.set(term, number)
    }
    for (const term of terms) {
      const number = remembered.get(term)
      if (number !== undefined) numbers.set(term, number)
    }
    for (const statement of [known, add, known]) {
      // asked a second time where somebody was quicker; in one order, so that two do not wait for each other in a circle
      const lacking = terms.filter(term => !numbers.has(term)).sort()
      if (lacking.length > 0) (await ask({ ...statement, values: [lacking] })).rows.forEach(note)
    }
    return numbers
  }
}

const upsert = `with entry as (
    insert into search_index (doc, title, body, terms) select * from unnest($1::bigint[], $2::text[], $3::text[], $4::tsvector[])
      on conflict (doc) do update set title = excluded.title, body = excluded.body, terms = excluded.terms)
  insert into search_terms (doc, counts) select * from unnest($1::bigint[], $5::bytea[]) on conflict (doc) do update set counts = excluded.counts`
const remove = 'with entry as (delete from search_index where doc = $1) delete from search_terms where doc = $1'
const keepWords = 'insert into search_words (word) select unnest($1::text[]) on conflict do nothing'

/** The counts of some texts as they are kept. */
export async function countsOf(
  texts: readonly { title: string; body: string; counts?: ReadonlyMap<string, TermCount> }[],
  numberOf: Numbering,
): Promise<Buffer[]> {
  const all = texts.map(text => text.counts ?? countTerms(text))
  const numbers = await numberOf([...new Set(all.flatMap(counts => [...counts.keys()]))])
  return all.map(counts => writeCounts(numbered(counts, numbers)))
}

/** `numberOf` and `keep` work aside, on a connection that commits each statement (see `aside` in postgres.ts). */
export const indexWriter = (
  client: Pick<pg.ClientBase, 'query'>,
  numberOf: Numbering,
  keep: (statement: Statement) => Promise<unknown>,
): WriteDb['search'] => ({
  keep: async words => void (await keep({ name: 'keep words', text: keepWords, values: [[...words].sort()] })),
  async index(...entries) {
    if (entries.length === 0) return
    const counts = await countsOf(entries, numberOf)
    const rows = entries.map(({ kind, seq, ...text }, n) => {
      const { title, body, terms } = tsEntry(text)
      return [documentOf(kind, seq), title, body, terms, counts[n]]
    })
    await client.query({ name: 'index', text: upsert, values: columnwise(rows) })
  },
  async remove(kind, seq) {
    await client.query({ name: 'unindex', text: remove, values: [documentOf(kind, seq)] })
  },
})
