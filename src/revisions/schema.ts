import { z } from 'zod'
import { listOf } from '../http/page.ts'
import { count, cursor, Key, limit, wholeNumber } from '../http/params.ts'

const version = z.int().meta({ description: 'Number of the revision: the version that it made.' })

const shown = {
  version,
  at: z.string().meta({ format: 'date-time', description: 'When it was saved.' }),
  keyId: z.string().nullable().meta({ description: 'Id of the key that saved it; null for the admin key of the environment, and for the machine.' }),
  requestId: z.string().nullable().meta({ description: '`X-Request-Id` of the answer.' }),
  changed: z.array(z.string()).meta({ description: 'Fields that it changed.', examples: [['title', 'body']] }),
}
const example = {
  version: 2,
  at: '2024-06-21T08:00:00.000Z',
  keyId: 'Xk29aBcD01',
  requestId: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
  changed: ['title'],
}

export const Revision = z.object(shown).meta({ id: 'Revision', description: 'A saved state: who, when and what changed.', examples: [example] })
export type Revision = z.output<typeof Revision>
export const RevisionList = listOf(Revision, 'RevisionList', 'A page of saved states.')

export const RevisionState = z
  .object({ ...shown, state: z.record(z.string(), z.unknown()).meta({ description: 'Every writable field as it was.' }) })
  .meta({ id: 'RevisionState', description: 'A saved state, whole.', examples: [{ ...example, state: { title: 'Leaders meet' } }] })

export const RevisionDiff = z
  .object({
    from: version.meta({ description: 'The revision that the patch is applied to.' }),
    to: version.meta({ description: 'The revision that comes of it.' }),
    patch: z
      .array(z.looseObject({ op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']), path: z.string() }))
      .meta({ description: 'JSON Patch (RFC 6902) from the state of one to the state of the other.' }),
  })
  .meta({
    id: 'RevisionDiff',
    description: 'What differs between two saved states.',
    examples: [{ from: 1, to: 2, patch: [{ op: 'replace', path: '/title', value: 'Leaders meet again' }] }],
  })

const maxVersion = 2_147_483_647
const number = wholeNumber(1, maxVersion)

export const revisionParams = z.strictObject({ key: Key, n: number.meta({ description: 'Number of the revision.', examples: [2] }) })
export const RevisionListQuery = z.strictObject({ limit, cursor, count })
export const DiffQuery = z.strictObject({
  against: number.optional().meta({ description: 'Number of the revision to compare with; the one before where it is left out.', examples: [1] }),
})
