/** Thrown where a key is a former slug: the same address with the present one is the answer (308). */
export class Moved extends Error {
  readonly slug: string
  constructor(slug: string) {
    super(`moved to ${slug}`)
    this.slug = slug
  }
}
