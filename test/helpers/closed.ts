export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [name: string]: Json }

/** The address under which all components are known to the validator, once closed and once open. */
export const home = 'https://dateline.test/contract'

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every component twice: `closed.X` refuses what it does not declare; `open.X` is a part of something larger (`allOf`), which refuses in its place. */
export const closedComponents = (schemas: JsonObject): JsonObject => ({
  $id: home,
  $defs: Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [`closed.${name}`, closed(schema, true)] as const,
      [`open.${name}`, closed(schema, false)] as const,
    ]),
  ),
})

/** The schema with `unevaluatedProperties: false` at every object in it, so that a property which the document does not declare fails. `close` false leaves the outermost object open. */
export function closed(schema: Json, close = true): Json {
  if (!isObject(schema)) return schema
  const refuses = close && isShape(schema)
  const branches = close && !refuses
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closedMember(name, value, branches)]))
  return refuses ? { ...copy, unevaluatedProperties: false } : copy
}

/** An object of its own: with properties, or made of parts. A bare `$ref`, or a union without properties, leaves it to what it leads to. */
function isShape(schema: JsonObject): boolean {
  if (isObject(schema.additionalProperties) || schema.additionalProperties === true) return false
  const own = isObject(schema.properties) || schema.type === 'object'
  return own || Array.isArray(schema.allOf)
}

function closedMember(name: string, value: Json, branches: boolean): Json {
  switch (name) {
    case '$ref':
      return `${home}#/$defs/${branches ? 'closed' : 'open'}.${String(value).replace('#/components/schemas/', '')}`
    case 'oneOf':
    case 'anyOf':
      return Array.isArray(value) ? value.map(part => closed(part, branches)) : value
    case 'allOf':
      return Array.isArray(value) ? value.map(part => closed(part, false)) : value
    case 'properties':
    case 'patternProperties':
      return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)])) : value
    case 'items':
    case 'additionalProperties':
    case 'contains':
      return closed(value)
    case 'prefixItems':
      return Array.isArray(value) ? value.map(part => closed(part)) : value
    default:
      return value
  }
}
