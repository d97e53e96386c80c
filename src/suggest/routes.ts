import { nounKinds } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { freshnessFor } from '../http/auth.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { presentSuggestions } from './present.ts'
import { Suggestions, SuggestQuery } from './schema.ts'
import { candidates } from './store.ts'
import { thingsOf } from './things.ts'

/** /v1/suggest */
export const suggestRoutes =
  ({ store }: Deps): Routes =>
  async app => {
    app.get(
      '',
      {
        config: { access: 'public', kept: true },
        schema: {
          operationId: 'suggest',
          tags: ['search'],
          summary: 'Suggest names and titles as they are typed',
          description:
            'For a field that somebody types into: people and places by name and alias, and published articles by title, whoever asks. Any word of the name may be the one that was begun; what was typed may be several words, in a row or in any order. Whole names come first; then the more articles are about it, the earlier it comes, and one that begins with what was typed before one four times as prominent that has it further behind. A title counts as a name that one article is about, the newest first. Where nothing fits, one typing error is allowed from the fourth letter on. To find articles by their text, use `search`.',
          querystring: SuggestQuery,
          response: { 200: answer(Suggestions, 'What may be meant.'), ...problems() },
        },
      },
      async request => {
        const { q, kind = nounKinds, limit = 10 } = request.query
        return store.read(async db => {
          const found = await candidates(db, q, kind, limit)
          return { data: presentSuggestions(q, found, await thingsOf(db, found)) }
        }, freshnessFor(request.caller))
      },
    )
  }
