// The document is the contract: what a reader and a generator of clients need of it.
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyReply } from 'fastify'
import t from 'tap'
import { z } from 'zod'
import { adminKey, build } from './helpers/build.ts'
import { isObject, type Json, type JsonObject } from './helpers/closed.ts'
import { root } from './helpers/root.ts'

const json: z.ZodType<Json> = z.json()
const content = z.record(z.string(), z.looseObject({ schema: json, example: json.optional(), examples: json.optional() })).optional()
const Document = z.looseObject({
  openapi: z.string(),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  servers: z.array(z.looseObject({ url: z.string() })).min(1),
  components: z.looseObject({ schemas: z.record(z.string(), json), securitySchemes: z.record(z.string(), json) }),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
        summary: z.string().min(5),
        description: z.string().min(20),
        tags: z.array(z.string()).length(1),
        security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
        parameters: z
          .array(
            z.looseObject({
              name: z.string(),
              in: z.string(),
              description: z.string().optional(),
              style: z.string().optional(),
              explode: z.boolean().optional(),
              schema: z.looseObject({ type: json.optional() }),
            }),
          )
          .optional(),
        requestBody: z.looseObject({ required: z.boolean(), content }).optional(),
        responses: z.record(
          z.string(),
          z.looseObject({
            description: z.string().min(3),
            content,
            headers: z.record(z.string(), z.looseObject({ description: z.string() }).or(z.strictObject({ $ref: z.string() }))).optional(),
          }),
        ),
      }),
    ),
  ),
})

const committed = new URL('openapi/openapi.json', root)

async function read(t: Parameters<typeof build>[0]) {
  const { app } = await build(t)
  const raw: Json = JSON.parse((await app.inject('/openapi.json')).body)
  const document = Document.parse(raw)
  const schemas = document.components.schemas
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const resolve = (schema: Json | undefined): JsonObject => {
    if (!isObject(schema)) return {}
    return typeof schema.$ref === 'string' ? resolve(schemas[schema.$ref.replace('#/components/schemas/', '')]) : schema
  }
  return { raw, document, schemas, operations, resolve }
}

/** Every schema in a part of the document, with where it stands. */
function* walk(node: Json | undefined, at: string): Generator<[JsonObject, string]> {
  if (Array.isArray(node)) for (const [n, part] of node.entries()) yield* walk(part, `${at}/${n}`)
  if (!isObject(node)) return
  yield [node, at]
  for (const [name, part] of Object.entries(node)) if (name !== 'examples' && name !== 'example') yield* walk(part, `${at}/${name}`)
}

/** What a reference within the document leads to. */
const pointedAt = (document: Json, ref: string): Json | undefined =>
  ref
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((node, name) => (isObject(node) ? node[name] : undefined), document)

/** Names of the components that a part of the document leads to. */
function reach(node: Json | undefined, schemas: Record<string, Json>, found = new Set<string>()): Set<string> {
  for (const [schema] of walk(node, '')) {
    if (typeof schema.$ref !== 'string') continue
    const name = schema.$ref.replace('#/components/schemas/', '')
    if (found.has(name)) continue
    found.add(name)
    reach(schemas[name], schemas, found)
  }
  return found
}

t.test('every operation says what it is called, what it does and who may call it', async t => {
  const { document, operations } = await read(t)
  t.equal(document.openapi, '3.1.1')
  const ids = operations.map(({ operationId }) => operationId)
  t.same([...new Set(ids)], ids, 'operationIds are unique')
  const known = document.tags.map(tag => tag.name)
  for (const { operationId, tags, security, description, path, method } of operations) {
    t.ok(known.includes(String(tags[0])), `${operationId}: ${tags} is described`)
    t.notMatch(path, /.\/$/, `${path} does not end in a slash`)
    const needs = /Needs a key with the scope `([a-z:]+)`/.exec(description)?.[1]
    const open = security === undefined || security.length === 0 || security.some(choice => Object.keys(choice).length === 0)
    t.equal(needs === undefined, open, `${operationId}: the scope is named exactly where a key is needed`)
    if (method !== 'get') t.ok(needs, `${operationId}: writes need a scope`)
  }
  t.ok(document.components.securitySchemes.key)
})

t.test('every operation has its errors as problems, and headers where it has an answer', async t => {
  const { operations } = await read(t)
  for (const { operationId, responses, method, path } of operations) {
    for (const status of ['4XX', '5XX']) {
      const content = responses[status]?.content ?? {}
      t.ok(content['application/problem+json'], `${operationId} ${status} is a problem`)
      for (const { schema } of Object.values(content)) t.same(schema, { $ref: '#/components/schemas/Problem' })
    }
    const good = Object.keys(responses).filter(status => /^[23]/.test(status))
    t.ok(good.length > 0, `${operationId} has an answer`)
    for (const status of Object.keys(responses)) t.match(status, /^(?:\d{3}|[45]XX)$/)
    if (responses['201']) t.match(responses['201'].headers, { Location: Object, ETag: Object })
    if (method === 'get') t.ok(responses['304'], `${operationId} knows 304`)
    for (const [status, { headers = {} }] of Object.entries(responses)) {
      const told = Object.keys(headers)
      t.equal(told.includes('RateLimit') && told.includes('RateLimit-Policy'), !path.startsWith('/health/'), `${operationId} ${status}: counted`)
      t.equal(told.includes('Retry-After'), /XX$/.test(status), `${operationId} ${status}: when to ask again`)
    }
    for (const status of ['204', '304', '308']) t.equal(responses[status]?.content, undefined, `${operationId} ${status} has no body`)
  }
})

t.test('bodies and answers have an example, which is valid', async t => {
  const { schemas, operations, resolve } = await read(t)
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  ajv.addSchema({ $id: 'document', components: { schemas } })
  const examplesOf = (schema: Json): Json[] => {
    const found = resolve(schema).examples
    if (Array.isArray(found)) return found
    const item = resolve(resolve(schema).properties).data
    return isObject(item) ? [item] : []
  }
  const reachable = (schema: Json): boolean =>
    examplesOf(schema).length > 0 || [...reach(schema, schemas)].some(name => examplesOf(schemas[name] ?? null).length > 0)
  for (const { operationId, requestBody, responses } of operations) {
    for (const [type, { schema, example, examples }] of [
      ...Object.entries(requestBody?.content ?? {}),
      ...Object.entries((responses['200'] ?? responses['201'])?.content ?? {}),
    ]) {
      t.ok(example !== undefined || examples !== undefined || reachable(schema), `${operationId} has an example for ${type}`)
    }
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const examples = isObject(schema) && Array.isArray(schema.examples) ? schema.examples : []
    for (const example of examples) t.ok(ajv.validate({ $ref: `document#/components/schemas/${name}` }, example), `${name}: ${ajv.errorsText()}`)
  }
})

t.test('what every answer has is required; answers stay open, inputs are closed', async t => {
  const { schemas, operations } = await read(t)
  const answered = new Set(
    operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) => Object.values(content ?? {}).flatMap(({ schema }) => [...reach(schema, schemas)])),
    ),
  )
  const sent = new Set(
    operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => [...reach(schema, schemas)])),
  )
  t.ok(answered.size > 15)
  for (const name of answered) {
    for (const [schema, at] of walk(schemas[name], name)) t.not(schema.additionalProperties, false, `${at} is open`)
    const schema = schemas[name]
    if (!isObject(schema) || !isObject(schema.properties) || name.endsWith('Sparse')) continue
    const required = Array.isArray(schema.required) ? schema.required : []
    for (const [property, made] of Object.entries(schema.properties)) {
      const told = isObject(made) ? String(made.description ?? '') : ''
      const perhaps = /^With `|^True where|Pointer|^Name of the/.test(told)
      t.ok(required.includes(property) || perhaps, `${name}.${property} is required, or says when it is there`)
    }
  }
  for (const name of sent) {
    if (!answered.has(name))
      for (const [schema, at] of walk(schemas[name], name))
        if (isObject(schema.properties)) t.equal(schema.additionalProperties, false, `${at} is closed`)
  }
})

t.test('the document is fit for generators of clients', async t => {
  const { raw, document, operations } = await read(t)
  for (const name of Object.keys(document.components.schemas))
    t.notMatch(name, /Output$|Input\d|\d$|^schema|__/i, `${name} is a name that somebody chose`)
  for (const [schema, at] of walk(raw, '#')) {
    t.notOk('readOnly' in schema && schema.readOnly === true, `${at} is not readOnly: generators drop that`)
    t.notOk(
      Object.keys(schema).some(key => key.startsWith('x-fastify')),
      `${at} has no traces of the generator`,
    )
    if (typeof schema.$ref === 'string') t.ok(pointedAt(raw, schema.$ref), `${schema.$ref} is there`)
  }
  for (const { operationId, parameters = [], path } of operations) {
    const names = parameters.map(parameter => `${parameter.in} ${parameter.name}`)
    t.same([...new Set(names)], names, `${operationId}: no parameter twice`)
    for (const name of [...path.matchAll(/\{(\w+)\}/g)].map(([, found]) => found))
      t.ok(names.includes(`path ${name}`), `${operationId}: ${name} is described`)
    for (const parameter of parameters.filter(each => each.in === 'query')) {
      const isArray = parameter.schema.type === 'array'
      t.same([parameter.style, parameter.explode], isArray ? ['form', false] : [undefined, undefined], `${operationId} ${parameter.name}`)
      t.ok(isObject(parameter.schema) && Object.keys(parameter.schema).length > 0, `${operationId} ${parameter.name} has a schema`)
    }
  }
})

t.test('no test can forget the document: an answer that it does not declare throws', async t => {
  type Answer = Record<string, unknown>
  const breaches: [string, RegExp, (answer: Answer) => Answer][] = [
    ['an undeclared property', /unevaluated properties/, answer => ({ ...answer, secret: 1 })],
    [
      'one in an item of a list',
      /\/data\/0 must NOT have unevaluated/,
      answer => ({ ...answer, data: [{ ...Object([answer.data].flat()[0]), hash: 'x' }] }),
    ],
    ['one in an object of an item', /\/page must NOT have unevaluated/, answer => ({ ...answer, page: { ...Object(answer.page), hash: 'x' } })],
    ['a property that is missing', /required property 'data'/, ({ data, ...answer }) => answer],
    ['a value of another type', /must be integer/, answer => ({ ...answer, page: { ...Object(answer.page), limit: '20' } })],
  ]
  for (const [what, message, change] of breaches) {
    const { app } = await build(t)
    app.addHook('preSerialization', async (_request, _reply, payload) => change(Object(payload)))
    await app
      .inject({ method: 'POST', url: '/v1/places', headers: { authorization: `Bearer ${adminKey}` }, payload: { name: 'Seoul' } })
      .catch(() => {})
    await t.rejects(app.inject('/v1/places'), message, what)
  }
  for (const [what, message, change] of [
    ['another status', /the status is not among/, (reply: FastifyReply) => reply.code(202)],
    [
      'another media type',
      /application\/json; profile=other is not among/,
      (reply: FastifyReply) => reply.type('application/json; profile=other; charset=utf-8'),
    ],
    ['an error that is no problem', /is not what \/openapi.json declares/, (reply: FastifyReply) => reply.code(418).type('application/json')],
  ] as const) {
    const { app } = await build(t)
    app.addHook('onSend', async (_request, reply) => void change(reply))
    await t.rejects(app.inject('/v1/places'), message, what)
  }
})

t.test('the three nouns have the same operations', async t => {
  const { operations } = await read(t)
  const of = (noun: string) =>
    operations
      .filter(({ path }) => new RegExp(`^/v1/${noun}(?:/\\{key\\}(?:/restore)?)?$`).test(path))
      .map(({ path, method }) => `${method} ${path.replace(`/v1/${noun}`, '')}`)
      .sort()
  t.same(of('people'), ['delete /{key}', 'get ', 'get /{key}', 'patch /{key}', 'post ', 'post /{key}/restore', 'put /{key}'])
  t.same(of('places'), of('people'))
  t.same(of('articles'), of('people'))
})

t.test(
  'what is committed is what the program says',
  { skip: existsSync(committed) ? false : 'openapi/openapi.json has not been written yet' },
  async t => {
    const { raw } = await read(t)
    t.same(JSON.parse(readFileSync(committed, 'utf8')), raw, 'npm run openapi writes it anew')
  },
)
