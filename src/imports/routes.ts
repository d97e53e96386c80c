import { createArticle } from '../articles/create.ts'
import { includedIn } from '../articles/include.ts'
import { ArticleCreate } from '../articles/input.ts'
import { presentArticle } from '../articles/present.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { decodeUtf8 } from '../http/bodies.ts'
import { stamp } from '../http/etag.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { invalid } from '../lib/errors.ts'
import { maxTitleCharacters } from '../lib/text.ts'
import { write } from '../writes/write.ts'
import { readPlainText } from './plain-text.ts'
import { ImportQuery, ImportResult, maxPageBytes, PlainPage } from './schema.ts'

/** /v1/imports */
export const importRoutes =
  (deps: Deps): Routes =>
  async app => {
    app.addContentTypeParser('text/plain', { parseAs: 'buffer', bodyLimit: maxPageBytes }, async (_request: unknown, body: string | Buffer) =>
      decodeUtf8(Buffer.from(body)),
    )

    app.post(
      '',
      {
        config: { access: 'content:write' },
        bodyLimit: maxPageBytes,
        schema: {
          operationId: 'importPage',
          tags: ['imports'],
          summary: 'Import a page',
          description:
            'Makes an article of a page as it was scraped: the title, the lead and the headed sections become its text, people and places on record are linked, the masthead is told apart as the edition, and every line that is no part of the article is listed with the reason. The page may have 8,000,000 bytes.',
          querystring: ImportQuery,
          body: { content: { 'text/plain': { schema: PlainPage } } },
          response: {
            200: answer(ImportResult, 'What would be made (`dryRun=true`); nothing is stored.'),
            201: answer(ImportResult, 'The article and what was left out of it.'),
            ...problems(),
          },
        },
      },
      async (request, reply) => {
        const { url, status = 'draft', language } = request.query
        const { title, blocks, edition, dropped } = readPlainText(request.body)
        if (title === null) throw invalid({ pointer: '', code: 'no_text', detail: 'has no text that could be an article' })
        const source = url === undefined ? null : { name: new URL(url).hostname, url, externalId: url.length > maxTitleCharacters ? null : url }
        const input = ArticleCreate.safeParse({ title, body: blocks, status, source, ...(language ? { language } : {}) })
        if (!input.success)
          throw invalid({
            pointer: '',
            code: 'no_article',
            detail: `gives no article: ${input.error.issues[0]?.path.join('/')} ${input.error.issues[0]?.message}`,
          })
        return write(deps, request, reply, async (db, writer) => {
          const row = await createArticle(db, input.data, writer)
          const { people, places } = (await includedIn(db, [row], ['people', 'places']))(row)
          stamp(reply, row)
          if (!request.query.dryRun) reply.code(201).header('location', `/v1/articles/${row.slug}`)
          return { answer: { article: presentArticle(row), people, places, edition, dropped }, kind: 'article', id: row.id }
        })
      },
    )
  }
