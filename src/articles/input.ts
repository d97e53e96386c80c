// What may be written of an article: a new one, a whole one, a patch.
import { z } from 'zod'
import { instant } from '../lib/instant.ts'
import { maxTitleCharacters, text, title, unixLines } from '../lib/text.ts'
import {
  besideOtherFaults,
  ImageInput,
  ImagePatch,
  readOnlyHints,
  reference,
  references,
  SourceInput,
  SourcePatch,
  sentBack,
  slugInput,
} from '../nouns/schema.ts'
import { BlocksInput } from './blocks.ts'
import { Correction, status } from './schema.ts'

const tag = title(100)
  .check(context => {
    if (context.value.includes(','))
      context.issues.push({
        code: 'custom',
        params: { code: 'comma' },
        input: context.value,
        message: 'may not have a comma: filters separate tags by it',
      })
  })
  .meta({ override: { minLength: 1, maxLength: 100, pattern: '^[^,]*[^,\\s][^,]*$' } })

const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag (BCP 47) such as en, en-GB or zh-Hant')
  .max(35)
  .transform(canonical)
  .meta({ override: { type: 'string', pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 }, description: 'BCP 47.', examples: ['en'] })

function canonical(value: string): string {
  try {
    return Intl.getCanonicalLocales(value)[0] ?? value
  } catch {
    return value
  }
}

const correctionInput = z
  .strictObject({
    id: z
      .string()
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of a correction')
      .optional()
      .meta({ override: { format: 'uuid' }, description: 'That of a correction that stands; left out for a new one.' }),
    at: instant.optional().meta({ description: 'Now where left out.' }),
    kind: Correction.shape.kind.default('correction'),
    text: text(10_000)
      .check(z.minLength(1))
      .meta({ override: { minLength: 1, maxLength: 10_000 } }),
  })
  .meta({ id: 'CorrectionInput', description: 'What was put right after publication.' })

const maxMarkupCharacters = 2_000_000
const markup = (what: string) =>
  z
    .string()
    .overwrite(unixLines)
    .pipe(text(maxMarkupCharacters))
    .meta({ override: { type: 'string', maxLength: maxMarkupCharacters }, description: what })

/** The text in one of three spellings; at most one may be given. */
const texts = {
  body: BlocksInput.optional().meta({ description: 'The text as blocks; at most one of `body`, `markdown` and `html`.' }),
  markdown: markup('The text as Markdown (CommonMark and GFM). Blocks that did not change keep their ids.').optional(),
  html: markup('The text as HTML; only its text and structure are taken. Blocks that did not change keep their ids.').optional(),
}

const plain = {
  status: status
    .default('draft')
    .meta({ description: '`published` and `scheduled` need the scope `content:publish`, as does changing what is published or scheduled.' }),
  summary: text(5_000).nullable().default(null),
  language: language.default('en'),
  section: title(200).nullable().default(null),
  tags: z
    .array(tag)
    .max(200)
    .transform(tags => [...new Set(tags)])
    .default([]),
  byline: text(maxTitleCharacters).nullable().default(null),
  image: ImageInput.nullable().default(null),
  rights: text(2_000).nullable().default(null),
  authorIds: references.default([]).meta({ description: 'People: ids, slugs or `source/externalId`.' }),
  aboutIds: references.default([]).meta({ description: 'People and places: ids, slugs or `source/externalId`.' }),
  datelinePlaceId: reference.nullable().default(null),
}
const rest = {
  source: SourceInput.nullable(),
  corrections: z.array(correctionInput).max(200),
  publishedAt: instant.nullable().meta({ description: 'For archives and imports: not later than now. Left out, it is set at first publication.' }),
  publishAt: instant.nullable().meta({ description: 'When a scheduled article goes out; after now. Every other status empties it.' }),
  unpublishAt: instant.nullable().meta({ description: 'When it is archived by itself.' }),
}

/** At most one spelling of the text, told with the place of the second. */
function oneText(value: Record<string, unknown>, context: z.RefinementCtx): void {
  const given = ['body', 'markdown', 'html'].filter(name => value[name] !== undefined)
  for (const name of given.slice(1))
    context.addIssue({
      code: 'custom',
      params: { code: 'text_twice' },
      path: [name],
      input: value,
      message: `is the text once more: send ${given[0]} or ${name}, not both`,
    })
}

export const ArticleCreate = z
  .strictObject({
    title: title(),
    slug: slugInput.optional(),
    ...texts,
    ...plain,
    source: rest.source.default(null),
    corrections: rest.corrections.default([]),
    publishedAt: rest.publishedAt.default(null),
    publishAt: rest.publishAt.default(null),
    unpublishAt: rest.unpublishAt.default(null),
  })
  .superRefine(oneText, besideOtherFaults)
  .meta({
    id: 'ArticleCreate',
    description: 'A new article; `title` is all that is needed.',
    examples: [
      {
        title: 'Leaders meet in Vladivostok',
        markdown: 'Vladimir Putin came to **Vladivostok** today.',
        status: 'draft',
        section: 'World',
        tags: ['diplomacy'],
      },
    ],
  })
export type ArticleCreate = z.output<typeof ArticleCreate>

const readOnly = {
  ...sentBack,
  wordCount: z.int().optional().meta({ description: 'Read only.' }),
  personIds: z.array(z.string()).optional().meta({ description: 'Read only.' }),
  placeIds: z.array(z.string()).optional().meta({ description: 'Read only.' }),
}

export const ArticleReplace = z
  .strictObject({
    title: title(),
    slug: slugInput.optional(),
    ...texts,
    ...plain,
    status: status.optional(),
    source: rest.source.optional(),
    corrections: rest.corrections.optional(),
    publishedAt: rest.publishedAt.optional(),
    publishAt: rest.publishAt.optional(),
    unpublishAt: rest.unpublishAt.optional(),
    ...readOnly,
  })
  .superRefine(oneText, besideOtherFaults)
  .meta({
    id: 'ArticleReplace',
    description:
      'An article as it is to be: fields left out go to their defaults (a text left out is emptied), but `slug, status, publishedAt, publishAt, unpublishAt, source, corrections`, which change only when named.',
    examples: [{ title: 'Leaders meet in Vladivostok', markdown: 'They met.' }],
  })
export type ArticleReplace = z.output<typeof ArticleReplace>

export const ArticleUpdate = z
  .strictObject({
    title: title().optional(),
    slug: slugInput.optional(),
    body: BlocksInput.nullable().optional().meta({ description: 'The text as blocks; null empties it.' }),
    markdown: texts.markdown,
    html: texts.html,
    status: status.optional(),
    summary: plain.summary.unwrap().optional(),
    language: language.optional(),
    section: plain.section.unwrap().optional(),
    tags: plain.tags.unwrap().nullable().optional(),
    byline: plain.byline.unwrap().optional(),
    image: ImagePatch.nullable().optional(),
    rights: plain.rights.unwrap().optional(),
    authorIds: references.nullable().optional(),
    aboutIds: references.nullable().optional(),
    datelinePlaceId: reference.nullable().optional(),
    source: SourcePatch.nullable().optional(),
    corrections: rest.corrections.nullable().optional(),
    publishedAt: rest.publishedAt.optional(),
    publishAt: rest.publishAt.optional(),
    unpublishAt: rest.unpublishAt.optional(),
    ...readOnly,
  })
  .superRefine(oneText, besideOtherFaults)
  .meta({
    id: 'ArticleUpdate',
    description: 'What changes of an article (JSON Merge Patch): null empties a field, what is left out stays.',
    examples: [{ status: 'published' }, { summary: null, tags: ['diplomacy', 'asia'] }],
  })
export type ArticleUpdate = z.output<typeof ArticleUpdate>

export const articleReadOnly = {
  ...readOnlyHints,
  wordCount: 'it is counted from the text',
  personIds: 'it is worked out; set aboutIds, or add a mention',
  placeIds: 'it is worked out; set aboutIds, or add a mention',
}
