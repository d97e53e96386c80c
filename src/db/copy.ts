// Everything from one database into another, empty one: whatever table there is, as it is, in one snapshot and one transaction.
import {
  CopyError,
  checksum,
  nameOfRow,
  type Read,
  type Readable,
  type Row,
  type Source,
  type TableShape,
  type Target,
  tableShapes,
  type Value,
  type Words,
} from './copy-shape.ts'
import { documentOf } from './store.ts'
import type { NounKind } from './tables.ts'

export type Side = 'from' | 'to'

/** What a database said while it was copied: `side` tells which one, `cause` what. */
export class SideError extends Error {
  readonly side: Side

  constructor(side: Side, cause: unknown) {
    super(`--${side}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.side = side
  }
}

export type Copied = { name: string; rows: number; checksum: string }

/** How far it is: rows of the table `name` (or what `unit` says), of `total`; `verify` reads the target again. */
export type Progress = { phase: 'copy' | 'verify'; name: string; done: number; total: number; unit?: 'rows' | 'pages' }

/** A row by the names of SQL: JSON is text in it, booleans are 0 or 1. */
export type TextRow = Readonly<Record<string, Value>>
export type FoundWords = Omit<Words, 'doc'> | { fault: string }
/** The words of each row for full text, or why it cannot be read. */
export type WordsOf = (kind: NounKind, rows: readonly TextRow[]) => Promise<readonly FoundWords[]>

type Options = { wordsOf: WordsOf; onProgress?: (progress: Progress) => void }

/**
 * Copies all rows, what hangs on them and the numbers that were given; reads the target again and commits it where it is the same. Throws a CopyError
 * (the target has rows, a row does not fit, a checksum differs) or a SideError, with nothing stored.
 */
export async function copyDatabase(source: Source, target: Target, { wordsOf, onProgress = () => {} }: Options): Promise<Copied[]> {
  const shapes = tableShapes()
  await refuseRows(target, shapes)
  const copied: Copied[] = []
  for (const shape of shapes) copied.push(await copyTable(source, target, shape, wordsOf, onProgress))
  for (const shape of shapes.filter(({ numbered }) => numbered !== undefined)) await copyNumbers(source, target, shape)
  for (const [n, shape] of shapes.entries()) await verify(target, shape, copied[n], onProgress)
  await verifyIndex(target, shapes, copied)
  await blaming('to', () => target.commit())
  return copied
}

/** Runs what one side does: what it throws comes out as a SideError, or as a CopyError. */
export async function blaming<T>(side: Side, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof CopyError ? cause : new SideError(side, cause)
  }
}

async function* batchesOn(side: Side, database: Readable, shape: TableShape): AsyncGenerator<Read[]> {
  const batches = database.batches(shape)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await blaming(side, () => batches.next())
      if (next.done) return
      yield next.value
    }
  } finally {
    await batches.return?.()
  }
}

async function refuseRows(target: Target, shapes: readonly TableShape[]) {
  for (const shape of shapes) {
    const rows = await blaming('to', () => target.count(shape))
    if (rows > 0) throw new CopyError(`--to: its table ${shape.name} has ${rows} ${rows === 1 ? 'row' : 'rows'} already: name an empty database`)
  }
}

async function copyTable(source: Source, target: Target, shape: TableShape, wordsOf: WordsOf, onProgress: (progress: Progress) => void) {
  const sum = checksum()
  const total = await blaming('from', () => source.count(shape))
  const inTurn = oneAhead()
  let done = 0
  for await (const batch of batchesOn('from', source, shape)) {
    for (const { line } of batch) sum.add(line)
    const rows = batch.map(({ row }) => row)
    for (const row of rows) refuseMisfit(target, shape, row)
    const { noun } = shape
    const finding = noun && wordsOfRows(shape, noun, rows, wordsOf)
    finding?.catch(() => {}) // told in its turn
    await inTurn(async () => {
      const words = await finding
      await blaming('to', async () => {
        await target.insert(shape, rows)
        if (words && words.length > 0) await target.index(words)
      })
    })
    done += rows.length
    onProgress({ phase: 'copy', name: shape.name, done, total })
  }
  await inTurn(async () => {})
  return { name: shape.name, ...sum.end() }
}

/** Runs one thing at a time and comes back once the one before has ended: the next batch is read, and its words are looked for, while this one is written. */
function oneAhead() {
  let last: Promise<void> = Promise.resolve()
  return async (work: () => Promise<void>): Promise<void> => {
    await last
    last = work()
    last.catch(() => {}) // told by the next call
  }
}

function refuseMisfit(target: Target, shape: TableShape, row: Row) {
  for (const [n, column] of shape.columns.entries()) {
    const fault = target.fault(column, row[n] ?? null)
    if (fault) throw new CopyError(`--from: ${nameOfRow(shape, row)} does not fit the other database: ${fault}. Correct it there`)
  }
}

/** Throws a CopyError that names a row which cannot be read. */
async function wordsOfRows(shape: TableShape, noun: NounKind, rows: readonly Row[], wordsOf: WordsOf): Promise<Words[]> {
  if (rows.length === 0) return []
  const named = rows.map((row): TextRow => Object.fromEntries(shape.columns.map(({ name }, n) => [name, row[n] ?? null])))
  const found = await wordsOf(noun, named)
  return rows.map((row, n) => {
    const words = found[n] ?? { fault: 'nothing was found' }
    if ('fault' in words) throw new CopyError(`--from: ${nameOfRow(shape, row)} cannot be read: ${words.fault}. Correct it there`)
    return { doc: documentOf(noun, Number(named[n]?.[shape.numbered ?? ''])), ...words }
  })
}

/** A number that a purged row had does not come again on the target either. */
async function copyNumbers(source: Source, target: Target, shape: TableShape) {
  const given = await blaming('from', () => source.lastNumber(shape))
  await blaming('to', async () => {
    const last = Math.max(given, await target.lastNumber(shape))
    if (last > 0) await target.goOnAfter(shape, last)
  })
}

async function verify(target: Target, shape: TableShape, wanted: Copied | undefined, onProgress: (progress: Progress) => void) {
  const sum = checksum()
  let done = 0
  for await (const batch of batchesOn('to', target, shape)) {
    for (const { line } of batch) sum.add(line)
    done += batch.length
    onProgress({ phase: 'verify', name: shape.name, done, total: wanted?.rows ?? done })
  }
  const has = sum.end()
  if (has.rows !== wanted?.rows || has.checksum !== wanted.checksum)
    throw new CopyError(
      `--to: its table ${shape.name} came out with ${has.rows} rows and checksum ${has.checksum}, not ${wanted?.rows} and ${wanted?.checksum}: nothing is stored; please report this`,
    )
}

async function verifyIndex(target: Target, shapes: readonly TableShape[], copied: readonly Copied[]) {
  const wanted = shapes.reduce((sum, { noun }, n) => sum + (noun ? (copied[n]?.rows ?? 0) : 0), 0)
  const has = await blaming('to', () => target.indexed())
  if (has !== wanted) throw new CopyError(`--to: its full text has ${has} entries, not ${wanted}: name a database that nobody has used`)
}
