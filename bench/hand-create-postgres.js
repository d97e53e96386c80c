// What hand-create.js does, over pg: as many rows in one transaction, each table's in one statement.
import { randomUUID } from 'node:crypto'
import { columns, linksOf, rowOf, slugOf } from './hand-create.js'

const insertArticle = `insert into articles (${columns}) values (${columns.map((_, n) => `$${n + 1}`)}) returning seq`
const insertLinks =
  'insert into article_links select $1, role, value, position, true, $5 from unnest($2::text[], $3::text[], $4::int[]) as l (role, value, position)'
const insertMentions = `insert into mentions select id, $1, position, kind, entity_id, block_id, null, start, "end", surface, 0.9, 'machine', 'linked'
  from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::text[]) as m (id, position, kind, entity_id, block_id, start, "end", surface)`
const insertWords = `insert into search_index values ($1, $2, $3, setweight(to_tsvector('simple', $2), 'A') || to_tsvector('simple', $3))`
const mentionsOfAnother = `select kind, entity_id, block_id, start, "end", surface from mentions
  where state = 'linked' and article_id = (select id from articles where status = 'published' order by seq limit 1 offset 5)`

/** Gives a function that creates an article of a parsed body and returns its row, with `blocks`. */
export function createWriter(pool) {
  let known
  const mentionsToTake = async () => (await pool.query(mentionsOfAnother)).rows

  return async input => {
    known ??= await mentionsToTake()
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const row = await insertAll(client, input, known)
      await client.query('COMMIT')
      return row
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }
}

async function insertAll(client, input, mentions) {
  const run = async (name, text, values) => (await client.query({ name, text, values })).rows
  const isTaken = (await run('taken', "select 1 from slugs where kind = 'article' and slug = $1", [slugOf(input.title)])).length > 0
  const row = rowOf(input, slugOf(input.title, isTaken), mentions)
  const [{ seq }] = await run(
    'article',
    insertArticle,
    columns.map(name => row[name]),
  )
  const links = linksOf(input, mentions)
  await run('links', insertLinks, [row.id, ...[0, 1, 2].map(n => links.map(link => link[n])), row.published_key])
  const column = name => mentions.map(one => one[name])
  const ids = mentions.map(() => randomUUID())
  const named = ['kind', 'entity_id', 'block_id', 'start', 'end', 'surface'].map(column)
  await run('mentions', insertMentions, [row.id, ids, mentions.map((_, n) => n), ...named])
  await run('words', insertWords, [Number(seq) * 8, row.title.toLowerCase(), row.text.toLowerCase()])
  await run('slug', "insert into slugs values ('article', $1, $2, true)", [row.slug, row.id])
  const state = JSON.stringify({ ...input, body: row.blocks })
  await run('revision', "insert into revisions values ('article', $1, 1, $2, null, null, '[]', $3)", [row.id, row.created_at, state])
  return row
}
