import { count, type SQL, sql } from 'drizzle-orm'
import { boundLimit } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import { type Fit, fits, fitsKey, lettersForErrors, spellingsOf, wordsInDoubt, wordsOfTyped } from './match.ts'
import { endOfName, scoreOf, typedForm } from './parts.ts'

/** A part of a name that was found. */
type Row = { kind: NounKind; seq: number; rank: number; key: string }
export type Candidate = { kind: NounKind; seq: number; fit: Fit; score: number; rank: number }

/** Where no more rows than this begin alike all of them are read; where there are more, the best in the order of their ranks. */
const rowsRead = 200
/** Rows of one thing under one beginning are few: so many more are read than things are wanted, and again so many where that was not enough. */
const rowsForOne = 4
const rowsAtMost = 5_000
/** Spellings that are looked for of those that some name begins with. */
const spellingsTried = 16

/** Behind everything that begins with a text. */
const behind = (text: string) => `${text}\u{10ffff}`

/**
 * The best of what was typed, a candidate a thing: whole names, then those with a word that begins so, then where these are fewer than `limit` those with its
 * words in any order, then where there are none at all those with one typing error. The work is bounded, however many names there are.
 */
export async function candidates(db: Db, q: string, kinds: readonly NounKind[], limit: number): Promise<Candidate[]> {
  const typed = typedForm(q)
  if (typed === '' || kinds.length === 0) return []
  const found = new Map<string, Candidate>()
  const put = (fit: Fit, rows: readonly Row[]) => {
    for (const { kind, seq, rank } of rows) {
      const next = { kind, seq, fit, rank, score: scoreOf(kind, rank) }
      const known = found.get(`${kind} ${seq}`)
      if (!known || before(next, known) < 0) found.set(`${kind} ${seq}`, next)
    }
  }
  const whole = typed + endOfName
  const rows = await begun(db, kinds, typed, limit)
  put(
    'whole',
    rows.filter(({ key }) => key === whole),
  )
  put('begun', rows)
  if (found.size < limit) put('scattered', await scattered(db, kinds, typed))
  if (found.size === 0) put('mistyped', await mistyped(db, kinds, typed, limit))
  return [...found.values()].sort(before).slice(0, limit)
}

/** Names before titles among equals, then the newest title, then what was made last. */
const before = (a: Candidate, b: Candidate): number =>
  fits.indexOf(a.fit) - fits.indexOf(b.fit) ||
  b.score - a.score ||
  (a.kind < b.kind ? 1 : a.kind > b.kind ? -1 : 0) ||
  b.rank - a.rank ||
  b.seq - a.seq

/** For each kind its best rows under a beginning, and those whose name is that and no more, in one query. `head` says which of the three. */
function bestOfEach(db: Db, kinds: readonly NounKind[], typed: string, head: SQL, values: Record<string, string>, limit: number): Promise<Row[]> {
  const { suggestions: s } = db.tables
  const query = db.prepared(`suggest ${Object.keys(values).length} ${[...typed].length > 2 ? 3 : [...typed].length} ${kinds.length}`, q => {
    const parts = kinds.flatMap((_, n) =>
      [head, sql`${s.key} = ${sql.placeholder('whole')}`].map(
        where =>
          sql`select * from (select ${s.kind} as kind, ${s.seq} as seq, ${s.rank} as rank, ${s.key} as key from ${s} where ${s.kind} = ${sql.placeholder(`kind${n}`)} and ${where} order by ${s.rank} desc, ${s.seq} desc limit ${boundLimit('limit')}) as best`,
      ),
    )
    return q.select(columns).from(sql`(${sql.join(parts, sql` union all `)}) as found`)
  })
  return query.execute({ ...values, ...kindValues(kinds), whole: typed + endOfName, limit })
}

const columns = {
  kind: sql<NounKind>`kind`,
  seq: sql<number>`seq`.mapWith(Number),
  rank: sql<number>`rank`.mapWith(Number),
  key: sql<string>`key`,
}

/** The best things with a word that begins with what was typed. */
async function begun(db: Db, kinds: readonly NounKind[], typed: string, limit: number): Promise<Row[]> {
  const { suggestions: s } = db.tables
  const characters = [...typed]
  const head = characters.slice(0, 3).join('')
  const is = sql.placeholder('head')
  if (characters.length === 1) return bestOfEach(db, kinds, typed, sql`${s.head1} = ${is}`, { head }, limit)
  if (characters.length === 2) return bestOfEach(db, kinds, typed, sql`${s.head2} = ${is}`, { head }, limit)
  if (characters.length > 3 && (await isFew(db, kinds, typed))) return under(db, kinds, typed)
  const within = sql`${s.head3} = ${is} and ${s.key} >= ${sql.placeholder('low')} and ${s.key} < ${sql.placeholder('high')}`
  const values = { head, low: typed, high: behind(typed) }
  for (let rows = limit * rowsForOne; ; rows *= rowsForOne) {
    const best = await bestOfEach(db, kinds, typed, within, values, rows)
    if (
      rows >= rowsAtMost ||
      kinds.every(kind =>
        isEnough(
          best.filter(row => row.kind === kind),
          rows,
          limit,
        ),
      )
    )
      return best
  }
}

/** Whether rows of a kind are all that there are, or stand for as many things as are wanted: one thing may have hundreds. */
const isEnough = (best: readonly Row[], rows: number, limit: number) => best.length < rows || new Set(best.map(({ seq }) => seq)).size >= limit

/** Whether no more rows than `rowsRead` begin with what was typed: to count them costs a sixth of reading them. */
async function isFew(db: Db, kinds: readonly NounKind[], typed: string): Promise<boolean> {
  const query = db.prepared(`suggest few ${kinds.length}`, q => {
    const rows = sql`select 1 from ${db.tables.suggestions} where ${isUnder(db, kinds)} limit ${boundLimit('limit')}`
    return q.select({ rows: count() }).from(sql`(${rows}) as found`)
  })
  const [found] = await query.execute(valuesUnder(kinds, typed))
  return (found?.rows ?? 0) <= rowsRead
}

/** Everything that begins with what was typed, in the order of keys; one more than `rowsRead` where there is more. */
function under(db: Db, kinds: readonly NounKind[], typed: string): Promise<Row[]> {
  const { suggestions: s } = db.tables
  const query = db.prepared(`suggest under ${kinds.length}`, q =>
    q
      .select({ kind: s.kind, seq: s.seq, rank: s.rank, key: s.key })
      .from(s)
      .where(isUnder(db, kinds))
      .orderBy(s.key, s.kind, s.rank, s.seq)
      .limit(boundLimit('limit')),
  )
  return query.execute(valuesUnder(kinds, typed))
}

const isUnder = (db: Db, kinds: readonly NounKind[]): SQL =>
  sql`${db.tables.suggestions.key} >= ${sql.placeholder('low')} and ${db.tables.suggestions.key} < ${sql.placeholder('high')} and ${isOneOf(db, kinds)}`
const valuesUnder = (kinds: readonly NounKind[], typed: string) => ({
  low: typed,
  high: behind(typed),
  ...kindValues(kinds),
  limit: rowsRead + 1,
})

/** Spelled so that no index of kinds is taken for it, where that of keys has few rows: without statistics SQLite would. */
const isOneOf = ({ tables: { suggestions: s } }: Db, kinds: readonly NounKind[]): SQL =>
  sql`${s.kind} || '' in (${sql.join(
    kinds.map((_, n) => sql.placeholder(`kind${n}`)),
    sql`, `,
  )})`
const kindValues = (kinds: readonly NounKind[]) => Object.fromEntries(kinds.map((kind, n) => [`kind${n}`, kind]))

/** All rows under a beginning, or the first and the best of them where they are many. */
async function some(db: Db, kinds: readonly NounKind[], typed: string): Promise<Row[]> {
  const rows = await under(db, kinds, typed)
  return rows.length <= rowsRead ? rows : [...rows, ...(await begun(db, kinds, typed, rowsRead / rowsForOne))]
}

/** Words in any order, among names with the longest of them. */
async function scattered(db: Db, kinds: readonly NounKind[], typed: string): Promise<Row[]> {
  const words = wordsOfTyped(typed)
  if (words.length < 2) return []
  const longest = words.reduce((best, word) => (word.length >= best.length ? word : best), '')
  return (await some(db, kinds, longest)).filter(({ key }) => fitsKey('scattered', typed, key))
}

/** What was meant, where one letter of a word is wrong: near its beginning other spellings are looked for, further behind among all that begins alike. */
async function mistyped(db: Db, kinds: readonly NounKind[], typed: string, limit: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const start of wordsInDoubt(typed)) {
    const known = await namesBeginWith(db, kinds, spellingsOf(typed, start))
    for (const spelling of known.slice(0, spellingsTried)) rows.push(...(await begun(db, kinds, spelling, limit)))
    const alike = [...typed].slice(0, start + lettersForErrors).join('')
    if (alike !== typed) rows.push(...(await some(db, kinds, alike)).filter(({ key }) => fitsKey('mistyped', typed, key)))
  }
  return rows
}

/** Those of some beginnings that a name has: one look at an index each. */
async function namesBeginWith(db: Db, kinds: readonly NounKind[], beginnings: readonly string[]): Promise<string[]> {
  const { suggestions: s } = db.tables
  const query = db.prepared(`suggest spellings ${kinds.length}`, q => {
    const begins = sql`${s.key} >= listed.value and ${s.key} < listed.value || ${sql.placeholder('behind')}`
    const known = sql`select 1 from ${s} where ${begins} and ${isOneOf(db, kinds)}`
    return q
      .select({ text: sql<string>`listed.value` })
      .from(db.dialect.listed(sql.placeholder('beginnings')))
      .where(sql`exists (${known})`)
  })
  const rows = await query.execute({ ...kindValues(kinds), beginnings: JSON.stringify(beginnings), behind: behind('') })
  const known = new Set(rows.map(row => row.text))
  return beginnings.filter(beginning => known.has(beginning))
}
