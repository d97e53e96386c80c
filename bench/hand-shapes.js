// What both hand-written servers answer, and the lists they have, in SQL that both databases take.
export const pageSize = 20

const plainColumns = 'a.id, a.slug, a.status, a.title, a.summary, a.language, a.section, a.byline, a.rights, a.version'.split(', ')
export const summaryColumns = [
  ...plainColumns,
  'a.tags, a.word_count, a.image, a.source_name, a.source_url, a.source_external_id, a.author_ids, a.about_ids, a.person_ids, a.place_ids',
  'a.dateline_place_id, a.corrections, a.published_at, a.publish_at, a.unpublish_at, a.created_at, a.updated_at, a.published_key, a.sort_key',
].join(', ')

export const summaryOf = row => ({
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

export const personOf = ({ id, slug, name, description, image }) => ({ id, slug, name, description, image: image && JSON.parse(image) })
export const placeOf = ({ id, slug, name, kind, contained_in_id, country_code, lat, lng }) => ({
  id,
  slug,
  name,
  kind,
  containedInId: contained_in_id,
  countryCode: country_code,
  lat,
  lng,
})

/** A list in one order: what `prepare` makes of its SQL for the first page and for a later one. */
function listOf(prepare, from, where, order) {
  const columns = order.map(([column]) => column)
  const by = order.map(([column, direction]) => `${column} ${direction}`)
  const beyond = `(${columns}) ${order[0][1] === 'desc' ? '<' : '>'} (?, ?)`
  return {
    first: prepare(`select ${summaryColumns} from ${from} where ${where} order by ${by} limit ${pageSize + 1}`),
    later: prepare(`select ${summaryColumns} from ${from} where ${where} and ${beyond} order by ${by} limit ${pageSize + 1}`),
  }
}

const linked = 'article_links l join articles a on a.id = l.article_id'
const byLink = [
  ['l.published_key', 'desc'],
  ['l.article_id', 'desc'],
]

/** Every list by its name. `visible = true` is what both databases use an index for. */
export const listsOf = prepare => ({
  '-publishedAt': listOf(prepare, 'articles a', 'a.visible = true', [
    ['a.published_key', 'desc'],
    ['a.id', 'desc'],
  ]),
  '-updatedAt': listOf(prepare, 'articles a', 'a.visible = true', [
    ['a.updated_at', 'desc'],
    ['a.id', 'desc'],
  ]),
  title: listOf(prepare, 'articles a', 'a.visible = true', [
    ['a.sort_key', 'asc'],
    ['a.id', 'asc'],
  ]),
  status: listOf(prepare, 'articles a', 'a.status = ? and a.trashed_at is null', [
    ['a.published_key', 'desc'],
    ['a.id', 'desc'],
  ]),
  link: listOf(prepare, linked, 'l.role = ? and l.value = ? and l.visible = true', byLink),
  person: listOf(prepare, linked, `l.role = 'person' and l.value = (${idOf('people')}) and l.visible = true`, byLink),
  place: listOf(prepare, linked, `l.role = 'place' and l.value = (${idOf('places')}) and l.visible = true`, byLink),
})

const idOf = noun => `select id from ${noun} where slug = ? and trashed_at is null`

/** Which list a request asks for, and the values of its statement. */
export function listAsked({ tag, section, place, status, sort = '-publishedAt' }) {
  if (tag !== undefined) return ['link', ['tag', tag]]
  if (section !== undefined) return ['link', ['section', section]]
  if (place !== undefined) return ['place', [place]]
  if (status !== undefined) return ['status', [status]]
  return [sort, []]
}

const keyOf = { '-updatedAt': row => row.updated_at, title: row => row.sort_key }

/** Where a later page begins: the values that a cursor stands for. */
export const afterCursor = cursor => JSON.parse(Buffer.from(cursor, 'base64url').toString())

/** The answer of a list, of one row more than a page has. */
export function pageOf(name, rows) {
  const last = rows.length > pageSize ? rows[pageSize - 1] : undefined
  const next = last ? Buffer.from(JSON.stringify([(keyOf[name] ?? (row => row.published_key))(last), last.id])).toString('base64url') : null
  return { data: rows.slice(0, pageSize).map(summaryOf), page: { limit: pageSize, next, prev: null, total: null } }
}

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

/** The answer of a search, of one row more than a page has. */
export function hitsOf(q, rows) {
  const words = q.toLowerCase().replaceAll('"', '').split(' ')
  const data = rows.slice(0, pageSize).map(row => ({
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
  return { data, page: { limit: pageSize, next: rows.length > pageSize ? 'more' : null, prev: null, total: null } }
}

export const send = (reply, value) => reply.type('application/json; charset=utf-8').send(JSON.stringify(value))
