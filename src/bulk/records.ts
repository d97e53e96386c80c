import { setImmediate as nextTurn } from 'node:timers/promises'
import { recordAudit } from '../audit/store.ts'
import type { WriteDb } from '../db/store.ts'
import { decodeUtf8, parseJson } from '../http/bodies.ts'
import { type Problem, problemOf } from '../http/problem.ts'
import { type Issue, orRefusal, Refusal, withTheRest } from '../lib/errors.ts'
import type { Writer } from '../nouns/writer.ts'
import type { auditOf } from '../writes/write.ts'
import type { Line } from './lines.ts'
import type { BulkNoun, Saved } from './nouns.ts'
import { maxRecordBytes } from './schema.ts'

/** What became of a line. */
export type Result = { line: number; status: number } & (Saved | { problem: Problem })

/** Everything that saving a line takes beside the line. */
export type Context = { noun: BulkNoun; kind: string; writer: Writer; requestId: string; audit: ReturnType<typeof auditOf> }

/** Lines that are saved together, whatever comes first: as many, or the bytes of as many. Others are served between two lots. */
const maxLines = 50
const maxBytes = 200_000

/** Saves lines in their order, each whole or not at all, and tells what became of each. */
export async function* savedLines(db: WriteDb, lines: Iterable<Line>, context: Context): AsyncGenerator<Result> {
  for (const lot of lotsOf(lines)) {
    for (const result of await savedLot(db, lot, context)) yield result
    await nextTurn()
  }
}

function* lotsOf(lines: Iterable<Line>): Generator<Line[]> {
  let lot: Line[] = []
  let bytes = 0
  for (const line of lines) {
    lot.push(line)
    bytes += line.bytes?.length ?? 0
    if (lot.length < maxLines && bytes < maxBytes) continue
    yield lot
    lot = []
    bytes = 0
  }
  if (lot.length > 0) yield lot
}

async function savedLot(db: WriteDb, lot: readonly Line[], { noun, writer, requestId }: Context): Promise<Result[]> {
  const records: (Sent | Refusal)[] = []
  for (const line of lot) records.push(await orRefusal(() => recordOf(line)))
  const outcomes = await withTheRest(records, rest =>
    noun.saveAll(
      db,
      rest.map(({ record }) => record),
      writer,
    ),
  )
  return lot.flatMap(({ number }, n): Result[] => {
    const outcome = outcomes[n]
    if (!outcome) return []
    if (outcome instanceof Refusal) return [refused(number, outcome, requestId)]
    return [{ line: number, status: outcome.made ? 201 : 200, id: outcome.saved.id, slug: outcome.saved.slug }]
  })
}

/** Lines that are noted in one statement. */
const linesNotedAtOnce = 500

/** Tells the audit log of lines that were saved; behind all that may be rolled back, as it has no numbers to waste. */
export async function noteLines(db: WriteDb, results: Iterable<Result>, { audit, kind }: Context): Promise<void> {
  let entries: Parameters<typeof recordAudit>[1][] = []
  for (const result of results) {
    if ('id' in result) entries.push({ ...audit, kind, entityId: result.id, details: null })
    if (entries.length < linesNotedAtOnce) continue
    await recordAudit(db, ...entries)
    entries = []
  }
  await recordAudit(db, ...entries)
}

export function refused(line: number, refusal: Refusal, requestId: string): Result {
  const problem = problemOf(refusal, requestId)
  return { line, status: problem.status, problem }
}

type Sent = { record: unknown }

function recordOf({ bytes }: Line): Sent {
  if (!bytes) throw new Refusal('body_too_large', `A line may have ${maxRecordBytes} bytes.`)
  return { record: parseJson(decodeUtf8(bytes, 'The line'), 'The line') }
}

/** Of each line that was refused all faults where there is room for them, else the first. */
export function issuesOfLines(problems: readonly { line: number; problem: Problem }[], most: number): Issue[] {
  const all = problems.map(({ line, problem }) => issuesOfLine(line, problem))
  return all.flat().length <= most ? all.flat() : all.flatMap(issues => issues.slice(0, 1))
}

function issuesOfLine(line: number, { errors, code, detail }: Problem): Issue[] {
  if (errors.length === 0) return [{ line, pointer: '', code, detail }]
  return errors.map(issue => ({ line, pointer: issue.pointer ?? '', code: issue.code, detail: issue.detail }))
}
