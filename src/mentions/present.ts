import type { Mention } from './schema.ts'
import type { MentionRow } from './store.ts'

export const presentMention = (row: MentionRow): Mention => ({
  id: row.id,
  kind: row.kind,
  entityId: row.entityId,
  blockId: row.blockId,
  item: row.item,
  start: row.start,
  end: row.end,
  surface: row.surface,
  confidence: row.confidence,
  origin: row.origin,
  state: row.state,
})
