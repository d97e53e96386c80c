import { formsOf, keyOfForms, maxPhraseWords } from '../phrases/key.ts'

type State = { from: string | null; terms: readonly string[] }
/** What is wrong with what stands at a place of the body. */
export type Fault = { pointer: string; code: string; detail: string }

/** What keeps terms from being synonyms: one without a word, one with too many, two that a search takes for one, too few. */
export function faultsOf({ from, terms }: State): Fault[] {
  const faults: Fault[] = []
  const named = [...(from === null ? [] : [{ pointer: '/from', term: from }]), ...terms.map((term, n) => ({ pointer: `/terms/${n}`, term }))]
  const seen = new Map<string, string>()
  for (const { pointer, term } of named) {
    const forms = formsOf(term)
    const key = keyOfForms(forms)
    if (forms.length === 0) faults.push({ pointer, code: 'no_word', detail: 'must have a letter or a digit' })
    else if (key === undefined) faults.push({ pointer, code: 'too_many_words', detail: `may have ${maxPhraseWords} words` })
    else if (seen.has(key)) faults.push({ pointer, code: 'same_term', detail: `is the same to a search as ${JSON.stringify(seen.get(key))}` })
    else seen.set(key, term)
  }
  if (from === null && terms.length < 2)
    faults.push({ pointer: '/terms', code: 'too_few', detail: 'must have at least two terms, or one beside `from`' })
  return faults
}
