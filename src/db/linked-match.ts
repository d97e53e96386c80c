// Queries that ask for links beside words (`linked`): sets of documents that the index of words finds, joined in SQL with those that links name.
import { type SQL, sql } from 'drizzle-orm'
import type { Conditions } from './conditions.ts'
import { type Dialect, documentIn, type Match } from './store.ts'
import type { LinkedQuery, TokenQuery } from './token-query.ts'

type Text = Pick<Dialect, 'match' | 'matchAny'>
type Bind = Conditions['bind']

/** One way to be found: the words that are in the text, and the links that there are. */
type Branch = { text: TokenQuery | undefined; links: readonly LinkedQuery[] }

/** What finds words alone, made to find links, too. A query without links is left to it as it is. */
export function withLinks(text: Text): Text {
  return {
    match(query, none, bind) {
      const branches = branchesOf(query)
      return branches.every(isText) ? text.match(query, none, bind) : united(text, branches, none, bind)
    },
    matchAny(weighed, none, bind) {
      const linked = weighed.flatMap(({ query, weight }) => branchesOf(query).flatMap(branch => (isText(branch) ? [] : [{ ...branch, weight }])))
      if (linked.length === 0) return text.matchAny(weighed, none, bind)
      const inText = weighed.flatMap(({ query, weight }) => {
        const words = wordsOf(query)
        return words ? [{ query: words, weight }] : []
      })
      const parts = [
        ...(inText.length > 0 ? [text.matchAny(inText, none, bind)] : []),
        ...linked.map(branch => matchOf(text, branch, none, bind, sql`cast(${bind(branch.weight)} as double precision)`)),
      ]
      return joined('any linked', parts, sql`sum(score)`)
    },
  }
}

const isText = ({ links }: Branch) => links.length === 0

/** Every way to be found, of which one is enough. Words are kept together: there are at most as many ways as links can be there or not. */
function branchesOf(query: TokenQuery): Branch[] {
  if (query.op === 'linked') return [{ text: undefined, links: [query] }]
  if (!('of' in query)) return [{ text: query, links: [] }]
  const parts = query.of.map(branchesOf)
  const words = query.of.filter((_, n) => parts[n]?.every(isText))
  const others = parts.filter(branches => !branches.every(isText))
  if (others.length === 0) return [{ text: query, links: [] }]
  const text = together(query.op, words)
  const first: Branch[] = text ? [{ text, links: [] }] : []
  if (query.op === 'or') return [...first, ...others.flat()]
  return others.reduce<Branch[]>(
    (all, branches) => all.flatMap(one => branches.map(other => both(one, other))),
    first.length > 0 ? first : [{ text: undefined, links: [] }],
  )
}

const both = (one: Branch, other: Branch): Branch => ({
  text: together(
    'and',
    [one.text, other.text].filter(text => text !== undefined),
  ),
  links: [...one.links, ...other.links],
})

const together = (op: 'and' | 'or', of: readonly TokenQuery[]): TokenQuery | undefined => (of.length < 2 ? of[0] : { op, of })

/** What of a query words alone can find. */
const wordsOf = (query: TokenQuery): TokenQuery | undefined =>
  together(
    'or',
    branchesOf(query).flatMap(({ text, links }) => (text && links.length === 0 ? [text] : [])),
  )

function united(text: Text, branches: readonly Branch[], none: TokenQuery | null, bind: Bind): Match {
  const parts = branches.map(branch => matchOf(text, branch, none, bind, sql`0`))
  return joined('linked', parts, sql`max(score)`)
}

/** One part stays as it is: SQLite would put it into the grouping, where bm25() cannot be asked. */
function joined(name: string, parts: readonly Match[], score: SQL): Match {
  const [one, more] = parts
  if (one && !more) return { ...one, shape: `${name} ${one.shape}` }
  return {
    shape: `${name} ${parts.map(({ shape }) => shape).join(' + ')}`,
    documents: sql`(${sql.join(
      parts.map(({ documents }) => sql`select doc from ${documents} as part`),
      sql` union `,
    )})`,
    hits: sql`(select doc, ${score} as score from (${sql.join(
      parts.map(({ hits }) => sql`select doc, score from ${hits} as part`),
      sql` union all `,
    )}) as parts group by doc)`,
  }
}

/** A limit that limits nothing: behind it SQLite makes no join of a subquery, in which bm25() could not be asked. */
const everyRow = sql`2147483647`

/** What one way finds; `score` is what a link scores by itself. The plus keeps SQLite from asking the index of words once for each link. */
function matchOf(text: Text, { text: words, links }: Branch, none: TokenQuery | null, bind: Bind, score: SQL): Match {
  if (words) {
    const { shape, documents, hits } = text.match(words, none, bind)
    if (links.length === 0) return { shape, documents, hits }
    const filed = sql.join(
      links.map(link => sql`+doc in (select doc from ${linkedTo(link, bind)} as linked limit ${everyRow})`),
      sql` and `,
    )
    return {
      shape: `${shape} of ${sizes(links)}`,
      documents: sql`(select doc from ${documents} as found where ${filed})`,
      hits: sql`(select doc, score from ${hits} as found where ${filed})`,
    }
  }
  const excluded = none && text.match(none, null, bind)
  const filed = sql.join(
    links.map(link => sql`select doc from ${linkedTo(link, bind)} as linked`),
    sql` intersect `,
  )
  const from = sql`from (${filed}) as filed ${excluded ? sql`where doc not in ${excluded.documents}` : sql``}`
  return {
    shape: `links ${sizes(links)} ${excluded ? `!${excluded.shape}` : ''}`,
    documents: sql`(select doc ${from})`,
    hits: sql`(select doc, ${score} as score ${from})`,
  }
}

const sizes = (links: readonly LinkedQuery[]) => links.map(({ people, places }) => `${people.length},${places.length}`).join('&')

/** The documents of articles that are about one of the people and places, each once; of one alone none can come twice, and no time is spent on that. */
function linkedTo({ people, places }: LinkedQuery, bind: Bind): SQL {
  const filed = [...filedUnder('person', people, bind), ...filedUnder('place', places, bind)]
  const [one, more] = filed
  if (one && !more && people.length + places.length === 1) return sql`(${one})`
  return sql`(select distinct doc from (${sql.join(filed, sql` union all `)}) as filed)`
}

const filedUnder = (role: 'person' | 'place', ids: readonly string[], bind: Bind): SQL[] =>
  ids.length === 0
    ? []
    : [
        sql`select ${documentIn('article', sql`articles.seq`)} as doc from article_links join articles on articles.id = article_links.article_id where article_links.role = ${bind(role)} and article_links.value in (${sql.join(
          ids.map(id => sql`${bind(id)}`),
          sql`, `,
        )})`,
      ]
