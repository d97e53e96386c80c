import { presentSource } from '../nouns/schema.ts'
import type { Person, PersonSummary } from './schema.ts'
import type { PersonRow } from './store.ts'

export function presentPerson(row: PersonRow): Person {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    aliases: row.aliases,
    givenName: row.givenName,
    familyName: row.familyName,
    description: row.description,
    bio: row.bio,
    birthDate: row.birthDate,
    deathDate: row.deathDate,
    countryCode: row.countryCode,
    image: row.image,
    wikidataId: row.wikidataId,
    sameAs: row.sameAs,
    source: presentSource(row),
    articleCount: row.articleCount,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  }
}

export const presentPersonSummary = (row: Pick<PersonRow, 'id' | 'slug' | 'name' | 'description' | 'image'>): PersonSummary => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  image: row.image,
})
