// Other articles about the same people and places, and in the same words; the rarest weigh most. What it costs has a bound, however many articles there are.
import { type SQL, sql } from 'drizzle-orm'
import type { Block } from '../articles/blocks.ts'
import { textOfArticle } from '../articles/file.ts'
import { type SummaryRow, summaryColumns } from '../articles/store.ts'
import { conditions, inPadded, inPaddedNumbers, padded } from '../db/conditions.ts'
import { type Db, isDocumentOf } from '../db/store.ts'
import type { EntityKind } from '../db/tables.ts'
import { type Candidate, candidatesOf, closestFirst, type Shared, weightOf } from './weigh.ts'
import { frequentWords } from './words.ts'

/** How many related articles are ranked. */
export const maxRelated = 100
/** Of an article's people, and of its places, the first are weighed; the rarest of both are asked for their newest articles. */
const maxWeighed = 64
const maxSubjects = 12
const newestOfEach = 200
/** The words of a text that are weighed. One that more articles have tells nothing. */
const maxWords = 16
const maxArticlesOfWord = 500
/** A word weighs half of a subject as rare. */
const wordShare = 0.5
/** Among how many candidates, the best by what they share that is rare, what is common is looked for. */
const maxCandidates = 300
/** The number of articles, where there are more: to count on would only cost. */
const maxCounted = 10_000

export type Origin = Pick<SummaryRow, 'id' | 'seq' | 'visible' | 'personIds' | 'placeIds' | 'title' | 'summary' | 'language'> & { body: Block[] }

/** A person or a place that other articles share, with how many published ones it has. */
type Subject = { role: EntityKind; value: string; articles: number }

/** Ids of up to `maxRelated` published articles, the most closely related first: they share a person or a place with this one, or two words that tell something. */
export async function relatedIds(db: Db, article: Origin): Promise<string[]> {
  const words = frequentWords(textOfArticle(article), maxWords)
  const subjects = await subjectsOf(db, article)
  const { all, articlesOfWords, articlesOfSubjects } = await listed(
    db,
    words.map(({ term }) => term),
    subjects,
  )
  const own = article.visible ? 1 : 0
  const common = new Map(subjects.filter(isCommon).map(({ value, articles }) => [value, weightOf(all, articles)]))
  const shared: Shared[] = [
    ...subjects.map(
      ({ value, articles }, n): Shared => ({ seqs: articlesOfSubjects[n] ?? [], weight: common.has(value) ? 0 : weightOf(all, articles), hold: 2 }),
    ),
    ...words.flatMap(({ often }, n): Shared[] => {
      const seqs = articlesOfWords[n] ?? []
      const tells = seqs.length > own && seqs.length <= maxArticlesOfWord
      return tells ? [{ seqs, weight: weightOf(all, seqs.length, often * wordShare), hold: 1 }] : []
    }),
  ]
  return ranked(db, candidatesOf(shared, article.seq, maxCandidates), common)
}

/** Of these not all articles are candidates: whether one has it is asked for those that are. */
const isCommon = ({ articles }: Subject) => articles > newestOfEach

/** The rarest people and places of an article that other articles have, too. */
async function subjectsOf(db: Db, { visible, personIds, placeIds }: Origin): Promise<Subject[]> {
  const roles = new Map<string, EntityKind>()
  for (const id of personIds.slice(0, maxWeighed)) roles.set(id, 'person')
  for (const id of placeIds.slice(0, maxWeighed)) roles.set(id, 'place')
  if (roles.size === 0) return []
  const { people, places } = db.tables
  const { size, values } = padded([...roles.keys()])
  const query = db.prepared(`articles of subjects ${size}`, q => {
    const parts = [people, places].map(
      table => sql`select ${table.id} as id, ${table.articleCount} as articles from ${table} where ${inPadded(table.id, size)}`,
    )
    return q
      .select({ value: sql<string>`id`, articles: sql<number>`articles`.mapWith(Number) })
      .from(sql`(${sql.join(parts, sql` union all `)}) as counts`)
  })
  return (await query.execute(values))
    .filter(({ articles }) => articles > (visible ? 1 : 0))
    .sort((a, b) => a.articles - b.articles || (a.value < b.value ? -1 : 1))
    .slice(0, maxSubjects)
    .map(({ value, articles }) => ({ role: roles.get(value) ?? 'person', value, articles }))
}

type Listed = { all: number; articlesOfWords: number[][]; articlesOfSubjects: number[][] }

/** How many published articles there are, at most `maxCounted`; which have each word, at most one more than tell something; and the newest of each subject. */
async function listed(db: Db, words: readonly string[], subjects: readonly Subject[]): Promise<Listed> {
  const { articles, articleLinks: links } = db.tables
  const c = conditions()
  const matches = words.map(term => db.dialect.match({ op: 'term', term }, null, c.bind))
  const filed = subjects.map(
    ({ role, value }) => sql`${links.role} = ${c.bind(role)} and ${links.value} = ${c.bind(value)} and ${links.visible} = true`,
  )
  const query = db.prepared(`lists of articles ${subjects.length} ${matches.map(match => match.shape).join()}`, q => {
    const all = sql`select -1 as n, cast(count(*) as text) as seqs from (select 1 from ${articles} where ${articles.visible} = true limit ${maxCounted}) as counted`
    const lists = [
      ...matches.map(({ documents }) => published(db, documents)),
      ...filed.map(
        condition =>
          sql`(select ${articles.seq} from (select ${links.articleId} as id from ${links} where ${condition} order by ${links.publishedKey} desc, ${links.articleId} desc limit ${newestOfEach}) as newest join ${articles} on ${articles.id} = newest.id)`,
      ),
    ]
    const parts = lists.map((list, n) => sql` union all select cast(${n} as integer), string_agg(cast(seq as text), ',') from ${list} as listed`)
    return q.select({ n: sql<number>`n`.mapWith(Number), seqs: sql<string | null>`seqs` }).from(sql`(${all}${sql.join(parts, sql``)}) as lists`)
  })
  const rows = new Map((await query.execute(c.values())).map(({ n, seqs }) => [n, seqs?.split(',').map(Number) ?? []]))
  return {
    all: rows.get(-1)?.[0] ?? 0,
    articlesOfWords: words.map((_, n) => rows.get(n) ?? []),
    articlesOfSubjects: subjects.map((_, n) => rows.get(words.length + n) ?? []),
  }
}

/** The published articles among documents. */
const published = ({ tables: { articles }, dialect }: Db, documents: SQL): SQL =>
  sql`(select ${articles.seq} from ${documents} as found join ${articles} ${dialect.rankedArticles} on ${isDocumentOf('article', articles.seq)} and ${articles.visible} = true limit ${maxArticlesOfWord + 1})`

/** Adds what candidates share that is common, and puts them in order. */
async function ranked(db: Db, candidates: readonly Candidate[], common: ReadonlyMap<string, number>): Promise<string[]> {
  if (candidates.length === 0) return []
  const { articles, articleLinks: links } = db.tables
  const { size, values } = padded(candidates.map(({ seq }) => String(seq)))
  const subjects = Array.from({ length: maxSubjects }, (_, n) => [`common${n}`, [...common.keys()][n] ?? ''] as const)
  const query = db.prepared(`what candidates share ${size}`, q => {
    const shared = subjects.map(([name]) => sql.placeholder(name))
    return q
      .select({ seq: articles.seq, id: articles.id, published: articles.publishedKey, subject: links.value })
      .from(articles)
      .leftJoin(
        links,
        sql`${links.articleId} = ${articles.id} and ${links.role} in ('person', 'place') and ${links.value} in (${sql.join(shared, sql`, `)})`,
      )
      .where(inPaddedNumbers(articles.seq, size))
  })
  const weights = new Map(candidates.map(({ seq, weight }) => [seq, weight]))
  const sums = new Map<string, { id: string; published: string; weight: number }>()
  for (const { seq, id, published, subject } of await query.execute({ ...values, ...Object.fromEntries(subjects) })) {
    const sum = sums.get(id) ?? { id, published, weight: weights.get(seq) ?? 0 }
    sum.weight += subject === null ? 0 : (common.get(subject) ?? 0)
    sums.set(id, sum)
  }
  return [...sums.values()]
    .sort(closestFirst)
    .slice(0, maxRelated)
    .map(({ id }) => id)
}

/** Summaries of published articles, in the order of the ids. */
export async function relatedArticles(db: Db, ids: readonly string[]): Promise<SummaryRow[]> {
  if (ids.length === 0) return []
  const { articles } = db.tables
  const { size, values } = padded(ids)
  const query = db.prepared(`summaries of ${size}`, q =>
    q
      .select(summaryColumns(db.tables))
      .from(articles)
      .where(sql`${inPadded(articles.id, size)} and ${articles.visible} = true`),
  )
  const rows = new Map((await query.execute(values)).map(row => [row.id, row]))
  return ids.map(id => rows.get(id)).filter(row => row !== undefined)
}
