import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { fastifyZodOpenApiPlugin, fastifyZodOpenApiTransform, fastifyZodOpenApiTransformObject } from 'fastify-zod-openapi'
import { z } from 'zod'
import { isPulse } from './limits.ts'

type Json = { [key: string]: unknown }
type Operation = {
  operationId?: string
  summary?: string
  parameters?: Parameter[]
  responses?: Record<string, Response>
  security?: Json[]
  description?: string
  requestBody?: Json
}
type Parameter = {
  name: string
  in: string
  schema?: Json
  style?: string
  explode?: boolean
  description?: string
  examples?: unknown
  example?: unknown
}
type Response = { description?: string; content?: Json; headers?: Record<string, unknown> }

const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example })

/** Headers of answers, written here once: routes cannot declare them. */
const headers = {
  ETag: text(
    'Strong tag of this representation, `"<version>-<hash>"`. Send it back in If-None-Match to read, in If-Match to write.',
    '"3-9f2c4e61b07d8a35"',
  ),
  'Last-Modified': text('`updatedAt`, for information: If-Modified-Since is not heeded.', 'Fri, 21 Jun 2024 08:00:00 GMT'),
  Link: text('The pages next to this one (RFC 8288), `rel="next"` and `rel="prev"`.', '</v1/articles?cursor=WzEsIm…>; rel="next"'),
  Location: text('Where the resource is.', '/v1/articles/kim-jong-un-and-putin-to-meet'),
}

/** Headers that most answers have: they stand among the components, and are pointed at. */
const common = {
  RateLimit: text(
    'How many requests you may send still (`r`), and in how many seconds you may send all again (`t`). Absent where the server has no limit.',
    '"default";r=599;t=42',
  ),
  'RateLimit-Policy': text('How many requests (`q`) a key, or an address without one, may send in how many seconds (`w`).', '"default";q=600;w=60'),
  'Retry-After': { description: 'Seconds to wait before you ask again; with 429 and 503.', schema: { type: 'integer', minimum: 0 }, example: 42 },
  'WWW-Authenticate': text('How to say who you are; with 401.', 'Bearer realm="dateline"'),
  Allow: text('The methods of this address; with 405.', 'GET, HEAD, PUT'),
}
const pointed = (...names: (keyof typeof common)[]) => Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))

const conditions: Record<string, Parameter> = {
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'ETag of any representation that you read: a stale one is refused with 412.',
    schema: { type: 'string' },
    example: '"3-9f2c4e61b07d8a35"',
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes the request safe to repeat for 24 hours: the same key and body get the first answer again, another body is a 422, and one that is still being answered a 409. 1 to 255 visible characters, bare or in double quotes.',
    schema: { type: 'string', minLength: 1, maxLength: 257 },
    example: '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'ETags that you have: an answer that you know is a 304 without a body.',
    schema: { type: 'string' },
    example: '"3-9f2c4e61b07d8a35"',
  },
}

/** `@fastify/swagger` and the Zod transform; registered before any route, or the route is missing without a word. */
export async function describe(app: FastifyInstance, publicUrl: string | undefined, version: string): Promise<void> {
  await app.register(fastifyZodOpenApiPlugin, {
    documentOpts: {
      override: ({ jsonSchema, zodSchema, io }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties // answers may grow
        if (io === 'input' && 'default' in jsonSchema) tellDefault(jsonSchema)
        const { examples } = z.globalRegistry.get(zodSchema) ?? {}
        if (io === 'input' && examples) jsonSchema.examples = examples // Zod drops them wherever something below is transformed
      },
    },
  })
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Dateline',
        version,
        summary: 'A headless content API for news',
        description: introduction,
        license: { name: 'MIT', identifier: 'MIT' },
        contact: { name: 'Dateline', url: 'https://github.com/dateline/dateline' },
      },
      servers: [{ url: publicUrl ?? '/', description: publicUrl ? 'This server' : 'The server that this document came from' }],
      tags,
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'dl_…',
            description: 'A key of this server. Reads of published content need none, unless the server says otherwise.',
          },
        },
      },
    },
    transform: options => {
      const made = fastifyZodOpenApiTransform(options)
      const { access = 'open', ...config } = options.route.config ?? {}
      const security = access === 'open' ? [] : access === 'public' ? [{}, { key: [] }] : [{ key: [] }]
      const scope = access === 'open' || access === 'public' ? '' : `\n\nNeeds a key with the scope \`${access}\`.`
      return {
        ...made,
        schema: { ...made.schema, security, description: `${made.schema.description ?? ''}${scope}`, ...('hide' in config ? { hide: true } : {}) },
      }
    },
    transformObject: options => finish(fastifyZodOpenApiTransformObject(options)) as never,
  })
}

/** A default is told in words: generators make a field with `default` required of whoever sends it. */
function tellDefault(jsonSchema: { default?: unknown; description?: string }) {
  const value = jsonSchema.default
  delete jsonSchema.default
  if (value !== null && !Array.isArray(value)) jsonSchema.description = `${jsonSchema.description ?? ''} Default \`${String(value)}\`.`.trim()
}

function finish(document: object): object {
  const { paths = {}, components } = document as { paths?: Record<string, Record<string, Operation>>; components?: Json }
  if (components) components.headers = common
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) finishOperation(path, method, operation)
  for (const [path, methods] of Object.entries(paths)) {
    const noun = /^(\/v1\/(?:articles|people|places))\/\{key\}$/.exec(path)?.[1]
    if (noun) paths[`${noun}/by-source/{source}/{externalId}`] = byNaturalKey(methods, noun !== '/v1/articles')
  }
  return JSON.parse(JSON.stringify(document, (key, value) => (key === 'x-fastify-zod-openapi-optional' ? undefined : value)))
}

const naturalKey: Parameter[] = [
  {
    name: 'source',
    in: 'path',
    description: 'Name of the source.',
    schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^/]*[^/\\s][^/]*$' },
    example: 'reuters',
  },
  {
    name: 'externalId',
    in: 'path',
    description: 'What the source calls it.',
    schema: { type: 'string', minLength: 1, maxLength: 500 },
    example: '1234',
  },
]

/** The same operations by natural key: a spelling of `{key}` of two parts, which a template of one cannot show. */
function byNaturalKey(methods: Record<string, Operation>, mayBeMerged: boolean): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(methods).map(([method, operation]) => {
      const { 308: moved, ...others } = operation.responses ?? {}
      const responses =
        mayBeMerged && moved ? { ...others, 308: { ...moved, description: 'Merged into another; `Location` has its address.' } } : others
      const parameters = [
        ...naturalKey.map(parameter => ({ ...parameter, required: true })),
        ...(operation.parameters ?? []).filter(({ name }) => name !== 'key'),
      ]
      const summary = `${operation.summary} by natural key`
      const description = `${method === 'put' ? 'Makes it where nobody has this natural key, replaces it where somebody has: may be repeated. ' : ''}${operation.description}`
      return [method, { ...operation, operationId: `${operation.operationId}BySource`, summary, description, parameters, responses }]
    }),
  )
}

function finishOperation(path: string, method: string, operation: Operation) {
  operation.parameters = (operation.parameters ?? []).map(parameter =>
    parameter.in === 'query' && parameter.schema?.type === 'array' ? { ...parameter, style: 'form', explode: false } : parameter,
  )
  const responses = operation.responses ?? {}
  const isList = operation.parameters.some(parameter => parameter.name === 'cursor')
  const keyed = path.includes('{key}')
  if (method === 'get') {
    operation.parameters.push(conditions['If-None-Match'] as Parameter)
    responses['304'] = { description: 'You have this representation (If-None-Match); no body.', headers: { ETag: headers.ETag } }
  }
  if (path === '/')
    responses['302'] = { description: 'A browser (`Accept: text/html`) is sent to the documentation.', headers: { Location: headers.Location } }
  if (path.startsWith('/v1')) {
    if (keyed && (['put', 'patch', 'delete'].includes(method) || /\/(?:merge|\{n\}\/restore)$/.test(path)))
      operation.parameters.push(conditions['If-Match'] as Parameter)
    if (keyed)
      responses['308'] = {
        description:
          'The key is a former slug, or of one that was merged into another: `Location` is the same address with the present slug; the query is kept.',
        headers: { Location: headers.Location },
      }
    if (method === 'post' && !path.startsWith('/v1/keys')) operation.parameters.push(conditions['Idempotency-Key'] as Parameter)
    if (method === 'delete') responses['204'] = { description: 'Done; no body.' }
  }
  finishHeaders(path, method, responses, isList)
  operation.responses = Object.fromEntries(
    Object.entries(responses)
      .filter(([status]) => status !== 'default')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function finishHeaders(path: string, method: string, responses: Record<string, Response>, isList: boolean) {
  const keyed = path.includes('{key}')
  for (const status of ['200', '201'] as const) {
    const response = responses[status]
    if (!response) continue
    response.headers = {
      ETag: headers.ETag,
      ...(isList ? { Link: headers.Link } : {}),
      ...(keyed && !isList && method !== 'post' && !/\/(?:revisions|timeline)/.test(path) ? { 'Last-Modified': headers['Last-Modified'] } : {}),
      ...(status === '201' ? { Location: headers.Location } : {}),
    }
  }
  for (const [status, response] of Object.entries(responses)) {
    const refused = status === '4XX' ? pointed('Retry-After', 'WWW-Authenticate', 'Allow') : status === '5XX' ? pointed('Retry-After') : {}
    response.headers = { ...response.headers, ...(isPulse(path) ? {} : pointed('RateLimit', 'RateLimit-Policy')), ...refused }
  }
}

const tags = [
  { name: 'articles', description: 'Articles: text as typed blocks, with who and where it names.' },
  { name: 'people', description: 'People that articles are about or written by.' },
  { name: 'places', description: 'Places, with coordinates and what contains what.' },
  { name: 'mentions', description: 'Which characters of which block name a person or a place.' },
  { name: 'search', description: 'Full text over articles, people and places, and names as they are typed.' },
  { name: 'imports', description: 'Pages in, articles out.' },
  { name: 'keys', description: 'Keys, what they may do, and who did what.' },
  { name: 'service', description: 'The way in, and the pulse.' },
]

const introduction = `Articles, people and places, and who and where every article is about. All of this page is made from [openapi.json](/openapi.json), which clients can be generated from. [Problems](/docs/problems) explains every refusal.

## Reading

Published content needs no key, unless the server says otherwise. One resource is a bare object; many are \`{data, page}\`. \`page.next\` is the \`cursor\` of the next page and \`page.prev\` of the one before, and the header \`Link\` has both as addresses. Orders are stable while rows come and go. \`count=exact\` fills \`page.total\`.

A resource is addressed by its id or its slug. A former slug answers 308 with the present one, and so do the id, slugs and natural key of a person or place that was merged into another.

Arrays in a query are comma-separated, or the parameter is repeated. Anything else given twice, and any unknown name, is a 400 that says what was meant.

## Shape

A field is always there: \`null\` or \`[]\` when empty. \`include\` adds properties. \`fields\` takes away: such an answer has the media type \`application/json; profile=sparse\`, so that in an ordinary one every field stays required. With openapi-typescript and openapi-fetch:

\`\`\`ts
const dateline = createClient<paths, 'application/json'>({ baseUrl })
const sparse = createClient<paths, 'application/json; profile=sparse'>({ baseUrl }) // for requests with fields
\`\`\`

Changes are additive: new properties, block types, mark types, enum values and problem codes may come. Show a block whose type you do not know by its \`text\`.

## Writing

Writes need \`Authorization: Bearer dl_…\` with a key that has the scope. PATCH is JSON Merge Patch (RFC 7396). Send \`If-Match\` with an ETag, or \`version\` in the body, and nobody overwrites what they have not seen: a stale one is a 412.

A script may be run twice: PUT to \`/v1/people/by-source/{source}/{externalId}\` makes or replaces, and a POST with \`Idempotency-Key\` gets its first answer again. \`dryRun=true\` gives the full answer of any write and stores nothing.

## Limits

Each key, or each address without one, may send so many requests a minute: \`RateLimit\` of every answer says how many are left and for how long. Beyond that it is a 429 until \`Retry-After\`. A server that has too much to do answers 503, with \`Retry-After\`, too. A body may have 2 MB, an address 8,192 characters, and a request must have arrived within 30 seconds.

## Problems

A refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`, and with all faults of the request at once in \`errors\`, each with its place.`
