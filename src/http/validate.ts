import { closest } from 'fastest-levenshtein'
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify'
import { z } from 'zod'
import type { Issue } from '../lib/errors.ts'

/** The parts of a request in the order in which Fastify validates them. */
export const partNames = ['params', 'body', 'querystring', 'headers'] as const
export type Part = (typeof partNames)[number]

/** A part of a request that its schema does not take, with every fault of it. */
export class InvalidPart extends Error {
  readonly part: Part
  readonly issues: Issue[]
  constructor(part: Part, issues: Issue[]) {
    super('invalid request')
    this.part = part
    this.issues = issues
  }
}

type Validated<S> = S extends z.ZodType
  ? z.output<S>
  : S extends { content: infer C }
    ? { [K in keyof C]: C[K] extends { schema: infer T extends z.ZodType } ? z.output<T> : never }[keyof C]
    : unknown

/** Handlers read what Zod made of the request. Answers are not typed by it: presenters are. */
export interface ZodProvider extends FastifyTypeProvider {
  validator: Validated<this['schema']>
  serializer: unknown
}

export const validatorCompiler: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  const part = partNames.find(name => name === httpPart)
  if (!part || !(schema instanceof z.ZodType)) return value => ({ value })
  return value => {
    const result = schema.safeParse(value)
    return result.success
      ? { value: result.data }
      : {
          error: new InvalidPart(
            part,
            result.error.issues.flatMap(issue => translate(part, schema, value, issue)),
          ),
        }
  }
}

/** All faults of a value; none where there is no schema. */
export function issuesOf(part: Part, schema: unknown, value: unknown): Issue[] {
  if (!(schema instanceof z.ZodType)) return []
  const result = schema.safeParse(value)
  return result.success ? [] : result.error.issues.flatMap(issue => translate(part, schema, value, issue))
}

type RawIssue = z.core.$ZodIssue

function translate(part: Part, schema: z.ZodType, input: unknown, issue: RawIssue): Issue[] {
  const path = issue.path
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, input, path)
    const word = part === 'body' ? 'field' : 'parameter'
    return issue.keys.map(key => at(part, [...path, key], `unknown_${word}`, `is no ${word} here${didYouMean(key, known)}`))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
    return best.flatMap(inner => translate(part, schema, input, { ...inner, path: [...path, ...inner.path] }))
  }
  const value = sentAt(part, input, path)
  return [at(part, path, codeOf(issue, value), messageOf(issue, value))]
}

function at(part: Part, path: PropertyKey[], code: string, detail: string): Issue {
  if (part === 'body') return { pointer: path.map(key => `/${String(key).replace(/~/g, '~0').replace(/\//g, '~1')}`).join(''), code, detail }
  const name = String(path[0] ?? '')
  return part === 'headers' ? { header: name, code, detail } : { parameter: name, code, detail }
}

/** What is wrong with a value before its type or choice is. */
const codeOfNothing = (value: unknown) =>
  value === undefined ? 'required' : value === null ? 'not_nullable' : Array.isArray(value) ? 'not_one_value' : undefined

function codeOf(issue: RawIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return codeOfNothing(value) ?? 'wrong_type'
    case 'too_big':
      return issue.origin === 'string' ? 'too_long' : issue.origin === 'array' ? 'too_many' : 'too_big'
    case 'too_small':
      return issue.origin === 'string' ? 'too_short' : issue.origin === 'array' ? 'too_few' : 'too_small'
    case 'invalid_format':
      return 'invalid_format'
    case 'invalid_value':
      return codeOfNothing(value) ?? 'not_allowed'
    case 'invalid_union':
      return 'unknown_type'
    case 'custom':
      return typeof issue.params?.code === 'string' ? issue.params.code : 'invalid'
    default:
      return 'invalid'
  }
}

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`

function messageOf(issue: RawIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is required'
      return Array.isArray(value) && issue.expected === 'string'
        ? 'may be given once only'
        : `must be ${article(issue.expected)}, not ${kindOf(value)}`
    case 'invalid_value':
      if (Array.isArray(value)) return 'may be given once only'
      return `must be one of ${issue.values.map(String).join(', ')}${typeof value === 'string' ? didYouMean(value, issue.values.map(String)) : ''}`
    case 'invalid_union':
      return 'has a type that is not known here'
    case 'custom':
      return issue.message
    case 'too_big':
      return issue.message.startsWith('Too big') ? limitOf('most', issue.origin, issue.maximum) : issue.message
    case 'too_small':
      return issue.message.startsWith('Too small') ? limitOf('least', issue.origin, issue.minimum) : issue.message
    default:
      return issue.message.replace(/^Invalid [a-z]+: |^Too (big|small): /, '').replace(/^[A-Z]/, letter => letter.toLowerCase())
  }
}

const limitOf = (which: 'most' | 'least', origin: string, limit: number | bigint) =>
  origin === 'string'
    ? `must have at ${which} ${limit} characters`
    : origin === 'array'
      ? `must have at ${which} ${limit} items`
      : `must be at ${which} ${limit}`

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)

/** ` did you mean x?` where a known name is near enough to be meant. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0 || name.length > 100) return ''
  return `; did you mean ${closest(name, [...known])}?`
}

/** What was sent at a path; an item of a list in the query stands between commas, or in one of several parameters of the name. */
function sentAt(part: Part, input: unknown, path: readonly PropertyKey[]): unknown {
  const [name, index] = path
  if (part === 'body' || name === undefined || typeof index !== 'number') return valueAt(input, path)
  return [...new Set([valueAt(input, [name])].flat().flatMap(value => String(value).split(',')))][index]
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  return value
}

/** Names that the object at `path` may have: the schema is walked, a union by what the input says it is. */
function keysAt(schema: unknown, input: unknown, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const type = valueAt(input, [inner._zod.def.discriminator])
    const option = inner.options.find(
      candidate =>
        unwrap(valueAt(shapeOf(candidate), [inner._zod.def.discriminator])) instanceof z.ZodLiteral &&
        literalOf(candidate, inner._zod.def.discriminator) === type,
    )
    return keysAt(option, input, path)
  }
  const [key, ...rest] = path
  if (inner instanceof z.ZodUnion) return inner.options.flatMap(option => keysAt(option, input, path))
  if (key === undefined) return Object.keys(shapeOf(inner))
  if (inner instanceof z.ZodArray) return keysAt(inner.element, valueAt(input, [key]), rest)
  return keysAt(valueAt(shapeOf(inner), [key]), valueAt(input, [key]), rest)
}

const shapeOf = (schema: unknown): object => {
  const inner = unwrap(schema)
  return inner instanceof z.ZodObject ? inner.shape : {}
}

function literalOf(option: unknown, discriminator: string): unknown {
  const literal = unwrap(valueAt(shapeOf(option), [discriminator]))
  return literal instanceof z.ZodLiteral ? literal.value : undefined
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.unwrap())
  if (schema instanceof z.ZodPipe) return unwrap(schema.in)
  return schema
}
