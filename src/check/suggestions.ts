// Names that are suggested: worked out again from the rows that they belong to.
import { firstDifference } from '../db/inspect.ts'
import type { NounKind } from '../db/tables.ts'
import type { Part } from '../suggest/parts.ts'
import { tableNames } from './nouns.ts'
import type { Report } from './report.ts'
import { type Reading, suggestionsOf } from './store.ts'

type Suggested = { seq: number; id: string; parts: readonly Part[] }

export async function checkSuggestions(reading: Reading, kind: NounKind, rows: readonly Suggested[], report: Report): Promise<void> {
  const seqs = rows.map(({ seq }) => seq)
  const stored = await suggestionsOf(reading, kind, seqs)
  for (const { seq, id, parts } of rows) {
    const different = firstDifference(parts.map(lineOf), (stored.get(String(seq)) ?? []).map(lineOf))
    if (!different) continue
    const { at, expected, found } = different
    report.note('suggestions', { table: tableNames[kind], id, what: `row ${at} in suggestions`, expected, found })
  }
}

const lineOf = ({ position, key, rank, head1, head2, head3 }: Part): string => [position, rank, head1, head2, head3, key].join(' ')
