import { analyseWords, unstemmed } from '../search/analyse.ts'

/** A longer name or term is known to no search as a whole, only by its words. */
export const maxPhraseWords = 8

/** The words of a text as a search compares them: folded, not stemmed. More than `maxPhraseWords` are only one more. */
export const formsOf = (text: string): string[] => analyseWords(text, unstemmed, maxPhraseWords + 1).map(({ form }) => form)

/** What names and terms are compared by; undefined for one without a word, or with too many. */
export const keyOfForms = (forms: readonly string[]): string | undefined =>
  forms.length > 0 && forms.length <= maxPhraseWords ? forms.join(' ') : undefined

export const phraseKey = (text: string): string | undefined => keyOfForms(formsOf(text))

/** The distinct keys of some names or terms, in order. */
export const phraseKeys = (texts: readonly string[]): string[] => [...new Set(texts.map(phraseKey).filter(key => key !== undefined))].sort()
