// The one way in which a list of articles is asked for and answered: /v1/articles and the lists of people and places share it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pick, shape } from '../http/answer.ts'
import { demand, freshnessFor } from '../http/auth.ts'
import { linkPages } from '../http/page.ts'
import { invalid } from '../lib/errors.ts'
import type { Threads } from '../threads/threads.ts'
import { type Asked, statusesOf } from './filter.ts'
import type { Subject } from './find.ts'
import { searches } from './include.ts'
import type { ArticleListQuery } from './query.ts'

/** Answers a list of articles, of those about `subject` where there is one; what searches does so in a thread. */
export async function answerList(
  threads: Threads,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  asked: ArticleListQuery,
  subject?: Subject,
) {
  const { sort: wanted, limit = 20, cursor, count, fields, include: named = [], ...filters } = asked
  const include = fields?.includes('body') && !named.includes('body') ? [...named, 'body' as const] : named
  refuseHidden(request, filters)
  const sort = wanted ?? (filters.q === undefined ? '-publishedAt' : 'relevance')
  if (sort === 'relevance' && filters.q === undefined)
    throw invalid({ parameter: 'sort', code: 'needs_q', detail: 'relevance is an order of what q finds; send q, too' })
  const question = { path, sort, limit, cursor, count: count === 'exact', filters, include, subject }
  const hasToSearch = filters.q !== undefined || searches(include)
  const { data, page } = await threads.runIf(hasToSearch, 'findArticles', question, freshnessFor(request.caller))
  linkPages(request, reply, page)
  return shape(reply, fields, { data: data.map(row => pick(row, fields, include)), page })
}

/** What everybody does not see needs a scope: 401 for nobody, 403 for a key without it. */
export function refuseHidden(request: FastifyRequest, asked: Asked): void {
  if (asked.trashed) demand(request.caller, 'content:read', 'The trash')
  if (statusesOf(asked)) demand(request.caller, 'content:read', 'What is not published')
}
