// What articles, people and places have in common: fields, and the rule for those that are read only.
import { z } from 'zod'
import { type Issue, invalid } from '../lib/errors.ts'
import { isUuid, uuidPattern } from '../lib/id.ts'
import { slugPattern } from '../lib/slug.ts'
import { maxTitleCharacters, text, title } from '../lib/text.ts'
import { url, webUrl } from '../lib/url.ts'

const example = '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12'

export const id = z.string().meta({ format: 'uuid', description: 'UUIDv7 (RFC 9562). Never changes.', examples: [example] })
export const idList = z.array(z.string().meta({ format: 'uuid' }))
export const time = z.string().meta({ format: 'date-time', examples: ['2024-06-21T08:00:00.000Z'] })

/** Fields that every answer has. */
export const identity = {
  id,
  slug: z.string().meta({
    description: 'Readable key, unique among its kind. Made once, at creation; former ones stay and answer 308.',
    examples: ['kim-jong-un'],
  }),
}
export const history = {
  createdAt: time.meta({ description: 'When it was made here, UTC.' }),
  updatedAt: time.meta({ description: 'When a writable field last changed, UTC.' }),
  version: z
    .int()
    .min(1)
    .meta({ description: 'Grows by one when a write changes a writable field, and only then.', examples: [3] }),
}

const nullableInt = z.int().nullable()

export const Image = z
  .object({
    url,
    alt: z.string().nullable().meta({ description: 'What the picture shows, for those who cannot see it.' }),
    caption: z.string().nullable(),
    credit: z.string().nullable(),
    width: nullableInt.meta({ description: 'Pixels.' }),
    height: nullableInt.meta({ description: 'Pixels.' }),
  })
  .meta({
    id: 'Image',
    description: 'A picture at an address.',
    examples: [{ url: 'https://images.example/summit.jpg', alt: 'Two men shake hands', caption: null, credit: 'Pool', width: 1600, height: 900 }],
  })
export type Image = z.output<typeof Image>

const pixels = z.int().min(1).max(100_000).nullable()
const line = (max: number) => text(max).nullable()
export const ImageInput = z
  .strictObject({
    url: webUrl,
    alt: line(1_000).default(null),
    caption: line(5_000).default(null),
    credit: line(500).default(null),
    width: pixels.default(null),
    height: pixels.default(null),
  })
  .meta({ id: 'ImageInput', description: 'A picture at an address.' })
export const ImagePatch = z
  .strictObject({
    url: webUrl.optional(),
    alt: line(1_000).optional(),
    caption: line(5_000).optional(),
    credit: line(500).optional(),
    width: pixels.optional(),
    height: pixels.optional(),
  })
  .meta({ id: 'ImagePatch', description: 'What changes of a picture (merge patch): what is left out stays.' })

export const Source = z
  .object({
    name: z.string().meta({ description: 'Who it comes from.', examples: ['reuters'] }),
    url: url.nullable().meta({ description: 'Where it stands there.' }),
    externalId: z
      .string()
      .nullable()
      .meta({ description: 'Its id there. Name and id together are unique: the natural key.', examples: ['idUSKCN1234'] }),
  })
  .meta({
    id: 'Source',
    description: 'Where a resource comes from.',
    examples: [{ name: 'reuters', url: 'https://reuters.example/1234', externalId: '1234' }],
  })
export type Source = z.output<typeof Source>

const sourceName = title(200)
  .check(context => {
    if (context.value.includes('/'))
      context.issues.push({
        code: 'custom',
        params: { code: 'slash' },
        input: context.value,
        message: 'may not have a slash: `name/externalId` is how a source is referred to',
      })
  })
  .meta({ override: { minLength: 1, maxLength: 200, pattern: '^[^/]*[^/\\s][^/]*$' } })
const externalId = text(500)
  .check(z.minLength(1))
  .nullable()
  .meta({ override: { minLength: 1, maxLength: 500 } })
export const SourceInput = z
  .strictObject({ name: sourceName, url: webUrl.nullable().default(null), externalId: externalId.default(null) })
  .meta({ id: 'SourceInput', description: 'Where a resource comes from.' })
export const SourcePatch = z
  .strictObject({ name: sourceName.optional(), url: webUrl.nullable().optional(), externalId: externalId.optional() })
  .meta({ id: 'SourcePatch', description: 'What changes of a source (merge patch): what is left out stays.' })

export const slugInput = text(maxTitleCharacters)
  .check(context => {
    const { value, issues } = context
    if (isUuid(value))
      issues.push({
        code: 'custom',
        params: { code: 'slug_is_uuid' },
        input: value,
        message: 'may not have the form of a UUID: a key of that form is an id',
      })
    else if (!new RegExp(slugPattern).test(value))
      issues.push({
        code: 'custom',
        params: { code: 'invalid_slug' },
        input: value,
        message: 'must be a–z and 0–9 in words joined by single hyphens, such as kim-jong-un',
      })
  })
  .meta({
    override: { pattern: slugPattern, maxLength: maxTitleCharacters, minLength: 1 },
    description: 'Readable key. Left out, one is made of the title or name.',
    examples: ['kim-jong-un'],
  })

/** For a check of a whole object that is to tell its faults even where fields have some; whatever it looks at may be of any type. */
export const besideOtherFaults = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null }

export const reference = text(1_000)
  .check(z.minLength(1))
  .meta({
    override: { minLength: 1, maxLength: 1_000 },
    description: 'An id, a slug or `source/externalId`; the id comes back.',
    examples: ['vladimir-putin'],
  })
export const references = z.array(reference).max(1_000)

export const maxAliases = 500
export const aliases = z
  .array(title())
  .max(maxAliases)
  .transform(names => [...new Set(names)])
export const links = z
  .array(webUrl)
  .max(100)
  .transform(urls => [...new Set(urls)])
export const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1), such as KP')
  .meta({ description: 'ISO 3166-1 alpha-2.', examples: ['KP'] })
export const wikidataId = z
  .string()
  .regex(/^Q[1-9][0-9]{0,9}$/, 'must be a Wikidata id such as Q56226')
  .meta({ examples: ['Q56226'] })

/** Read-only fields that a PUT or PATCH may send back beside `version`, without effect. */
export const sentBack = {
  id: z
    .string()
    .regex(new RegExp(uuidPattern, 'i'), 'must be a UUID')
    .optional()
    .meta({ override: { format: 'uuid' }, description: 'Read only; must be that of the addressed resource.' }),
  createdAt: z.string().optional().meta({ description: 'Read only.' }),
  updatedAt: z.string().optional().meta({ description: 'Read only.' }),
  version: z.int().min(1).max(2_147_483_647).optional().meta({
    description:
      'The version that you read: where it is not the present one, the write is refused with 412. Beside it the other read-only fields may stand, without effect.',
  }),
}

/**
 * The rule for read-only fields: beside `version` they may stand, so that what was read can be changed and sent back as it is; without it they are
 * refused (400 `read_only`), and an `id` that is not the addressed one always is (400 `wrong_resource`).
 */
export function refuseReadOnly(body: Record<string, unknown>, addressedId: string | undefined, hints: Record<string, string>): void {
  const issues: Issue[] = []
  if (typeof body.id === 'string' && body.id.toLowerCase() !== addressedId)
    issues.push({ pointer: '/id', code: 'wrong_resource', detail: `is another resource's; this address is ${addressedId ?? "nobody's yet"}` })
  if (body.version === undefined) {
    for (const [name, hint] of Object.entries(hints))
      if (body[name] !== undefined) issues.push({ pointer: `/${name}`, code: 'read_only', detail: `is read only: ${hint}` })
  }
  if (issues.length > 0) throw invalid(...issues)
}

export const readOnlyHints = {
  id: 'the address says which resource is meant; send version beside it to send back what you read',
  createdAt: 'it is set once, by the server',
  updatedAt: 'it is set by the server',
}

/** One patch laid over what is there (RFC 7396, one level down): null empties, what is left out stays. Refuses an object that would lack its `required` member. */
export function mergeObject<T extends object>(
  before: T | null,
  patch: { [K in keyof T]?: T[K] | undefined } | null | undefined,
  blank: T,
  required: keyof T & string,
  pointer: string,
): T | null {
  if (patch === undefined) return before
  if (patch === null) return null
  const merged = { ...(before ?? blank) }
  for (const [name, value] of Object.entries(patch)) if (value !== undefined) Object.assign(merged, { [name]: value })
  if (!merged[required]) throw invalid({ pointer: `${pointer}/${required}`, code: 'required', detail: 'is required' })
  return merged
}

export const blankImage: Image = { url: '', alt: null, caption: null, credit: null, width: null, height: null }
export const blankSource: Source = { name: '', url: null, externalId: null }

/** The stored columns of a source, as the object of the contract. */
export const presentSource = (row: { sourceName: string | null; sourceUrl: string | null; sourceExternalId: string | null }): Source | null =>
  row.sourceName === null ? null : { name: row.sourceName, url: row.sourceUrl, externalId: row.sourceExternalId }

/** The object of the contract, as columns. */
export const sourceColumns = (source: Source | null) => ({
  sourceName: source?.name ?? null,
  sourceUrl: source?.url ?? null,
  sourceExternalId: source?.externalId ?? null,
})

/** Names of the fields that differ between two states. */
export const changedFields = (before: Record<string, unknown>, after: Record<string, unknown>): string[] =>
  Object.keys(after).filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
