// Every table, once, for every database. Full text and bounding boxes stand in the migrations alone: no two databases spell them alike.
import type { Columns } from './columns.ts'
import { defineMachineTables } from './machine-tables.ts'

export const nounKinds = ['article', 'person', 'place'] as const
export type NounKind = (typeof nounKinds)[number]
export type EntityKind = 'person' | 'place'
/** What an article is filed under: everyone and everywhere it is about, its authors and dateline, its tags, section, language and source. */
export const linkRoles = ['person', 'place', 'about', 'author', 'dateline', 'tag', 'section', 'language', 'source'] as const
export type LinkRole = (typeof linkRoles)[number]
export const statuses = ['draft', 'scheduled', 'published', 'archived'] as const
export type Status = (typeof statuses)[number]
export const placeKinds = ['country', 'region', 'city', 'venue', 'facility', 'water', 'other'] as const
export type PlaceKind = (typeof placeKinds)[number]

/** A block as the column holds it; `articles/blocks.ts` says what each type has. */
export type StoredBlock = { id: string; type: string }
export type StoredImage = {
  url: string
  alt: string | null
  caption: string | null
  credit: string | null
  width: number | null
  height: number | null
}
export type StoredCorrection = { id: string; at: string; kind: 'correction' | 'clarification' | 'retraction'; text: string }

export function defineTables(c: Columns) {
  const noun = {
    seq: c.seq(),
    id: c.text().notNull().unique(),
    slug: c.text().notNull().unique(),
    /** Natural key: (source, external id) is unique a noun; nulls are not compared. */
    sourceName: c.text(),
    sourceUrl: c.text(),
    sourceExternalId: c.text(),
    createdAt: c.instant().notNull(),
    updatedAt: c.instant().notNull(),
    version: c.int().notNull(),
    trashedAt: c.instant(),
  }
  const named = {
    ...noun,
    name: c.text().notNull(),
    /** The folded name, 200 characters: what lists sort by. */
    sortKey: c.text().notNull(),
    aliases: c.json<string[]>().notNull(),
    description: c.text(),
    countryCode: c.text(),
    image: c.json<StoredImage>(),
    wikidataId: c.text(),
    sameAs: c.json<string[]>().notNull(),
    /** Published, untrashed articles that are about it. */
    articleCount: c.int().notNull().default(0),
  }

  const articles = c.table(
    'articles',
    {
      ...noun,
      status: c.choice(statuses).notNull(),
      title: c.text().notNull(),
      sortKey: c.text().notNull(),
      summary: c.text(),
      language: c.text().notNull(),
      section: c.text(),
      tags: c.json<string[]>().notNull(),
      byline: c.text(),
      wordCount: c.int().notNull(),
      image: c.json<StoredImage>(),
      rights: c.text(),
      /** As shown: without those in the trash. The whole truth stands in article_links. */
      authorIds: c.json<string[]>().notNull(),
      aboutIds: c.json<string[]>().notNull(),
      personIds: c.json<string[]>().notNull(),
      placeIds: c.json<string[]>().notNull(),
      datelinePlaceId: c.text(),
      corrections: c.json<StoredCorrection[]>().notNull(),
      publishedAt: c.instant(),
      /** publishedAt with '' for null, so that nulls come last in descending order. */
      publishedKey: c.text().notNull(),
      /** publishedAt with '~' for null, so that nulls come last in ascending order. */
      publishedAscKey: c.text().notNull(),
      publishAt: c.instant(),
      unpublishAt: c.instant(),
      /** Published and not in the trash: the one predicate that public reads use, kept by `articles/publish.ts`. */
      visible: c.bool().notNull(),
      /** The number of the last change of a name that this article was linked with. */
      linkedWith: c.int().notNull(),
      /** Last, as it is long: a list that does not read it does not walk its pages. */
      body: c.json<StoredBlock[]>().notNull(),
    },
    t => [
      c.uniqueIndex('articles_source').on(t.sourceName, t.sourceExternalId),
      c.index('articles_visible_published').on(t.visible, t.publishedKey, t.id),
      c.index('articles_visible_updated').on(t.visible, t.updatedAt, t.id),
      c.index('articles_visible_title').on(t.visible, t.sortKey, t.id),
      c.index('articles_status_published').on(t.status, t.publishedKey, t.id),
      c.index('articles_published').on(t.publishedKey, t.id),
      c.index('articles_updated').on(t.updatedAt, t.id),
      c.index('articles_title').on(t.sortKey, t.id),
      c.index('articles_trash').on(t.trashedAt, t.id),
      c.index('articles_publish_at').on(t.publishAt, t.id),
      c.index('articles_unpublish_at').on(t.unpublishAt, t.id),
      /** All that ranking needs to know of a hit, without a look at its long row. */
      c.index('articles_rank').on(t.seq, t.visible, t.publishedKey, t.trashedAt),
    ],
  )

  const people = c.table(
    'people',
    { ...named, givenName: c.text(), familyName: c.text(), bio: c.text(), birthDate: c.text(), deathDate: c.text() },
    t => [
      c.uniqueIndex('people_source').on(t.sourceName, t.sourceExternalId),
      c.index('people_name').on(t.sortKey, t.id),
      c.index('people_updated').on(t.updatedAt, t.id),
      c.index('people_count').on(t.articleCount, t.id),
      c.index('people_country').on(t.countryCode, t.sortKey, t.id),
      c.index('people_source_name').on(t.sourceName, t.sortKey, t.id),
      c.index('people_wikidata').on(t.wikidataId, t.sortKey, t.id),
      c.index('people_trash').on(t.trashedAt, t.id),
    ],
  )

  const places = c.table(
    'places',
    {
      ...named,
      kind: c.choice(placeKinds).notNull(),
      /** As shown: null while the container is in the trash. */
      containedInId: c.text(),
      containerId: c.text(),
      lat: c.float(),
      lng: c.float(),
      bbox: c.json<[number, number, number, number]>(),
      timezone: c.text(),
      population: c.int(),
      /** population with -1 for null: nulls last in descending order. */
      populationKey: c.int().notNull(),
      /** population with 2,147,483,647 for null: nulls last in ascending order. */
      populationAscKey: c.int().notNull(),
      geonamesId: c.int(),
    },
    t => [
      c.uniqueIndex('places_source').on(t.sourceName, t.sourceExternalId),
      c.index('places_name').on(t.sortKey, t.id),
      c.index('places_updated').on(t.updatedAt, t.id),
      c.index('places_count').on(t.articleCount, t.id),
      c.index('places_population').on(t.populationKey, t.id),
      c.index('places_population_asc').on(t.populationAscKey, t.id),
      c.index('places_kind').on(t.kind, t.sortKey, t.id),
      c.index('places_country').on(t.countryCode, t.sortKey, t.id),
      c.index('places_contained').on(t.containedInId, t.sortKey, t.id),
      c.index('places_container').on(t.containerId),
      c.index('places_source_name').on(t.sourceName, t.sortKey, t.id),
      c.index('places_wikidata').on(t.wikidataId, t.sortKey, t.id),
      c.index('places_geonames').on(t.geonamesId, t.sortKey, t.id),
      c.index('places_trash').on(t.trashedAt, t.id),
    ],
  )

  /** One row for each thing an article is filed under: every filter of a list of articles walks or probes this table. */
  const articleLinks = c.table(
    'article_links',
    {
      articleId: c
        .text()
        .notNull()
        .references(() => articles.id, { onDelete: 'cascade' }),
      role: c.choice(linkRoles).notNull(),
      /** An entity's id, or the tag, section, language or source itself. */
      value: c.text().notNull(),
      position: c.int().notNull(),
      visible: c.bool().notNull(),
      publishedKey: c.text().notNull(),
    },
    t => [
      c.primaryKey({ name: 'article_links_pk', columns: [t.articleId, t.role, t.value] }),
      c.index('article_links_visible').on(t.role, t.value, t.visible, t.publishedKey, t.articleId),
      c.index('article_links_all').on(t.role, t.value, t.publishedKey, t.articleId),
    ],
  )

  const mentions = c.table(
    'mentions',
    {
      id: c.text().primaryKey(),
      articleId: c
        .text()
        .notNull()
        .references(() => articles.id, { onDelete: 'cascade' }),
      /** Reading order in the article. */
      position: c.int().notNull(),
      kind: c.choice(['person', 'place']).notNull(),
      entityId: c.text().notNull(),
      blockId: c.text().notNull(),
      item: c.int(),
      start: c.int().notNull(),
      end: c.int().notNull(),
      surface: c.text().notNull(),
      confidence: c.float().notNull(),
      origin: c.choice(['machine', 'editor', 'import']).notNull(),
      state: c.choice(['linked', 'rejected']).notNull(),
    },
    t => [c.index('mentions_article').on(t.articleId, t.position, t.id), c.index('mentions_entity').on(t.entityId, t.articleId)],
  )

  /** Present and former slugs: they stay with their resource until it is purged. */
  const slugs = c.table(
    'slugs',
    { kind: c.choice(['article', 'person', 'place']).notNull(), slug: c.text().notNull(), entityId: c.text().notNull(), current: c.bool().notNull() },
    t => [c.primaryKey({ name: 'slugs_pk', columns: [t.kind, t.slug] }), c.index('slugs_entity').on(t.entityId)],
  )

  /** Every saved state of every noun; the number of a revision is the version it made. */
  const revisions = c.table(
    'revisions',
    {
      kind: c.choice(['article', 'person', 'place']).notNull(),
      entityId: c.text().notNull(),
      version: c.int().notNull(),
      at: c.instant().notNull(),
      /** Id of the key that wrote it; null for the machine's own admin key. */
      keyId: c.text(),
      requestId: c.text(),
      /** Names of the fields that this version changed. */
      changed: c.json<string[]>().notNull(),
      state: c.json<Record<string, unknown>>().notNull(),
    },
    t => [c.primaryKey({ name: 'revisions_pk', columns: [t.kind, t.entityId, t.version] })],
  )

  return { articles, people, places, articleLinks, mentions, slugs, revisions, ...defineMachineTables(c) }
}
export type Tables = ReturnType<typeof defineTables>
