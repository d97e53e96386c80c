import type { FastifyReply } from 'fastify'
import type { z } from 'zod'

export const sparseType = 'application/json; profile=sparse'

/** What an operation answers with JSON; `sparse` is the shape that `fields` gives, as a media type of its own. */
export const answer = (schema: z.ZodType, description: string, sparse?: z.ZodType) => ({
  description,
  content: { 'application/json': { schema }, ...(sparse ? { [sparseType]: { schema: sparse } } : {}) },
})

/** The sparse twin of a schema: what `fields` names, and the id. */
export const sparseOf = (schema: z.ZodObject, id: string) =>
  schema
    .partial()
    .required({ id: true })
    .meta({ id, description: `What \`fields\` names of ${String(schema.meta()?.id)}, and the id.` })

/** `fields`: what it names, and the id, of an answer that was made whole. Properties of `include` are kept. */
export function pick<T extends object>(shown: T, fields: readonly string[] | undefined, included: readonly string[]): Partial<T> {
  if (!fields) return shown
  const wanted = new Set<string>(['id', ...fields, ...included])
  return Object.fromEntries(Object.entries(shown).filter(([name]) => wanted.has(name))) as Partial<T>
}

/** Says which shape an answer has: with `fields` it is a media type of its own. */
export function shape<T>(reply: FastifyReply, fields: readonly string[] | undefined, body: T): T {
  reply.type(`${fields ? sparseType : 'application/json'}; charset=utf-8`) // with the charset, Fastify leaves it as it is
  return body
}
