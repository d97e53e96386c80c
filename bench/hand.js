// The nearer limit: Fastify on the same tables of the same file, with prepared statements written by hand and JSON.stringify. It answers what the
// benchmark asks in the same shapes and leaves out the rest: no validation, no keys, no ETags, no linking, no stemming, no pages backwards.
import Database from 'better-sqlite3'
import Fastify from 'fastify'
import { createWriter } from './hand-create.js'

const path = process.env.DATABASE_URL.replace('file:', '')
const reader = new Database(path, { readonly: true })
reader.pragma('cache_size = -32000')
const pageSize = 20

const plainColumns = 'a.id, a.slug, a.status, a.title, a.summary, a.language, a.section, a.byline, a.rights, a.version'.split(', ')
const summaryColumns = [
  ...plainColumns,
  'a.tags, a.word_count, a.image, a.source_name, a.source_url, a.source_external_id, a.author_ids, a.about_ids, a.person_ids, a.place_ids',
  'a.dateline_place_id, a.corrections, a.published_at, a.publish_at, a.unpublish_at, a.created_at, a.updated_at, a.published_key, a.sort_key',
].join(', ')

const summaryOf = row => ({
  id: row.id,
  slug: row.slug,
  status: row.status,
  title: row.title,
  summary: row.summary,
  language: row.language,
  section: row.section,
  tags: JSON.parse(row.tags),
  byline: row.byline,
  wordCount: row.word_count,
  image: row.image && JSON.parse(row.image),
  source: row.source_name === null ? null : { name: row.source_name, url: row.source_url, externalId: row.source_external_id },
  rights: row.rights,
  authorIds: JSON.parse(row.author_ids),
  aboutIds: JSON.parse(row.about_ids),
  personIds: JSON.parse(row.person_ids),
  placeIds: JSON.parse(row.place_ids),
  datelinePlaceId: row.dateline_place_id,
  corrections: JSON.parse(row.corrections),
  publishedAt: row.published_at,
  publishAt: row.publish_at,
  unpublishAt: row.unpublish_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  version: row.version,
})

const send = (reply, value) => reply.type('application/json; charset=utf-8').send(JSON.stringify(value))

const article = reader.prepare(`select ${summaryColumns}, a.body from articles a where a.slug = ? and a.visible = 1`)
const person = reader.prepare('select id, slug, name, description, image from people where id = ? and trashed_at is null')
const place = reader.prepare('select id, slug, name, kind, contained_in_id, country_code, lat, lng from places where id = ? and trashed_at is null')
const personOf = ({ id, slug, name, description, image }) => ({ id, slug, name, description, image: image && JSON.parse(image) })
const placeOf = ({ id, slug, name, kind, contained_in_id, country_code, lat, lng }) => ({
  id,
  slug,
  name,
  kind,
  containedInId: contained_in_id,
  countryCode: country_code,
  lat,
  lng,
})
const each = (statement, ids, shown) =>
  ids
    .map(id => statement.get(id))
    .filter(row => row !== undefined)
    .map(shown)

/** A list in one order: its statements for the first page and for a later one. */
function listOf(from, where, order) {
  const columns = order.map(([column]) => column)
  const by = order.map(([column, direction]) => `${column} ${direction}`)
  const beyond = `(${columns}) ${order[0][1] === 'desc' ? '<' : '>'} (?, ?)`
  return {
    first: reader.prepare(`select ${summaryColumns} from ${from} where ${where} order by ${by} limit ${pageSize + 1}`),
    later: reader.prepare(`select ${summaryColumns} from ${from} where ${where} and ${beyond} order by ${by} limit ${pageSize + 1}`),
  }
}

const linked = 'article_links l join articles a on a.id = l.article_id'
const lists = {
  '-publishedAt': listOf('articles a', 'a.visible = 1', [
    ['a.published_key', 'desc'],
    ['a.id', 'desc'],
  ]),
  '-updatedAt': listOf('articles a', 'a.visible = 1', [
    ['a.updated_at', 'desc'],
    ['a.id', 'desc'],
  ]),
  title: listOf('articles a', 'a.visible = 1', [
    ['a.sort_key', 'asc'],
    ['a.id', 'asc'],
  ]),
  status: listOf('articles a', 'a.status = ? and a.trashed_at is null', [
    ['a.published_key', 'desc'],
    ['a.id', 'desc'],
  ]),
  link: listOf(linked, 'l.role = ? and l.value = ? and l.visible = 1', [
    ['l.published_key', 'desc'],
    ['l.article_id', 'desc'],
  ]),
}
const keyOf = { '-updatedAt': row => row.updated_at, title: row => row.sort_key }

function page(name, values, cursor) {
  const { first, later } = lists[name]
  const rows = cursor ? later.all(...values, ...JSON.parse(Buffer.from(cursor, 'base64url').toString())) : first.all(...values)
  const last = rows.length > pageSize ? rows[pageSize - 1] : undefined
  const next = last ? Buffer.from(JSON.stringify([(keyOf[name] ?? (row => row.published_key))(last), last.id])).toString('base64url') : null
  return { data: rows.slice(0, pageSize).map(summaryOf), page: { limit: pageSize, next, prev: null, total: null } }
}

const idOf = {
  person: reader.prepare('select id from people where slug = ? and trashed_at is null').pluck(),
  place: reader.prepare('select id from places where slug = ? and trashed_at is null').pluck(),
}

function listed({ tag, section, place, status, sort = '-publishedAt', cursor }) {
  if (tag !== undefined) return page('link', ['tag', tag], cursor)
  if (section !== undefined) return page('link', ['section', section], cursor)
  if (place !== undefined) return page('link', ['place', idOf.place.get(place)], cursor)
  if (status !== undefined) return page('status', [status], cursor)
  return page(sort, [], cursor)
}

const hits = reader.prepare(
  `select a.id, a.slug, a.title, a.summary, a.published_at, a.body, -bm25(search_index, 6, 1, 0.2) as score
  from search_index join articles a on a.seq = search_index.rowid / 16
  where search_index match ? and search_index.rowid % 16 = 0 and a.visible = 1
  order by score desc, a.published_key desc limit ${pageSize + 1}`,
)
const snippetUnits = 200

function snippetOf(body, words) {
  for (const { text = '' } of JSON.parse(body)) {
    const at = words.map(word => text.toLowerCase().indexOf(word)).find(found => found >= 0)
    if (at === undefined) continue
    const start = Math.max(0, at - snippetUnits / 2)
    const part = text
      .slice(start, start + snippetUnits)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
    return part.replace(new RegExp(words.join('|'), 'gi'), '<mark>$&</mark>')
  }
  return null
}

function search(q) {
  const found = hits.all(q)
  const words = q.toLowerCase().replaceAll('"', '').split(' ')
  const data = found.slice(0, pageSize).map(row => ({
    kind: 'article',
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    publishedAt: row.published_at,
    score: row.score,
    allWords: true,
    snippet: snippetOf(row.body, words),
    matches: [],
  }))
  return { data, page: { limit: pageSize, next: found.length > pageSize ? 'more' : null, prev: null, total: null } }
}

const app = Fastify({ bodyLimit: 2_000_000 })
app.get('/health/ready', (_request, reply) => send(reply, { status: 'ok' }))
app.get('/v1/articles', (request, reply) => send(reply, listed(request.query)))
app.get('/v1/articles/:slug', (request, reply) => {
  const row = article.get(request.params.slug)
  if (!row) return reply.code(404).send()
  const shown = { ...summaryOf(row), body: JSON.parse(row.body) }
  return send(reply, { ...shown, people: each(person, shown.personIds, personOf), places: each(place, shown.placeIds, placeOf) })
})
app.get('/v1/people/:slug/articles', (request, reply) =>
  send(reply, page('link', ['person', idOf.person.get(request.params.slug)], request.query.cursor)),
)
app.get('/v1/search', (request, reply) => send(reply, search(request.query.q)))
const create = createWriter(path)
app.post('/v1/articles', (request, reply) => {
  const { title, body } = request.body ?? {}
  if (typeof title !== 'string' || !Array.isArray(body)) return reply.code(400).send()
  const row = create(request.body)
  return send(reply.code(201).header('location', `/v1/articles/${row.slug}`), { ...summaryOf(row), body: row.blocks })
})
process.stdout.write(`${JSON.stringify({ listening: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
