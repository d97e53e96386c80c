import type { RelatedSubject } from './schema.ts'
import type { SubjectRow } from './store.ts'

export const presentSubject = ({ kind, id, slug, name, articles }: SubjectRow): RelatedSubject => ({ kind, id, slug, name, articles })
