import type Database from 'better-sqlite3'
import { countTerms, writeCounts } from './term-counts.ts'

/** The words of a document, tokens joined by a space. */
type Words = { doc: number; title: string; body: string; forms: string }

/** What writes a document's words: into the full text index, and counted beside it. */
export function indexOf(connection: Database.Database) {
  const removals = [connection.prepare('delete from search_index where rowid = ?'), connection.prepare('delete from search_terms where doc = ?')]
  const index = connection.prepare('insert into search_index (rowid, title, body, forms) values (?, ?, ?, ?)')
  const count = connection.prepare('insert into search_terms (doc, counts) values (?, ?)')
  const keep = connection.prepare('insert into search_words (word) select value from json_each(?) where true on conflict do nothing') // without `where` a join is read
  const numberOf = numbering(connection)
  return {
    keep: (words: readonly string[]) => void keep.run(JSON.stringify(words)),
    insert(...documents: Words[]) {
      for (const { doc, title, body, forms } of documents) index.run(doc, title, body, forms)
      const all = documents.map(countTerms)
      const numbers = numberOf([...new Set(all.flatMap(counts => [...counts.keys()]))])
      for (const [n, counts] of all.entries())
        count.run(documents[n]?.doc, writeCounts([...counts].map(([term, each]) => [numbers.get(term) ?? 0, each])))
    },
    remove(doc: number) {
      for (const removal of removals) removal.run(doc)
    },
  }
}

/** Numbers of terms, which are given to those that have none. What is rolled back has no number, so none is remembered. */
function numbering(connection: Database.Database) {
  const known = connection
    .prepare<[string], [string, number]>('select term, number from search_vocabulary where term in (select value from json_each(?))')
    .raw()
  const add = connection
    .prepare<[string], [string, number]>('insert into search_vocabulary (term) select value from json_each(?) returning term, number')
    .raw()
  return (terms: readonly string[]): Map<string, number> => {
    const numbers = new Map(known.all(JSON.stringify(terms)))
    const others = terms.filter(term => !numbers.has(term))
    return others.length === 0 ? numbers : new Map([...numbers, ...add.all(JSON.stringify(others))])
  }
}
