// What is shown of people, places and articles that are suggested, by their numbers: a query a kind.
import { and, eq, isNull } from 'drizzle-orm'
import { inPaddedNumbers, padded } from '../db/conditions.ts'
import type { Db } from '../db/store.ts'
import type { NounKind, Tables } from '../db/tables.ts'

type Row<Name extends 'articles' | 'people' | 'places', Columns extends string> = Pick<
  Tables[Name]['$inferSelect'],
  Columns & keyof Tables[Name]['$inferSelect']
>
type Named = 'seq' | 'id' | 'slug' | 'name' | 'aliases' | 'description' | 'articleCount' | 'sortKey'
export type SuggestedPerson = { kind: 'person' } & Row<'people', Named>
export type SuggestedPlace = { kind: 'place' } & Row<'places', Named | 'countryCode'> & { placeKind: Tables['places']['$inferSelect']['kind'] }
export type SuggestedArticle = { kind: 'article' } & Row<'articles', 'seq' | 'id' | 'slug' | 'title' | 'publishedAt' | 'sortKey'>
export type Thing = SuggestedPerson | SuggestedPlace | SuggestedArticle

type Found = { kind: NounKind; seq: number }

/** People and places out of the trash, and articles that everybody sees. */
export async function thingsOf(db: Db, found: readonly Found[]): Promise<Thing[]> {
  const seqs = (kind: NounKind) => padded(found.filter(one => one.kind === kind).map(({ seq }) => String(seq)))
  const of = { person: seqs('person'), place: seqs('place'), article: seqs('article') }
  const has = (kind: NounKind) => found.some(one => one.kind === kind)
  return [
    ...(has('person') ? await peopleOf(db, of.person.size, of.person.values) : []),
    ...(has('place') ? await placesOf(db, of.place.size, of.place.values) : []),
    ...(has('article') ? await articlesOf(db, of.article.size, of.article.values) : []),
  ]
}

/** What is read of people and places alike. */
const namedColumns = ({ seq, id, slug, name, aliases, description, articleCount, sortKey }: Tables['people'] | Tables['places']) => ({
  seq,
  id,
  slug,
  name,
  aliases,
  description,
  articleCount,
  sortKey,
})

async function peopleOf(db: Db, size: number, values: Record<string, string>): Promise<SuggestedPerson[]> {
  const { people: p } = db.tables
  const query = db.prepared(`suggested people ${size}`, q =>
    q
      .select(namedColumns(p))
      .from(p)
      .where(and(inPaddedNumbers(p.seq, size), isNull(p.trashedAt))),
  )
  return (await query.execute(values)).map(row => ({ kind: 'person', ...row }))
}

async function placesOf(db: Db, size: number, values: Record<string, string>): Promise<SuggestedPlace[]> {
  const { places: p } = db.tables
  const query = db.prepared(`suggested places ${size}`, q =>
    q
      .select({ ...namedColumns(p), placeKind: p.kind, countryCode: p.countryCode })
      .from(p)
      .where(and(inPaddedNumbers(p.seq, size), isNull(p.trashedAt))),
  )
  return (await query.execute(values)).map(row => ({ kind: 'place', ...row }))
}

async function articlesOf(db: Db, size: number, values: Record<string, string>): Promise<SuggestedArticle[]> {
  const { articles: a } = db.tables
  const query = db.prepared(`suggested articles ${size}`, q =>
    q
      .select({ seq: a.seq, id: a.id, slug: a.slug, title: a.title, publishedAt: a.publishedAt, sortKey: a.sortKey })
      .from(a)
      .where(and(inPaddedNumbers(a.seq, size), eq(a.visible, true))),
  )
  return (await query.execute(values)).map(row => ({ kind: 'article', ...row }))
}
