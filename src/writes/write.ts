// What every write has in common: who writes, a dry run, an answer that is given again, and a line in the audit log; all in one transaction.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/store.ts'
import type { WriteDb } from '../db/store.ts'
import type { Deps } from '../deps.ts'
import { type Writer, writerOf } from '../nouns/writer.ts'
import { begin, type Replay, refuseReplay, replayOf } from './replay.ts'
import { answerOf, keepAnswer } from './store.ts'

/**
 * What a write came to: the answer, and the resource that it was about; `details` go into the audit log beside it. One that was about many has written its own
 * lines there, and says what the text of its answer is.
 */
export type Outcome<T> = { answer: T } & ({ kind: string; id: string; details?: Record<string, unknown> } | { text(): string })

/** Ends the transaction of a dry run: everything is rolled back. */
class DryRun extends Error {}

/**
 * Runs a write and gives its answer; `act` sets status and headers of the reply and may run more than once. With `dryRun=true` the answer is the same and
 * nothing is stored. With an Idempotency-Key the answer is stored beside the write, and given again to who asks again; one with a secret cannot be.
 */
export async function write<T>(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  act: (db: WriteDb, writer: Writer) => Promise<Outcome<T>>,
  { hasSecret = false }: { hasSecret?: boolean } = {},
): Promise<T | string> {
  const writer = writerOf(request, deps)
  if (hasSecret) refuseReplay(request, 'the answer has a secret, which is shown once and not kept')
  const isDry = isDryRun(request.query)
  const replay = isDry ? undefined : replayOf(request)
  const end = replay && begin(deps.store, replay)
  let outcome: Outcome<T> | undefined
  try {
    return await deps.store.write(async db => {
      const before = replay && (await answerOf(db, replay, writer.now))
      if (before) return giveAgain(reply, before)
      outcome = await act(db, writer)
      if (isDry) throw new DryRun()
      if ('kind' in outcome) {
        const { kind, id, details = null } = outcome
        await recordAudit(db, { ...auditOf(request, writer), kind, entityId: id, details })
      }
      if (replay) await keep(db, replay, writer, reply, outcome)
      return outcome.answer
    })
  } catch (error) {
    if (error instanceof DryRun && outcome) return outcome.answer
    throw error
  } finally {
    end?.()
  }
}

const isDryRun = (query: unknown): boolean => typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === true

/** The operation, and who called it through which request. */
export const auditOf = (request: FastifyRequest, { now, keyId, requestId }: Writer) => ({
  at: now,
  keyId,
  requestId,
  action: request.routeOptions.schema?.operationId ?? request.method,
})

/** Headers that belong to an answer; the others are made anew each time. */
const keptHeaders = ['location', 'last-modified', 'content-type']

function keep<T>(db: WriteDb, replay: Replay, { now }: Writer, reply: FastifyReply, outcome: Outcome<T>): Promise<void> {
  const headers = Object.fromEntries(keptHeaders.flatMap(name => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])))
  const body = 'text' in outcome ? outcome.text() : outcome.answer === undefined ? null : JSON.stringify(outcome.answer)
  return keepAnswer(db, { ...replay, at: now, status: reply.statusCode, version: reply.request.shownVersion, headers, body })
}

type Kept = { status: number; version: number; headers: Record<string, string>; body: string | null }

function giveAgain(reply: FastifyReply, { status, version, headers, body }: Kept): string {
  reply.code(status).headers(headers)
  reply.request.shownVersion = version
  if (body !== null && headers['content-type'] === undefined) reply.type('application/json; charset=utf-8')
  return body ?? ''
}
