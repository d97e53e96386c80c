// What a thread of a copy runs.
import type { FoundWords, TextRow } from '../db/copy.ts'
import type { NounKind } from '../db/tables.ts'
import { wordsOf } from './copy-words.ts'
import { messageOf } from './io.ts'

/** The words of some rows, or what is wrong with a row; the pool calls it by this name. */
export const wordsOfRows = ({ kind, rows }: { kind: NounKind; rows: readonly TextRow[] }): FoundWords[] =>
  rows.map(row => {
    try {
      return wordsOf(kind, row)
    } catch (cause) {
      return { fault: messageOf(cause) }
    }
  })
