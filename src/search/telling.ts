import { analyse, unstemmed } from './analyse.ts'
import { emptyForms } from './stop-words.ts'

/** Terms of words that say nothing, in the stems of their languages and as they are; made at first use, as stemmers take a while to build. */
let empty: Set<string> | undefined

const emptyTerms = () =>
  new Set([...emptyForms].flatMap(([language, forms]) => [language, unstemmed].flatMap(way => analyse(forms.join(' '), way).map(({ term }) => term))))

/** True where a term of a document may say what it is about: a word of two letters or more that is no stop word. */
export function isTelling(term: string): boolean {
  empty ??= emptyTerms()
  return /^\p{L}./u.test(term) && !empty.has(term)
}
