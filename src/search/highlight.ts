import type { TokenQuery } from '../db/token-query.ts'
import { escapeHtml } from '../lib/text.ts'
import { analyseWords, maxTokens, type Word } from './analyse.ts'
import type { Compiled } from './compile.ts'
import { mayBegin, type Stretch } from './prefilter.ts'

/** A text of an article, with its address: block and, in a list, item. */
export type HighlightField = { field: 'title' | 'summary' | 'body'; blockId: string | null; item: number | null; text: string }

/** A found word or phrase; offsets count UTF-16 code units of the text of its field. */
export type Match = { field: HighlightField['field']; blockId: string | null; item: number | null; start: number; end: number }

/** Most matches that are told of one article. */
export const maxMatches = 50

/** Most passages of a body that are shown. */
export const maxPassages = 3

/** About as long is a passage, in UTF-16 code units before escaping. */
export const passageUnits = 200

/** Escaped HTML with `<mark>`: title and summary whole, and the passages of the body that have most of the query, the best first. */
export type Highlights = { title: string; summary: string | null; body: string[] }

type Range = { start: number; end: number }
type Hit = Range & { clause: number }
/** Terms and phrases by their first term, second term and so on; `clause` where one ends. */
type Step = { next: Map<string, Step>; clause: number | undefined }
type Plan = { start: Step; prefixes: { term: string; clause: number }[]; hasPhrase: boolean }
type Passage = Range & { clauses: number; text: string; hits: Hit[] }

/**
 * Where the wanted words, prefixes and phrases of a query stand in the texts of one article, the same marked, and the passage that shows most of them:
 * escaped HTML with `<mark>`, of the body if it has any, then of the summary, then of the title. Where nothing is found it is the start of the body,
 * or of the summary; null where there is neither. `language` is that of the article (BCP 47). As in the index, the first `maxTokens` tokens are searched.
 */
export function highlight(
  compiled: Compiled,
  language: string,
  fields: readonly HighlightField[],
): { matches: Match[]; snippet: string | null; highlights: Highlights } {
  const plan = planOf(compiled.clauses)
  let left = maxTokens
  const quick = fields.reduce((sum, { text }) => sum + text.length, 0) <= maxTokens // then no text can reach the limit
  const begins = quick ? mayBegin(compiled.clauses, language) : () => undefined
  const found = fields.map(({ text, ...address }) => {
    const stretches = begins(text)
    if (stretches?.length === 0) return { address, text, hits: [] }
    const words = stretches && !plan.hasPhrase ? wordsIn(text, stretches, language) : analyseWords(text, language, left)
    left -= words.length
    return { address, text, hits: hitsIn(words, plan) }
  })
  const matches = found.flatMap(({ address: { field, blockId, item }, hits }) =>
    hits.slice(0, maxMatches).map(({ start, end }) => ({ field, blockId, item, start, end })),
  )
  const of = (field: HighlightField['field']) => found.filter(({ address }) => address.field === field)
  const marked = (field: HighlightField['field']) => of(field).map(({ text, hits }) => markText(text, hits))[0]
  const body = best(of('body')).slice(0, maxPassages)
  const [passage = opening(fields)] = [...body, ...best(of('summary')), ...best(of('title'))]
  return {
    matches: matches.slice(0, maxMatches),
    snippet: passage ? snippetOf(passage) : null,
    highlights: { title: marked('title') ?? '', summary: marked('summary') ?? null, body: body.map(snippetOf) },
  }
}

/** The words of stretches that begin and end with a space, or with the text: no word has one inside. */
const wordsIn = (text: string, stretches: readonly Stretch[], language: string): Word[] =>
  stretches.flatMap(({ start, end }) =>
    analyseWords(text.slice(start, end), language).map(word => ({ ...word, start: word.start + start, end: word.end + start })),
  )

/** Text as HTML: `& < > " '` escaped, `<mark>` round the ranges. Ranges may come in any order and reach beyond the text; of two that overlap the first counts. */
export function markText(text: string, ranges: readonly Range[]): string {
  let html = ''
  let at = 0
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const from = Math.max(0, start)
    const to = Math.min(text.length, end)
    if (from < at || to <= from) continue
    html += `${escapeHtml(text.slice(at, from))}<mark>${escapeHtml(text.slice(from, to))}</mark>`
    at = to
  }
  return html + escapeHtml(text.slice(at))
}

const newStep = (): Step => ({ next: new Map(), clause: undefined })

function planOf(clauses: readonly TokenQuery[]): Plan {
  const plan: Plan = { start: newStep(), prefixes: [], hasPhrase: false }
  clauses.forEach((query, clause) => {
    addTo(plan, query, clause)
  })
  return plan
}

function addTo(plan: Plan, query: TokenQuery, clause: number): void {
  if ('of' in query) {
    for (const part of query.of) addTo(plan, part, clause)
  } else if (query.op === 'linked') {
    for (const name of query.names) addTo(plan, name, clause)
  } else if (query.op === 'prefix') plan.prefixes.push({ term: query.term, clause })
  else addPath(plan, query.op === 'term' ? [query.term] : query.terms, clause)
}

function addPath(plan: Plan, terms: readonly string[], clause: number): void {
  let step = plan.start
  plan.hasPhrase ||= terms.length > 1
  for (const term of terms) {
    const next = step.next.get(term) ?? newStep()
    step.next.set(term, next)
    step = next
  }
  step.clause ??= clause
}

/** In reading order, none overlapping another; of several that start together the longest. */
function hitsIn(words: readonly Word[], plan: Plan): Hit[] {
  const hits: Hit[] = []
  let free = 0
  words.forEach((word, index) => {
    if (word.start < free) return
    const hit = hitAt(words, index, word, plan)
    if (!hit) return
    hits.push(hit)
    free = hit.end
  })
  return hits
}

function hitAt(words: readonly Word[], index: number, word: Word, { start, prefixes }: Plan): Hit | undefined {
  let longest: Hit | undefined
  let step = start.next.get(word.term)
  for (let at = index, last: Word | undefined = word; step && last; ) {
    if (step.clause !== undefined) longest = { start: word.start, end: last.end, clause: step.clause }
    at += 1
    last = words[at]
    step = last && step.next.get(last.term)
  }
  if (longest) return longest
  const prefix = prefixes.find(({ term }) => word.form.startsWith(term) || word.term.startsWith(term))
  return prefix && { start: word.start, end: word.end, clause: prefix.clause }
}

/** The stretch of about `passageUnits` with the most different clauses; the earliest of equals. */
function passageIn(text: string, hits: Hit[]): Passage | undefined {
  let passage: Passage | undefined
  /** The last hit of each clause, the oldest first: a map keeps the order of its keys. */
  const latest = new Map<number, Hit>()
  for (const hit of hits) {
    latest.delete(hit.clause)
    latest.set(hit.clause, hit)
    let { start } = hit
    for (const [clause, seen] of latest) {
      start = seen.start
      if (seen === hit || hit.end - start <= passageUnits) break
      latest.delete(clause)
    }
    if (latest.size > (passage?.clauses ?? 0)) passage = { start, end: hit.end, clauses: latest.size, text, hits }
  }
  return passage
}

/** The passages of some texts, those with the most different clauses first, in reading order among equals. */
const best = (texts: readonly { text: string; hits: Hit[] }[]): Passage[] =>
  texts
    .map(({ text, hits }) => passageIn(text, hits))
    .filter(passage => passage !== undefined)
    .sort((a, b) => b.clauses - a.clauses)

function opening(fields: readonly HighlightField[]): Passage | undefined {
  const written = fields.filter(({ text }) => text.trim() !== '')
  const first = written.find(({ field }) => field === 'body') ?? written.find(({ field }) => field === 'summary')
  return first && { start: 0, end: 0, clauses: 0, text: first.text, hits: [] }
}

/** The passage with words round it, cut between words; one that is longer than a snippet may be is cut off. */
function snippetOf({ start, end, text, hits }: Passage): string {
  const spare = Math.max(0, passageUnits - (end - start))
  const earliest = Math.max(0, Math.min(start - Math.floor(spare / 2), text.length - passageUnits))
  const latest = Math.min(text.length, Math.max(end, Math.min(earliest, start) + passageUnits), start + 2 * passageUnits)
  const from = wordBorderAfter(text, Math.min(earliest, start), start)
  const to = wordBorderBefore(text, Math.min(end, latest), latest)
  const ranges = hits.filter(hit => hit.start >= from && hit.end <= Math.max(end, to)).map(hit => ({ start: hit.start - from, end: hit.end - from }))
  return `${from > 0 ? '… ' : ''}${markText(text.slice(from, to), ranges)}${to < text.length ? ' …' : ''}`
}

const space = /\s/u
const inside = /[\p{M}\udc00-\udfff]/u

/** The first start of a word in a stretch; in a script without spaces the first character that stands for itself. */
function wordBorderAfter(text: string, earliest: number, latest: number): number {
  if (earliest === 0 || space.test(text.charAt(earliest - 1))) return earliest
  const gap = text.slice(earliest, latest).search(space)
  let at = gap < 0 ? earliest : earliest + gap + 1
  while (at < latest && inside.test(text.charAt(at))) at += 1
  return at
}

/** The last end of a word in a stretch, likewise. */
function wordBorderBefore(text: string, earliest: number, latest: number): number {
  if (latest === text.length || space.test(text.charAt(latest))) return latest
  const lastGap = text.slice(earliest, latest).search(/\s\S*$/u)
  let at = lastGap < 0 ? latest : earliest + lastGap
  while (at > earliest && inside.test(text.charAt(at))) at -= 1
  return at
}
