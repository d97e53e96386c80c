// The words that a database knows the spelling of: all that texts and names had when they were indexed.
import type { WriteDb } from '../db/store.ts'
import { isSpelt } from './variants.ts'

/** Words of a database that are known to be stored, so that they are not sent again. Those that did not come again while as many others came are forgotten. */
type Stored = { recent: Set<string>; older: Set<string> }

const storedWords = new WeakMap<object, Stored>()
/** Of each half: some 10 MB. */
const maxStored = 100_000

/** Stores those words of a text that one can misspell, in this transaction; in their order, so that two who store the same do not wait for each other in a circle. */
export async function keepWords(db: WriteDb, words: readonly string[]): Promise<void> {
  const stored = storedOf(db)
  const moved = words.filter(word => !stored.recent.has(word) && (stored.older.has(word) || isSpelt(word)))
  if (moved.length === 0) return
  await db.search.keep(moved.filter(word => !stored.older.has(word)))
  db.afterCommit(() => {
    for (const word of moved) remember(stored, word)
  })
}

function storedOf({ tables }: WriteDb): Stored {
  const known = storedWords.get(tables) ?? { recent: new Set(), older: new Set() }
  storedWords.set(tables, known)
  return known
}

function remember(stored: Stored, word: string) {
  if (stored.recent.has(word)) return
  if (stored.recent.size >= maxStored) {
    stored.older = stored.recent
    stored.recent = new Set()
  }
  stored.recent.add(word)
}
