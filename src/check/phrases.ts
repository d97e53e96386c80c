// By which phrases searches know people, places and synonyms: worked out again from these.
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import { namesOf } from '../nouns/named.ts'
import { nameKeys, type PhraseKind } from '../phrases/store.ts'
import { keysOfSynonym } from '../synonyms/store.ts'
import { noting, tableNames } from './nouns.ts'
import { maxTold, type Report } from './report.ts'
import type { Reading } from './store.ts'

type Named = { id: string; name: string; aliases: string[]; description: string | null; trashedAt: string | null }

export const checkNamePhrases = (reading: Reading, kind: 'person' | 'place', rows: readonly Named[], report: Report): Promise<void> =>
  checkKeys(
    reading,
    kind,
    rows.map(row => ({ id: row.id, keys: nameKeys(namesOf(row)) })),
    report,
  )

/** All synonyms, of which there are few; and phrases of nobody. */
export async function checkPhrases(reading: Reading, report: Report): Promise<void> {
  const rows = await reading.sql.select().from(reading.tables.synonyms).orderBy(asc(reading.tables.synonyms.id))
  await checkKeys(
    reading,
    'synonym',
    rows.map(row => ({ id: row.id, keys: keysOfSynonym(row) })),
    report,
  )
  for (const kind of ['person', 'place', 'synonym'] as const) await checkLoose(reading, kind, report)
}

const tableName = (kind: PhraseKind) => (kind === 'synonym' ? 'synonyms' : tableNames[kind])

async function checkKeys(reading: Reading, kind: PhraseKind, expected: readonly { id: string; keys: string[] }[], report: Report) {
  const { knownPhrases: p } = reading.tables
  const ids = expected.map(({ id }) => id)
  const rows = await reading.sql
    .select()
    .from(p)
    .where(and(eq(p.kind, kind), inArray(p.entityId, ids)))
    .orderBy(asc(p.key))
  const found = new Map<string, string[]>(ids.map(id => [id, []]))
  for (const { entityId, key } of rows) found.get(entityId)?.push(key)
  for (const { id, keys } of expected) noting(report, 'phrases', tableName(kind), id)('known phrases', keys, found.get(id))
}

async function checkLoose(reading: Reading, kind: PhraseKind, report: Report) {
  const { knownPhrases: p, people, places, synonyms } = reading.tables
  const table = { person: people, place: places, synonym: synonyms }[kind]
  const where = and(eq(p.kind, kind), sql`not exists (select 1 from ${table} where ${table.id} = ${p.entityId})`)
  const rows = await reading.sql.select().from(p).where(where).orderBy(asc(p.key), asc(p.entityId)).limit(maxTold)
  for (const { key, entityId } of rows)
    report.note('phrases', { table: 'known_phrases', id: `${kind} ${key}`, what: `${kind} ${entityId}`, expected: 'a row', found: 'none' })
  const all = rows.length < maxTold ? rows.length : ((await reading.sql.select({ rows: count() }).from(p).where(where))[0]?.rows ?? 0)
  report.more('phrases', all - rows.length)
}
