const separator = 1
const letter = 2
const syllable = 3
const joiner = 4
const invisible = 5

const letters = /[\p{L}\p{N}]/u
const syllables = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const joiners = /['’.,:_&@/\p{Pd}]/u
const longDashes = /[\u2013-\u2015]/u
const marks = /[\p{M}\p{Cf}]/u

function kindOf(character: string): number {
  if (marks.test(character)) return invisible
  if (letters.test(character)) return syllables.test(character) ? syllable : letter
  return joiners.test(character) && !longDashes.test(character) ? joiner : separator
}

/** What each character below U+10000 is, filled in as they are met: asking Unicode every time takes ten times as long. */
const kinds = new Uint8Array(0x10000)

function kindAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  if (code >= 0xdc00 && code <= 0xdfff) return invisible
  if (code >= 0xd800 && code <= 0xdbff) return kindOf(String.fromCodePoint(Number(text.codePointAt(index))))
  const known = kinds[code]
  if (known) return known
  const kind = kindOf(String.fromCharCode(code))
  kinds[code] = kind
  return kind
}

/**
 * How many words a text has: runs of letters and digits, also across one apostrophe, hyphen, full stop and the like (`don't`, `well-known`, `U.S.`, `1,000`);
 * a letter of a script that sets no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) counts as one. Linear; `Intl.Segmenter` would be many times slower.
 */
export function wordsIn(text: string): number {
  let words = 0
  let inWord = false
  let joined = false
  for (let index = 0; index < text.length; index++) {
    const kind = kindAt(text, index)
    if (kind === invisible) continue
    if (kind === syllable || (kind === letter && !inWord && !joined)) words++
    joined = kind === joiner && inWord
    inWord = kind === letter
  }
  return words
}
