import { eachWord, maxTokens, type Piece } from './analyse.ts'
import { isSpelt } from './variants.ts'

/** Stands between two titles or texts, so that no phrase crosses; no word has an underscore. */
export const separator = '_'

/**
 * What the full text index is given, tokens joined by a space; `forms` are the words that stemming changed, as they stood, for prefixes. `words` are all
 * distinct words that a misspelt one may have been meant for, as they stood.
 */
export type IndexText = { title: string; body: string; forms: string; words: string[] }

/**
 * The tokens of an article, a person or a place; at most `maxTokens`, separators included, titles first.
 * `language` is a BCP 47 tag; `und` for names, which are not stemmed.
 */
export function indexText({ titles, texts, language }: { titles: readonly string[]; texts: readonly string[]; language: string }): IndexText {
  const forms = new Set<string>()
  const spelt = new Set<string>()
  const seen = new Set<readonly Piece[]>() // most words of a text come again
  function note(pieces: readonly Piece[]) {
    if (seen.has(pieces)) return
    seen.add(pieces)
    for (const { form, term } of pieces) {
      if (form !== term) forms.add(form)
      spelt.add(form)
    }
  }
  let left = maxTokens
  const column = (values: readonly string[]) => {
    const terms: string[] = []
    for (const value of values) {
      const room = left - (terms.length > 0 ? 1 : 0)
      if (room <= 0) break
      const before = terms.length
      let words = 0
      eachWord(value, language, pieces => {
        const taken = words + pieces.length > room ? pieces.slice(0, room - words) : pieces
        if (words === 0 && taken.length > 0 && before > 0) terms.push(separator)
        for (const { term } of taken) terms.push(term)
        note(taken)
        words += taken.length
        return words < room
      })
      left = words > 0 ? room - words : left
    }
    return terms.join(' ')
  }
  return { title: column(titles), body: column(texts), forms: [...forms].join(' '), words: [...spelt].filter(isSpelt) }
}
