// The nearer limit on PostgreSQL: what hand.js does, over pg with named statements.
import Fastify from 'fastify'
import pg from 'pg'
import { createWriter } from './hand-create-postgres.js'
import { afterCursor, hitsOf, listAsked, listsOf, pageOf, pageSize, personOf, placeOf, send, summaryColumns, summaryOf } from './hand-shapes.js'

const jsonOid = 114
const timestamptzOid = 1184
pg.types.setTypeParser(jsonOid, text => text)
pg.types.setTypeParser(timestamptzOid, text => new Date(text).toISOString())

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
pool.on('error', () => {})

let prepared = 0
/** A statement that each connection prepares once. */
function prepare(sql) {
  prepared += 1
  let n = 0
  const text = sql.replaceAll('?', () => {
    n += 1
    return `$${n}`
  })
  const name = `s${prepared}`
  return async (...values) => (await pool.query({ name, text, values })).rows
}

const article = prepare(`select ${summaryColumns}, a.body from articles a where a.slug = ? and a.visible = true`)
const people = prepare('select id, slug, name, description, image from people where id = any(?::text[]) and trashed_at is null')
const places = prepare(
  'select id, slug, name, kind, contained_in_id, country_code, lat, lng from places where id = any(?::text[]) and trashed_at is null',
)
async function each(statement, ids, shown) {
  if (ids.length === 0) return []
  const byId = new Map((await statement(ids)).map(row => [row.id, row]))
  return ids.flatMap(id => (byId.has(id) ? [shown(byId.get(id))] : []))
}

const lists = listsOf(prepare)

async function page(name, values, cursor) {
  const { first, later } = lists[name]
  return pageOf(name, await (cursor ? later(...values, ...afterCursor(cursor)) : first(...values)))
}

const hits = prepare(
  `select a.id, a.slug, a.title, a.summary, a.published_at, a.body, ts_rank('{0.17, 0.03, 0, 1}', s.terms, q, 1) as score
  from cast(? as tsquery) q, search_index s join articles a on a.seq = s.doc / 8
  where s.terms @@ q and s.doc % 8 = 0 and a.visible = true
  order by score desc, a.published_key desc limit ${pageSize + 1}`,
)

/** Words and phrases as a tsquery. */
const tsquery = q =>
  [...q.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, phrase, word]) =>
      (phrase ?? word)
        .split(' ')
        .map(one => `'${one}'`)
        .join(' <-> '),
    )
    .join(' & ')

const app = Fastify({ bodyLimit: 2_000_000 })
app.get('/health/ready', async (_request, reply) => {
  await pool.query('select 1')
  return send(reply, { status: 'ok' })
})
app.get('/v1/articles', async (request, reply) => send(reply, await page(...listAsked(request.query), request.query.cursor)))
app.get('/v1/articles/:slug', async (request, reply) => {
  const [row] = await article(request.params.slug)
  if (!row) return reply.code(404).send()
  const shown = { ...summaryOf(row), body: JSON.parse(row.body) }
  const [who, where] = await Promise.all([each(people, shown.personIds, personOf), each(places, shown.placeIds, placeOf)])
  return send(reply, { ...shown, people: who, places: where })
})
app.get('/v1/people/:slug/articles', async (request, reply) => send(reply, await page('person', [request.params.slug], request.query.cursor)))
app.get('/v1/search', async (request, reply) => send(reply, hitsOf(request.query.q, await hits(tsquery(request.query.q)))))
const create = createWriter(pool)
app.post('/v1/articles', async (request, reply) => {
  const { title, body } = request.body ?? {}
  if (typeof title !== 'string' || !Array.isArray(body)) return reply.code(400).send()
  const row = await create(request.body)
  return send(reply.code(201).header('location', `/v1/articles/${row.slug}`), { ...summaryOf(row), body: row.blocks })
})
process.stdout.write(`${JSON.stringify({ listening: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
