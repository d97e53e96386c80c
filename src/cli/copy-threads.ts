import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { WordsOf } from '../db/copy.ts'
import { textColumns } from './copy-words.ts'

/** More are no use: what reads and writes rows keeps up with two at most. */
const maxThreads = 2

/** Finds the words of rows beside what reads and writes them; the threads start with the first rows. */
export function wordThreads(): { wordsOf: WordsOf; close(): Promise<void> } {
  let pool: Piscina | undefined
  return {
    wordsOf(kind, rows) {
      pool ??= new Piscina({
        filename: new URL(`./copy-thread${extname(import.meta.url)}`, import.meta.url).href,
        minThreads: 1,
        maxThreads: Math.max(1, Math.min(maxThreads, availableParallelism() - 1)),
      })
      const texts = rows.map(row => Object.fromEntries(textColumns.map(name => [name, row[name] ?? null])))
      return pool.run({ kind, rows: texts }, { name: 'wordsOfRows' })
    },
    close: async () => pool?.destroy(),
  }
}
