import { type Fit, matchedName } from './match.ts'
import { typedForm } from './parts.ts'
import type { Suggestion } from './schema.ts'
import type { Candidate } from './store.ts'
import type { Thing } from './things.ts'

type Shown = { thing: Thing; group: string; at: number; fit: Fit }

/** In the order of the candidates; of names of one weight those come first that more articles are about, then by name. */
export function presentSuggestions(q: string, candidates: readonly Candidate[], things: readonly Thing[]): Suggestion[] {
  const byKey = new Map(things.map(thing => [`${thing.kind} ${thing.seq}`, thing]))
  const shown = candidates.flatMap(({ kind, seq, fit, score }, at): Shown[] => {
    const thing = byKey.get(`${kind} ${seq}`)
    return thing ? [{ thing, group: `${fit} ${score} ${kind === 'article'}`, at, fit }] : []
  })
  const typed = typedForm(q)
  return shown.sort(withinGroups).map(({ thing, fit }) => presentThing(typed, thing, fit))
}

/** Groups stand one behind the other already. */
function withinGroups(a: Shown, b: Shown): number {
  if (a.group !== b.group || a.thing.kind === 'article' || b.thing.kind === 'article') return a.at - b.at
  return b.thing.articleCount - a.thing.articleCount || ascending(a.thing.sortKey, b.thing.sortKey) || a.at - b.at
}

const ascending = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function presentThing(typed: string, thing: Thing, fit: Fit): Suggestion {
  const { id, slug } = thing
  if (thing.kind === 'article') return { kind: 'article', id, slug, title: thing.title, publishedAt: thing.publishedAt, matched: thing.title }
  const { name, description, aliases } = thing
  const matched = matchedName(fit, typed, [name, ...aliases])
  if (thing.kind === 'person') return { kind: 'person', id, slug, name, description, matched }
  return { kind: 'place', id, slug, name, description, placeKind: thing.placeKind, countryCode: thing.countryCode, matched }
}
