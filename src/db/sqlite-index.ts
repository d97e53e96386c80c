import type Database from 'better-sqlite3'
import { countTerms, numbered, type TermCount, writeCounts } from './term-counts.ts'

/** The words of a document, tokens joined by a space; `counts` as in an `IndexEntry`. */
type Words = { doc: number; title: string; body: string; forms: string; counts?: ReadonlyMap<string, TermCount> | undefined }

/** Numbers of terms that are known without asking: those that were committed, and those that this transaction has seen. */
export type NumbersKept = {
  get(term: string): number | undefined
  add(entries: Iterable<readonly [term: string, number: number]>): void
  /** After a commit all that was added is kept, after a rollback nothing of it: what is rolled back has no number. */
  ended(how: 'committed' | 'undone'): void
}

/** Terms of each half, some 5 MB. Those that did not come again while as many others came are forgotten. */
const maxKept = 50_000

export function numbersKept(): NumbersKept {
  let recent = new Map<string, number>()
  let older = new Map<string, number>()
  const fresh = new Map<string, number>()
  function keep(term: string, number: number) {
    if (recent.size >= maxKept) {
      older = recent
      recent = new Map()
    }
    recent.set(term, number)
  }
  return {
    get(term) {
      const number = recent.get(term) ?? fresh.get(term)
      if (number !== undefined) return number
      const old = older.get(term)
      if (old !== undefined) keep(term, old)
      return old
    },
    add(entries) {
      for (const [term, number] of entries) fresh.set(term, number)
      if (fresh.size > maxKept) fresh.clear()
    },
    ended(how) {
      if (how === 'committed') for (const [term, number] of fresh) keep(term, number)
      fresh.clear()
    },
  }
}

/** What writes a document's words: into the full text index, and counted beside it. Without `kept` the database is asked for every number. */
export function indexOf(connection: Database.Database, kept?: NumbersKept) {
  const removals = [connection.prepare('delete from search_index where rowid = ?'), connection.prepare('delete from search_terms where doc = ?')]
  const index = connection.prepare('insert into search_index (rowid, title, body, forms) values (?, ?, ?, ?)')
  const count = connection.prepare('insert into search_terms (doc, counts) values (?, ?)')
  const keep = connection.prepare('insert into search_words (word) select value from json_each(?) where true on conflict do nothing') // without `where` a join is read
  const numberOf = numbering(connection, kept)
  return {
    keep(words: readonly string[]) {
      if (words.length > 0) keep.run(JSON.stringify(words))
    },
    insert(...documents: Words[]) {
      for (const { doc, title, body, forms } of documents) index.run(doc, title, body, forms)
      const all = documents.map(document => document.counts ?? countTerms(document))
      const numbers = numberOf(all)
      for (const [n, counts] of all.entries()) count.run(documents[n]?.doc, writeCounts(numbered(counts, numbers)))
    },
    remove(doc: number) {
      for (const removal of removals) removal.run(doc)
    },
  }
}

/** Numbers of the terms of some documents, which are given to those that have none. */
function numbering(connection: Database.Database, kept?: NumbersKept) {
  const known = connection
    .prepare<[string], [string, number]>('select term, number from search_vocabulary where term in (select value from json_each(?))')
    .raw()
  const add = connection
    .prepare<[string], [string, number]>('insert into search_vocabulary (term) select value from json_each(?) returning term, number')
    .raw()
  return (all: readonly ReadonlyMap<string, unknown>[]): Map<string, number> => {
    const numbers = new Map<string, number>()
    const asked = new Set<string>()
    for (const counts of all)
      for (const term of counts.keys()) {
        if (numbers.has(term) || asked.has(term)) continue
        const number = kept?.get(term)
        if (number === undefined) asked.add(term)
        else numbers.set(term, number)
      }
    const note = (entries: readonly [string, number][]) => {
      for (const [term, number] of entries) numbers.set(term, number)
      kept?.add(entries)
    }
    if (asked.size > 0) note(known.all(JSON.stringify([...asked])))
    const others = [...asked].filter(term => !numbers.has(term))
    if (others.length > 0) note(add.all(JSON.stringify(others)))
    return numbers
  }
}
