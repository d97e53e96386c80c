import { analyse, stemmersOf } from './analyse.ts'
import { formsThatSayNothing, languagesOfStopWords } from './stop-words.ts'

/** Terms of words that say nothing, in the stems of every language. */
const empty = new Set(
  formsThatSayNothing.flatMap(form => stemmersOf(languagesOfStopWords).flatMap(language => analyse(form, language).map(({ term }) => term))),
)

/** True where a term of a document may say what it is about: a word of two letters or more that is no stop word. */
export const isTelling = (term: string): boolean => /^\p{L}./u.test(term) && !empty.has(term)
