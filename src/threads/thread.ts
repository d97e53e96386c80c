// What a thread runs.
import { workerData } from 'node:worker_threads'
import { openReader } from '../db/reader.ts'
import { type Answer, type JobName, type Question, runJob } from './jobs.ts'
import { asData, type Thrown } from './thrown.ts'

export type Task<N extends JobName> = { name: N; question: Question<N> }
export type Outcome<N extends JobName> = { answer: Answer<N> } | { thrown: Thrown }

const reader = openReader(String(workerData))

/** The pool calls it by this name. */
export async function perform<N extends JobName>({ name, question }: Task<N>): Promise<Outcome<N>> {
  try {
    return { answer: await reader.read(db => runJob(name, db, question)) }
  } catch (error) {
    const thrown = asData(error)
    if (!thrown) throw error
    return { thrown }
  }
}
