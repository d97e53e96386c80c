// What a thread of searches runs. Errors lose their class on the way out, so those of the database go as data.
import { workerData } from 'node:worker_threads'
import { sqliteCode } from '../db/errors.ts'
import { openReader } from '../db/reader.ts'
import { type Found, type Question, search } from './search.ts'

export type Outcome = { found: Found } | { message: string; code: string }

const reader = openReader(String(workerData))

/** Named so that the pool finds it. */
export async function searchHere(question: Question): Promise<Outcome> {
  try {
    return { found: await reader.read(db => search(db, question)) }
  } catch (error) {
    const code = sqliteCode(error)
    if (code === undefined) throw error
    return { message: error instanceof Error ? error.message : String(error), code }
  }
}
