// What people and places have beside their rows: how many articles are about them, and what places lie in.
import type { EntityKind } from '../db/tables.ts'
import type { PersonRow } from '../people/store.ts'
import { columnsOf as columnsOfPerson, stateOf as stateOfPerson } from '../people/write.ts'
import type { PlaceRow } from '../places/store.ts'
import { columnsOf as columnsOfPlace, stateOf as stateOfPlace } from '../places/write.ts'
import { suggestedOfNamed } from '../suggest/write.ts'
import { checkNouns, noting, tableNames } from './nouns.ts'
import { checkNamePhrases } from './phrases.ts'
import type { Report } from './report.ts'
import { articlesAbout, knownAmong, mergedOnes, type Reading } from './store.ts'
import { checkSuggestions } from './suggestions.ts'

export async function checkPeople(reading: Reading, rows: readonly PersonRow[], report: Report): Promise<void> {
  const checked = rows.map(row => ({ row, columns: columnsOfPerson(stateOfPerson(row)), state: stateOfPerson(row) }))
  await checkNouns(reading, 'person', checked, report)
  await checkCounts(reading, 'person', rows, report)
  await checkSuggestions(reading, 'person', rows.map(suggested), report)
  await checkNamePhrases(reading, 'person', rows, report)
}

export async function checkPlaces(reading: Reading, rows: readonly PlaceRow[], report: Report): Promise<void> {
  const ones = await mergedOnes(
    reading,
    rows.flatMap(({ containerId }) => containerId ?? []),
  )
  const checked = rows.map(row => ({ row, columns: columnsOfPlace(stateOfPlace(row)), state: stateOf(row, ones) }))
  await checkNouns(reading, 'place', checked, report)
  await checkCounts(reading, 'place', rows, report)
  await checkSuggestions(reading, 'place', rows.map(suggested), report)
  await checkNamePhrases(reading, 'place', rows, report)
  await checkContainers(reading, rows, report)
}

const suggested = (row: PersonRow | PlaceRow) => ({ seq: row.seq, id: row.id, parts: suggestedOfNamed(row) })

/** A container that was purged is forgotten, and one that was merged is another, without a new version: then the revision still names it. */
function stateOf(row: PlaceRow, mergedOnes: ReadonlySet<string>) {
  const { containedInId, ...state } = stateOfPlace(row)
  return containedInId === null || mergedOnes.has(containedInId) ? state : { ...state, containedInId }
}

type Counted = { id: string; articleCount: number }

async function checkCounts(reading: Reading, kind: EntityKind, rows: readonly Counted[], report: Report): Promise<void> {
  const ids = rows.map(({ id }) => id)
  const counts = await articlesAbout(reading, kind, ids)
  for (const { id, articleCount } of rows) noting(report, 'counts', tableNames[kind], id)('articleCount', counts.get(id) ?? 0, articleCount)
}

/** What a place lies in is there, and shown unless it lies in the trash. */
async function checkContainers(reading: Reading, rows: readonly PlaceRow[], report: Report): Promise<void> {
  const containers = rows.flatMap(({ containerId }) => containerId ?? [])
  const known = await knownAmong(reading, [...new Set(containers)])
  for (const { id, containerId, containedInId } of rows) {
    const container = containerId === null ? undefined : known.get(containerId)
    const place = noting(report, 'containers', 'places', id)
    if (containerId !== null) place(`kind of its container ${containerId}`, 'place', container?.kind ?? null)
    place('containedInId', container?.isTrashed === false ? containerId : null, containedInId)
  }
}
