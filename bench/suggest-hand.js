// The limit of `suggest.js`: Fastify, one prepared statement, JSON.stringify.
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const reader = new Database(process.env.DATABASE_URL.replace('file:', ''), { readonly: true })
reader.pragma('cache_size = -32000')
const begun = reader.prepare('select kind, id, slug, name, description from by_hand where key >= ? and key < ? limit 10')

const app = Fastify()
const send = (reply, body) => reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
app.get('/health/ready', (_request, reply) => send(reply, { status: 'ok' }))
app.get('/v1/suggest', (request, reply) => {
  const key = request.query.q.toLowerCase()
  return send(reply, { data: begun.all(key, `${key}\u{10ffff}`) })
})
process.stdout.write(`${JSON.stringify({ listening: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
