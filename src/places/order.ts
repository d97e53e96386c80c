import { type Issue, invalid } from '../lib/errors.ts'
import type { Point } from '../lib/geo.ts'
import type { PlacesFilter } from './filter.ts'
import type { PlaceSort } from './schema.ts'

export type ColumnSort = Exclude<PlaceSort, 'relevance' | 'distance'>

/** The order of a list, beside a filter that has what the order needs. */
export type Ordered =
  | { sort: 'distance'; filter: PlacesFilter & { near: Point } }
  | { sort: 'relevance'; filter: PlacesFilter & { q: string } }
  | { sort: ColumnSort; filter: PlacesFilter }

/** The order that was asked for, or the default. Refuses (400 `needs_near`, `needs_q`) orders and distances that lack what they go by. */
export function ordered(filter: PlacesFilter, asked: PlaceSort | undefined): Ordered {
  const { near, q } = filter
  const issues: Issue[] = []
  if (filter.within !== undefined && !near)
    issues.push({ parameter: 'within', code: 'needs_near', detail: 'is a distance from near; send near=lat,lng, too' })
  const sort = asked ?? (near ? 'distance' : q === undefined ? 'name' : 'relevance')
  if (sort === 'distance') {
    if (near) return { sort, filter: { ...filter, near } }
    issues.push({ parameter: 'sort', code: 'needs_near', detail: 'distance is an order by how far places are from near; send near=lat,lng, too' })
  } else if (sort === 'relevance') {
    if (q !== undefined && issues.length === 0) return { sort, filter: { ...filter, q } }
    if (q === undefined) issues.push({ parameter: 'sort', code: 'needs_q', detail: 'relevance is an order of what q finds; send q, too' })
  } else if (issues.length === 0) return { sort, filter }
  throw invalid(...issues)
}
