import type { Synonym } from './schema.ts'
import type { SynonymRow } from './store.ts'

export const presentSynonym = ({ id, fromTerm, terms, createdAt, updatedAt, version }: SynonymRow): Synonym => ({
  id,
  from: fromTerm,
  terms,
  createdAt,
  updatedAt,
  version,
})
