import type { NounKind } from '../db/tables.ts'

/** A document found: `kind` and `seq` tell which (see `documentOf`); `allWords` whether it has every word that was asked for. */
export type Ranked = { kind: NounKind; seq: number; score: number; allWords: boolean }
