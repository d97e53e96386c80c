import { analyseWords, maxTokens } from './analyse.ts'
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
  let left = maxTokens
  const column = (values: readonly string[]) => {
    const terms: string[] = []
    for (const value of values) {
      const room = left - (terms.length > 0 ? 1 : 0)
      if (room <= 0) break
      const words = analyseWords(value, language, room)
      if (words.length > 0 && terms.length > 0) terms.push(separator)
      for (const { form, term } of words) {
        terms.push(term)
        if (form !== term) forms.add(form)
        spelt.add(form)
      }
      left = words.length > 0 ? room - words.length : left
    }
    return terms.join(' ')
  }
  return { title: column(titles), body: column(texts), forms: [...forms].join(' '), words: [...spelt].filter(isSpelt) }
}
