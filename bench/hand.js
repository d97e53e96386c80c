// The nearer limit: Fastify on the same tables of the same file, with prepared statements written by hand and JSON.stringify. It answers what the
// benchmark asks in the same shapes and leaves out the rest: no validation, no keys, no ETags, no linking, no stemming, no pages backwards.
import Database from 'better-sqlite3'
import Fastify from 'fastify'
import { createWriter } from './hand-create.js'
import { afterCursor, hitsOf, listAsked, listsOf, pageOf, pageSize, personOf, placeOf, send, summaryColumns, summaryOf } from './hand-shapes.js'

const path = process.env.DATABASE_URL.replace('file:', '')
const reader = new Database(path, { readonly: true })
reader.pragma('cache_size = -32000')

const article = reader.prepare(`select ${summaryColumns}, a.body from articles a where a.slug = ? and a.visible = true`)
const person = reader.prepare('select id, slug, name, description, image from people where id = ? and trashed_at is null')
const place = reader.prepare('select id, slug, name, kind, contained_in_id, country_code, lat, lng from places where id = ? and trashed_at is null')
const each = (statement, ids, shown) =>
  ids
    .map(id => statement.get(id))
    .filter(row => row !== undefined)
    .map(shown)

const lists = listsOf(sql => reader.prepare(sql))

function page(name, values, cursor) {
  const { first, later } = lists[name]
  return pageOf(name, cursor ? later.all(...values, ...afterCursor(cursor)) : first.all(...values))
}

const hits = reader.prepare(
  `select a.id, a.slug, a.title, a.summary, a.published_at, a.body, -bm25(search_index, 1, 6, 0.2) as score
  from search_index join articles a on a.seq = search_index.rowid / 8
  where search_index match ? and search_index.rowid % 8 = 0 and a.visible = true
  order by score desc, a.published_key desc limit ${pageSize + 1}`,
)

const app = Fastify({ bodyLimit: 2_000_000 })
app.get('/health/ready', (_request, reply) => send(reply, { status: 'ok' }))
app.get('/v1/articles', (request, reply) => send(reply, page(...listAsked(request.query), request.query.cursor)))
app.get('/v1/articles/:slug', (request, reply) => {
  const row = article.get(request.params.slug)
  if (!row) return reply.code(404).send()
  const shown = { ...summaryOf(row), body: JSON.parse(row.body) }
  return send(reply, { ...shown, people: each(person, shown.personIds, personOf), places: each(place, shown.placeIds, placeOf) })
})
app.get('/v1/people/:slug/articles', (request, reply) => send(reply, page('person', [request.params.slug], request.query.cursor)))
app.get('/v1/search', (request, reply) => send(reply, hitsOf(request.query.q, hits.all(request.query.q))))
const create = createWriter(path)
app.post('/v1/articles', (request, reply) => {
  const { title, body } = request.body ?? {}
  if (typeof title !== 'string' || !Array.isArray(body)) return reply.code(400).send()
  const row = create(request.body)
  return send(reply.code(201).header('location', `/v1/articles/${row.slug}`), { ...summaryOf(row), body: row.blocks })
})
process.stdout.write(`${JSON.stringify({ listening: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
