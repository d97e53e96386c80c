// `by-source/{source}/{externalId}` is one more spelling of `{key}`: below, a key is one part of the path.
// No source has a slash in its name: an address that escapes one there leads nowhere.
const natural = /^(\/v1\/(?:articles|people|places)\/)by-source\/((?:(?!%2f)[^/?#])+)\/([^/?#]+)(?=[/?#]|$)/i

/** The address as routes know it: the natural key in one part, its slashes escaped. */
export const inOnePart = (url: string): string =>
  url.replace(natural, (_whole, noun: string, source: string, externalId: string) => `${noun}by-source%2F${source}%2F${externalId}`)

/** A key of the form `by-source/{source}/{externalId}` taken apart; undefined for an id or a slug. */
export function naturalKey(key: string): { name: string; externalId: string } | undefined {
  const [, name, externalId] = /^by-source\/([^/]+)\/(.+)$/s.exec(key) ?? []
  return name === undefined || externalId === undefined ? undefined : { name, externalId }
}
