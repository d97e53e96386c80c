// A new article by hand: its row, links, mentions, full text, slug and revision in one transaction. Whom it mentions is not worked out: it takes the
// mentions of an article that is there, so that as many rows are written.
import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'

export const columns =
  'id slug source_name source_url source_external_id created_at updated_at version status title sort_key summary language section tags byline word_count image rights author_ids about_ids person_ids place_ids dateline_place_id corrections published_at published_key published_asc_key publish_at unpublish_at visible linked_with body'.split(
    ' ',
  )

/** Gives a function that creates an article of a parsed body and returns its row, with `blocks`. */
export function createWriter(path) {
  const db = new Database(path)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'cache_size = -32000']) db.pragma(pragma)
  const insertArticle = db.prepare(`insert into articles (${columns}) values (${columns.map(name => `@${name}`)})`)
  const insertLink = db.prepare('insert into article_links values (?, ?, ?, ?, 1, ?)')
  const insertMention = db.prepare("insert into mentions values (?, ?, ?, ?, ?, ?, null, ?, ?, ?, 0.9, 'machine', 'linked')")
  const insertWords = db.prepare("insert into search_index (rowid, title, body, forms) values (?, ?, ?, '')")
  const insertSlug = db.prepare("insert into slugs values ('article', ?, ?, 1)")
  const takenSlug = db.prepare("select 1 from slugs where kind = 'article' and slug = ?").pluck()
  const insertRevision = db.prepare("insert into revisions values ('article', ?, 1, ?, null, null, '[]', ?)")
  const mentions = db
    .prepare(
      "select kind, entity_id, block_id, start, end, surface from mentions where state = 'linked' and article_id = (select id from articles where status = 'published' order by seq limit 1 offset 5)",
    )
    .all()

  return db.transaction(input => {
    const row = rowOf(input, slugOf(input.title, takenSlug.get(slugOf(input.title)) !== undefined), mentions)
    const { blocks, text, ...values } = row
    const { lastInsertRowid } = insertArticle.run(values)
    for (const link of linksOf(input, mentions)) insertLink.run(row.id, ...link, row.published_key)
    mentions.forEach((one, n) => {
      insertMention.run(randomUUID(), row.id, n, one.kind, one.entity_id, one.block_id, one.start, one.end, one.surface)
    })
    insertWords.run(Number(lastInsertRowid) * 8, row.title.toLowerCase(), text.toLowerCase())
    insertSlug.run(row.slug, row.id)
    insertRevision.run(row.id, row.created_at, JSON.stringify({ ...input, body: blocks }))
    return row
  }).immediate
}

/** A slug of a title; with a suffix where it is taken. */
export function slugOf(title, isTaken = false) {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
  return isTaken ? `${slug}-${randomUUID().slice(0, 8)}` : slug
}

const entities = (mentions, kind) => [...new Set(mentions.filter(one => one.kind === kind).map(one => one.entity_id))]

export function linksOf(input, mentions) {
  const links = ['person', 'place'].flatMap(role => entities(mentions, role).map((id, n) => [role, id, n]))
  for (const [n, tag] of (input.tags ?? []).entries()) links.push(['tag', tag, n])
  if (input.section) links.push(['section', input.section, 0])
  links.push(['language', 'en', 0])
  return links
}

export function rowOf(input, slug, mentions) {
  const now = new Date().toISOString()
  const blocks = input.body.map((block, n) => ({ id: `b${n}`, ...block }))
  const text = blocks.map(block => block.text ?? '').join(' _ ')
  return {
    id: randomUUID(),
    slug,
    source_name: null,
    source_url: null,
    source_external_id: null,
    created_at: now,
    updated_at: now,
    version: 1,
    status: 'published',
    title: input.title,
    sort_key: input.title.toLowerCase().slice(0, 200),
    summary: input.summary ?? null,
    language: 'en',
    section: input.section ?? null,
    tags: JSON.stringify(input.tags ?? []),
    byline: input.byline ?? null,
    word_count: text.split(' ').length,
    image: null,
    rights: null,
    author_ids: '[]',
    about_ids: '[]',
    person_ids: JSON.stringify(entities(mentions, 'person')),
    place_ids: JSON.stringify(entities(mentions, 'place')),
    dateline_place_id: null,
    corrections: '[]',
    published_at: now,
    published_key: now,
    published_asc_key: now,
    publish_at: null,
    unpublish_at: null,
    visible: 1,
    linked_with: 0,
    body: JSON.stringify(blocks),
    blocks,
    text,
  }
}
