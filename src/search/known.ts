// What the words of a query mean, as the database has it: synonyms, and names of people and places.
import type { Db } from '../db/store.ts'
import { calledOf } from '../nouns/called.ts'
import { phraseKey } from '../phrases/key.ts'
import { bearersOf, idsOf } from '../phrases/store.ts'
import { otherTermsOf } from '../synonyms/store.ts'
import type { Clause, Linked } from './grammar.ts'
import { knownSpans, type Meaning, maxLinkedSpans, phrasesIn, withMeanings } from './meanings.ts'

/** A name that more people and places have tells of none of them. */
const maxNamesakes = 8
/** Names that are marked of everyone whom a name stands for. */
const maxNames = 40
const maxSynonyms = 20

/** The clauses of a query with what their words mean. One query where they mean nothing else. */
export async function meant(db: Db, clauses: readonly Clause[], links: boolean): Promise<Clause[]> {
  const spans = phrasesIn(clauses)
  const bearers = await bearersOf(db, [...new Set(spans.map(({ key }) => key))])
  const isLinked = (key: string) => links && isFew(bearers.get(key)?.entities ?? 0)
  const chosen = knownSpans(spans, key => (bearers.get(key)?.synonyms ?? 0) > 0 || isLinked(key))
  const linked = new Set(
    chosen
      .map(({ key }) => key)
      .filter(isLinked)
      .slice(0, maxLinkedSpans),
  )
  const meanings = new Map<string, Meaning>()
  for (const { key } of chosen) meanings.set(key, { terms: await synonymsOf(db, key), linked: linked.has(key) ? await linkedOf(db, key) : undefined })
  return withMeanings(clauses, chosen, meanings)
}

const isFew = (entities: number) => entities > 0 && entities <= maxNamesakes

async function synonymsOf(db: Db, key: string): Promise<string[]> {
  return otherTermsOf(db, await idsOf(db, 'synonym', key, maxSynonyms), key)
}

async function linkedOf(db: Db, key: string): Promise<Linked> {
  const people = await idsOf(db, 'person', key, maxNamesakes)
  const places = await idsOf(db, 'place', key, maxNamesakes)
  const names = [...(await calledOf(db, 'person', people)), ...(await calledOf(db, 'place', places))]
  const inTurn = Array.from({ length: maxNames }, (_, n) => names.flatMap(of => of.slice(n, n + 1))).flat()
  return { people, places, names: [...new Set(inTurn)].slice(0, maxNames), isMain: names.every(([main = '']) => phraseKey(main) === key) }
}
