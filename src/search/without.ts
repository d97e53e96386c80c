// A facet is counted without the filters of its own field, so that the other choices stay in sight, with their counts.
import type { Compiled } from './compile.ts'
import type { Filter } from './grammar.ts'
import type { FacetName, SearchQuery } from './schema.ts'

type Own = { parameters: readonly (keyof SearchQuery)[]; field: Filter['field'] | undefined }

const modes = <T extends 'person' | 'place' | 'tag'>(name: T) => [name, `${name}.any`, `${name}.all`, `${name}.none`] as const

/** The filters of each facet's field: parameters, and the field of the grammar. */
const ownFilters: Record<FacetName, Own> = {
  person: { parameters: modes('person'), field: 'person' },
  place: { parameters: modes('place'), field: 'place' },
  section: { parameters: ['section'], field: 'section' },
  tag: { parameters: modes('tag'), field: 'tag' },
  year: { parameters: ['publishedAt.gte', 'publishedAt.lt'], field: undefined },
  language: { parameters: ['language'], field: 'lang' },
  kind: { parameters: ['kind'], field: undefined },
}

export type Asked = { asked: Partial<SearchQuery>; query: Compiled }

/** A search without the filters of a facet's own field; undefined where it has none. */
export function withoutOwn({ asked, query }: Asked, facet: FacetName): Asked | undefined {
  const { parameters, field } = ownFilters[facet]
  const filters = query.filters.filter(filter => filter.field !== field)
  if (filters.length === query.filters.length && parameters.every(name => asked[name] === undefined)) return undefined
  return { asked: { ...asked, ...Object.fromEntries(parameters.map(name => [name, undefined])) }, query: { ...query, filters } }
}
