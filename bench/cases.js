// What is asked, in the words of users. A case gives the addresses to ask for; a later page is walked to with each server's own cursors.
import { toCreate } from './data.js'
import { requestBytes } from './load.js'
import { key } from './servers.js'

const deepestPage = 300
const pageSize = 20
const addressesACase = 200
const bodiesToCreate = 20
/** Enough for a figure, few enough that a thousand articles stay about a thousand. */
const createdASlice = 100

/** Rows of the filled database that the cases need. */
export function samples(db, collection) {
  const column = (sql, ...values) =>
    db
      .prepare(sql)
      .pluck()
      .all(...values)
  const mostWritten = noun => column(`select slug from ${noun} where article_count > 0 order by article_count desc limit 12`)
  return {
    ...collection,
    articleSlugs: column('select slug from articles where visible = 1 order by published_key limit ?', addressesACase),
    peopleSlugs: mostWritten('people'),
    placeSlugs: mostWritten('places'),
    pages: Math.min(deepestPage, Math.floor(column('select count(*) from articles where visible = 1')[0] / 2 / pageSize)),
  }
}

const search = words => words.map(q => `/v1/search?q=${encodeURIComponent(q)}`)
const same = paths => async () => paths

/** Cases of a collection. `paths(get)` gives addresses, `get` reads one from the server that they are for. */
export const casesOf = s => [
  { name: 'article', paths: same(s.articleSlugs.map(slug => `/v1/articles/${slug}?include=people,places`)) },
  { name: 'list', paths: same(['/v1/articles']) },
  { name: "person's articles", paths: same(s.peopleSlugs.map(slug => `/v1/people/${slug}/articles`)) },
  { name: 'search, rare word', paths: same(search(s.queries.rare)), found: true },
  { name: 'search, middling word', paths: same(search(s.queries.middling)), found: true, grows: true },
  { name: 'search, common word', paths: same(search(s.queries.common)), found: true, grows: true },
  { name: 'search, several words', paths: same(search(s.queries.several)), found: true, grows: true },
  { name: 'deep page', paths: get => deep(get, '/v1/articles', s.pages) },
  { name: 'by tag', paths: same(s.tags.map(tag => `/v1/articles?tag=${tag}`)) },
  { name: 'by section', paths: same(s.sections.map(section => `/v1/articles?section=${section}`)) },
  { name: 'by section, deep page', paths: get => deep(get, `/v1/articles?section=${s.sections[0]}`, Math.floor(s.pages / 4)) },
  { name: 'by place', paths: same(s.placeSlugs.map(slug => `/v1/articles?place=${slug}`)) },
  { name: 'by status, with a key', paths: same(['/v1/articles?status=draft']), withKey: true },
  { name: 'by title', paths: same(['/v1/articles?sort=title']) },
  { name: 'by title, deep page', paths: get => deep(get, '/v1/articles?sort=title', s.pages) },
  { name: 'latest changes', paths: same(['/v1/articles?sort=-updatedAt']) },
  { name: 'create', creates: true, paths: same(['/v1/articles']), withKey: true, max: createdASlice },
]

/** The page that lies `pages` behind the first. */
async function deep(get, path, pages) {
  let at = path
  for (let n = 0; n < pages; n += 1) {
    const { next } = (await get(at)).page
    if (next === null) break
    at = `${path}${path.includes('?') ? '&' : '?'}cursor=${next}`
  }
  return [at]
}

/** The requests of a case, by their number. */
export function requestsOf({ creates, withKey }, paths) {
  if (creates) return creations(paths[0])
  const requests = paths.map(path => requestBytes(path, withKey ? { key } : {}))
  return n => requests[n % requests.length]
}

let created = 0

/** Bodies of about 6 kB, each with a title of its own. */
function creations(path) {
  const bodies = toCreate(bodiesToCreate).map(({ title, ...rest }) => ({ title, rest: JSON.stringify(rest).slice(1) }))
  return n => {
    const { title, rest } = bodies[n % bodies.length]
    created += 1
    return requestBytes(path, { key, body: `{"title":"${title} ${process.pid}-${created}",${rest}` })
  }
}
