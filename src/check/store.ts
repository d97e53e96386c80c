// What a check reads of some rows at once: a number of queries that does not depend on how many there are.
import { and, asc, count, eq, gte, inArray, lt, max, min, or, type SQL, sql } from 'drizzle-orm'
import type { Inspection } from '../db/inspect.ts'
import type { EntityKind, NounKind } from '../db/tables.ts'

export type Reading = Pick<Inspection, 'sql' | 'tables'>

/** Values in one query: both databases take more. */
const valuesAtMost = 1_000

/** Numbers of rows from `from` up to, but not including, `end`. */
export type Range = { from: number; end: number }

/** Rows of people whose `seq` lies in a range, in its order, at most `limit`. */
export const peopleIn = ({ sql: q, tables: { people } }: Reading, { from, end }: Range, limit: number) =>
  q
    .select()
    .from(people)
    .where(and(gte(people.seq, from), lt(people.seq, end)))
    .orderBy(asc(people.seq))
    .limit(limit)

export const placesIn = ({ sql: q, tables: { places } }: Reading, { from, end }: Range, limit: number) =>
  q
    .select()
    .from(places)
    .where(and(gte(places.seq, from), lt(places.seq, end)))
    .orderBy(asc(places.seq))
    .limit(limit)

export const tableOf = ({ tables: { articles, people, places } }: Reading, kind: NounKind) =>
  ({ article: articles, person: people, place: places })[kind]

/** How many rows a noun has, and the greatest `seq` of them. */
export async function sizeOf(reading: Reading, kind: NounKind): Promise<{ rows: number; last: number }> {
  const table = tableOf(reading, kind)
  const [row] = await reading.sql.select({ rows: count(), last: max(table.seq) }).from(table)
  return { rows: row?.rows ?? 0, last: row?.last ?? 0 }
}

/** Slugs of some resources, present and former. */
export async function slugsOf({ sql: q, tables: { slugs } }: Reading, kind: NounKind, ids: readonly string[]) {
  const rows = await q
    .select({ slug: slugs.slug, entityId: slugs.entityId, current: slugs.current })
    .from(slugs)
    .where(and(eq(slugs.kind, kind), inArray(slugs.entityId, [...ids])))
    .orderBy(asc(slugs.slug))
  return grouped(rows, row => row.entityId)
}

/** First and last number of the revisions of some resources, and how many they are. */
export async function revisionsOf({ sql: q, tables: { revisions: r } }: Reading, kind: NounKind, ids: readonly string[]) {
  const rows = await q
    .select({ entityId: r.entityId, first: min(r.version), last: max(r.version), rows: count() })
    .from(r)
    .where(and(eq(r.kind, kind), inArray(r.entityId, [...ids])))
    .groupBy(r.entityId)
  return new Map(rows.map(row => [row.entityId, row]))
}

/** What the revisions keep of some resources at some versions. */
export async function statesOf({ sql: q, tables: { revisions: r } }: Reading, kind: NounKind, wanted: readonly { id: string; version: number }[]) {
  const rows = await q
    .select({ entityId: r.entityId, state: r.state })
    .from(r)
    .where(and(eq(r.kind, kind), or(...wanted.map(({ id, version }) => and(eq(r.entityId, id), eq(r.version, version))))))
  return new Map(rows.map(row => [row.entityId, row.state]))
}

export async function mentionsOfArticles({ sql: q, tables: { mentions } }: Reading, ids: readonly string[]) {
  const rows = await q
    .select()
    .from(mentions)
    .where(inArray(mentions.articleId, [...ids]))
    .orderBy(asc(mentions.articleId), asc(mentions.position), asc(mentions.id))
  return grouped(rows, row => row.articleId)
}

export async function linksOfArticles({ sql: q, tables: { articleLinks: links } }: Reading, ids: readonly string[]) {
  const rows = await q
    .select()
    .from(links)
    .where(inArray(links.articleId, [...ids]))
    .orderBy(asc(links.articleId), asc(links.role), asc(links.position), asc(links.value))
  return grouped(rows, row => row.articleId)
}

export type Known = { kind: EntityKind; isTrashed: boolean }

/** Which of some ids are people and places, and which of them lie in the trash. */
export async function knownAmong(reading: Reading, ids: readonly string[]): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  for (const kind of ['person', 'place'] as const) {
    const table = tableOf(reading, kind)
    for (let at = 0; at < ids.length; at += valuesAtMost) {
      const some = ids.slice(at, at + valuesAtMost)
      const rows = await reading.sql.select({ id: table.id, trashedAt: table.trashedAt }).from(table).where(inArray(table.id, some))
      for (const { id, trashedAt } of rows) known.set(id, { kind, isTrashed: trashedAt !== null })
    }
  }
  return known
}

/** Published, untrashed articles that are filed under some people or places. */
export async function articlesAbout({ sql: q, tables: { articleLinks: links } }: Reading, role: EntityKind, ids: readonly string[]) {
  const rows = await q
    .select({ id: links.value, rows: count() })
    .from(links)
    .where(and(eq(links.role, role), inArray(links.value, [...ids]), eq(links.visible, true)))
    .groupBy(links.value)
  return new Map(rows.map(row => [row.id, row.rows]))
}

/** Those of the ids that others were merged into. */
export async function mergedOnes({ sql: q, tables: { merges } }: Reading, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await q
    .selectDistinct({ id: merges.intoId })
    .from(merges)
    .where(inArray(merges.intoId, [...new Set(ids)]))
  return new Set(rows.map(({ id }) => id))
}

export async function languagesInIndex({ sql: q, tables: { searchLanguages } }: Reading): Promise<Set<string>> {
  return new Set((await q.select().from(searchLanguages)).map(row => row.language))
}

/** Those of some words that searches know the spelling of. */
export async function spellingsAmong({ sql: q, tables: { searchWords } }: Reading, words: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (let at = 0; at < words.length; at += valuesAtMost) {
    const some = words.slice(at, at + valuesAtMost)
    for (const { word } of await q.select().from(searchWords).where(inArray(searchWords.word, some))) known.add(word)
  }
  return known
}

/** Slugs and revisions of nobody, in order, the first `limit` of each, and how many there are. */
export async function looseSlugs(reading: Reading, kind: NounKind, limit: number) {
  const { slugs } = reading.tables
  const where = and(eq(slugs.kind, kind), isNobodys(reading, kind, sql`${slugs.entityId}`))
  const rows = await reading.sql.select({ name: slugs.slug, entityId: slugs.entityId }).from(slugs).where(where).orderBy(asc(slugs.slug)).limit(limit)
  return { rows, count: (await reading.sql.select({ rows: count() }).from(slugs).where(where))[0]?.rows ?? 0 }
}

export async function looseRevisions(reading: Reading, kind: NounKind, limit: number) {
  const { revisions: r, merges } = reading.tables
  const where = and(
    eq(r.kind, kind),
    isNobodys(reading, kind, sql`${r.entityId}`),
    sql`not exists (select 1 from ${merges} where ${merges.id} = ${r.entityId})`,
  )
  const rows = await reading.sql
    .select({ name: r.version, entityId: r.entityId })
    .from(r)
    .where(where)
    .orderBy(asc(r.entityId), asc(r.version))
    .limit(limit)
  return { rows, count: (await reading.sql.select({ rows: count() }).from(r).where(where))[0]?.rows ?? 0 }
}

/** What is stored of the names of some rows, by their numbers. */
export async function suggestionsOf({ sql: q, tables: { suggestions: s } }: Reading, kind: NounKind, seqs: readonly number[]) {
  const rows = await q
    .select()
    .from(s)
    .where(and(eq(s.kind, kind), inArray(s.seq, [...seqs])))
    .orderBy(asc(s.seq), asc(s.position))
  return grouped(rows, row => String(row.seq))
}

/** Numbers of which there is no row, and names are stored all the same: the first `limit` of them, and how many rows of names these have. */
export async function looseSuggestions(reading: Reading, kind: NounKind, limit: number) {
  const { suggestions: s } = reading.tables
  const { seq } = tableOf(reading, kind)
  const where = and(eq(s.kind, kind), sql`not exists (select 1 from ${tableOf(reading, kind)} where ${seq} = ${s.seq})`)
  return reading.sql.select({ seq: s.seq, rows: count() }).from(s).where(where).groupBy(s.seq).orderBy(asc(s.seq)).limit(limit)
}

function isNobodys(reading: Reading, kind: NounKind, id: SQL): SQL {
  const table = tableOf(reading, kind)
  return sql`not exists (select 1 from ${table} where ${table.id} = ${id})`
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}
