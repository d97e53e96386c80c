import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import { catalogue } from '../../src/lib/errors.ts'
import { closed, closedComponents, isObject, type Json } from './closed.ts'

const json: z.ZodType<Json> = z.json()
const Response = z.looseObject({ description: z.string(), content: z.record(z.string(), z.looseObject({ schema: json })).optional() })
const Operation = z.looseObject({ operationId: z.string(), responses: z.record(z.string(), Response) })
export const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), json) }),
})
export type Document = z.output<typeof Document>
export type Operation = z.output<typeof Operation>

export type Asked = { method: string; path: string }
export type Contract = { check(asked: Asked, answer: LightMyRequestResponse): void }

const problemType = 'application/problem+json'
const bodyless = [204, 304, 308, 302]

/** What the document promises, compiled: `check` throws an Error that says where an answer breaks it. */
export function contractOf(document: Document): Contract {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true, validateFormats: true }))
  ajv.addSchema(closedComponents(document.components.schemas))
  const compiled = new Map<string, ValidateFunction>()
  const validatorOf = (name: string, schema: Json) => {
    const known = compiled.get(name)
    if (known) return known
    const made = ajv.compile(isObject(schema) ? objectOf(closed(schema)) : {})
    compiled.set(name, made)
    return made
  }
  const find = finder(document)
  return {
    check(asked, answer) {
      try {
        if (answer.statusCode >= 400) checkProblem(asked, answer, validatorOf('Problem', { $ref: '#/components/schemas/Problem' }))
        const operation = find(asked)
        if (operation) checkDeclared(operation, asked, answer, validatorOf)
        else if (answer.statusCode < 400 && asked.path.startsWith('/v1') && asked.method !== 'OPTIONS') refuse('the document has no such operation')
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new Error(
          `${asked.method} ${asked.path} → ${answer.statusCode} is not what /openapi.json declares: ${why}\n${answer.body.slice(0, 1_000)}`,
        )
      }
    },
  }
}

const objectOf = (value: Json) => (isObject(value) ? value : {})

function refuse(why: string): never {
  throw new Error(why)
}

/** Finds the operation of a request: the template with the fewest parameters that fits; HEAD is GET. */
function finder({ paths }: Document) {
  const templates = Object.entries(paths)
    .map(([template, methods]) => ({ segments: template.split('/'), methods }))
    .sort((a, b) => parameters(a.segments) - parameters(b.segments))
  return ({ method, path }: Asked): Operation | undefined => {
    const segments = path.split('/')
    const name = method === 'HEAD' ? 'get' : method.toLowerCase()
    const fits = templates.filter(
      ({ segments: wanted }) =>
        wanted.length === segments.length && wanted.every((part, n) => (part.startsWith('{') ? segments[n] !== '' : part === segments[n])),
    )
    return fits.find(({ methods }) => methods[name])?.methods[name]
  }
}

const parameters = (segments: string[]) => segments.filter(segment => segment.startsWith('{')).length

type ValidatorOf = (name: string, schema: Json) => ValidateFunction

function checkDeclared(operation: Operation, { method }: Asked, answer: LightMyRequestResponse, validatorOf: ValidatorOf) {
  const { statusCode } = answer
  const status = [String(statusCode), `${Math.floor(statusCode / 100)}XX`].find(name => operation.responses[name])
  const response = status === undefined ? undefined : operation.responses[status]
  if (!response) return refuse(`the status is not among those of ${operation.operationId}: ${Object.keys(operation.responses).join(', ')}`)
  if (bodyless.includes(statusCode)) return refuseBody(answer)
  const type = mediaType(answer)
  const found = Object.entries(response.content ?? {}).find(([name]) => withoutCharset(name) === type)
  if (!found)
    return refuse(
      `${type || 'no media type'} is not among those of ${operation.operationId}: ${Object.keys(response.content ?? {}).join(', ') || 'none'}`,
    )
  if (method === 'HEAD') return refuseBody(answer)
  const [name, { schema }] = found
  validate(validatorOf(`${operation.operationId} ${status} ${name}`, schema), bodyOf(answer, type))
}

function refuseBody({ rawPayload }: LightMyRequestResponse) {
  if (rawPayload.length > 0) refuse('it has a body')
}

function validate(validator: ValidateFunction, body: unknown) {
  if (!validator(body))
    refuse(
      (validator.errors ?? [])
        .slice(0, 5)
        .map(error => `${error.instancePath || 'the body'} ${error.message} ${JSON.stringify(error.params)}`)
        .join('; '),
    )
}

/** Lower case, white space normal, without charset: what is left of the parameters counts. */
const withoutCharset = (type: string) =>
  type
    .split(';')
    .map(part => part.trim())
    .filter(part => !/^charset=/i.test(part))
    .join('; ')
    .toLowerCase()

const mediaType = (answer: LightMyRequestResponse) => withoutCharset(String(answer.headers['content-type'] ?? ''))

function bodyOf(answer: LightMyRequestResponse, type: string): unknown {
  const text = decoded(answer).toString('utf8')
  if (!/^application\/(?:[\w.-]+\+)?json(?:;|$)/.test(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    return refuse('the body is not JSON')
  }
}

function decoded({ headers, rawPayload }: LightMyRequestResponse): Buffer {
  if (headers['content-encoding'] === 'gzip') return gunzipSync(rawPayload)
  if (headers['content-encoding'] === 'br') return brotliDecompressSync(rawPayload)
  return rawPayload
}

const ProblemBody = z.looseObject({
  status: z.number(),
  code: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ line: z.int().optional() }).catchall(z.string())),
})

/** Every 4xx and 5xx is a problem with all members, that nobody may keep. */
function checkProblem({ method }: Asked, answer: LightMyRequestResponse, validator: ValidateFunction) {
  const type = mediaType(answer)
  if (type !== problemType) refuse(`an error must be ${problemType}, not ${type || 'without a media type'}`)
  if (answer.headers['cache-control'] !== 'no-store') refuse(`an error must not be kept, but has Cache-Control: ${answer.headers['cache-control']}`)
  if (method === 'HEAD') return refuseBody(answer)
  const body = bodyOf(answer, type)
  validate(validator, body)
  const problem = ProblemBody.parse(body)
  if (problem.status !== answer.statusCode) refuse(`the problem says status ${problem.status}`)
  const known = Object.entries(catalogue).find(([code]) => code === problem.code)?.[1]
  if (known?.status !== answer.statusCode) refuse(`the code ${problem.code} does not belong to this status`)
  if (problem.requestId !== answer.headers['x-request-id']) refuse('requestId is not that of the header X-Request-Id')
  for (const issue of problem.errors) checkIssue(issue)
}

function checkIssue(issue: Record<string, string>) {
  const places = ['pointer', 'parameter', 'header'].filter(name => issue[name] !== undefined)
  if (places.length !== 1) refuse(`a fault must have one place, not ${places.join(' and ') || 'none'}: ${JSON.stringify(issue)}`)
  if (issue.pointer !== undefined && !/^(?:\/(?:[^~/]|~[01])*)*$/.test(issue.pointer)) refuse(`not a JSON Pointer: ${issue.pointer}`)
}
