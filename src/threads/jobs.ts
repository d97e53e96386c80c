// What may run in a thread of its own: plain data goes in and comes out, and all of it is read in one snapshot.
import { findArticle, findArticles } from '../articles/find.ts'
import type { Db } from '../db/store.ts'
import { findPeople } from '../people/find.ts'
import { findPlaces } from '../places/find.ts'
import { articlesRelatedTo, subjectsRelatedTo } from '../related/find.ts'
import { search } from '../search/search.ts'
import { timelineOf } from '../timeline/find.ts'

export const jobs = { search, findArticle, findArticles, findPeople, findPlaces, articlesRelatedTo, subjectsRelatedTo, timelineOf } as const

export type JobName = keyof typeof jobs
type Answers = { [N in JobName]: Awaited<ReturnType<(typeof jobs)[N]>> }
export type Question<N extends JobName> = Parameters<(typeof jobs)[N]>[1]
export type Answer<N extends JobName> = Answers[N]

/** Runs a job on a database. */
export const runJob = <N extends JobName>(name: N, db: Db, question: Question<N>): Promise<Answer<N>> =>
  (jobs[name] as (db: Db, question: Question<N>) => Promise<Answer<N>>)(db, question)
