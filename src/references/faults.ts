// References of a body that its schema has refused: those that lead nowhere are told with the rest, so that all faults are told at once.
import type { Db } from '../db/store.ts'
import type { Issue } from '../lib/errors.ts'
import { referenceKinds, resolveAll } from './store.ts'

/** Faults of the references in a body, but for those that stand below a fault that is told already (or at it). */
export async function referenceFaults(db: Db, body: unknown, told: readonly Issue[]): Promise<Issue[]> {
  if (typeof body !== 'object' || body === null) return []
  const isTold = (pointer: string) => told.some(issue => 'pointer' in issue && (issue.pointer === pointer || pointer.startsWith(`${issue.pointer}/`)))
  const found: Issue[] = []
  for (const [field, all] of Object.entries(referenceKinds)) {
    const meant = all.filter(kind => field === 'entityId' && kind === Reflect.get(body, 'kind'))
    const kinds = meant.length > 0 ? meant : all
    for (const { pointer, reference } of referencesIn(field, Reflect.get(body, field))) {
      if (isTold(pointer)) continue
      const { issues } = await resolveAll(db, kinds, [reference], () => pointer)
      found.push(...issues)
    }
  }
  return found
}

function referencesIn(field: string, value: unknown): { pointer: string; reference: string }[] {
  if (typeof value === 'string') return [{ pointer: `/${field}`, reference: value }]
  if (!Array.isArray(value)) return []
  return value.flatMap((reference, n) => (typeof reference === 'string' ? [{ pointer: `/${field}/${n}`, reference }] : []))
}
