// Tables that keep the service running: keys, who did what, and what is still to be done.
import type { Columns } from './columns.ts'

export function defineMachineTables(c: Columns) {
  /** Each change of a name in the registry. Its number tells every process what its memory lacks; a row that is not yet relinked is a job. */
  const nameChanges = c.table(
    'name_changes',
    {
      number: c.seq(),
      kind: c.choice(['person', 'place']).notNull(),
      entityId: c.text().notNull(),
      /** Names that came or went: articles whose text has one are linked anew. */
      names: c.json<string[]>().notNull(),
      at: c.instant().notNull(),
      relinkedAt: c.instant(),
    },
    t => [c.index('name_changes_open').on(t.relinkedAt, t.number)],
  )

  /** Languages that the full text index holds, as stems differ from one to the next. */
  const searchLanguages = c.table('search_languages', { language: c.text().primaryKey() })

  /** Words that texts and names had when they were indexed, folded and unstemmed: what a misspelt one may have been meant for. Rows are added and never change. */
  const searchWords = c.table('search_words', { word: c.text().primaryKey() })

  const keys = c.table('keys', {
    id: c.text().primaryKey(),
    name: c.text().notNull(),
    hash: c.text().notNull(),
    scopes: c.json<string[]>().notNull(),
    createdAt: c.instant().notNull(),
    expiresAt: c.instant(),
    revokedAt: c.instant(),
    lastUsedAt: c.instant(),
  })

  /** Who did what to which when. Rows are added and never changed. */
  const audit = c.table(
    'audit',
    {
      number: c.seq(),
      at: c.instant().notNull(),
      /** Id of the key; null for the machine's own admin key, and for the machine itself. */
      keyId: c.text(),
      /** The request; null for what the machine did by itself. */
      requestId: c.text(),
      /** Name of the operation, as the OpenAPI document has it. */
      action: c.text().notNull(),
      kind: c.text().notNull(),
      entityId: c.text().notNull(),
      /** What is needed to understand it, or to undo it; never a secret. */
      details: c.json<Record<string, unknown>>(),
    },
    t => [c.index('audit_entity').on(t.entityId, t.number), c.index('audit_key').on(t.keyId, t.number), c.index('audit_at').on(t.at, t.number)],
  )

  /** Answers to writes that may be repeated (Idempotency-Key), kept for a day in the transaction of the write. */
  const replays = c.table(
    'replays',
    {
      /** Id of the caller's key; `admin` for the admin key of the environment. */
      caller: c.text().notNull(),
      key: c.text().notNull(),
      /** SHA-256 of what was asked: another request may not use the same key. */
      fingerprint: c.text().notNull(),
      at: c.instant().notNull(),
      status: c.int().notNull(),
      version: c.int().notNull(),
      headers: c.json<Record<string, string>>().notNull(),
      body: c.text(),
    },
    t => [c.primaryKey({ name: 'replays_pk', columns: [t.caller, t.key] }), c.index('replays_at').on(t.at)],
  )

  /** What names and titles can be begun with, a row for each word that one may have begun with; `suggest/parts.ts` says what the columns hold. */
  const suggestions = c.table(
    'suggestions',
    {
      kind: c.choice(['article', 'person', 'place']).notNull(),
      seq: c.int().notNull(),
      position: c.int().notNull(),
      key: c.text().notNull(),
      rank: c.float().notNull(),
      head1: c.text(),
      head2: c.text(),
      head3: c.text().notNull(),
    },
    t => [
      c.primaryKey({ name: 'suggestions_pk', columns: [t.kind, t.seq, t.position] }),
      c.index('suggestions_key').on(t.key, t.kind, t.rank, t.seq),
      c.index('suggestions_head1').on(t.kind, t.head1, t.rank, t.seq),
      c.index('suggestions_head2').on(t.kind, t.head2, t.rank, t.seq),
      c.index('suggestions_head3').on(t.kind, t.head3, t.rank, t.seq, t.key),
    ],
  )

  /** People and places that were merged into another: their ids and natural keys lead there for ever. */
  const merges = c.table(
    'merges',
    {
      id: c.text().primaryKey(),
      kind: c.choice(['person', 'place']).notNull(),
      intoId: c.text().notNull(),
      sourceName: c.text(),
      sourceExternalId: c.text(),
      at: c.instant().notNull(),
    },
    t => [c.index('merges_into').on(t.intoId), c.uniqueIndex('merges_source').on(t.kind, t.sourceName, t.sourceExternalId)],
  )

  /** Words that mean the same to a search. */
  const synonyms = c.table('synonyms', {
    id: c.text().primaryKey(),
    /** Null where all terms mean the same; else only who searches this finds the terms, too. */
    fromTerm: c.text(),
    terms: c.json<string[]>().notNull(),
    createdAt: c.instant().notNull(),
    updatedAt: c.instant().notNull(),
    version: c.int().notNull(),
  })

  /** By what a search knows names of people and places that are not in the trash, and terms of synonyms: `key` is `phraseKey` of it. */
  const knownPhrases = c.table(
    'known_phrases',
    { key: c.text().notNull(), kind: c.choice(['person', 'place', 'synonym']).notNull(), entityId: c.text().notNull() },
    t => [c.primaryKey({ name: 'known_phrases_pk', columns: [t.key, t.kind, t.entityId] }), c.index('known_phrases_entity').on(t.entityId)],
  )

  return { nameChanges, searchLanguages, searchWords, keys, audit, replays, suggestions, merges, synonyms, knownPhrases }
}
