// A database of a size, made once: filled by the product's own functions, so that it is what the API would have made.
import { createHash } from 'node:crypto'
import { constants, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { collectionOf } from './data.js'

const articlesATransaction = 500

/** What decides how a filled database of a kind looks: another one makes another database. */
export function fingerprint(dist, corpus, kind) {
  const sample = collectionOf(corpus, 100)
  const hash = createHash('sha256').update(JSON.stringify([sample.people, sample.places, [...sample.articles]]))
  const migrations = join(dist, '..', 'migrations', kind)
  for (const file of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, file)))
  return hash.digest('hex').slice(0, 8)
}

const load = (dist, file) => import(pathToFileURL(join(dist, file)).href)

/** The path of a database of `count` articles in `folder`, filled where it is not there yet; `say` hears how long that took. */
export async function filled({ dist, folder, count, corpus, say }) {
  const path = join(folder, `articles-${count}-${fingerprint(dist, corpus, 'sqlite')}.db`)
  if (existsSync(path)) return path
  const began = performance.now()
  const part = `${path}.part`
  for (const end of ['', '-wal', '-shm']) rmSync(part + end, { force: true })
  await fill(dist, part, collectionOf(corpus, count), done => say(`${done} of ${count} articles, ${seconds(began)} s`))
  settle(part)
  renameSync(part, path)
  say(`filled ${count} articles in ${seconds(began)} s`)
  return path
}

const seconds = began => ((performance.now() - began) / 1000).toFixed(1)

/** The product's own functions that make a store and what is in it, by their names. */
export async function productOf(dist) {
  const modules = [
    'db/sqlite.js',
    'articles/create.js',
    'articles/write.js',
    'articles/input.js',
    'people/write.js',
    'people/schema.js',
    'places/write.js',
    'places/schema.js',
  ]
  const loaded = await Promise.all([...modules, 'mentions/known-names.js', 'http/auth.js'].map(file => load(dist, file)))
  return Object.assign({}, ...loaded)
}

async function fill(dist, path, collection, progress) {
  const { openSqlite, createArticle, ArticleCreate, createPerson, PersonCreate, createPlace, PlaceCreate, createKnownNames, adminCaller } =
    await productOf(dist)
  const store = openSqlite(path)
  const writer = { keyId: null, requestId: null, now: new Date().toISOString(), names: createKnownNames(), caller: adminCaller }
  await store.write(async db => {
    for (const person of collection.people) await createPerson(db, PersonCreate.parse(person), writer)
    for (const place of collection.places) await createPlace(db, PlaceCreate.parse(place), writer)
  })
  let done = 0
  /** A second earlier for each article, so that they differ in `updatedAt`, too. */
  const nextWriter = () => {
    done += 1
    return { ...writer, now: new Date(Date.parse(writer.now) - done * 1_000).toISOString() }
  }
  for (let batch = take(collection.articles); batch.length > 0; batch = take(collection.articles)) {
    await store.write(async db => {
      for (const article of batch) await createArticle(db, ArticleCreate.parse(article), nextWriter())
    })
    if (done % 10_000 === 0) progress(done)
  }
  await store.close()
}

function take(articles) {
  const batch = []
  while (batch.length < articlesATransaction) {
    const { value, done } = articles.next()
    if (done) break
    batch.push(value)
  }
  return batch
}

/** Every article was linked with all names already: nothing is left for the server to link anew. The log goes into the file, so that it can be copied. */
function settle(path) {
  const connection = new Database(path)
  connection.exec('update name_changes set relinked_at = at')
  connection.pragma('wal_checkpoint(TRUNCATE)')
  connection.close()
}

/** A copy to work on: what the write cases add never reaches the next run. */
export function workingCopy(path, folder) {
  const copy = join(folder, `work-${process.pid}-${path.split('/').at(-1)}`)
  copyFileSync(path, copy, constants.COPYFILE_FICLONE)
  return copy
}
