// The words that tell what a text is about: those it has often and few others have (tf·idf). Pure.
import { analyse } from '../search/analyse.ts'
import { isTelling } from '../search/telling.ts'

/** A term of the full text index, and how telling it is for one text whoever else has it: 1 + ln of how often it stands there. */
export type Word = { term: string; often: number }

/** A word of the title counts as many. */
const titleTimes = 3

/** A text as the full text index is given it. */
type Text = { titles: readonly string[]; texts: readonly string[]; language: string }

/** The telling words that a text has most often, at most `most`. */
export function frequentWords({ titles, texts, language }: Text, most: number): Word[] {
  const times = new Map<string, number>()
  const count = (text: string, step: number) => {
    for (const { term } of analyse(text, language)) if (isTelling(term)) times.set(term, (times.get(term) ?? 0) + step)
  }
  for (const text of titles) count(text, titleTimes)
  for (const text of texts) count(text, 1)
  return [...times]
    .sort(([a, timesA], [b, timesB]) => timesB - timesA || b.length - a.length || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([term, n]) => ({ term, often: 1 + Math.log(n) }))
}
