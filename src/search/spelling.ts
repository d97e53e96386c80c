// A word of a search that finds nothing is taken for the likeliest one of those that find something. Only what everybody may see counts.

import { and, gte, lt, sql } from 'drizzle-orm'
import { conditions } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import { nounKinds } from '../db/tables.ts'
import { analyseWords, baseOf, unstemmed } from './analyse.ts'
import { type Compiled, compile } from './compile.ts'
import { parseQuery, wordsAsked } from './grammar.ts'
import { countUpTo, onlyVisible, type Scope } from './rank.ts'
import type { Ranked } from './ranked.ts'
import { holdsTogether, isStopWord } from './stop-words.ts'
import { compileQuery, languagesOf } from './store.ts'
import { farRange, farVariants, isCorrectable, likeTyped, type Variant, variantsOf } from './variants.ts'

/** What is searched instead: the text as typed with the words replaced. */
export type Corrected = { text: string; compiled: Compiled }

/** As many words of a query are corrected; the others stay as they are. */
const maxCorrected = 8
/** As many words of a query are asked for whether they find something. */
const maxAsked = 64
/** The likeliest of the words that one may have been meant for, of which it is counted how often they occur. */
const maxCandidates = 48
/** As many words that begin like a long one are looked at. */
const maxFar = 5_000
/** More documents than this make no word likelier. */
const manyDocuments = 200

type Typed = { form: string; start: number; end: number }

/**
 * Undefined where every word of `text` finds something, or nothing is near to those that do not. `hits` are those of the query as typed: where one has all
 * words, none was misspelt.
 */
export async function correct(db: Db, text: string, hits: readonly Ranked[]): Promise<Corrected | undefined> {
  const hasChoice = parseQuery(text).clauses.some(({ not, any }) => !not && any.length > 1)
  if (!hasChoice && hits.some(hit => hit.allWords)) return undefined
  const languages = await languagesOf(db)
  const typed = correctable(text, languages)
  const forms = [...new Set(typed.map(({ form }) => form))].slice(0, maxAsked)
  const found = await documentsOf(db, forms, languages, 1)
  const unknown = forms.filter((_, n) => found[n] === 0).slice(0, maxCorrected)
  const meant = new Map<string, string>()
  for (const form of unknown) {
    const best = await nearest(db, form, languages)
    if (best !== undefined) meant.set(form, best)
  }
  if (meant.size === 0) return undefined
  const corrected = replaced(text, typed, meant)
  return { text: corrected, compiled: await compileQuery(db, corrected) }
}

/** The words of a search text that may be corrected. */
function correctable(text: string, languages: readonly string[]): Typed[] {
  const bases = [...new Set(languages.map(baseOf))]
  return wordsAsked(text).flatMap(({ text: asked, start }) =>
    analyseWords(asked, unstemmed)
      .filter(word => isCorrectable(asked.slice(word.start, word.end), word.form))
      .filter(({ form }) => !isStopWord(form, bases) && !holdsTogether(form, bases))
      .map(word => ({ form: word.form, start: start + word.start, end: start + word.end })),
  )
}

function replaced(text: string, typed: readonly Typed[], meant: ReadonlyMap<string, string>): string {
  let out = ''
  let from = 0
  for (const { form, start, end } of typed) {
    const other = meant.get(form)
    if (other === undefined) continue
    out += text.slice(from, start) + likeTyped(text.slice(start, end), other)
    from = end
  }
  return out + text.slice(from)
}

/** The likeliest word that a form was meant for, of those that find something. */
async function nearest(db: Db, form: string, languages: readonly string[]): Promise<string | undefined> {
  const near = await stored(db, variantsOf(form))
  return (await likeliest(db, near, languages)) ?? likeliest(db, await far(db, form), languages)
}

async function likeliest(db: Db, variants: readonly Variant[], languages: readonly string[]): Promise<string | undefined> {
  const candidates = [...variants].sort(byWeight).slice(0, maxCandidates)
  const counts = await documentsOf(
    db,
    candidates.map(({ word }) => word),
    languages,
    manyDocuments,
  )
  return candidates
    .map(({ word, weight }, n) => ({ word, weight: weight + Math.log(counts[n] ?? 0) }))
    .filter(({ weight }) => weight > Number.NEGATIVE_INFINITY)
    .sort(byWeight)[0]?.word
}

const byWeight = (one: Variant, other: Variant) => other.weight - one.weight || (one.word < other.word ? -1 : 1)

/** Those of some words that were ever indexed. */
async function stored(db: Db, variants: readonly Variant[]): Promise<Variant[]> {
  const { searchWords } = db.tables
  const query = db.prepared('words stored', q =>
    q
      .select({ word: searchWords.word })
      .from(searchWords)
      .where(sql`${searchWords.word} in (select value from ${db.dialect.listed(sql.placeholder('words'))})`),
  )
  const rows = await query.execute({ words: JSON.stringify(variants.map(({ word }) => word)) })
  const known = new Set(rows.map(({ word }) => word))
  return variants.filter(({ word }) => known.has(word))
}

/** Words at two errors from a long one that begin like it. */
async function far(db: Db, form: string): Promise<Variant[]> {
  const range = farRange(form)
  if (!range) return []
  const { searchWords } = db.tables
  const query = db.prepared('words that begin alike', q =>
    q
      .select({ word: searchWords.word })
      .from(searchWords)
      .where(
        and(
          gte(searchWords.word, sql.placeholder('start')),
          lt(searchWords.word, sql.placeholder('end')),
          sql`length(${searchWords.word}) between ${sql.placeholder('shortest')} and ${sql.placeholder('longest')}`,
        ),
      )
      .orderBy(searchWords.word)
      .limit(maxFar),
  )
  const rows = await query.execute({ ...range, end: `${range.start}\u{10ffff}` })
  return farVariants(
    form,
    rows.map(({ word }) => word),
  )
}

/** In how many documents that everybody may see each word is found, counted up to `most`. */
async function documentsOf(db: Db, words: readonly string[], languages: readonly string[], most: number): Promise<number[]> {
  const counts: number[] = []
  for (const word of words) {
    const query = compile({ clauses: [{ not: false, any: [{ type: 'word', text: word }] }], filters: [] }, languages).all
    counts.push(query ? await countUpTo(db, everybodys(db), query, null, most) : 0)
  }
  return counts
}

/** What everybody may see: published articles, and people and places that are not in the trash. */
function everybodys({ tables: { articles } }: Db): Scope {
  const c = conditions()
  c.add(onlyVisible, sql`${articles.visible} = true`)
  return { kinds: nounKinds, conditions: c, rows: { article: c.where() }, order: 'relevance' }
}
