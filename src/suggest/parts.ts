// What a name can be begun with, worked out once when it is written: every word of it is a part, and a part is what an index is walked by.
import { type Instant, millisecondsOf } from '../lib/instant.ts'
import { fold } from '../lib/text.ts'

/** Longest key, in code points: as much of a name as anybody types. */
export const maxKeyCharacters = 64
/** Words of one name that it may be begun with. */
export const maxWordsOfName = 64
/** Behind the last word in a key, before the words that stood in front: no name has it, and it sorts before all that one may have. */
export const endOfName = '\t'

/**
 * `key` is the folded name from a word on, then `endOfName`, then what stood before that word: a name that is exactly `x` has the key `x\t`. `rank` orders the
 * parts of a kind, higher is better. `head1` and `head2` are the first one and two characters, null where a better part of the same one begins alike, so that
 * each stands once under a letter; `head3` is the first three.
 */
export type Part = { position: number; key: string; rank: number; head1: string | null; head2: string | null; head3: string }

/** How many times as prominent a later word has to be to stand before the first: 2 ** (8 / 4). */
const firstWordBonus = 8
const firstWordOfTitle = 1e15

/** What the prominence of a count of articles weighs: four steps for each doubling, so that counts up to seven differ and great ones are seldom written anew. */
export const weightOf = (articles: number): number => Math.floor(4 * Math.log2(1 + articles))

/** What a rank is worth among all kinds: a title weighs as much as a name that one article is about. */
export const scoreOf = (kind: 'article' | 'person' | 'place', rank: number): number =>
  kind !== 'article' ? rank : weightOf(1) + (rank >= firstWordOfTitle / 2 ? firstWordBonus : 0)

const apostrophes = /['’‘ʼ`´]/g
/** `U.S.` and `J.K.`: dots between single letters are no end of a word. */
const acronymDots = /(?<=(?<![\p{L}\p{N}])\p{L})\.(?=\p{L}(?![\p{L}\p{N}]))/gu
/** Scripts that leave no space between words: any character may begin one. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Words that are folded by making them small: most names. */
const plainWords = /^[a-z\d]+(?: [a-z\d]+)*$/i

/** Folded words joined by single spaces; an apostrophe inside a word stays as `'`. What has neither letter nor digit (`!!!`) is taken as it is. */
function wordsOf(text: string): string {
  if (plainWords.test(text)) return text.toLowerCase()
  const folded = fold(text).replace(apostrophes, "'")
  const words = folded
    .replace(acronymDots, '')
    .replace(/[^\p{L}\p{N}']+/gu, ' ')
    .replace(/(?<![\p{L}\p{N}])'+|'+(?![\p{L}\p{N}])/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  return words === '' ? folded.replace(/\s+/g, ' ').trim() : words
}

const withoutApostrophes = (words: string) => words.replaceAll("'", '') || words

/** What was typed, in the form of keys, so that it is to be looked for as their beginning; `''` where there is nothing to look for. */
export const typedForm = (text: string): string => [...withoutApostrophes(wordsOf(text))].slice(0, maxKeyCharacters).join('').trim()

/** The keys of a name, the whole of it first. */
export function keysOf(name: string): string[] {
  if (plainWords.test(name) && name.length < maxKeyCharacters) return keysOfPlain(name.toLowerCase().split(' '))
  const characters = [...wordsOf(name)]
  const starts = characters.flatMap((character, n) => {
    const before = characters[n - 1]
    const begins = before === undefined || before === ' ' || before === "'" || spaceless.test(before) || spaceless.test(character)
    return begins && character !== ' ' && character !== "'" ? [n] : []
  })
  const from = starts.length > 0 ? starts.slice(0, maxWordsOfName) : [0]
  const keys = from.map(start => {
    const key = `${withoutApostrophes(characters.slice(start).join(''))}${endOfName}${withoutApostrophes(characters.slice(0, start).join('').trim())}`
    return [...key].slice(0, maxKeyCharacters).join('')
  })
  return [...new Set(keys)]
}

const keysOfPlain = (words: readonly string[]): string[] => [
  ...new Set(words.map((_, n) => `${words.slice(n).join(' ')}${endOfName}${words.slice(0, n).join(' ')}`)),
]

const headOf = (key: string, characters: number) => (hasPairs.test(key) ? [...key].slice(0, characters).join('') : key.slice(0, characters))
const hasPairs = /[\ud800-\udfff]/

/** The parts of one thing by all its names. */
function partsOf(names: readonly string[], rank: (isFirstWord: boolean) => number): Part[] {
  const keys = names.map(keysOf)
  const first = new Set(keys.flatMap(([whole]) => whole ?? []))
  const ordered = [...first, ...new Set(keys.flat().filter(key => !first.has(key)))]
  const seen = new Set<string>()
  const once = (head: string, length: number): string | null => {
    const name = `${length} ${head}`
    if (seen.has(name)) return null
    seen.add(name)
    return head
  }
  return ordered.map((key, position) => ({
    position,
    key,
    rank: rank(first.has(key)),
    head1: once(headOf(key, 1), 1),
    head2: once(headOf(key, 2), 2),
    head3: headOf(key, 3),
  }))
}

/** The parts of a person or a place: the more articles are about it, the better. */
export const partsOfNamed = ({ name, aliases, articleCount }: { name: string; aliases: readonly string[]; articleCount: number }): Part[] =>
  partsOf([name, ...aliases], isFirstWord => weightOf(articleCount) + (isFirstWord ? firstWordBonus : 0))

/** The parts of an article: titles that begin with it first, then the newest. */
export function partsOfArticle(title: string, publishedAt: Instant): Part[] {
  const at = millisecondsOf(publishedAt)
  return partsOf([title], isFirstWord => at + (isFirstWord ? firstWordOfTitle : 0))
}
