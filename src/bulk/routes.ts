import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { WriteDb } from '../db/store.ts'
import type { NounKind } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { Refusal } from '../lib/errors.ts'
import { type Writer, writerOf } from '../nouns/writer.ts'
import { refuseReplay } from '../writes/replay.ts'
import { storageTrouble } from '../writes/trouble.ts'
import { auditOf, type Outcome, write } from '../writes/write.ts'
import { type Line, linesOf } from './lines.ts'
import { bulkNoun } from './nouns.ts'
import { type Context, issuesOfLines, noteLines, type Result, refused, savedLines } from './records.ts'
import { BulkAnswer, BulkBody, BulkQuery, maxBulkBytes, maxRecordBytes, ndjson } from './schema.ts'
import { openSpool, type Received, receive, type Spool } from './spool.ts'

/** Lines that are saved in one transaction where the others do not depend on them. */
const linesATransaction = 50
/** Lines that a problem names. */
const maxBadLines = 100

/** /v1/{noun}/bulk: the same for each noun. */
export const bulkRoutes =
  (deps: Deps, kind: NounKind): Routes =>
  async app => {
    const noun = bulkNoun(kind)
    const received = new WeakMap<FastifyRequest, Received>()
    app.addContentTypeParser(ndjson, async (request: FastifyRequest, body: Readable) => {
      const all = await receive(body, maxBulkBytes)
      received.set(request, all)
      return { sha256: all.sha256 } // what an Idempotency-Key goes by
    })
    app.addHook('onResponse', async request => received.get(request)?.spool.close())

    app.post(
      '',
      {
        config: { access: 'content:write', answers: [ndjson] },
        bodyLimit: maxBulkBytes,
        schema: {
          operationId: `bulkSave${noun.named}`,
          tags: [noun.tag],
          summary: `Save many ${noun.tag}`,
          description: `One record a line, each what \`POST /v1/${noun.tag}\` takes; one whose \`source\` (name and externalId) is on record is put in that one's place, as by PUT, so that a file may be sent again. All lines are saved or none: a bad one is a 400 that names the bad lines, ${maxBadLines} at most. With \`onError=continue\` the good ones are saved, ${linesATransaction} lines at a time, and the answer says what became of each. A line may have 2,000,000 bytes, the body 64,000,000, and it must arrive within 30 seconds.`,
          querystring: BulkQuery,
          body: { content: { [ndjson]: { schema: BulkBody(noun.example) } } },
          response: { 200: { description: 'What became of each line.', content: { [ndjson]: { schema: BulkAnswer } } }, ...problems() },
        },
      },
      async (request, reply) => {
        const spool = received.get(request)?.spool
        if (!spool) throw new Error('no body came')
        if (request.raw.socket instanceof Socket) request.raw.socket.setTimeout(0) // nothing moves on the connection while lines are saved
        const { onError, dryRun } = request.query
        const contextOf = (writer: Writer): Context => ({ noun, kind, writer, requestId: request.id, audit: auditOf(request, writer) })
        reply.type(`${ndjson}; charset=utf-8`)
        if (onError === 'continue' && !dryRun) {
          refuseReplay(request, 'the lines are saved in several transactions; give each record a source, and they may be sent again')
          return Readable.from(savedByAndBy(deps, request, linesIn(spool), contextOf(writerOf(request, deps))))
        }
        const out = openSpool()
        reply.raw.once('close', out.close)
        return write(deps, request, reply, (db, writer) =>
          savedAtOnce(db, spool, out, contextOf(writer), { keepGoing: onError === 'continue', isDry: dryRun === true }),
        )
      },
    )
  }

const linesIn = (spool: Spool) => linesOf(spool.chunks(), maxRecordBytes)
function* resultsIn(out: Spool): Generator<Result> {
  for (const { bytes } of linesOf(out.chunks(), maxRecordBytes)) if (bytes) yield JSON.parse(bytes.toString())
}
const asLine = (result: Result) => `${JSON.stringify(result)}\n`

/** All lines in one transaction; what became of each goes to `out`. 400 where one is bad, unless `keepGoing`. */
async function savedAtOnce(
  db: WriteDb,
  spool: Spool,
  out: Spool,
  context: Context,
  { keepGoing, isDry }: { keepGoing: boolean; isDry: boolean },
): Promise<Outcome<Readable>> {
  const bad: Extract<Result, { problem: object }>[] = []
  out.empty()
  let lines = 0
  for await (const result of savedLines(db, linesIn(spool), context)) {
    lines = result.line
    if ('problem' in result && !keepGoing) bad.push(result)
    if (bad.length === maxBadLines) break
    if (bad.length === 0) out.append(asLine(result))
  }
  if (bad.length > 0) {
    const [first] = bad
    const detail = `Nothing was saved: ${bad.length} bad lines among the first ${lines}. Line ${first?.line}: ${first?.problem.detail}`
    throw new Refusal('invalid_request', detail, { issues: issuesOfLines(bad, maxBadLines) })
  }
  if (!isDry) await noteLines(db, resultsIn(out), context)
  return { answer: out.stream(), text: () => Buffer.concat([...out.chunks()]).toString() }
}

/** Some lines a transaction. Where the database fails the lines that are left are told so: those before them are saved. */
async function* savedByAndBy({ store, log }: Deps, request: FastifyRequest, lines: Iterable<Line>, context: Context): AsyncGenerator<string> {
  let trouble: Refusal | undefined
  for (const batch of batches(lines, linesATransaction)) {
    let results: Result[] = []
    if (!trouble) {
      try {
        await store.write(async db => {
          results = []
          for await (const result of savedLines(db, batch, context)) results.push(result)
          await noteLines(db, results, context)
        })
      } catch (error) {
        log.error({ err: error, requestId: request.id }, 'a bulk write was broken off')
        trouble = new Refusal(storageTrouble(error) ?? 'internal', 'The lines before this one are saved; send the rest again.')
      }
    }
    const refusal = trouble
    yield (refusal ? batch.map(line => refused(line.number, refusal, request.id)) : results).map(asLine).join('')
  }
}

function* batches(lines: Iterable<Line>, size: number): Generator<Line[]> {
  let batch: Line[] = []
  for (const line of lines) {
    batch.push(line)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
