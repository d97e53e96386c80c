// How words are misspelt. Pure.
import { distance } from 'fastest-levenshtein'
import { isSpaceless } from './analyse.ts'

/** Shortest and longest word that is kept as one that others may have been meant for, in characters. */
const keptLetters = { min: 3, max: 40 }
/** Shortest word that is corrected: shorter ones are near to too many others. */
export const minCorrectedLetters = 4

const letters = /^\p{L}[\p{L}\p{M}]*$/u

/** True for a folded form that one can misspell: letters alone, of a script that divides words. */
export function isSpelt(form: string): boolean {
  if (plain.test(form)) return true
  if (!letters.test(form) || isSpaceless(form)) return false
  const { length } = [...form]
  return length >= keptLetters.min && length <= keptLetters.max
}
const plain = /^[a-z]{3,40}$/

/** Letters of the scripts that are spelt letter by letter, folded. */
const alphabets: readonly { script: RegExp; letters: readonly string[] }[] = [
  { script: /\p{sc=Latn}/u, letters: [...'abcdefghijklmnopqrstuvwxyz'] },
  { script: /\p{sc=Cyrl}/u, letters: [...'абвгдежзиклмнопрстуфхцчшщъыьэюяієґјљњћђџѕ'] },
  { script: /\p{sc=Grek}/u, letters: [...'αβγδεζηθικλμνοπρστυφχψω'] },
  { script: /\p{sc=Armn}/u, letters: range(0x561, 0x586) },
  { script: /\p{sc=Hebr}/u, letters: range(0x5d0, 0x5ea) },
  { script: /\p{sc=Arab}/u, letters: [...range(0x621, 0x63a), ...range(0x641, 0x64a), ...'پچژگکی'] },
  { script: /\p{sc=Geor}/u, letters: range(0x10d0, 0x10f0) },
]

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n))
}

/** The letters of the word's script, and its own. */
const lettersFor = (characters: readonly string[]): Set<string> =>
  new Set([...characters, ...alphabets.filter(({ script }) => characters.some(letter => script.test(letter))).flatMap(one => one.letters)])

/** A word that another may have been meant for; `weight` is the logarithm of how likely the error that lies between them is, beside other errors. */
export type Variant = { word: string; weight: number }

/**
 * Logarithms of how likely kinds of errors are. A letter that is left out and two that change places can happen in a few ways, a letter too much or another
 * one in many: so a given one of these is less likely, unless it doubles its neighbour or is much like what it stands for. Few err in the first letter, and
 * another last one mostly makes another word of the same stem.
 */
const weights = { swapped: 0, missing: 0, doubled: 0, alike: -0.7, extra: -2.3, other: -2.3, first: -2.3, ending: -1 } as const

/** All words at one error from a word: two letters that changed places, one left out, one too much, one instead of another (Damerau 1964). */
export function variantsOf(word: string): Variant[] {
  const typed = [...word]
  const alphabet = lettersFor(typed)
  const found = new Map<string, number>()
  const add = (characters: readonly string[], weight: number, at: number) => {
    const other = characters.join('')
    const likely = weight + (at === 0 ? weights.first : 0)
    if (other !== word && likely > (found.get(other) ?? Number.NEGATIVE_INFINITY)) found.set(other, likely)
  }
  for (let at = 0; at <= typed.length; at += 1) {
    const [before, letter, next, after] = [typed.slice(0, at), typed[at], typed[at + 1], typed.slice(at + 1)]
    for (const missing of alphabet) add([...before, missing, ...typed.slice(at)], weights.missing, at)
    if (letter === undefined) continue
    add([...before, ...after], letter === next || letter === typed[at - 1] ? weights.doubled : weights.extra, at)
    if (next !== undefined) add([...before, next, letter, ...typed.slice(at + 2)], weights.swapped, at)
    for (const meant of alphabet) {
      const ending = next === undefined ? weights.ending : 0
      add([...before, meant, ...after], (areAlike(letter, meant) ? weights.alike : weights.other) + ending, at)
    }
  }
  return [...found].map(([other, weight]) => ({ word: other, weight }))
}

/** Letters that are taken for each other by ear, or by the finger beside (QWERTY). */
const groups = ['aeiouy', 'sz', 'sc', 'ck', 'kq', 'vw', 'fv', 'bp', 'dt', 'gj', 'mn', 'lr']
const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const areAlike = (one: string, other: string): boolean =>
  groups.some(group => group.includes(one) && group.includes(other)) ||
  rows.some(row => row.includes(one) && row.includes(other) && Math.abs(row.indexOf(one) - row.indexOf(other)) === 1)

/** As many letters at the start of a word are taken for right where it may have two errors. */
const sameStart = 3
/** Two errors are looked for in words of so many letters. */
const farFrom = 8

/** Where words at two errors are looked for: how they begin, and how long they are, in characters. Undefined for a word that is too short for it. */
export function farRange(word: string): { start: string; shortest: number; longest: number } | undefined {
  const characters = [...word]
  const { length } = characters
  return length < farFrom ? undefined : { start: characters.slice(0, sameStart).join(''), shortest: length - 2, longest: length + 2 }
}

/** Those at two errors that end like the word: another ending makes another word of the same stem (`stations`, `stating`), no error. */
export const farVariants = (word: string, others: readonly string[]): Variant[] =>
  others
    .filter(other => other.at(-1) === word.at(-1) && distance(word, other) <= 4 && errorsBetween(word, other) === 2)
    .map(other => ({ word: other, weight: 0 }))

/** How many errors lie between two words (optimal string alignment): Levenshtein's distance, with letters that changed places as one error and not as two. */
export function errorsBetween(word: string, other: string): number {
  const [typed, meant] = [[...word], [...other]]
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: meant.length + 1 }, (_, n) => n)]
  for (const [row, letter] of typed.entries()) {
    const next = [row + 1]
    for (const [n, wanted] of meant.entries()) {
      const errors = [(next[n] ?? 0) + 1, (last[n + 1] ?? 0) + 1, (last[n] ?? 0) + (letter === wanted ? 0 : 1)]
      if (n > 0 && row > 0 && letter === meant[n - 1] && typed[row - 1] === wanted) errors.push((beforeLast[n - 1] ?? 0) + 1)
      next.push(Math.min(...errors))
    }
    ;[beforeLast, last] = [last, next]
  }
  return last[meant.length] ?? 0
}

/** True for a word that is corrected where it finds nothing: `typed` is how it stands in the query, `form` what it is folded to. */
export const isCorrectable = (typed: string, form: string): boolean => letters.test(typed) && isSpelt(form) && [...form].length >= minCorrectedLetters

/** A word in the capitals of another: `Putni` was meant for `Putin`, `PUTNI` for `PUTIN`. */
export function likeTyped(typed: string, word: string): string {
  const [first = ''] = typed
  if (typed === typed.toLowerCase()) return word
  if (typed === typed.toUpperCase()) return word.toUpperCase()
  const [initial = '', ...rest] = word
  return first === first.toUpperCase() ? initial.toUpperCase() + rest.join('') : word
}
