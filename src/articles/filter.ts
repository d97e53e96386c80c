// The filters of a list of articles, as what they mean to the database: references are ids here.
import { type SQL, sql } from 'drizzle-orm'
import { type Conditions, within } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { LinkRole, Status } from '../db/tables.ts'
import { namesakesOf } from '../phrases/store.ts'
import { insidesOf } from '../places/contain.ts'
import { idOf } from '../references/store.ts'
import type { Filter } from '../search/grammar.ts'
import type { ArticleListQuery } from './query.ts'
import { articleIdOf } from './store.ts'

/** Filed under any of `values` (`any`), all of them (`all`), or none (`none`). */
export type LinkFilter = { role: LinkRole; mode: 'any' | 'all' | 'none'; values: string[] }

export type ArticleFilter = {
  /** Published, untrashed articles alone: what everybody sees. */
  visible: boolean
  statuses: Status[] | undefined
  trashed: boolean
  ids: string[] | undefined
  links: LinkFilter[]
  publishedFrom: string | undefined
  publishedBefore: string | undefined
  updatedFrom: string | undefined
}

export type Asked = Partial<Omit<ArticleListQuery, 'sort' | 'fields' | 'include' | 'limit' | 'cursor' | 'count'>>

/** States that are asked for; undefined for what everybody sees, which the trash never is. */
export function statusesOf(asked: Asked): Status[] | undefined {
  const { status, 'status.any': any = status && [status], trashed } = asked
  const both = status ? any?.filter(one => one === status) : any
  return !trashed && both?.length === 1 && both[0] === 'published' ? undefined : both
}

export async function filterOf(db: Db, asked: Asked): Promise<ArticleFilter> {
  const links = [
    ...(await entityLinks(db, 'person', 'person', asked)),
    ...(await entityLinks(db, 'place', 'place', asked)),
    ...(await entityLinks(db, 'author', 'person', asked)),
    ...tagLinks(asked),
  ]
  for (const role of ['section', 'language', 'source'] as const)
    if (asked[role] !== undefined) links.push({ role, mode: 'any', values: [asked[role]] })
  const statuses = statusesOf(asked)
  return {
    visible: statuses === undefined && !asked.trashed,
    statuses,
    trashed: asked.trashed ?? false,
    ids: asked['id.any'] && (await known(asked['id.any'], reference => articleIdOf(db, reference))),
    links,
    publishedFrom: asked['publishedAt.gte'],
    publishedBefore: asked['publishedAt.lt'],
    updatedFrom: asked['updatedAt.gte'],
  }
}

async function known(references: readonly string[], find: (reference: string) => Promise<string | undefined>): Promise<string[]> {
  const ids: string[] = []
  for (const reference of references) {
    const id = await find(reference)
    if (id !== undefined && !ids.includes(id)) ids.push(id)
  }
  return ids
}

const nobodys = '' // what a reference that nobody has stands for: no link has it

async function entityLinks(db: Db, name: 'person' | 'place' | 'author', kind: 'person' | 'place', asked: Asked): Promise<LinkFilter[]> {
  const ids = (references: readonly string[]) => known(references, reference => idOf(db, kind, reference))
  const links: LinkFilter[] = []
  const one = asked[name]
  if (one !== undefined) {
    const [id] = await ids([one])
    links.push({ role: name, mode: 'any', values: id === undefined ? [] : [id] })
  }
  for (const mode of ['any', 'all', 'none'] as const) {
    const references = asked[`${name}.${mode}`]
    if (!references) continue
    const found = await ids(references)
    links.push({ role: name, mode, values: mode === 'all' && found.length < references.length ? await allOrNobody(references, found, ids) : found })
  }
  return links
}

/** All of them, where every reference is somebody's (two may be the same one's); else nobody. */
async function allOrNobody(
  references: readonly string[],
  found: string[],
  ids: (references: readonly string[]) => Promise<string[]>,
): Promise<string[]> {
  for (const reference of references) if ((await ids([reference])).length === 0) return [nobodys]
  return found
}

function tagLinks(asked: Asked): LinkFilter[] {
  const links: LinkFilter[] = asked.tag === undefined ? [] : [{ role: 'tag', mode: 'any', values: [asked.tag] }]
  for (const mode of ['any', 'all', 'none'] as const) {
    const values = asked[`tag.${mode}`]
    if (values) links.push({ role: 'tag', mode, values })
  }
  return links
}

/** The filters inside a query (`person:x`, `-tag:y`, …), as links. */
export async function queryLinks(db: Db, filters: readonly Filter[]): Promise<LinkFilter[]> {
  const links: LinkFilter[] = []
  for (const { field, value, not } of filters) {
    const ids = field === 'person' ? await meantBy(db, field, value) : field === 'place' ? await meantPlaces(db, value) : [value]
    links.push({ role: field === 'lang' ? 'language' : field, mode: not ? 'none' : 'any', values: ids })
  }
  return links
}

/** Whom a value of a query stands for: the one with that reference, or else everyone with that name. */
async function meantBy(db: Db, kind: 'person' | 'place', value: string): Promise<string[]> {
  const id = await idOf(db, kind, value)
  return id === undefined ? namesakesOf(db, kind, value) : [id]
}

/** The same of places, and the places inside them. */
async function meantPlaces(db: Db, value: string): Promise<string[]> {
  const ids = new Set<string>()
  for (const id of await meantBy(db, 'place', value)) for (const inside of await insidesOf(db, id)) ids.add(inside)
  return [...ids]
}

/** The conditions of a filter on rows of articles; `how` says whether links are probed for each row or looked up first. */
export function addConditions(db: Db, c: Conditions, filter: ArticleFilter, how: 'probe' | 'look up', skip?: LinkFilter): void {
  const { articles } = db.tables
  if (filter.visible) c.add('visible', sql`${articles.visible} = true`)
  else c.add(filter.trashed ? 'trash' : 'here', filter.trashed ? sql`${articles.trashedAt} is not null` : sql`${articles.trashedAt} is null`)
  if (filter.statuses) c.add(`statuses ${filter.statuses.length}`, within(c, sql`${articles.status}`, filter.statuses))
  if (filter.ids) c.add(`ids ${filter.ids.length}`, within(c, sql`${articles.id}`, filter.ids))
  if (filter.publishedFrom !== undefined) c.add('from', sql`${articles.publishedKey} >= ${c.bind(filter.publishedFrom)}`)
  if (filter.publishedBefore !== undefined)
    c.add('before', sql`${articles.publishedKey} < ${c.bind(filter.publishedBefore)} and ${articles.publishedKey} <> ''`)
  if (filter.updatedFrom !== undefined) c.add('updated', sql`${articles.updatedAt} >= ${c.bind(filter.updatedFrom)}`)
  for (const link of filter.links) if (link !== skip) addLink(db, c, link, how)
}

function addLink(db: Db, c: Conditions, { role, mode, values }: LinkFilter, how: 'probe' | 'look up') {
  const { articles, articleLinks: links } = db.tables
  const filed = (some: readonly string[]): SQL =>
    how === 'probe'
      ? sql`exists (select 1 from ${links} where ${links.articleId} = ${articles.id} and ${links.role} = ${c.bind(role)} and ${within(c, sql`${links.value}`, some)})`
      : sql`${articles.id} in (select ${links.articleId} from ${links} where ${links.role} = ${c.bind(role)} and ${within(c, sql`${links.value}`, some)})`
  const shape = `${role} ${mode} ${values.length} ${how}`
  if (mode === 'none') {
    if (values.length > 0) c.add(shape, sql`not ${filed(values)}`)
  } else if (mode === 'any') c.add(shape, filed(values))
  else for (const value of values) c.add(shape, filed([value]))
}
