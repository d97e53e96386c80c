import { z } from 'zod'
import { listOf } from '../http/page.ts'
import { count, cursor, limit } from '../http/params.ts'
import { dayOrInstant } from '../lib/instant.ts'
import { text } from '../lib/text.ts'

export const AuditEntry = z
  .object({
    number: z.int().meta({ description: 'Grows with each entry.' }),
    at: z.string().meta({ format: 'date-time', description: 'When it was done.' }),
    keyId: z.string().nullable().meta({ description: 'Id of the key; null for the admin key of the environment, and for the machine itself.' }),
    requestId: z.string().nullable().meta({ description: '`X-Request-Id` of the answer; null for what the machine did by itself.' }),
    action: z.string().meta({
      description: 'Name of the operation, as in this document; `publishOnTime`, `archiveOnTime` and `emptyTrash` are done by the machine.',
      examples: ['updateArticle'],
    }),
    kind: z.string().meta({ description: 'What it was done to.', examples: ['article', 'person', 'place', 'key'] }),
    entityId: z.string().meta({ description: 'Id of that.' }),
    details: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What is needed to understand it, or to undo it.' }),
  })
  .meta({
    id: 'AuditEntry',
    description: 'Who did what to which, when, through which request.',
    examples: [
      {
        number: 12,
        at: '2024-06-21T08:00:00.000Z',
        keyId: 'Xk29aBcD01',
        requestId: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        action: 'updateArticle',
        kind: 'article',
        entityId: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f13',
        details: null,
      },
    ],
  })
export type AuditEntry = z.output<typeof AuditEntry>

export const AuditList = listOf(AuditEntry, 'AuditList', 'A page of the audit log.')

const word = text(100).optional()

export const AuditQuery = z.strictObject({
  entityId: word.meta({ override: { type: 'string', maxLength: 100 }, description: 'What was done to this one.' }),
  kind: word.meta({ override: { type: 'string', maxLength: 100 }, description: 'What was done to this kind.', examples: ['article'] }),
  keyId: word.meta({ override: { type: 'string', maxLength: 100 }, description: 'What this key did.' }),
  action: word.meta({ override: { type: 'string', maxLength: 100 }, description: 'Only this operation.', examples: ['deleteArticle'] }),
  'at.gte': dayOrInstant.optional().meta({ override: { type: 'string' }, description: 'Not before this day or time.', examples: ['2024-06-21'] }),
  'at.lt': dayOrInstant.optional().meta({ override: { type: 'string' }, description: 'Before this day or time.', examples: ['2024-06-22'] }),
  limit,
  cursor,
  count,
})
export type AuditQuery = z.output<typeof AuditQuery>
