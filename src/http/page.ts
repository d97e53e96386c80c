import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refusal } from '../lib/errors.ts'
import { parseInstant } from '../lib/instant.ts'

/** `page` of every list. */
export const Page = z
  .object({
    limit: z.int().meta({ description: 'How many items a page may have.' }),
    next: z.string().nullable().meta({ description: '`cursor` of the next page; null on the last.' }),
    prev: z.string().nullable().meta({ description: '`cursor` of the page before; null exactly when nothing lies before.' }),
    total: z.int().nullable().meta({ description: 'How many items paging to the end would give; only with `count=exact`.' }),
  })
  .meta({ id: 'Page', description: 'Where a page stands in its list. The same stands in the Link header (RFC 8288).' })
export type Page = z.output<typeof Page>

/** The envelope of a list of `item`. */
export const listOf = <T extends z.ZodType>(item: T, id: string, description: string) =>
  z.object({ data: z.array(item), page: Page }).meta({ id, description })

/** Where a page begins: the sort values and the id of the row at its border, and on which side of it the page lies. */
export type Cursor = { direction: 'next' | 'prev'; inclusive: boolean; values: (string | number)[] }

/** A query that a cursor belongs to: path, sort and filters. */
export type Query = { path: string; sort: string; filters: Record<string, unknown> }

const format = 1
const directions = { n: ['next', false], N: ['next', true], p: ['prev', false], P: ['prev', true] } as const

/** base64url of `[1, hash of the query, direction, …sort values, id]`. */
export function encodeCursor(query: Query, cursor: Cursor): string {
  const letter = cursor.direction === 'next' ? (cursor.inclusive ? 'N' : 'n') : cursor.inclusive ? 'P' : 'p'
  return Buffer.from(JSON.stringify([format, fingerprint(query), letter, ...cursor.values])).toString('base64url')
}

/** Refuses (400 `cursor_mismatch`) what is damaged, of another version or of another query; `values` is the schema of the sort's values and the id. */
export function decodeCursor(query: Query, text: string | undefined, values: z.ZodType<(string | number)[]>): Cursor | undefined {
  if (text === undefined) return undefined
  const parts = parts64(text)
  const [version, hash, letter, ...rest] = parts
  const direction = typeof letter === 'string' && Object.hasOwn(directions, letter) ? directions[letter as keyof typeof directions] : undefined
  const parsed = values.safeParse(rest)
  if (version !== format || hash !== fingerprint(query) || !direction || !parsed.success) throw mismatch()
  return { direction: direction[0], inclusive: direction[1], values: parsed.data }
}

function parts64(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

/** A border of a page, as a list finds it. */
export type Border = { values: (string | number)[]; inclusive: boolean } | null

/** `page` of a list from the borders of what is shown. */
export function pageOf(query: Query, limit: number, borders: { next: Border; prev: Border }, total: number | null): Page {
  const cursorOf = (direction: 'next' | 'prev', border: Border) => border && encodeCursor(query, { direction, ...border })
  return { limit, next: cursorOf('next', borders.next), prev: cursorOf('prev', borders.prev), total }
}

/** What a cursor's values may be, as anybody can write one: what every database can compare. */
export const cursorText = z.string().regex(/^[^\0]*$/)
export const cursorInt = z.int32()
export const cursorInstant = z.string().refine(value => parseInstant(value) === value)
/** Not so near to nought that a database would refuse it. */
export const cursorNumber = z.number().refine(value => value === 0 || Math.abs(value) > 1e-300)

/** Values of a cursor in an order by one column and the id. */
export const keysetValues = {
  text: z.tuple([cursorText, cursorText]),
  int: z.tuple([cursorInt, cursorText]),
  instant: z.tuple([cursorInstant, cursorText]),
}

/** Values of a cursor that counts positions, as `relevance` does. */
export const positionValues = z.tuple([z.int().min(0).max(1_000_000)])

/** How many items from the start a page and a look beyond it need. */
export const depthOf = (from: Cursor | undefined, limit: number): number =>
  Number(from?.values[0] ?? 0) + (from?.direction === 'prev' ? 0 : limit) + 1

/** One page of a list that is at hand whole, by position. */
export function slicePositions<T>(from: Cursor | undefined, limit: number, items: readonly T[]): { rows: T[]; next: Border; prev: Border } {
  const [position] = from?.values ?? [0]
  const at = Math.min(Number(position), items.length)
  const start = from?.direction === 'prev' ? Math.max(0, at - limit) : at
  const end = from?.direction === 'prev' ? at : Math.min(items.length, at + limit)
  const border = (value: number) => ({ values: [value], inclusive: false })
  return { rows: items.slice(start, end), next: end < items.length ? border(end) : null, prev: start > 0 ? border(start) : null }
}

const mismatch = () =>
  new Refusal('cursor_mismatch', 'This cursor belongs to another list, sort or filter, or is damaged; start again without it.', {
    issues: [{ parameter: 'cursor', code: 'cursor_mismatch', detail: 'must be page.next or page.prev of an answer to the same query' }],
  })

function fingerprint({ path, sort, filters }: Query): string {
  const canonical = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  return hash('sha256', JSON.stringify([path, sort, canonical]), 'base64url').slice(0, 8)
}

/** Sets `Link` from the cursors of a page: the address that was asked, with another cursor. */
export function linkPages(request: FastifyRequest, reply: FastifyReply, page: Page): void {
  const links = (['next', 'prev'] as const).flatMap(rel => {
    const cursor = page[rel]
    if (cursor === null) return []
    const [path = '', search = ''] = request.raw.url?.split('?') ?? []
    const query = new URLSearchParams(search)
    query.set('cursor', cursor)
    return [`<${path}?${query}>; rel="${rel}"`]
  })
  if (links.length > 0) reply.header('link', links.join(', '))
}
