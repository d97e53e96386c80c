import type { TermCount } from '../db/term-counts.ts'
import { eachWord, maxTokens, type Piece } from './analyse.ts'
import { isSpelt } from './variants.ts'

/** Stands between two titles or texts, so that no phrase crosses; no word has an underscore. */
export const separator = '_'

/**
 * What the full text index is given, tokens joined by a space; `forms` are the words that stemming changed, as they stood, for prefixes. `words` are all
 * distinct words that a misspelt one may have been meant for, as they stood.
 */
export type IndexText = { title: string; body: string; forms: string; words: string[] }

type Text = { titles: readonly string[]; texts: readonly string[]; language: string }

/** The tokens of an article, a person or a place; at most `maxTokens`, separators included, titles first. `language` is a BCP 47 tag; `und` for names, which are not stemmed. */
export function indexText(text: Text): IndexText {
  const { title, body, forms, words } = countedText(text)
  return { title, body, forms, words: words.filter(isSpelt) }
}

/** The same with how often each term stands in it, as `countTerms` tells of title and body; `words` are all distinct ones, those too that none can be meant for. */
export function countedText({ titles, texts, language }: Text): IndexText & { counts: Map<string, TermCount> } {
  const seen: Piece[] = [] // most words of a text come again
  let left = maxTokens
  const column = (values: readonly string[], name: keyof TermCount) => {
    const terms: string[] = []
    for (const value of values) {
      const room = left - (terms.length > 0 ? 1 : 0)
      if (room <= 0) break
      const before = terms.length
      let words = 0
      eachWord(value, language, pieces => {
        for (const piece of pieces) {
          if (words === room) break
          if (words === 0 && before > 0) terms.push(separator)
          terms.push(piece.term)
          words += 1
          if (piece.count) piece.count[name] += 1
          else {
            piece.count = name === 'inTitle' ? { inTitle: 1, inText: 0 } : { inTitle: 0, inText: 1 }
            seen.push(piece)
          }
        }
        return words < room
      })
      left = words > 0 ? room - words : left
    }
    return terms.join(' ')
  }
  const [title, body] = [column(titles, 'inTitle'), column(texts, 'inText')]
  const forms = new Set<string>()
  const words = new Set<string>()
  const counts = new Map<string, TermCount>()
  for (const piece of seen) {
    const { form, term, count } = piece
    piece.count = undefined
    if (form !== term) forms.add(form)
    words.add(form)
    const known = counts.get(term)
    if (known && count) {
      known.inTitle += count.inTitle
      known.inText += count.inText
    } else if (count) counts.set(term, count)
  }
  return { title, body, forms: [...forms].join(' '), words: [...words], counts }
}
