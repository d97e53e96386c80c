import snowball from 'snowball-stemmers'
import type { TermCount } from '../db/term-counts.ts'
import { fold } from '../lib/text.ts'

/** A term of the index and the part of the text it stands for, in UTF-16 code units. */
export type Token = { term: string; start: number; end: number }

/** A token with its form before stemming; `form` and `term` hold a–z, 0–9 and characters beyond ASCII, nothing else. */
export type Word = { form: string; term: string; start: number; end: number }

/** Longest term, in bytes of UTF-8. */
export const maxTermBytes = 48

/** Most tokens of one call, and of one article: a `tsvector` breaks off at 16,383 positions. */
export const maxTokens = 16_000

/** The language of names and of texts nobody knows the language of: nothing is stemmed. */
export const unstemmed = 'und'

/** A run of letters beyond this many UTF-16 units is no word; what follows cannot reach its term anyway. */
const maxWordUnits = 256
const maxClusterUnits = 16
/** Of each language; twice as many are kept at most. */
const maxCachedWords = 30_000

const stemmerNames = new Map(
  Object.entries({
    ar: 'arabic',
    ca: 'catalan',
    cs: 'czech',
    da: 'danish',
    de: 'german',
    en: 'english',
    es: 'spanish',
    eu: 'basque',
    fi: 'finnish',
    fr: 'french',
    ga: 'irish',
    hu: 'hungarian',
    hy: 'armenian',
    it: 'italian',
    nb: 'norwegian',
    nl: 'dutch',
    nn: 'norwegian',
    no: 'norwegian',
    pt: 'portuguese',
    ro: 'romanian',
    ru: 'russian',
    sl: 'slovene',
    sv: 'swedish',
    ta: 'tamil',
    tr: 'turkish',
  }),
)

/** Articles that lose their vowel before another (`l’Élysée`, `dell’Italia`): no part of the word. */
const elisions = new Map(
  Object.entries({
    ca: /^(?:[dlmnst]['’‘ʼ＇])+(?=.)/iu,
    fr: /^(?:(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’‘ʼ＇])+(?=.)/iu,
    it: /^(?:(?:[cdlmnstv]|(?:de|a|da|ne|su|co)ll|gl|un|quell|quest|sant)['’‘ʼ＇])+(?=.)/iu,
  }),
)

/**
 * An acronym (`U.S.`, `D.P.R.K’s`), or letters and digits held together by marks, invisible joiners, apostrophes, and points or commas between digits.
 * No two branches can share out the same characters in more than one way, so the time is linear.
 */
const words =
  /\p{L}\p{M}*(?:\.\p{L}\p{M}*(?![\p{L}\p{N}\p{M}]))+\.?(?:['’‘ʼ＇][sS](?![\p{L}\p{N}\p{M}]))?|[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Join_C}\u00ad\u200b\u2060\ufeff]*(?:(?:['’‘ʼ＇]|[.,](?<=\p{N}.)(?=\p{N}))[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Join_C}\u00ad\u200b\u2060\ufeff]*)*/gu

/** Scripts written without spaces; kana by name with the signs it shares with nobody, as accents of Latin letters are in the extensions of kana and Thai, too. */
const spaceless =
  /[\p{scx=Han}\p{sc=Hira}\p{sc=Kana}\u3031-\u3035\u303c\u3099\u309a\u30fc\uff70\uff9e\uff9f\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]/u
const scriptRuns =
  /[\p{scx=Han}\p{sc=Hira}\p{sc=Kana}\u3031-\u3035\u303c\u3099\u309a\u30fc\uff70\uff9e\uff9f\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]+|(?![\p{scx=Han}\p{sc=Hira}\p{sc=Kana}\u3031-\u3035\u303c\u3099\u309a\u30fc\uff70\uff9e\uff9f\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}])[\p{L}\p{N}][^\p{scx=Han}\p{sc=Hira}\p{sc=Kana}\u3031-\u3035\u303c\u3099\u309a\u30fc\uff70\uff9e\uff9f\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]*/gu
const clusters = /[^\p{M}][\p{M}\p{Join_C}\u00ad\u200b\u2060\ufeffﾞﾟ]*/gu

/** Scripts whose marks are accents or points. In others (Devanagari, Tamil, kana) marks are vowels and consonants, and Hangul falls apart under NFKD. */
const accented = /^[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Armn}\p{sc=Hebr}\p{sc=Arab}\p{sc=Zyyy}\p{sc=Zinh}]*$/u
const plain = /^[a-z]+$/
const capitals = /^(?=[a-z]*[A-Z])[A-Za-z]+$/
const possessive = /(?:['’‘ʼ＇]s)+$/iu
/** Apostrophes that held a word to one of another script. */
const loose = /['’‘ʼ＇]+$/u
const thousands = /(?<=\p{N})[.,](?=\p{N}{3}(?!\p{N}))/gu
const decimal = /(?<=\p{N})[.,](?=\p{N})/gu
const joiners = /['’‘ʼ.\p{Join_C}\u00ad\u0640\u200b\u2060\ufeff]|·(?!\p{N})|(?<!\p{N})·/gu
const foreign = /[^\p{L}\p{N}\p{M}·]+/u

/** True where a term is of a script without spaces, which is indexed in pairs of characters. */
export const isSpaceless = (term: string): boolean => spaceless.test(term)

/** One word's share of a token: offsets count from the start of the word. `count` is for who counts the words of a text, and undefined between two texts. */
export type Piece = { readonly form: string; readonly term: string; readonly from: number; readonly to: number; count: TermCount | undefined }
type Analyser = {
  elision: RegExp | undefined
  russian: boolean
  stem: (form: string) => string
  cache: Map<string, Piece[]>
  older: Map<string, Piece[]>
}

/** `de` of `de-AT`. */
export const baseOf = (language: string) => language.toLowerCase().replace(/[-_].*$/s, '')

/** One language for each different way to analyse: `und`, then the base of every language that has a stemmer (`nb`, `nn` and `no` share one). */
export function stemmersOf(languages: readonly string[]): string[] {
  const bases = new Map([['', unstemmed]])
  for (const language of languages) {
    const base = baseOf(language)
    const name = stemmerNames.get(base)
    if (name && !bases.has(name)) bases.set(name, base)
  }
  return [...bases.values()]
}

/** Made at first use and kept: a stemmer costs more to build than to ask. */
const analysers = new Map<string, Analyser>()

function analyserOf(language: string): Analyser {
  const base = baseOf(language)
  const name = stemmerNames.get(base)
  const key = name ? base : unstemmed
  const known = analysers.get(key)
  if (known) return known
  const stemmer = name ? snowball.newStemmer(name) : undefined
  const stem = stemmer ? (form: string) => stemmer.stem(form) || form : (form: string) => form
  const made: Analyser = { elision: elisions.get(base), russian: name === 'russian', stem, cache: new Map(), older: new Map() }
  analysers.set(key, made)
  return made
}

/**
 * The tokens of a text in order, at most `maxTokens`: folded, stemmed by the base of the BCP 47 language, each with its place in the text as given.
 * Words of scripts without spaces come as overlapping pairs of characters.
 */
export const analyse = (text: string, language: string, limit: number = maxTokens): Token[] =>
  analyseWords(text, language, limit).map(({ term, start, end }) => ({ term, start, end }))

/** As `analyse`, with the form of each word before stemming. */
export function analyseWords(text: string, language: string, limit: number = maxTokens): Word[] {
  const found: Word[] = []
  eachWord(text, language, (pieces, at) => {
    for (const { form, term, from, to } of pieces) {
      if (found.length >= limit) return false
      found.push({ form, term, start: at + from, end: at + to })
    }
    return true
  })
  return found
}

/** Gives each word of a text as the tokens it makes, until it is told `false`. A word that came before mostly gives the same array again. */
export function eachWord(text: string, language: string, take: (pieces: readonly Piece[], at: number) => boolean): void {
  const analyser = analyserOf(language)
  const { length } = text
  for (let at = 0; at < length; ) {
    const kind = kindAt(text, at)
    if (kind === gap || kind === innerSign) {
      at += 1
      continue
    }
    const end = kind === foreignSign ? 0 : endOfPlain(text, at)
    if (end > 0) {
      if (!take(piecesOf(text.slice(at, end), analyser), at)) return
      at = end
      continue
    }
    words.lastIndex = at
    const match = words.exec(text)
    if (!match || !take(piecesOf(match[0], analyser), match.index)) return
    at = words.lastIndex
  }
}

/** What a character of ASCII is to `words`, which the others have to be asked about; apostrophes, points and commas may stand inside a word. */
const gap = 0
const letterSign = 1
const digitSign = 2
const innerSign = 3
const foreignSign = 4
const kinds = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[a-z]/i.test(character) ? letterSign : /\d/.test(character) ? digitSign : /['.,]/.test(character) ? innerSign : gap
})
const kindAt = (text: string, at: number): number => kinds[text.charCodeAt(at)] ?? foreignSign

/** Where a word ends that begins at a letter or a digit; 0 where more than letters and digits of ASCII is in question. As `words` says, in a fifth of the time. */
function endOfPlain(text: string, start: number): number {
  let kind = kindAt(text, start)
  let before = kind
  let end = start
  while (kind === letterSign || kind === digitSign) {
    before = kind
    end += 1
    kind = end < text.length ? kindAt(text, end) : gap
  }
  if (kind === gap) return end
  if (kind === foreignSign || end - start === 1 || before === digitSign) return 0
  return text.charCodeAt(end) === apostropheSign ? 0 : end
}
const apostropheSign = 0x27

/** The same words come again and again: each is folded and stemmed once. Those that did not come again while as many others came are forgotten. */
function piecesOf(raw: string, analyser: Analyser): Piece[] {
  if (raw.length > maxWordUnits) return piecesOfWord(raw, analyser)
  const known = analyser.cache.get(raw)
  if (known) return known
  if (analyser.cache.size >= maxCachedWords) {
    analyser.older = analyser.cache
    analyser.cache = new Map()
  }
  const made = analyser.older.get(raw) ?? piecesOfWord(raw, analyser)
  analyser.cache.set(raw, made)
  return made
}

function piecesOfWord(raw: string, analyser: Analyser): Piece[] {
  if (capitals.test(raw)) return piecesOf(raw.toLowerCase(), analyser) // of the same length: its stem is found once
  if (!spaceless.test(raw)) return spacedPieces(raw, 0, analyser)
  const pieces: Piece[] = []
  for (const { 0: run, index } of raw.matchAll(scriptRuns)) {
    if (pieces.length >= maxTokens) break
    for (const piece of spaceless.test(run) ? pairs(run, index) : spacedPieces(run.replace(loose, ''), index, analyser)) pieces.push(piece)
  }
  return pieces
}

function spacedPieces(raw: string, at: number, analyser: Analyser): Piece[] {
  const whole = raw.length <= maxWordUnits
  const owned = whole ? raw.replace(possessive, '') : raw.slice(0, maxWordUnits)
  const elided = whole ? (analyser.elision?.exec(owned)?.[0].length ?? 0) : 0
  const to = at + (whole ? owned.length : raw.length)
  return formsOf(owned.slice(elided), analyser.russian).map(part => {
    const form = cutAtBytes(part)
    return { form: shortI(form), term: form.includes('·') ? form : cutAtBytes(shortI(analyser.stem(form))), from: at + elided, to, count: undefined }
  })
}

/** Overlapping pairs of characters with their marks; one that stands alone comes alone. */
function pairs(run: string, at: number): Piece[] {
  const atoms: Piece[] = []
  for (const { 0: cluster, index } of run.matchAll(clusters)) {
    if (atoms.length > maxTokens) break
    const form = formsOf(cluster.slice(0, maxClusterUnits), false).join('')
    if (form) atoms.push({ form, term: form, from: at + index, to: at + index + cluster.length, count: undefined })
  }
  if (atoms.length < 2) return atoms.map(atom => pair(atom, undefined))
  return atoms.slice(0, -1).map((atom, index) => pair(atom, atoms[index + 1]))
}

function pair(first: Piece, second: Piece | undefined): Piece {
  const form = cutAtBytes(first.form + (second?.form ?? ''))
  return { form, term: form, from: first.from, to: second?.to ?? first.to, count: undefined }
}

/** A word folded: mostly one form, none where nothing is left, several where one character stands for words (`ﷺ`). */
function formsOf(word: string, russian: boolean): string[] {
  if (plain.test(word)) return [word]
  const number = word.replace(thousands, '').replace(decimal, '·')
  const folded = accented.test(number) ? foldLetters(number, russian) : number.normalize('NFKC').toLowerCase()
  return folded.replaceAll('ς', 'σ').replace(joiners, '').split(foreign).filter(Boolean)
}

/** The Russian stemmer needs `й`, which `fold` takes for an `и` with a mark. */
const foldLetters = (word: string, russian: boolean) => (russian ? word.normalize('NFC').toLowerCase().split('й').map(fold).join('й') : fold(word))
const shortI = (form: string) => form.replaceAll('й', 'и')

function cutAtBytes(term: string): string {
  if (term.length * 3 <= maxTermBytes) return term
  let bytes = 0
  let cut = ''
  for (const character of term) {
    bytes += Buffer.byteLength(character)
    if (bytes > maxTermBytes) return cut
    cut += character
  }
  return term
}
