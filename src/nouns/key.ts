import { and, type Column, eq, type SQL, sql } from 'drizzle-orm'
import { naturalKey } from '../http/by-source.ts'
import { invalid } from '../lib/errors.ts'
import { isUuid } from '../lib/id.ts'
import { type Source, SourceInput } from './schema.ts'

type Keyed = { id: Column; slug: Column; sourceName: Column; sourceExternalId: Column }

/** How a key of a path finds its row: `by` tells queries apart, `values` are bound. */
export function keyed(table: Keyed, key: string): { by: 'id' | 'slug' | 'source'; where: SQL | undefined; values: Record<string, string> } {
  const natural = naturalKey(key)
  if (natural)
    return {
      by: 'source',
      where: and(eq(table.sourceName, sql.placeholder('name')), eq(table.sourceExternalId, sql.placeholder('externalId'))),
      values: natural,
    }
  const by = isUuid(key) ? 'id' : 'slug'
  return { by, where: eq(table[by], sql.placeholder('key')), values: { key: by === 'id' ? key.toLowerCase() : key } }
}

/** The body of a PUT: one to a natural key keeps that key, however little of its source it names; 400 `wrong_source` where it names another. */
export const putAt = <T extends { source?: Source | null | undefined }>(key: string, body: T): T =>
  naturalKey(key) && body.source !== undefined ? { ...body, source: sourceAt(key, body.source) } : body

/**
 * The source of what a PUT to a natural key makes: that of the address, with the url of the body. 400 `wrong_source` for another one in the body, and
 * where the address has what no source may have.
 */
export function sourceAt(key: string, asked: Source | null | undefined): Source {
  const natural = SourceInput.safeParse({ ...naturalKey(key) })
  if (!natural.success) throw invalid({ parameter: 'key', code: 'wrong_source', detail: `is no natural key: ${natural.error.issues[0]?.message}` })
  const { name, externalId } = natural.data
  if (asked && (asked.name !== name || (asked.externalId !== null && asked.externalId !== externalId)))
    throw invalid({ pointer: '/source', code: 'wrong_source', detail: `is not that of the address, which is ${name}/${externalId}; leave it out` })
  return { name, externalId, url: asked?.url ?? null }
}
