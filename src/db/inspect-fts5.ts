// FTS5 that keeps no text can only be read by its terms, in their order. So the tokens of all documents are read once and summed up, a sum a document.
import type Database from 'better-sqlite3'
import type { Words } from './copy-shape.ts'
import { countsFault, firstDifference, looseCount, numbersIn, type WordsCheck, type WordsFault } from './inspect.ts'
import { documentOf, partsOfDocument } from './store.ts'
import { nounKinds } from './tables.ts'
import { tokensOf } from './token-query.ts'

const columns = ['title', 'body', 'forms'] as const
type Column = (typeof columns)[number]

/** An instance of a term as `fts5vocab` has it: term, document, column, offset. */
type Instance = [term: string, doc: number, col: Column, offset: number]

const kinds = nounKinds.length
/** Numbers of documents that one number of a row stands for. */
const perNumber = documentOf('article', 1) - documentOf('article', 0)

/** The kinds of documents there are have a slot each for every number; any other document is nobody's. Asked for every token. */
const slotOf = (doc: number, first: number): number => {
  const kind = doc % perNumber
  return kind < kinds ? ((doc - first - kind) / perNumber) * kinds + kind : -1
}

const documentAt = (slot: number, first: number): number => first + Math.floor(slot / kinds) * perNumber + (slot % kinds)

const inIndex = 1
const claimed = 2

/**
 * Sums of tokens, independent of the order in which they come: two of 32 bits and what is known of it for each slot, so 27 bytes a number. (FNV-1a over the
 * term, mixed with its column and place: that others have the same sums would take chance or malice.)
 */
function sums(slots: number) {
  const [low, high, state] = [new Uint32Array(slots), new Uint32Array(slots), new Uint8Array(slots)]
  let hash = 0
  let hashed: string | undefined
  return {
    state,
    isEmpty: (slot: number) => low[slot] === 0 && high[slot] === 0,
    isSame: (slot: number, sum: readonly [number, number]) => low[slot] === sum[0] && high[slot] === sum[1],
    sum: (slot: number): [number, number] => [low[slot] ?? 0, high[slot] ?? 0],
    add(slot: number, term: string, column: Column, offset: number) {
      if (term !== hashed) {
        hash = 0x811c9dc5
        for (let at = 0; at < term.length; at += 1) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193)
        hashed = term
      }
      const place = offset * columns.length + columns.indexOf(column) + 1
      low[slot] = (low[slot] ?? 0) + mixed(hash ^ Math.imul(place, 0x9e3779b1))
      high[slot] = (high[slot] ?? 0) + mixed(Math.imul(hash, 0x85ebca6b) + place)
    },
  }
}

/** The last step of MurmurHash3: every bit of the number counts for every bit of the result. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Tokens of a document by column, as the tokenizer of the index divides what it was given. */
const tokensByColumn = (words: Words) => columns.map(column => tokensOf(words[column]))

function sumOf(words: Words): [number, number] {
  const wanted = sums(1)
  for (const [n, tokens] of tokensByColumn(words).entries())
    for (const [offset, token] of tokens.entries()) wanted.add(0, token, columns[n] ?? 'title', offset)
  return wanted.sum(0)
}

/** Needs a table `temp.tokens` of `fts5vocab`, by instance. Reads all its terms at once, and a second time where documents differ. */
export function fts5Words(connection: Database.Database, first: number, end: number): WordsCheck {
  const instances = () => connection.prepare<[], Instance>('select term, doc, col, "offset" from temp.tokens').raw().iterate()
  const rows = connection.prepare('select rowid from search_index where rowid >= ? and rowid < ?').pluck()
  const last = Number(connection.prepare('select coalesce(max(rowid), 0) from search_index where rowid < ?').pluck().get(end))
  const has = sums(Math.max(0, partsOfDocument(last).seq - partsOfDocument(first).seq + 1) * kinds)
  const wrong = new Map<number, Words | undefined>()
  let count = 0
  const note = (doc: number, words: Words | undefined) => {
    count += 1
    if (wrong.size < maxNoted) wrong.set(doc, words)
  }
  for (const doc of rows.iterate(first, end)) {
    const slot = slotOf(Number(doc), first)
    if (slot < 0) note(Number(doc), undefined)
    else has.state[slot] = inIndex
  }
  for (const [term, doc, column, offset] of instances()) if (doc >= first && doc < end) has.add(slotOf(doc, first), term, column, offset)

  const counts = countsCheck(connection)
  return {
    async expect(words) {
      for (const entry of words) {
        const slot = slotOf(entry.doc, first)
        if (has.state[slot] !== inIndex || !has.isSame(slot, sumOf(entry))) note(entry.doc, entry)
        else counts.expect(entry)
        has.state[slot] = claimed
      }
    },
    async faults(limit) {
      for (const [slot, state] of has.state.entries())
        if (state === inIndex || (state !== claimed && !has.isEmpty(slot))) note(documentAt(slot, first), undefined)
      const told = [...wrong].slice(0, limit)
      const found = told.length > 0 ? tokensFound(instances(), new Set(told.map(([doc]) => doc))) : new Map()
      const ofCounts = counts.faults(first, end)
      return {
        count: count + ofCounts.length,
        told: [...told.map(([doc, words]) => faultOf(doc, words, found.get(doc))), ...ofCounts].slice(0, limit),
      }
    },
  }
}

const looseCounts = `select doc from search_terms where doc >= @first and doc < @end
  and doc not in (select rowid from search_index where rowid >= @first and rowid < @end) order by doc`

/** The terms counted beside the index, document by document. */
function countsCheck(connection: Database.Database) {
  const counted = connection.prepare<[number], Buffer>('select counts from search_terms where doc = ?').pluck()
  const named = connection.prepare<[string], [number, string]>(
    'select number, term from search_vocabulary where number in (select value from json_each(?))',
  )
  const wrong: WordsFault[] = []
  return {
    expect(words: Words) {
      const found = counted.get(words.doc)
      const terms = new Map(named.raw().all(JSON.stringify(numbersIn(found ? [found] : []))))
      const fault = countsFault(words, found, number => terms.get(number))
      if (fault) wrong.push(fault)
    },
    faults(first: number, end: number): WordsFault[] {
      const loose = connection.prepare<[{ first: number; end: number }], number>(looseCounts).pluck().all({ first, end })
      return [...wrong, ...loose.map(looseCount)]
    },
  }
}

/** Documents that are kept to tell more about. */
const maxNoted = 100

/** Tokens of a few documents by column, with nothing where the index lacks one. */
function tokensFound(instances: Iterable<Instance>, docs: ReadonlySet<number>): Map<number, string[][]> {
  const found = new Map<number, string[][]>()
  for (const [term, doc, column, offset] of instances) {
    if (!docs.has(doc)) continue
    const tokens = found.get(doc) ?? columns.map(() => [])
    found.set(doc, tokens)
    const mine = tokens[columns.indexOf(column)]
    if (mine) mine[offset] = term
  }
  return found
}

function faultOf(doc: number, words: Words | undefined, found: string[][] | undefined): WordsFault {
  if (!words) return { doc, where: 'row', expected: 'none, as there is no such article, person or place', found: 'one' }
  for (const [n, expected] of tokensByColumn(words).entries()) {
    const difference = firstDifference(expected, found?.[n] ?? [])
    if (difference) return { doc, where: `${columns[n]}, token ${difference.at + 1}`, expected: difference.expected, found: difference.found }
  }
  return { doc, where: 'row', expected: 'one', found: 'none' }
}
