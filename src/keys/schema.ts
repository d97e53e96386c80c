import { z } from 'zod'
import { scopes } from '../http/auth.ts'
import { dayOrInstant, type Instant, instant, later } from '../lib/instant.ts'
import { title } from '../lib/text.ts'

const maxLifeDays = 36_500
const msPerDay = 86_400_000

const name = title(200)
const scopeList = z
  .array(z.enum(scopes))
  .min(1, `must have at least one of ${scopes.join(', ')}`)
  .overwrite(list => [...new Set(list)])

/** What a key is made from; `expiresAt` is null for one that never ends. */
export const KeyCreate = z.strictObject({
  name,
  scopes: scopeList,
  expiresAt: z.string().nullable(),
})
export type KeyCreate = z.output<typeof KeyCreate>

/** The end of a key: `90d` (days from now), a day (its first moment in UTC) or a time; undefined where it is none of them or not after now. */
export function parseExpiry(value: string, now: Instant): Instant | undefined {
  const days = /^(\d{1,5})d$/.exec(value)?.[1]
  const end = days === undefined ? dayOrInstant.safeParse(value).data : inDays(now, Number(days))
  return end !== undefined && end > now ? end : undefined
}

const inDays = (now: Instant, days: number) => (days > maxLifeDays ? undefined : later(now, days * msPerDay))

const time = z.string().meta({ format: 'date-time' })
const id = z.string().meta({ description: 'The ten characters behind `dl_`; no secret.', examples: ['Xk29aBcD01'] })
const scope = z.enum(scopes)

const shown = {
  id,
  name: z.string().meta({ description: 'Who or what it is for.', examples: ['website'] }),
  scopes: z.array(scope).meta({ description: 'What it may do.' }),
  createdAt: time,
  expiresAt: time.nullable().meta({ description: 'When it ends by itself; null for never.' }),
  revokedAt: time.nullable().meta({ description: 'When it was ended.' }),
  lastUsedAt: time.nullable().meta({ description: 'When it was last used, to the minute.' }),
}
const example = {
  id: 'Xk29aBcD01',
  name: 'website',
  scopes: ['content:read'],
  createdAt: '2024-06-21T08:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
}

export const Key = z.object(shown).meta({ id: 'Key', description: 'A key, without its secret.', examples: [example] })
export const KeyList = z.object({ data: z.array(Key) }).meta({ id: 'KeyList', description: 'Keys, the newest first.' })
export const KeyMade = z
  .object({ ...shown, key: z.string().meta({ description: 'The key itself, for `Authorization: Bearer`. It is never shown again.' }) })
  .meta({
    id: 'KeyMade',
    description: 'A new key: the only answer that shows it.',
    examples: [{ ...example, key: `dl_Xk29aBcD01${'0'.repeat(32)}aBcD01` }],
  })

export const KeyInput = z
  .strictObject({
    name: name.meta({ description: 'Who or what it is for.' }),
    scopes: scopeList.meta({ description: 'What it may do; at least one.' }),
    expiresAt: instant.nullable().default(null).meta({ description: 'When it ends by itself; never without it.' }),
  })
  .meta({ id: 'KeyInput', description: 'A new key.', examples: [{ name: 'website', scopes: ['content:read'] }] })

export const KeyUpdate = z
  .strictObject({ name: name.optional(), scopes: scopeList.optional(), expiresAt: instant.nullable().optional() })
  .meta({ id: 'KeyUpdate', description: 'What changes of a key.', examples: [{ name: 'website, new' }] })
export type KeyUpdate = z.output<typeof KeyUpdate>

/** A week: longer than that the old key is not being rotated. */
const maxOverlapSeconds = 604_800

export const KeyRotate = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(maxOverlapSeconds)
      .default(0)
      .meta({ description: 'How long the old key works beside the new one; at most a week.' }),
  })
  .meta({ id: 'KeyRotate', description: 'How a key is rotated.', examples: [{ overlapSeconds: 3600 }] })

export const keyIdParams = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9A-Za-z]{10}$/, 'must be the ten characters behind dl_')
    .meta({ description: 'Id of a key.', examples: ['Xk29aBcD01'] }),
})

export const WhoAmI = z
  .object({
    keyId: id.nullable().meta({ description: 'Null for the admin key of the environment.' }),
    name: z.string(),
    scopes: z.array(scope),
    expiresAt: time.nullable(),
  })
  .meta({
    id: 'WhoAmI',
    description: 'The key that asks.',
    examples: [{ keyId: 'Xk29aBcD01', name: 'website', scopes: ['content:read'], expiresAt: null }],
  })
