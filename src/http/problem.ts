import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { catalogue, type ErrorCode, type Issue, Refusal, summary } from '../lib/errors.ts'
import { Moved } from '../lib/moved.ts'
import { InvalidPart, issuesOf, partNames } from './validate.ts'

export const problemType = 'application/problem+json'
const maxIssues = 100

/** RFC 9457. Every 4xx and 5xx is one of these. */
export const Problem = z
  .object({
    type: z
      .string()
      .meta({ format: 'uri-reference', description: 'Where this kind of problem is explained.', examples: ['/docs/problems#invalid_request'] }),
    title: z.string().meta({ description: 'The kind of problem in a few words; the same for every problem of a type.' }),
    status: z.int().meta({ description: 'The status of the answer, repeated.' }),
    detail: z.string().meta({ description: 'What was wrong this time, and what would be right.' }),
    code: z.string().meta({
      description: 'The kind of problem as a stable word for programs; new ones may come.',
      examples: ['invalid_request', 'not_found', 'version_mismatch'],
    }),
    requestId: z.string().meta({ description: 'Finds this request in the log of the server.' }),
    errors: z
      .array(
        z
          .object({
            line: z.int().optional().meta({ description: 'With `/bulk`: the line that has the fault, from 1.' }),
            pointer: z.string().optional().meta({ description: 'JSON Pointer (RFC 6901) to the fault in the body; "" is the body itself.' }),
            parameter: z.string().optional().meta({ description: 'Name of the parameter at fault, in the query or the path.' }),
            header: z.string().optional().meta({ description: 'Name of the header at fault.' }),
            code: z.string().meta({ description: 'The fault as a stable word.', examples: ['unknown_field', 'required', 'mark_out_of_range'] }),
            detail: z.string().meta({ description: 'What is wrong and what would be right.' }),
          })
          .meta({ id: 'ProblemIssue', description: 'One fault of a request. It has a `pointer`, a `parameter` or a `header`.' }),
      )
      .meta({ description: 'All faults of the request, at most 100; empty where the problem is not one of input.' }),
    errorsTruncated: z.boolean().optional().meta({ description: 'True where there were more than 100 faults.' }),
  })
  .meta({
    id: 'Problem',
    description: 'Why a request was refused (RFC 9457).',
    examples: [
      {
        type: '/docs/problems#invalid_request',
        title: 'The request is not valid',
        status: 400,
        detail: '/titel: is not a field of this resource; did you mean title?',
        code: 'invalid_request',
        requestId: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
        errors: [{ pointer: '/titel', code: 'unknown_field', detail: 'is not a field of this resource; did you mean title?' }],
      },
    ],
  })
export type Problem = z.output<typeof Problem>

/**
 * What a refusal looks like. It is always sent as problem+json; it stands under application/json as well because clients that are generated for that
 * media type alone (openapi-fetch's `createClient<paths, 'application/json'>`) look for the shape of an error there.
 */
const problemContent = () => ({ [problemType]: { schema: Problem }, 'application/json': { schema: Problem } })

/** The refusals that every operation may give. Made anew for each route: a constant shared by two comes out of the generator as an empty schema. */
export const problems = () => ({
  '4XX': { description: 'The request was refused; `code` says why.', content: problemContent() },
  '5XX': { description: 'The server could not answer; 503 comes with Retry-After.', content: problemContent() },
})

export function problemOf(refusal: Refusal, requestId: string): Problem {
  const { status, title } = catalogue[refusal.code]
  const problem: Problem = {
    type: `/docs/problems#${refusal.code}`,
    title,
    status,
    detail: refusal.message,
    code: refusal.code,
    requestId,
    errors: refusal.issues.slice(0, maxIssues),
  }
  return refusal.issues.length > maxIssues ? { ...problem, errorsTruncated: true } : problem
}

export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem = problemOf(refusal, reply.request.id)
  return reply
    .code(problem.status)
    .headers({ ...refusal.headers, 'x-request-id': problem.requestId })
    .type(problemType)
    .serializer(JSON.stringify)
    .send(problem)
}

/** Fastify's own refusals, by their codes. */
const ofFastify: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_http',
  FST_ERR_BAD_URL: 'malformed_url',
  FST_ERR_MAX_LIMIT_PENDING_REQUESTS: 'busy',
}

/** Turns whatever was thrown into a refusal; what has no name is a 500 that does not show its message. */
function refusalOf(error: FastifyError | Error, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error
  const code = 'code' in error ? ofFastify[error.code] : undefined
  if ('code' in error && error.code === 'ECONNRESET') return new Refusal('malformed_http', 'The connection ended before the request did.')
  if (code === 'unsupported_media_type') return unsupported(request)
  if (code === 'body_too_large') return new Refusal(code, `The body may have ${request.routeOptions.bodyLimit} bytes.`)
  if (code) return new Refusal(code, catalogue[code].meaning)
  return new Refusal('internal', catalogue.internal.meaning, { cause: error })
}

/** All faults of a request that has an invalid part. */
async function whole(failed: InvalidPart, request: FastifyRequest, laterFaults: LaterFaults): Promise<Refusal> {
  const told = [...failed.issues, ...laterIssues(failed, request)]
  const issues = [...told, ...(await laterFaults(request.body, told).catch(() => []))]
  return new Refusal('invalid_request', summary(issues), { issues })
}

/** Fastify stops at the first part that fails (params, body, query, headers): the parts behind it are looked at here, so that all faults are told at once. */
function laterIssues(failed: InvalidPart, request: FastifyRequest): Issue[] {
  const schema = request.routeOptions.schema ?? {}
  return partNames.slice(partNames.indexOf(failed.part) + 1).flatMap(part => {
    const value = part === 'querystring' ? request.query : part === 'body' ? request.body : request.headers
    return issuesOf(part, part === 'body' ? bodySchema(schema.body, request) : schema[part], value)
  })
}

function bodySchema(body: unknown, request: FastifyRequest): unknown {
  if (typeof body !== 'object' || body === null || !('content' in body)) return body
  const type = essence(request.headers['content-type'])
  return Object.entries(body.content as Record<string, { schema: unknown }>).find(([name]) => name === type)?.[1].schema
}

export const essence = (contentType: string | undefined): string => (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** The media types that a route takes; none where it takes no body. */
export function takes(request: FastifyRequest): string[] {
  const body = request.routeOptions.schema?.body
  return typeof body === 'object' && body !== null && 'content' in body ? Object.keys(body.content as object) : []
}

export function unsupported(request: FastifyRequest): Refusal {
  const types = takes(request)
  return new Refusal(
    'unsupported_media_type',
    types.length > 0 ? `This operation takes ${types.join(', ')}, in UTF-8.` : 'This operation takes no body.',
    {
      headers: types.length > 0 ? { accept: types.join(', ') } : {},
    },
  )
}

/** Faults of a body that its schema cannot see, beside those that are told. */
type LaterFaults = (body: unknown, told: readonly Issue[]) => Promise<Issue[]>

/**
 * The one place where errors are rendered. `storageTrouble` tells a fault of the database that will pass (503) from one of ours (500); `laterFaults` are
 * asked for where a body is refused.
 */
export const errorHandler =
  (storageTrouble: (error: unknown) => ErrorCode | undefined, laterFaults: LaterFaults) =>
  async (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof Moved) return reply.code(308).header('location', movedTo(request, error.slug)).send()
    const trouble = storageTrouble(error)
    const refusal = trouble
      ? new Refusal(trouble, catalogue[trouble].meaning, { cause: error, headers: { 'retry-after': '1' } })
      : refusalOf(error instanceof InvalidPart ? await whole(error, request, laterFaults) : error, request)
    const isChosen = refusal === error // who refuses on purpose (`busy`) has told the log what there is to tell
    if (catalogue[refusal.code].status >= 500 && !isChosen) request.log.error({ err: refusal.cause ?? refusal }, refusal.code)
    return sendProblem(reply, refusal)
  }

/** The address that was asked, with the present slug in the place of its key; relative, the query kept. */
function movedTo(request: FastifyRequest, slug: string): string {
  const [path = '', ...query] = request.raw.url?.split('?') ?? []
  const segments = path.split('/')
  segments[3] = slug // '', 'v1', noun, key
  return [segments.join('/'), ...query].join('?')
}
