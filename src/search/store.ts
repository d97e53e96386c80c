import { sql } from 'drizzle-orm'
import type { Conditions } from '../db/conditions.ts'
import { type Db, documentIn, type WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import type { TokenQuery } from '../db/token-query.ts'
import { unstemmed } from './analyse.ts'
import { type Compiled, compile } from './compile.ts'
import { countedText } from './document.ts'
import { parseQuery } from './grammar.ts'
import { meant } from './known.ts'
import { keepWords } from './words.ts'

type Text = { titles: string[]; texts: string[]; language: string }

const languagesSeen = new WeakMap<object, Set<string>>()

/** What is to be indexed: the words of a row, which is new or may have been indexed before. */
export type Document = { kind: NounKind; seq: number; text: Text; isNew: boolean }

/** Writes the words of rows into the full text index, in the transaction of the rows. */
export async function indexDocuments(db: WriteDb, documents: readonly Document[]): Promise<void> {
  const all = new Set<string>()
  const entries = documents.map(({ kind, seq, text, isNew }) => {
    const { words, ...columns } = countedText(text)
    for (const word of words) all.add(word)
    return { kind, seq, isNew, ...columns }
  })
  await db.search.index(...entries)
  await keepWords(db, [...all])
  for (const language of new Set(documents.map(({ text }) => text.language))) await keepLanguage(db, language)
}

async function keepLanguage(db: WriteDb, language: string) {
  const seen = languagesSeen.get(db.tables) ?? new Set()
  if (language === unstemmed || seen.has(language)) return
  await db.sql.insert(db.tables.searchLanguages).values({ language }).onConflictDoNothing()
  db.afterCommit(() => languagesSeen.set(db.tables, seen.add(language)))
}

/** What finds nothing. */
const nothing: TokenQuery = { op: 'or', of: [] }

/**
 * A query as the index takes it; with `links`, articles that are about a person or a place by another name are found, too. One that asks for something of which
 * no word is left (`!!!`) finds nothing; an empty one everything.
 */
export async function compileQuery(db: Db, text: string, links = true): Promise<Compiled> {
  const { clauses, filters } = parseQuery(text)
  const query = compile({ clauses: await meant(db, clauses, links), filters }, await languagesOf(db))
  const lost = !query.all && !query.none && query.filters.length === 0 && text.trim() !== ''
  return lost ? { ...query, all: nothing } : query
}

/** Languages that texts of this database have. */
export async function languagesOf(db: Db): Promise<string[]> {
  const { searchLanguages } = db.tables
  const rows = await db.prepared('languages', q => q.select().from(searchLanguages).orderBy(searchLanguages.language)).execute()
  return rows.length > 0 ? rows.map(row => row.language) : ['en']
}

/** A query for people or places: a filter of articles in it leaves articles alone, so nobody and nowhere is found. */
export async function compileNameQuery(db: Db, text: string): Promise<Compiled> {
  const query = await compileQuery(db, text, false)
  return query.filters.length > 0 ? { ...query, all: nothing, any: null, clauses: [], parts: [], isOr: false } : query
}

/** Keeps the rows of a noun to those that have every word of a query, for orders other than relevance. */
export function addFound(db: Db, c: Conditions, kind: NounKind, { all, none }: Compiled): void {
  const wanted = all ?? none
  if (!wanted) return
  const { documents, shape } = db.dialect.match(wanted, all ? none : null, c.bind)
  const doc = documentIn(kind, tableOf(db)[kind].seq)
  c.add(`${all ? 'found' : 'rest'} ${shape}`, all ? sql`${doc} in ${documents}` : sql`${doc} not in ${documents}`)
}

/** The table of each kind. */
export const tableOf = ({ tables: { articles, people, places } }: Db) => ({ article: articles, person: people, place: places })
