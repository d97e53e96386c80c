// Errors lose their class on the way between threads: those that mean something go as data.
import { sqliteCode, sqliteError } from '../db/errors.ts'
import { type ErrorCode, type Issue, Refusal } from '../lib/errors.ts'
import { Moved } from '../lib/moved.ts'

export type Thrown =
  | { kind: 'sqlite'; message: string; code: string }
  | { kind: 'refusal'; code: ErrorCode; detail: string; issues: Issue[]; headers: Record<string, string> }
  | { kind: 'moved'; slug: string }

/** Undefined for an error that means nothing but that something broke. */
export function asData(error: unknown): Thrown | undefined {
  if (error instanceof Moved) return { kind: 'moved', slug: error.slug }
  if (error instanceof Refusal) return { kind: 'refusal', code: error.code, detail: error.message, issues: error.issues, headers: error.headers }
  const code = sqliteCode(error)
  return code === undefined ? undefined : { kind: 'sqlite', message: error instanceof Error ? error.message : String(error), code }
}

export function asError(thrown: Thrown): Error {
  switch (thrown.kind) {
    case 'moved':
      return new Moved(thrown.slug)
    case 'refusal':
      return new Refusal(thrown.code, thrown.detail, { issues: thrown.issues, headers: thrown.headers })
    default:
      return sqliteError(thrown.message, thrown.code)
  }
}
