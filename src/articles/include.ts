// What `include` adds to articles, in a number of queries that does not depend on how many there are (`related` alone asks for each).
import type { Db } from '../db/store.ts'
import { presentMention } from '../mentions/present.ts'
import { mentionsOf } from '../mentions/store.ts'
import { presentPersonSummary } from '../people/present.ts'
import { peopleOf } from '../people/store.ts'
import { presentPlaceSummary } from '../places/present.ts'
import { placesOf } from '../places/store.ts'
import { relatedArticles, relatedIds } from '../related/articles.ts'
import { toHtml } from './block-html.ts'
import { toMarkdown } from './block-markdown.ts'
import { toText } from './block-text.ts'
import type { Block } from './blocks.ts'
import { presentSummary } from './present.ts'
import type { Inclusion } from './query.ts'
import type { Article } from './schema.ts'
import { bodiesOf, type SummaryRow } from './store.ts'

export type Included = Partial<Pick<Article, Inclusion>>

const renderings = { html: toHtml, markdown: toMarkdown, text: toText } as const

const relatedShown = 5

/** True where what is included has to be searched for. */
export const searches = (include: readonly Inclusion[]): boolean => include.includes('related')

const ofBodies = ['body', 'html', 'markdown', 'text', 'related'] as const
/** True where a body must be read. */
const readsBody = (include: ReadonlySet<Inclusion>) => ofBodies.some(name => include.has(name))

/** The properties that `include` names, for each row by its id. `bodies` are given where they were read already. */
export async function includedIn(
  db: Db,
  rows: readonly SummaryRow[],
  names: readonly Inclusion[],
  known?: Map<string, Block[]>,
): Promise<(row: SummaryRow) => Included> {
  if (names.length === 0) return () => ({})
  const include = new Set(names)
  const people = await byId(
    include.has('people') || include.has('authors'),
    rows,
    row => [...(include.has('people') ? row.personIds : []), ...(include.has('authors') ? row.authorIds : [])],
    ids => peopleOf(db, ids),
    presentPersonSummary,
  )
  const places = await byId(
    include.has('places') || include.has('datelinePlace'),
    rows,
    row => [...(include.has('places') ? row.placeIds : []), ...(row.datelinePlaceId ? [row.datelinePlaceId] : [])],
    ids => placesOf(db, ids),
    presentPlaceSummary,
  )
  const mentions = include.has('mentions')
    ? await mentionsOf(
        db,
        rows.map(row => row.id),
      )
    : undefined
  const bodies =
    known ??
    (readsBody(include)
      ? await bodiesOf(
          db,
          rows.map(row => row.id),
        )
      : undefined)
  const related = new Map<string, Article['related']>()
  if (include.has('related'))
    for (const row of rows) {
      const ids = await relatedIds(db, { ...row, body: bodies?.get(row.id) ?? [] })
      related.set(row.id, (await relatedArticles(db, ids.slice(0, relatedShown))).map(presentSummary))
    }
  return row => {
    const added: Included = {}
    const body = bodies?.get(row.id) ?? []
    if (include.has('authors')) added.authors = some(row.authorIds, people)
    if (include.has('people')) added.people = some(row.personIds, people)
    if (include.has('places')) added.places = some(row.placeIds, places)
    if (include.has('datelinePlace')) added.datelinePlace = (row.datelinePlaceId && places.get(row.datelinePlaceId)) || null
    if (include.has('mentions')) added.mentions = (mentions?.get(row.id) ?? []).map(presentMention)
    if (include.has('related')) added.related = related.get(row.id) ?? []
    for (const name of ['html', 'markdown', 'text'] as const) if (include.has(name)) added[name] = renderings[name](body)
    if (include.has('body')) added.body = body
    return added
  }
}

const some = <T>(ids: readonly string[], shown: Map<string, T>): T[] => ids.map(id => shown.get(id)).filter(one => one !== undefined)

async function byId<Row extends { id: string }, T>(
  wanted: boolean,
  rows: readonly SummaryRow[],
  idsOf: (row: SummaryRow) => string[],
  find: (ids: string[]) => Promise<Row[]>,
  present: (row: Row) => T,
): Promise<Map<string, T>> {
  if (!wanted) return new Map()
  const found = await find([...new Set(rows.flatMap(idsOf))])
  return new Map(found.map(row => [row.id, present(row)]))
}
