import type Database from 'better-sqlite3'
import { countTerms, type Numbered, numbered, type TermCount, unknown, writeCounts } from './term-counts.ts'

/** The words of a document, tokens joined by a space; `counts` as in an `IndexEntry`. */
type Words = { doc: number; title: string; body: string; forms: string; counts?: ReadonlyMap<string, TermCount> | undefined }

/** Numbers of terms that are known without asking: those that were committed, and those that this transaction has seen. */
export type NumbersKept = {
  numbers: Map<string, number>
  /** Forgets all where there are too many. */
  makeRoom(): void
  add(term: string, number: number): void
  /** After a commit all that was added is kept, after a rollback nothing of it: what is rolled back has no number. */
  ended(how: 'committed' | 'undone'): void
}

/** Terms, some 10 MB: where there are more all are forgotten. */
const maxKept = 100_000

export function numbersKept(): NumbersKept {
  const numbers = new Map<string, number>()
  let fresh: string[] = []
  return {
    numbers,
    makeRoom() {
      if (numbers.size < maxKept) return
      numbers.clear()
      fresh = []
    },
    add(term, number) {
      numbers.set(term, number)
      fresh.push(term)
    },
    ended(how) {
      if (how === 'undone') for (const term of fresh) numbers.delete(term)
      fresh = []
    },
  }
}

/** What writes a document's words: into the full text index, and counted beside it. Without `remembered` the database is asked for every number. */
export function indexOf(connection: Database.Database, remembered?: NumbersKept) {
  const kept = remembered ?? numbersKept()
  const forgets = remembered === undefined
  const removals = [connection.prepare('delete from search_index where rowid = ?'), connection.prepare('delete from search_terms where doc = ?')]
  const index = connection.prepare('insert into search_index (rowid, title, body, forms) values (?, ?, ?, ?)')
  const count = connection.prepare('insert into search_terms (doc, counts) values (?, ?)')
  const keep = connection.prepare('insert into search_words (word) select value from json_each(?) where true on conflict do nothing') // without `where` a join is read
  const countsOf = numbering(connection, kept)
  return {
    keep(words: readonly string[]) {
      if (words.length > 0) keep.run(JSON.stringify(words))
    },
    insert(...documents: Words[]) {
      for (const { doc, title, body, forms } of documents) index.run(doc, title, body, forms)
      const all = documents.map(document => document.counts ?? countTerms(document))
      for (const [n, counts] of countsOf(all).entries()) count.run(documents[n]?.doc, writeCounts(counts))
      if (forgets) kept.ended('undone')
    },
    remove(doc: number) {
      for (const removal of removals) removal.run(doc)
    },
  }
}

/** Gives counts by the numbers of their terms, which are given to those that have none. */
function numbering(connection: Database.Database, kept: NumbersKept) {
  const known = connection
    .prepare<[string], [string, number]>('select term, number from search_vocabulary where term in (select value from json_each(?))')
    .raw()
  const add = connection
    .prepare<[string], [string, number]>('insert into search_vocabulary (term) select value from json_each(?) returning term, number')
    .raw()
  function learn(terms: readonly string[], statement: typeof known) {
    if (terms.length === 0) return
    const found = new Map(statement.all(JSON.stringify(terms)))
    for (const term of terms) {
      const number = found.get(term)
      if (number !== undefined) kept.add(term, number) // under the very string that texts have, which is found faster than its like
    }
  }
  return (all: readonly ReadonlyMap<string, TermCount>[]): Numbered[][] => {
    kept.makeRoom()
    const asked = new Set<string>()
    const counts = all.map(one => numbered(one, kept.numbers, asked))
    if (asked.size === 0) return counts
    learn([...asked], known)
    learn(
      [...asked].filter(term => !kept.numbers.has(term)),
      add,
    )
    return counts.map((one, n) => completed(one, all[n]?.keys() ?? [], kept.numbers))
  }
}

/** Counts with the numbers that were unknown when they were looked up; `terms` are theirs, in their order. */
function completed(counts: readonly Numbered[], terms: Iterable<string>, numbers: ReadonlyMap<string, number>): Numbered[] {
  const all = [...counts]
  let at = 0
  for (const term of terms) {
    const one = all[at]
    if (one?.[0] === unknown) all[at] = [numbers.get(term) ?? unknown, one[1]]
    at += 1
  }
  return all
}
