import type Database from 'better-sqlite3'
import { countTerms, numbered, type TermCount, writeCounts } from './term-counts.ts'

/** The words of a document, tokens joined by a space; `counts` as in an `IndexEntry`. */
type Words = { doc: number; title: string; body: string; forms: string; counts?: ReadonlyMap<string, TermCount> | undefined }

/** Numbers of terms that are known without asking: those that were committed, and those that this transaction has seen. */
export type NumbersKept = {
  numbers: Map<string, number>
  /** Forgets all where there are too many. */
  makeRoom(): void
  add(entries: readonly (readonly [term: string, number: number])[]): void
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
    add(entries) {
      for (const [term, number] of entries) {
        numbers.set(term, number)
        fresh.push(term)
      }
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
  const learn = numbering(connection, kept)
  return {
    keep(words: readonly string[]) {
      if (words.length > 0) keep.run(JSON.stringify(words))
    },
    insert(...documents: Words[]) {
      for (const { doc, title, body, forms } of documents) index.run(doc, title, body, forms)
      const all = documents.map(document => document.counts ?? countTerms(document))
      learn(all)
      for (const [n, counts] of all.entries()) count.run(documents[n]?.doc, writeCounts(numbered(counts, kept.numbers)))
      if (forgets) kept.ended('undone')
    },
    remove(doc: number) {
      for (const removal of removals) removal.run(doc)
    },
  }
}

/** Learns the numbers of the terms of some documents, which are given to those that have none. */
function numbering(connection: Database.Database, kept: NumbersKept) {
  const known = connection
    .prepare<[string], [string, number]>('select term, number from search_vocabulary where term in (select value from json_each(?))')
    .raw()
  const add = connection
    .prepare<[string], [string, number]>('insert into search_vocabulary (term) select value from json_each(?) returning term, number')
    .raw()
  return (all: readonly ReadonlyMap<string, unknown>[]): void => {
    kept.makeRoom()
    const asked = new Set<string>()
    for (const counts of all) for (const term of counts.keys()) if (!kept.numbers.has(term)) asked.add(term)
    if (asked.size === 0) return
    kept.add(known.all(JSON.stringify([...asked])))
    const others = [...asked].filter(term => !kept.numbers.has(term))
    if (others.length > 0) kept.add(add.all(JSON.stringify(others)))
  }
}
