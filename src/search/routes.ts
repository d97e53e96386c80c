import { answer } from '../http/answer.ts'
import { freshnessFor } from '../http/auth.ts'
import { decodeCursor, linkPages, pageOf, positionValues } from '../http/page.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import type { Threads } from '../threads/threads.ts'
import { SearchQuery, SearchResults } from './schema.ts'

const orders = { relevance: 'relevance', publishedAt: 'oldest', '-publishedAt': 'newest' } as const

/** /v1/search */
export const searchRoutes =
  (threads: Threads): Routes =>
  async app => {
    app.get(
      '',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'search',
          tags: ['search'],
          summary: 'Search articles, people and places',
          description:
            'Full text, best first: titles and names weigh more than bodies, and the newer comes first among equals. Hits with all words come first; where fewer than 20 have all, hits with most of them follow (`allWords` tells). Published articles alone, whoever asks. Pages go 1,000 hits deep, and `total` counts what they give; `facets` counts all that is found. A word that nothing has is taken for the likeliest one that something has, and `didYouMean` says so: put it in quotes to search it as typed.',
          querystring: SearchQuery,
          response: { 200: answer(SearchResults, 'What was found.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count, highlight = true, sort = 'relevance', facets: named = [], facetLimit = 10, ...asked } = request.query
        const query = { path: '/v1/search', sort, filters: asked }
        const from = decodeCursor(query, cursor, positionValues)
        const question = { asked, order: orders[sort], from, limit, count: count === 'exact', highlight, facets: named, facetLimit }
        const { data, total, facets, didYouMean, ...borders } = await threads.run('search', question, freshnessFor(request.caller))
        const page = pageOf(query, limit, borders, total)
        linkPages(request, reply, page)
        return { data, page, facets, didYouMean }
      },
    )
  }
