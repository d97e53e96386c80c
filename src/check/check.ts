// Everything that follows from something else is worked out again, by the functions that write it, and compared with what is stored.
import { textOfArticle } from '../articles/file.ts'
import { articlesIn } from '../articles/store.ts'
import type { Inspection, WordsCheck } from '../db/inspect.ts'
import { documentOf, partsOfDocument } from '../db/store.ts'
import { type NounKind, nounKinds } from '../db/tables.ts'
import { textOfNamed } from '../nouns/named.ts'
import { unstemmed } from '../search/analyse.ts'
import { indexText } from '../search/document.ts'
import { checkArticles } from './articles.ts'
import { checkPeople, checkPlaces } from './named.ts'
import { tableNames } from './nouns.ts'
import { checkPhrases } from './phrases.ts'
import { createReport, type Found, maxTold, type Report } from './report.ts'
import { languagesInIndex, looseRevisions, looseSlugs, looseSuggestions, peopleIn, placesIn, type Range, sizeOf, spellingsAmong } from './store.ts'

/** Rows that are held at a time: their texts may be long. */
const rowsAtOnce = 50
/** Numbers of rows whose words are summed up at a time, which bounds the memory that takes (see db/inspect-fts5.ts). */
const numbersAtOnce = 1_000_000
const faultsAsked = 1_000
/** Words that are not looked for again, some 10 MB of them. */
const spellingsHeld = 100_000

export type CheckProgress = { phase: 'verify'; name: string; done: number; total: number }
export type CheckResult = { rows: Record<'articles' | 'people' | 'places', number>; found: Found[] }

type Text = { titles: readonly string[]; texts: readonly string[]; language: string }

/** Looks at a whole database in one snapshot, and holds little of it at a time. Nothing is written. */
export async function checkDatabase(
  inspection: Inspection,
  onProgress: (progress: CheckProgress) => void = () => {},
  numbers = numbersAtOnce,
): Promise<CheckResult> {
  const report = createReport()
  for (const fault of await inspection.faults(faultsAsked))
    report.note('integrity', { table: 'database', id: 'file', what: 'integrity', expected: 'ok', found: fault })
  const languages = new Set<string>()
  const spellings = new Set<string>()
  const rows = { articles: 0, people: 0, places: 0 }
  const sizes = new Map<NounKind, { rows: number; last: number }>()
  for (const kind of nounKinds) sizes.set(kind, await sizeOf(inspection, kind))
  const last = Math.max(partsOfDocument(await inspection.lastDocument()).seq, ...[...sizes.values()].map(size => size.last))
  for (let from = 0; from <= last; from += numbers) {
    const range = { from, end: from + numbers }
    const words = await inspection.words(documentOf('article', range.from), documentOf('article', range.end))
    for (const kind of nounKinds)
      await checkRange(inspection, kind, range, { report, words, languages, spellings }, done => {
        const name = tableNames[kind]
        rows[name] += done
        onProgress({ phase: 'verify', name, done: rows[name], total: sizes.get(kind)?.rows ?? 0 })
      })
    await noteWords(words, report)
  }
  await checkLanguages(inspection, languages, report)
  for (const kind of nounKinds) await checkLoose(inspection, kind, report)
  await checkPhrases(inspection, report)
  for await (const { id, expected, found } of inspection.boxFaults()) report.note('boxes', { table: 'places', id, what: 'its box', expected, found })
  return { rows, found: report.found() }
}

type Sides = { report: Report; words: WordsCheck; languages: Set<string>; spellings: Set<string> }

async function checkRange(inspection: Inspection, kind: NounKind, { from, end }: Range, sides: Sides, onDone: (rows: number) => void): Promise<void> {
  const expect = async (rows: readonly { seq: number; text: Text }[]) => {
    const texts = rows.map(({ seq, text }) => ({ doc: documentOf(kind, seq), ...indexText(text) }))
    await sides.words.expect(texts)
    await checkSpellings(
      inspection,
      texts.flatMap(({ words }) => words),
      sides,
    )
  }
  for (let next = from; ; ) {
    const texts = await checkSome(inspection, kind, { from: next, end }, sides)
    await expect(texts)
    if (texts.length > 0) onDone(texts.length)
    const last = texts.at(-1)
    if (!last || texts.length < rowsAtOnce) return
    next = last.seq + 1
  }
}

/** Checks the first rows of a range, and gives their texts. */
async function checkSome(inspection: Inspection, kind: NounKind, range: Range, { report, languages }: Sides): Promise<{ seq: number; text: Text }[]> {
  if (kind === 'article') {
    const rows = await articlesIn(inspection, range, rowsAtOnce)
    if (rows.length > 0) await checkArticles(inspection, rows, report)
    for (const { language } of rows) languages.add(language)
    return rows.map(row => ({ seq: row.seq, text: textOfArticle(row) }))
  }
  if (kind === 'person') {
    const rows = await peopleIn(inspection, range, rowsAtOnce)
    if (rows.length > 0) await checkPeople(inspection, rows, report)
    return rows.map(row => ({ seq: row.seq, text: textOfNamed(row) }))
  }
  const rows = await placesIn(inspection, range, rowsAtOnce)
  if (rows.length > 0) await checkPlaces(inspection, rows, report)
  return rows.map(row => ({ seq: row.seq, text: textOfNamed(row) }))
}

/** A search corrects words to those that it knows the spelling of, and it knows every word there is. `spellings` are those that were looked for. */
async function checkSpellings(inspection: Inspection, words: readonly string[], { report, spellings }: Sides): Promise<void> {
  const wanted = [...new Set(words)].filter(word => !spellings.has(word)).sort()
  const known = await spellingsAmong(inspection, wanted)
  if (spellings.size > spellingsHeld) spellings.clear()
  for (const word of wanted) {
    spellings.add(word)
    if (!known.has(word)) report.note('spellings', { table: 'search_words', id: word, what: 'row', expected: 'one', found: 'none' })
  }
}

async function noteWords(words: WordsCheck, report: Report): Promise<void> {
  const { count, told } = await words.faults(maxTold)
  for (const { doc, where, expected, found } of told) {
    const { kind, seq } = partsOfDocument(doc)
    report.note('words', { table: 'search_index', id: `${doc} (${kind} number ${seq})`, what: where, expected, found })
  }
  report.more('words', count - told.length)
}

/** A search stems its words in every language that the index has. */
async function checkLanguages(inspection: Inspection, languages: ReadonlySet<string>, report: Report): Promise<void> {
  const known = await languagesInIndex(inspection)
  for (const language of [...languages].sort())
    if (language !== unstemmed && !known.has(language))
      report.note('languages', { table: 'search_languages', id: language, what: 'row', expected: 'one', found: 'none' })
}

async function checkLoose(inspection: Inspection, kind: NounKind, report: Report): Promise<void> {
  const slugs = await looseSlugs(inspection, kind, maxTold)
  for (const { name, entityId } of slugs.rows)
    report.note('slugs', { table: 'slugs', id: `${kind} ${name}`, what: `${kind} ${entityId}`, expected: 'a row', found: 'none' })
  report.more('slugs', slugs.count - slugs.rows.length)
  const revisions = await looseRevisions(inspection, kind, maxTold)
  for (const { name, entityId } of revisions.rows)
    report.note('revisions', { table: 'revisions', id: `${kind} ${entityId} ${name}`, what: `${kind} ${entityId}`, expected: 'a row', found: 'none' })
  report.more('revisions', revisions.count - revisions.rows.length)
  for (const { seq, rows } of await looseSuggestions(inspection, kind, maxTold))
    report.note('suggestions', { table: 'suggestions', id: `${kind} number ${seq}`, what: 'rows', expected: '0', found: String(rows) })
}
