import { presentSource } from '../nouns/schema.ts'
import type { Place, PlaceSummary } from './schema.ts'
import type { PlaceRow } from './store.ts'

export function presentPlace(row: PlaceRow): Place {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    aliases: row.aliases,
    kind: row.kind,
    containedInId: row.containedInId,
    countryCode: row.countryCode,
    lat: row.lat,
    lng: row.lng,
    bbox: row.bbox,
    timezone: row.timezone,
    population: row.population,
    geonamesId: row.geonamesId,
    wikidataId: row.wikidataId,
    sameAs: row.sameAs,
    source: presentSource(row),
    description: row.description,
    image: row.image,
    articleCount: row.articleCount,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  }
}

export const presentPlaceSummary = (row: Pick<PlaceRow, keyof PlaceSummary>): PlaceSummary => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  kind: row.kind,
  containedInId: row.containedInId,
  countryCode: row.countryCode,
  lat: row.lat,
  lng: row.lng,
})
