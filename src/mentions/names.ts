/** A word, or one mark of punctuation. `start` and `end` count UTF-16 code units of the text as given. */
export type NameToken = { key: string; start: number; end: number }

/** Longest word that is folded, in UTF-16 code units. Normalizing a run of a hundred thousand combining marks takes seconds, and no name has such a word. */
const maxFoldedUnits = 200

const apostrophes = "'‘’‛`´ʹʻʼʽˈ′＇"
const quotes = '"“”„‟«»″＂'
const dashes = '\\-\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d'
const spelledAlone = new RegExp(`^(?:([${apostrophes}])|([${quotes}])|[${dashes}])$`, 'u')

/** Signs that stand inside words unseen: soft hyphens, zero-width spaces and joiners. */
const unseen = '\u00ad\u200b-\u200d\u2060\ufeff'
const unseenSigns = new RegExp(`[${unseen}]+`, 'gu')

/**
 * Scripts that put no space between words, so that any character may begin or end a name. Kana by name with the signs it shares with nobody:
 * the accents of `Việt` and `São` taken apart are in the script extensions of kana and Thai, too.
 */
const kana = '\\p{sc=Hira}\\p{sc=Kana}\\u3031-\\u3035\\u303c\\u3099\\u309a\\u30fc\\uff70\\uff9e\\uff9f'
const unspaced = `\\p{scx=Han}${kana}\\p{scx=Bopo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\p{sc=Tibetan}`
const unspacedToken = `[${unspaced}][\\p{M}\uff9e\uff9f]*`
const wordCharacter = `(?![${unspaced}${apostrophes}])[\\p{L}\\p{N}\\p{M}]`
const wordToken = `${wordCharacter}(?:(?:${wordCharacter}|[${unseen}])*${wordCharacter})?`
const markToken = '[^\\s\\p{L}\\p{N}\\p{M}\\p{C}]'
const tokens = new RegExp(`${unspacedToken}|${wordToken}|${markToken}|[${apostrophes}]`, 'gu')

/** Accents of alphabets, and the Arabic stroke that only widens a word. The signs of Indic scripts, Thai and kana stay, as they are letters there: without them `パリ` (Paris) is `バリ` (Bali). */
const accents = /(?![\u3099\u309a])(?=\p{Mn})[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}]|\u0640/gu

/** Letters that Unicode does not take apart, both cases: the map of `fold` keeps none, as it lowers them first. */
const special: Record<string, string> = {
  ł: 'l',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  Ł: 'L',
  Ø: 'O',
  ẞ: 'SS',
  Đ: 'D',
  Ð: 'D',
  Þ: 'Th',
  Æ: 'Ae',
  Œ: 'Oe',
  Ħ: 'H',
  Ŧ: 'T',
}
const specialLetters = /[łøßđðþæœıħŧŁØẞĐÐÞÆŒĦŦ]/g
/** ASCII but the backquote, which is an apostrophe here. */
const plain = /^[!-_a-~]+$/

/**
 * The tokens that names are compared by: words with accents folded and case kept, single marks of punctuation with apostrophes, quotes and
 * dashes of all kinds alike, each character of scripts without spaces. White space and controls only separate.
 */
export function nameTokens(text: string): NameToken[] {
  const found: NameToken[] = []
  for (let at = 0; at < text.length; ) {
    const end = endOfPlain(text, at)
    if (end > at) {
      found.push({ key: text.slice(at, end), start: at, end })
      at = end
    } else if (isBlank(text.charCodeAt(at))) at += 1
    else {
      tokens.lastIndex = at
      const match = tokens.exec(text)
      if (!match) break
      const key = keyOf(match[0])
      if (key !== '') found.push({ key, start: match.index, end: tokens.lastIndex })
      at = tokens.lastIndex
    }
  }
  return found
}

const isBlank = (code: number): boolean => code <= 0x20
const isPlain = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)

/** Where a word of letters and digits of ASCII ends that begins here, found without asking `tokens`; `start` where there is none, or where it may go on beyond ASCII. */
function endOfPlain(text: string, start: number): number {
  let end = start
  while (isPlain(text.charCodeAt(end))) end += 1
  return text.charCodeAt(end) >= 0x80 ? start : end
}

/** True for a token that is a word, not a mark. */
export const isWord = (token: NameToken): boolean => /[\p{L}\p{N}]/u.test(token.key)

/** True for one letter or digit of a script that writes words with spaces: an initial, never a name. */
export const isInitial = (token: NameToken): boolean => token.key.length <= 2 && initial.test(token.key)
const initial = new RegExp(`^(?![${unspaced}])[\\p{L}\\p{N}]$`, 'u')

function keyOf(token: string): string {
  if (token.length > maxFoldedUnits || plain.test(token)) return token
  const alone = spelledAlone.exec(token)
  if (alone) return alone[1] ? "'" : alone[2] ? '"' : '-'
  return token
    .replace(unseenSigns, '')
    .normalize('NFKD')
    .replace(accents, '')
    .replace(specialLetters, letter => String(special[letter]))
}
