import { z } from 'zod'
import { flag } from '../http/params.ts'

export const ndjson = 'application/x-ndjson'
export const maxBulkBytes = 64_000_000
export const maxRecordBytes = 2_000_000

export const BulkQuery = z.strictObject({
  onError: z
    .enum(['stop', 'continue'])
    .optional()
    .meta({ description: 'stop (the default): all lines or none. continue: the good lines are stored, whatever the others are.' }),
  dryRun: flag.optional().meta({ description: 'true: the full answer, and nothing is stored.' }),
})

/** The body has been received when the handler begins; what it holds is looked at line by line. */
export const BulkBody = (example: object) =>
  z.any().meta({
    override: { type: 'string', description: 'NDJSON: one record a line, in UTF-8.', examples: [`${JSON.stringify(example)}\n`] },
  })

export const BulkAnswer = z.string().meta({
  description:
    'NDJSON: a line for each line that is not blank, in order. `{"line", "status": 201 or 200, "id", "slug"}` of one that was made or replaced, `{"line", "status", "problem"}` of one that was refused.',
  examples: [
    '{"line":1,"status":201,"id":"0190f2a4-7c1e-7b3a-9d2f-1a2b3c4d5e6f","slug":"ada-example"}\n{"line":2,"status":400,"problem":{"type":"/docs/problems#invalid_request","title":"The request is not valid","status":400,"detail":"/name: is required","code":"invalid_request","requestId":"0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12","errors":[{"pointer":"/name","code":"required","detail":"is required"}]}}\n',
  ],
})
