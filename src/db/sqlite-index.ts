import type Database from 'better-sqlite3'
import { writeCounts } from './term-counts.ts'

/** The words of a document, tokens joined by a space. */
type Words = { doc: number; title: string; body: string; forms: string }

/** What writes a document's words: into the full text index, and counted beside it. */
export function indexOf(connection: Database.Database) {
  const removals = [connection.prepare('delete from search_index where rowid = ?'), connection.prepare('delete from search_terms where doc = ?')]
  const index = connection.prepare('insert into search_index (rowid, title, body, forms) values (?, ?, ?, ?)')
  const count = connection.prepare('insert into search_terms (doc, terms) values (?, ?)')
  const keep = connection.prepare('insert into search_words (word) select value from json_each(?) where true on conflict do nothing') // without `where` a join is read
  return {
    keep: (words: readonly string[]) => void keep.run(JSON.stringify(words)),
    insert({ doc, title, body, forms }: Words) {
      index.run(doc, title, body, forms)
      count.run(doc, writeCounts({ title, body }))
    },
    remove(doc: number) {
      for (const removal of removals) removal.run(doc)
    },
  }
}
