// Many rows in few statements: a round trip each is what a write to a server waits for.
const sizes = [32, 8, 1] as const

/** Cuts rows into batches of a few sizes, so that a statement for each size is prepared once and serves them all. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  const batches: T[][] = []
  let from = 0
  for (const size of sizes) for (; rows.length - from >= size; from += size) batches.push(rows.slice(from, from + size))
  return batches
}

/** Name of a column's value in the nth row of a batch. */
export const nthName = (name: string, n: number): string => `${name}.${n}`

/** Values of a batch by those names. */
export const nthValues = (rows: readonly Record<string, unknown>[]): Record<string, unknown> =>
  Object.fromEntries(rows.flatMap((row, n) => Object.entries(row).map(([name, value]) => [nthName(name, n), value])))
