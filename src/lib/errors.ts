// Every refusal of the program by its code: what HTTP answers, and the sentence that /docs/problems shows for it.

/** `line` is that of a bulk write. */
export type Issue = { code: string; detail: string; line?: number } & ({ pointer: string } | { parameter: string } | { header: string })

type Entry = { status: number; title: string; meaning: string }

const entry = (status: number, title: string, meaning: string): Entry => ({ status, title, meaning })

export const catalogue = {
  invalid_request: entry(
    400,
    'The request is not valid',
    'Parameters or body are not what the operation takes; `errors` lists every fault with its place.',
  ),
  malformed_json: entry(400, 'The body is not JSON', 'The body could not be read as JSON in UTF-8; `detail` says where it breaks.'),
  malformed_url: entry(400, 'The address is not valid', 'The path holds a percent sign that is no escape, or bytes that are no UTF-8.'),
  malformed_http: entry(400, 'The request is not HTTP', 'The bytes that came are no valid HTTP/1.1 request.'),
  cursor_mismatch: entry(400, 'The cursor does not fit', 'A cursor belongs to the path, sort and filters it came from; start again without one.'),
  body_required: entry(400, 'A body is required', 'The operation needs a body and none came.'),
  unauthenticated: entry(401, 'A key is needed', 'Send `Authorization: Bearer dl_…` with a key that has the scope.'),
  invalid_key: entry(401, 'The key is not valid', 'The Authorization header is no bearer key, or the key is unknown, expired or revoked.'),
  missing_scope: entry(403, 'The key lacks a scope', '`detail` names the scope that the operation needs.'),
  not_found: entry(404, 'Not found', 'There is nothing at this address, or nothing that you may see.'),
  method_not_allowed: entry(405, 'The method is not allowed here', '`Allow` lists the methods of this address.'),
  not_acceptable: entry(406, 'Not acceptable', 'The Accept header excludes every media type that the operation can answer.'),
  request_timeout: entry(408, 'The request took too long', 'The request did not arrive in time.'),
  conflict: entry(409, 'In conflict with what is stored', 'Another resource stands in the way; `errors` says which field and why.'),
  limit_reached: entry(
    409,
    'There are as many as there may be',
    'The server keeps only so many of these; `detail` says how many. Delete some first.',
  ),
  version_mismatch: entry(
    412,
    'The version is stale',
    'The resource changed since you read it (If-Match or `version`); read it again and repeat your change.',
  ),
  already_exists: entry(412, 'It exists already', '`If-None-Match: *` asked for a new resource, and there is one.'),
  body_too_large: entry(413, 'The body is too large', '`detail` says how many bytes the operation takes.'),
  uri_too_long: entry(414, 'The address is too long', 'An address may have 8,192 characters.'),
  unsupported_media_type: entry(415, 'The media type is not supported', '`detail` lists the media types that the operation takes.'),
  expectation_failed: entry(417, 'The expectation cannot be met', '`Expect` may be `100-continue` and nothing else.'),
  idempotency_running: entry(409, 'Still being answered', 'The first request with this Idempotency-Key is under way; ask again after Retry-After.'),
  idempotency_mismatch: entry(
    422,
    'The key was used for another request',
    'This Idempotency-Key belongs to another request of the same caller; take a new one.',
  ),
  precondition_required: entry(428, 'If-Match is required', 'This server takes no blind writes: send If-Match or `version`.'),
  headers_too_large: entry(431, 'The headers are too large', 'All headers together may have 16 kB.'),
  rate_limited: entry(
    429,
    'Too many requests',
    'This key, or this address where there is no key, has sent more than the server takes in a minute; go on after Retry-After.',
  ),
  internal: entry(500, 'Something went wrong', 'The fault is ours; the request id finds it in the log.'),
  busy: entry(
    503,
    'Busy',
    'As many requests as the server takes at once are being answered, the database has its hands full, or others wrote the same things all the time; try again after Retry-After.',
  ),
  storage_full: entry(503, 'No room left', 'The database cannot grow: the disk is full or failing. Nothing was written.'),
  storage_unavailable: entry(503, 'The database cannot be used', 'The database file cannot be written or read. Nothing was written.'),
  storage_away: entry(
    503,
    'The database does not answer',
    'The database server is away or starting; try again after Retry-After. Read again before you repeat a write: it may have been stored.',
  ),
  query_too_slow: entry(503, 'It took too long', 'The database gave up on a query that ran too long; ask for less, or try again after Retry-After.'),
  shutting_down: entry(503, 'Shutting down', 'The server is closing; another or the next one will answer.'),
} satisfies Record<string, Entry>

export type ErrorCode = keyof typeof catalogue

/** A refusal with a name: thrown below, rendered once, in `http/problem.ts`. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly issues: Issue[]
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, detail: string, extra: { issues?: Issue[]; headers?: Record<string, string>; cause?: unknown } = {}) {
    super(detail, { cause: extra.cause })
    this.code = code
    this.issues = extra.issues ?? []
    this.headers = extra.headers ?? {}
  }
}

/** What some work gives, or why it was refused; any other error is thrown. */
export async function orRefusal<T>(work: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** Goes on with those that were not refused, and puts what comes of each in its place; `work` gives as many as it takes, in their order. */
export async function withTheRest<T, U>(
  all: readonly (T | Refusal)[],
  work: (rest: T[]) => Promise<readonly (U | Refusal)[]>,
): Promise<(U | Refusal)[]> {
  const rest = all.filter((one): one is T => !(one instanceof Refusal))
  const done = rest.length > 0 ? (await work(rest)).values() : [].values()
  return all.map(one => {
    if (one instanceof Refusal) return one
    const { value, done: isOver } = done.next()
    if (isOver) throw new Error('nothing came of one that was not refused')
    return value
  })
}

export const notFound = (noun: string, key: string): Refusal =>
  new Refusal('not_found', `There is no ${noun} ${JSON.stringify(shown(key))} that you may see.`)

/** A 400 of one or more faults in the body, found below the schema: references, transitions, rings. */
export const invalid = (...issues: Issue[]): Refusal => new Refusal('invalid_request', summary(issues), { issues })

export const conflict = (...issues: Issue[]): Refusal => new Refusal('conflict', summary(issues), { issues })

/** One sentence over all issues: the first whole, and how many more there are. */
export function summary(issues: Issue[]): string {
  const [first] = issues
  if (!first) return 'The request is not valid.'
  const where = 'pointer' in first ? first.pointer || 'the body' : 'parameter' in first ? first.parameter : first.header
  const rest = issues.length - 1
  return `${where}: ${first.detail}${rest > 0 ? ` (and ${rest} more)` : ''}`
}

/** What a caller sent, short enough to be said back. */
export const shown = (value: string): string => (value.length > 100 ? `${value.slice(0, 100)}…` : value)
