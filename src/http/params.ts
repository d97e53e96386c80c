import { z } from 'zod'
import { text } from '../lib/text.ts'

/** A whole number in decimal digits, nothing else: `z.coerce` would take `0x10`, `1e2` and ` 5 `. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .transform((value, context) => {
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
      if (number >= min && number <= max) return number
      context.issues.push({ code: 'custom', params: { code: 'out_of_range' }, input: value, message: `must be a whole number from ${min} to ${max}` })
      return z.NEVER
    })
    .meta({ override: { type: 'integer', minimum: min, maximum: max } })

/** `true` or `false`. */
export const flag = z
  .enum(['true', 'false'])
  .transform(value => value === 'true')
  .meta({ override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => become(jsonSchema, { type: 'boolean' }) })

/** Makes one JSON Schema another, in place. */
function become(jsonSchema: Record<string, unknown>, other: Record<string, unknown>) {
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  Object.assign(jsonSchema, other)
}

const maxItems = 50

/** Comma-separated, or the parameter repeated: generated clients do both. No empty items, at most 50, duplicates are one. */
export const commaList = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value, context) => {
      const parts = [...new Set([value].flat().flatMap(part => part.split(',')))]
      if (parts.some(part => part === ''))
        context.issues.push({
          code: 'custom',
          params: { code: 'empty_item' },
          input: value,
          message: 'has an empty item; items are separated by single commas',
        })
      if (parts.length > maxItems)
        context.issues.push({ code: 'custom', params: { code: 'too_many' }, input: value, message: `may have ${maxItems} items` })
      return parts.slice(0, maxItems).filter(part => part !== '')
    })
    .pipe(z.array(item))
    .meta({ override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => listOf(jsonSchema, item) })

function listOf(jsonSchema: Record<string, unknown>, item: z.ZodType) {
  const { $schema, override, ...items } = z.toJSONSchema(item, { io: 'input', unrepresentable: 'any' })
  become(jsonSchema, { type: 'array', items: typeof override === 'object' ? { ...items, ...override } : items, minItems: 1, maxItems })
}

/** Longest id or slug, and longest natural key, in a path. */
const maxKeyCharacters = 500
const maxNaturalKeyCharacters = 1_200

/** `{key}` of a path: an id, a slug or `by-source/{source}/{externalId}`. */
export const Key = text(maxNaturalKeyCharacters)
  .check(
    z.minLength(1),
    z.refine(key => key.length <= maxKeyCharacters || key.startsWith('by-source/'), {
      error: `may have ${maxKeyCharacters} characters`,
      params: { code: 'too_long' },
    }),
  )
  .meta({
    override: { minLength: 1, maxLength: maxNaturalKeyCharacters },
    description:
      'An id (a UUID), a slug, or `by-source/{source}/{externalId}`, whose slashes may be sent as they are. A former slug answers 308 with the present address.',
    examples: ['kim-jong-un', '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12'],
  })

/** A reference in a filter: an id, a slug or `source/externalId`. */
export const Reference = text(1_000)
  .check(z.minLength(1))
  .meta({ override: { minLength: 1, maxLength: 1_000 } })

export const keyParams = z.strictObject({ key: Key })

const dryRun = flag.optional().meta({ description: '`true` gives the full answer and stores nothing.' })

/** An operation that writes, with no other parameter. */
export const writeQuery = z.strictObject({ dryRun })

export const purgeQuery = z.strictObject({
  dryRun,
  purge: flag.optional().meta({ description: '`true` deletes for good instead of moving to the trash; needs the scope `admin`.' }),
})

/** An operation without parameters in the query. */
export const noQuery = z.strictObject({})

/** Longest query for full text, in characters. */
const maxQueryCharacters = 10_000

/** A query for full text: whatever a person can type, and what only a machine can send is read as white space. */
export const queryText = z
  .string()
  .overwrite(value => value.toWellFormed().replace(/[\u0000-\u001f\ufffd]/g, ' '))
  .check(
    z.refine(value => [...value].length <= maxQueryCharacters, { error: `may have ${maxQueryCharacters} characters`, params: { code: 'too_long' } }),
  )
  .optional()
  .meta({ override: { type: 'string', maxLength: maxQueryCharacters } })

export const limit = wholeNumber(1, 100)
  .optional()
  .meta({ description: 'How many items a page has, 1–100. More is refused, never cut down.', examples: [20] })

export const cursor = text(4_000)
  .optional()
  .meta({
    override: { type: 'string', maxLength: 4_000 },
    description: 'Where the page begins: `page.next` or `page.prev` of an answer to the same query. `limit`, `fields` and `include` may change.',
  })

export const count = z
  .enum(['exact'])
  .optional()
  .meta({ description: '`exact` fills `page.total`, which costs a count of everything that the filters find.' })
