/** `words` are several, all of which must be there, in any order: no text is read as such (see `meanings.ts`). */
export type Term = { type: 'word' | 'words' | 'phrase' | 'prefix'; text: string }

/** People and places (ids) that an article may be about instead of having a term, and their names, the main one first; `isMain` where the term is the main name itself. */
export type Linked = { people: string[]; places: string[]; names: string[]; isMain: boolean }

/** At least one of `any` must be there, or a link to one of `linked`; or, with `not`, none of them. */
export type Clause = { not: boolean; any: Term[]; linked?: Linked }

export const filterFields = ['person', 'place', 'section', 'tag', 'lang'] as const
export type Filter = { field: (typeof filterFields)[number]; value: string; not: boolean }

/** What a person typed: every clause and every filter must hold. */
export type Query = { clauses: Clause[]; filters: Filter[] }

/** Most terms and filters of a query; the rest is ignored, never refused. */
export const maxQueryTerms = 64

/** As much of a search text is read, in UTF-16 code units. */
export const maxQueryUnits = 10_000

/**
 * One item: hyphens, a field, then a quoted or a bare string. Anything without white space is at least a bare string, so that nothing is refused;
 * a quote that nobody closes can only be the last one, so the time is linear.
 */
const items = /[([{]*(?<hyphens>-*)(?:(?<field>[a-z]+):)?(?:["“”„‟](?<quoted>[^"“”„‟]*)["“”„‟]|(?<bare>[^\s\p{Cc}]+))/giu

/** `start` is where the text of a term stands in the search text; undefined where a part of it is quoted. */
type Item = { type: 'or' } | { type: 'filter'; filter: Filter } | { type: 'term'; not: boolean; term: Term; start: number | undefined }

/**
 * Reads a search text; every string is a valid one. Words, `"phrases"`, `prefix*`, `-not`, `a OR b`, and `person: place: section: tag: lang:` with a value.
 * OR joins two wanted terms; elsewhere (first, last, beside a filter or an exclusion) it is dropped, unless it is all there is: then it is a word.
 * So filters always hold, and `person:a OR person:b` asks for both.
 */
export function parseQuery(text: string): Query {
  const query: Query = { clauses: [], filters: [] }
  let before: Item | undefined
  let joined = false
  let left = maxQueryTerms
  for (const item of itemsOf(text.slice(0, maxQueryUnits))) {
    if (item.type === 'or') {
      joined = true
      continue
    }
    if (left-- === 0) break
    const group = joined && before?.type === 'term' && !before.not && item.type === 'term' && !item.not ? query.clauses.at(-1) : undefined
    if (item.type === 'filter') query.filters.push(item.filter)
    else if (group) group.any.push(item.term)
    else query.clauses.push({ not: item.not, any: [item.term] })
    before = item
    joined = false
  }
  if (joined && !before) query.clauses.push({ not: false, any: [{ type: 'word', text: 'OR' }] })
  return { clauses: query.clauses.flatMap(separate).slice(0, maxQueryTerms), filters: query.filters }
}

function* itemsOf(text: string): Generator<Item> {
  for (const { 0: whole, index, groups = {} } of text.matchAll(items)) {
    const { hyphens = '', field, quoted, bare = '' } = groups
    if (hyphens === '' && field === undefined && bare === 'OR') {
      yield { type: 'or' }
      continue
    }
    const not = hyphens.length === 1
    const value = quoted ?? withoutEdges(bare)
    const known = filterFields.find(name => name === field?.toLowerCase())
    if (known && value.trim() !== '') yield { type: 'filter', filter: { field: known, value: value.trim(), not } }
    else {
      const term = termOf(field, quoted, bare)
      const start = quoted === undefined ? index + whole.length - bare.length - (field === undefined ? 0 : field.length + 1) : undefined
      if (term) yield { type: 'term', not, term, start }
    }
  }
}

/** The words that a search text asks for as such, and where they stand in it: not those in quotes, no prefixes, exclusions or filters. */
export function wordsAsked(text: string): { text: string; start: number }[] {
  const found: { text: string; start: number }[] = []
  let left = maxQueryTerms
  for (const item of itemsOf(text.slice(0, maxQueryUnits))) {
    if (item.type === 'or') continue
    if (left-- === 0) break
    if (item.type === 'term' && !item.not && item.term.type === 'word' && item.start !== undefined)
      found.push({ text: item.term.text, start: item.start })
  }
  return found
}

/** What is no filter is words: `title:putin` is two, `person:` is one. */
function termOf(field: string | undefined, quoted: string | undefined, bare: string): Term | undefined {
  if (quoted !== undefined && field === undefined) return quoted.trim() === '' ? undefined : { type: 'phrase', text: quoted }
  const text = `${field === undefined ? '' : `${field}:`}${quoted ?? bare}`
  const stem = withoutTrailing(text, '*')
  if (withoutTrailing(stem, '-') === '') return undefined
  return stem === text ? { type: 'word', text } : { type: 'prefix', text: stem }
}

/** `a/b` and `http://a,b` are words of their own, where no OR and no exclusion holds them together; `1,000` is one. */
function separate(clause: Clause): Clause[] {
  const [term, second] = clause.any
  if (term?.type !== 'word' || second || clause.not) return [clause]
  const texts = term.text.split(/[:/;|]|,(?!\d)|(?<!\d),/).filter(Boolean)
  return texts.map(text => ({ not: false, any: [{ type: 'word', text }] }))
}

const withoutTrailing = (text: string, character: string): string => {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end -= 1
  return text.slice(0, end)
}

/** The value of a filter without the stray quotes and closing brackets round it. */
function withoutEdges(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && '"“”„‟'.includes(text.charAt(start))) start += 1
  while (end > start && '"“”„‟)]},;'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
