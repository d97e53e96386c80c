// How what was typed fits a name: all of it, its beginning or that of a later word, its words in any order, or with one typing error.
import { endOfName, keysOf } from './parts.ts'

/** Best first. */
export const fits = ['whole', 'begun', 'scattered', 'mistyped'] as const
export type Fit = (typeof fits)[number]

/** Letters from which on an error is looked for, and letters at the beginning of a word that each may be another. */
export const lettersForErrors = 4

/** Words that are looked for in any order. */
const maxWords = 12

export const wordsOfTyped = (typed: string): string[] => typed.split(' ').slice(0, maxWords)

/** Whether every word that was typed is a word of the name, or the beginning of one. */
function hasAllWords(words: readonly string[], key: string): boolean {
  const left = key.split(/[ \t]/)
  // The longest first, so that a short one does not take the word that only a long one fits.
  return [...words]
    .sort((a, b) => b.length - a.length)
    .every(word => {
      const at = left.findIndex(other => other.startsWith(word))
      if (at >= 0) left.splice(at, 1)
      return at >= 0
    })
}

/** Whether a key begins with what was typed but for one error: a letter too many, one too few, another one, or two in the wrong order. */
export function beginsButForOne(typed: string, key: string): boolean {
  let same = 0
  while (same < typed.length && typed[same] === key[same]) same += 1
  const rest = typed.slice(same)
  const found = key.slice(same)
  return (
    found.startsWith(rest.slice(1)) ||
    found.startsWith(rest, 1) ||
    found.startsWith(rest.slice(1), 1) ||
    (rest.length > 1 && found.startsWith(`${rest[1]}${rest[0]}${rest.slice(2)}`))
  )
}

export function fitsKey(fit: Fit, typed: string, key: string): boolean {
  switch (fit) {
    case 'whole':
      return key === typed + endOfName
    case 'begun':
      return key.startsWith(typed)
    case 'scattered':
      return hasAllWords(wordsOfTyped(typed), key)
    case 'mistyped':
      return beginsButForOne(typed, key)
  }
}

/** The name that fits best, as it is written: one that begins with what was typed before one with a later word that does, and the main name before aliases. */
export function matchedName(fit: Fit, typed: string, names: readonly [string, ...string[]]): string {
  let later: string | undefined
  for (const one of names) {
    const at = keysOf(one).findIndex(key => fitsKey(fit, typed, key))
    if (at === 0) return one
    if (at > 0) later ??= one
  }
  return later ?? names[0]
}

const alphabets = ['az', 'ая', 'αω', 'את', 'ءي'].map(([first = '', last = '']) =>
  Array.from({ length: last.charCodeAt(0) - first.charCodeAt(0) + 1 }, (_, n) => String.fromCharCode(first.charCodeAt(0) + n)),
)

/** Letters that somebody may have meant who typed these. */
const lettersLike = (characters: readonly string[]): string[] => alphabets.filter(letters => characters.some(one => letters.includes(one))).flat()

/** Where words stand that may have an error, in characters: the last one of four letters or more, and the first. */
export function wordsInDoubt(typed: string): number[] {
  const starts: number[] = []
  let at = 0
  for (const word of typed.split(' ')) {
    const { length } = [...word]
    if (length >= lettersForErrors) starts.push(at)
    at += length + 1
  }
  return [...new Set([...starts.slice(-1), ...starts.slice(0, 1)])]
}

/** What may have been meant, had one of the first four letters of the word at `start` been mistyped: some 250 spellings. */
export function spellingsOf(typed: string, start: number): string[] {
  const characters = [...typed]
  const end = Math.min(start + lettersForErrors, characters.length)
  const letters = lettersLike(characters.slice(start, end))
  const spellings = new Set<string>()
  for (let at = start; at < end; at += 1) {
    const [one = '', next = '', ...rest] = characters.slice(at)
    const front = characters.slice(0, at).join('')
    const behind = next + rest.join('')
    if (next !== '' && next !== ' ') spellings.add(front + next + one + rest.join(''))
    spellings.add(front + behind)
    for (const letter of letters) spellings.add(front + letter + behind).add(front + letter + one + behind)
    if (at > start) spellings.add(`${front} ${one}${behind}`)
  }
  spellings.delete(typed)
  return [...spellings]
}
