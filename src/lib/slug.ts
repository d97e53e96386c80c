import { transliterate } from 'transliteration'
import { isUuid } from './id.ts'

/** Longest slug that is made; one that is given may have `maxTitleCharacters`. */
export const maxMadeSlugCharacters = 80

export const slugPattern = '^[a-z0-9]+(?:-[a-z0-9]+)*$'

/** A slug from a title or a name: transliterated to a–z, 0–9 and single hyphens, cut at a word, never of the form of a UUID; `untitled` where nothing is left. */
export function makeSlug(title: string, max: number = maxMadeSlugCharacters): string {
  const words = transliterate(title.normalize('NFC'))
    .toLowerCase()
    .replace(/['’`]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const slug = cutAtWord(words, max) || 'untitled'
  return isUuid(slug) ? `n-${slug}` : slug
}

/** The same slug with a number behind it, still within the limit: the second of two articles of one title. */
export const numberedSlug = (slug: string, n: number): string => `${cutAtWord(slug, maxMadeSlugCharacters - 1 - String(n).length)}-${n}`

function cutAtWord(slug: string, max: number): string {
  if (slug.length <= max) return slug
  const cut = slug.slice(0, max + 1).lastIndexOf('-')
  return slug.slice(0, cut > max / 2 ? cut : max).replace(/-+$/, '')
}
