// What a thread runs. Errors lose their class on the way out, so those of the database go as data.
import { workerData } from 'node:worker_threads'
import { sqliteCode } from '../db/errors.ts'
import { openReader } from '../db/reader.ts'
import { type Answer, type JobName, type Question, runJob } from './jobs.ts'

export type Task<N extends JobName> = { name: N; question: Question<N> }
export type Outcome<N extends JobName> = { answer: Answer<N> } | { message: string; code: string }

const reader = openReader(String(workerData))

/** The pool calls it by this name. */
export async function perform<N extends JobName>({ name, question }: Task<N>): Promise<Outcome<N>> {
  try {
    return { answer: await reader.read(db => runJob(name, db, question)) }
  } catch (error) {
    const code = sqliteCode(error)
    if (code === undefined) throw error
    return { message: error instanceof Error ? error.message : String(error), code }
  }
}
