import { setImmediate as nextTurn } from 'node:timers/promises'
import { recordAudit } from '../audit/store.ts'
import type { WriteDb } from '../db/store.ts'
import { decodeUtf8, parseJson } from '../http/bodies.ts'
import { type Problem, problemOf } from '../http/problem.ts'
import { type Issue, Refusal } from '../lib/errors.ts'
import type { Writer } from '../nouns/writer.ts'
import type { auditOf } from '../writes/write.ts'
import type { Line } from './lines.ts'
import type { BulkNoun, Saved } from './nouns.ts'
import { maxRecordBytes } from './schema.ts'

/** What became of a line. */
export type Result = { line: number; status: number } & (Saved | { problem: Problem })

/** Everything that saving a line takes beside the line. */
export type Context = { noun: BulkNoun; kind: string; writer: Writer; requestId: string; audit: ReturnType<typeof auditOf> }

/** Saves lines one after another, each whole or not at all, and tells what became of each. Others may be served between two of them. */
export async function* savedLines(db: WriteDb, lines: Iterable<Line>, context: Context): AsyncGenerator<Result> {
  for (const line of lines) {
    yield await savedLine(db, line, context)
    await nextTurn()
  }
}

async function savedLine(db: WriteDb, line: Line, { noun, writer, requestId }: Context): Promise<Result> {
  try {
    const record = recordOf(line)
    return await db.savepoint(async () => {
      const { made, saved } = await noun.save(db, record, writer)
      return { line: line.number, status: made ? 201 : 200, id: saved.id, slug: saved.slug }
    })
  } catch (error) {
    if (error instanceof Refusal) return refused(line.number, error, requestId)
    throw error
  }
}

/** Tells the audit log of lines that were saved; behind all that may be rolled back, as it has no numbers to waste. */
export async function noteLines(db: WriteDb, results: Iterable<Result>, { audit, kind }: Context): Promise<void> {
  for (const result of results) if ('id' in result) await recordAudit(db, { ...audit, kind, entityId: result.id, details: null })
}

export function refused(line: number, refusal: Refusal, requestId: string): Result {
  const problem = problemOf(refusal, requestId)
  return { line, status: problem.status, problem }
}

function recordOf({ bytes }: Line): unknown {
  if (!bytes) throw new Refusal('body_too_large', `A line may have ${maxRecordBytes} bytes.`)
  return parseJson(decodeUtf8(bytes, 'The line'), 'The line')
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
