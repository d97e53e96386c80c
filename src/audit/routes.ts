import { slice } from '../db/keyset.ts'
import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { decodeCursor, linkPages, pageOf } from '../http/page.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { AuditList, AuditQuery } from './schema.ts'
import { type AuditRow, listAudit } from './store.ts'

/** /v1/audit */
export const auditRoutes =
  ({ store }: Deps): Routes =>
  async app => {
    app.get(
      '',
      {
        config: { access: 'admin' },
        schema: {
          operationId: 'listAudit',
          tags: ['keys'],
          summary: 'List who did what',
          description: 'Every write that was acknowledged, the newest first. Entries are never changed; secrets are never in them.',
          querystring: AuditQuery,
          response: { 200: answer(AuditList, 'A page of the audit log.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { limit = 20, cursor, count, ...filters } = request.query
        const query = { path: '/v1/audit', sort: '-number', filters }
        const { rows, page } = await store.read(async db => {
          const list = listAudit(db, filters)
          const { rows, ...borders } = await slice(decodeCursor(query, cursor, list.values), limit, list.valuesOf, list.fetch)
          return { rows, page: pageOf(query, limit, borders, count ? await list.total() : null) }
        })
        linkPages(request, reply, page)
        return { data: rows.map(presentEntry), page }
      },
    )
  }

const presentEntry = ({ number, at, keyId, requestId, action, kind, entityId, details }: AuditRow) => ({
  number,
  at,
  keyId,
  requestId,
  action,
  kind,
  entityId,
  details,
})
