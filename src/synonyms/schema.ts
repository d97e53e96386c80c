import { z } from 'zod'
import { listOf } from '../http/page.ts'
import { count, cursor, limit } from '../http/params.ts'
import { uuidPattern } from '../lib/id.ts'
import { title } from '../lib/text.ts'
import { besideOtherFaults, history, id, readOnlyHints, sentBack } from '../nouns/schema.ts'
import { faultsOf } from './faults.ts'

/** Longest term, in characters, and most terms of a synonym. */
export const maxTermCharacters = 100
export const maxTerms = 20

const about = {
  from: 'Null: all terms mean the same, and who searches for one finds the others, too. A word or a phrase: only who searches for this finds the terms, too.',
  terms: 'Words or phrases; case, accents and points in acronyms make no difference.',
}
const example = { from: null, terms: ['heart attack', 'myocardial infarction'] }

export const Synonym = z
  .object({
    id,
    from: z
      .string()
      .nullable()
      .meta({ description: about.from, examples: [null, 'fleet'] }),
    terms: z.array(z.string()).meta({ description: about.terms, examples: [example.terms] }),
    ...history,
  })
  .meta({
    id: 'Synonym',
    description: 'Words that a search takes for others.',
    examples: [
      {
        id: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        ...example,
        createdAt: '2024-06-21T08:00:00.000Z',
        updatedAt: '2024-06-21T08:00:00.000Z',
        version: 1,
      },
    ],
  })
export type Synonym = z.output<typeof Synonym>

export const SynonymList = listOf(Synonym, 'SynonymList', 'A page of synonyms.')

const term = title(maxTermCharacters)
const terms = z.array(term).min(1).max(maxTerms)

const created = {
  from: term.nullable().default(null).meta({ description: about.from }),
  terms: terms.meta({ description: `${about.terms} Two to ${maxTerms} of them; with \`from\`, one is enough.` }),
}

/** Tells the faults of terms beside whatever else is wrong; those of a part (a patch) that come of what it lacks are left to who knows the whole. */
const reportFaults = (isWhole: boolean) => (sent: { from?: unknown; terms?: unknown }, context: z.core.$RefinementCtx) => {
  const { from = null, terms } = sent
  if ((from !== null && (typeof from !== 'string' || from.length > 2 * maxTermCharacters)) || !isListOfText(terms)) return
  for (const { pointer, code, detail } of faultsOf({ from, terms }))
    if (isWhole || code !== 'too_few') context.addIssue({ code: 'custom', path: pathOf(pointer), message: detail, params: { code }, input: sent })
}
/** A list of texts within the limits, so that looking at them costs little. */
const isListOfText = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= maxTerms &&
  value.every(item => typeof item === 'string' && item.length <= 2 * maxTermCharacters)
const pathOf = (pointer: string) =>
  pointer
    .slice(1)
    .split('/')
    .map(part => (/^\d+$/.test(part) ? Number(part) : part))

export const SynonymCreate = z
  .strictObject(created)
  .superRefine(reportFaults(true), besideOtherFaults)
  .meta({
    id: 'SynonymCreate',
    description: 'Words that a search is to take for others.',
    examples: [example, { from: 'fleet', terms: ['navy', 'warships'] }],
  })
export type SynonymState = z.output<typeof SynonymCreate>

export const SynonymReplace = z
  .strictObject({ ...created, ...sentBack })
  .superRefine(reportFaults(true), besideOtherFaults)
  .meta({
    id: 'SynonymReplace',
    description: 'A synonym as it is to be.',
    examples: [example],
  })
export type SynonymReplace = z.output<typeof SynonymReplace>

export const SynonymUpdate = z
  .strictObject({
    from: term
      .nullable()
      .optional()
      .meta({ description: `${about.from}` }),
    terms: terms.optional().meta({ description: `All terms as they are to be: ${about.terms[0]?.toLowerCase()}${about.terms.slice(1)}` }),
    ...sentBack,
  })
  .superRefine(reportFaults(false), besideOtherFaults)
  .meta({
    id: 'SynonymUpdate',
    description: 'What changes of a synonym (merge patch).',
    examples: [{ terms: [...example.terms, 'cardiac infarction'] }],
  })
export type SynonymUpdate = z.output<typeof SynonymUpdate>

export const synonymReadOnly = { id: readOnlyHints.id, createdAt: readOnlyHints.createdAt, updatedAt: readOnlyHints.updatedAt }

export const synonymParams = z.strictObject({
  id: z
    .string()
    .regex(new RegExp(uuidPattern, 'i'), 'must be a UUID')
    .meta({ override: { format: 'uuid' }, description: 'Id of the synonym.' }),
})

export const SynonymListQuery = z.strictObject({ limit, cursor, count })
