import { z } from 'zod'
import { scopes } from '../http/auth.ts'
import { dayOrInstant, type Instant, later } from '../lib/instant.ts'
import { title } from '../lib/text.ts'

const maxLifeDays = 36_500
const msPerDay = 86_400_000

/** What a key is made from; `expiresAt` is null for one that never ends. */
export const KeyCreate = z.strictObject({
  name: title(200),
  scopes: z
    .array(z.enum(scopes))
    .min(1, `must have at least one of ${scopes.join(', ')}`)
    .transform(list => [...new Set(list)]),
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
