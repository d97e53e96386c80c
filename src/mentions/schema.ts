import { z } from 'zod'
import { listOf } from '../http/page.ts'
import { cursor, Key, limit } from '../http/params.ts'
import { text } from '../lib/text.ts'
import { id, reference } from '../nouns/schema.ts'

const kind = z.enum(['person', 'place'])
const offset = (what: string) =>
  z
    .int()
    .min(0)
    .max(2_147_483_647)
    .meta({ description: `Offset of ${what}, in UTF-16 code units of the text, as JavaScript counts.` })
const item = z.int().min(0).max(2_147_483_647).nullable()
const blockId = z.string().regex(/^[A-Za-z0-9_-]{1,36}$/, 'must be the id of a block')

export const Mention = z
  .object({
    id,
    kind,
    entityId: id.meta({ description: 'The person or place that is meant.' }),
    blockId: z.string().meta({ description: 'The block whose text it stands in.' }),
    item: z.int().nullable().meta({ description: 'Which item of a list block, from 0; null elsewhere.' }),
    start: z.int().meta({ description: 'Offset of its first UTF-16 code unit in that text.' }),
    end: z.int().meta({ description: 'Offset behind its last UTF-16 code unit.' }),
    surface: z.string().meta({ description: 'The text between them.', examples: ['Mr. Putin'] }),
    confidence: z.number().min(0).max(1).meta({ description: 'How sure the link is, 0 to 1; an editor is sure.' }),
    origin: z.enum(['machine', 'editor', 'import']).meta({ description: 'Who says so. An editor beats the machine, and survives its relinking.' }),
    state: z
      .enum(['linked', 'rejected'])
      .meta({ description: 'A rejected one is shown to keys with `content:read` alone, and keeps the machine from linking it again.' }),
  })
  .meta({
    id: 'Mention',
    description: 'Which characters of which block name a person or a place.',
    examples: [
      {
        id: '0192d4f0-8a1b-7c3d-9e5f-2b4c6d8e0f12',
        kind: 'person',
        entityId: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        blockId: 'k2v9x4ab',
        item: null,
        start: 0,
        end: 9,
        surface: 'Mr. Putin',
        confidence: 0.9,
        origin: 'machine',
        state: 'linked',
      },
    ],
  })
export type Mention = z.output<typeof Mention>

export const MentionList = listOf(Mention, 'MentionList', 'A page of mentions, in reading order.')

export const MentionCreate = z
  .strictObject({
    kind: kind.optional().meta({ description: 'Only needed where the reference fits a person and a place.' }),
    entityId: reference,
    blockId,
    item: item.default(null).meta({ description: 'Which item of a list block, from 0.' }),
    start: offset('the first character'),
    end: offset('what follows the last character'),
    surface: text(10_000).optional().meta({ description: 'The text that you mean; where it is not what stands there, the request is refused.' }),
  })
  .meta({
    id: 'MentionCreate',
    description: "An editor's word: these characters name this person or place.",
    examples: [{ entityId: 'vladimir-putin', blockId: 'k2v9x4ab', start: 0, end: 9 }],
  })
export type MentionCreate = z.output<typeof MentionCreate>

export const MentionUpdate = z.strictObject({ state: z.enum(['linked', 'rejected']).optional() }).meta({
  id: 'MentionUpdate',
  description: "Rejects a mention once and for all, or links it again; either is an editor's word from then on.",
  examples: [{ state: 'rejected' }],
})
export type MentionUpdate = z.output<typeof MentionUpdate>

export const MentionListQuery = z.strictObject({
  state: z.enum(['linked', 'rejected']).optional().meta({ description: '`linked` (the default), or `rejected`, for keys with `content:read`.' }),
  limit,
  cursor,
  count: z.enum(['exact']).optional().meta({ description: '`exact` fills `page.total`.' }),
})

export const mentionParams = z.strictObject({
  key: Key,
  id: text(100).meta({ description: 'Id of the mention.', override: { format: 'uuid' } }),
})

export const Relinked = z.object({ linked: z.int(), added: z.int(), removed: z.int() }).meta({
  id: 'Relinked',
  description: 'What linking anew came to: mentions that are linked now, that came and that went.',
  examples: [{ linked: 42, added: 3, removed: 1 }],
})
