import { isInitial, isWord, type NameToken, nameTokens } from './names.ts'

export type EntityKind = 'person' | 'place'

/** A person or a place and its names; the first is the main one. */
export type NamedEntity = { kind: EntityKind; id: string; names: readonly string[] }

/** An entity that carries a name, and the name as its record spells it. */
export type Carrier = { kind: EntityKind; id: string; name: string; isMainName: boolean }

/** A known name in a text: a range in UTF-16 code units, and everyone and everywhere so called, in the order of kinds and ids. */
export type Found = { start: number; end: number; entities: readonly Carrier[] }

export type Registry = {
  /** Replaces all names of an entity; costs its own names, whatever the registry holds. */
  set(entity: NamedEntity): void
  /** Forgets an entity; of no effect where it is not known. */
  remove(kind: EntityKind, id: string): void
  /** Known names as whole words, leftmost first, the longest at each place, none overlapping; one pass over the text. */
  find(text: string): Found[]
  /** How many entities are known. */
  readonly size: number
}

/** A longer name (words and marks of punctuation together) never matches: it bounds the steps that are taken at each word of a text. */
export const maxNameTokens = 40

type Node = { next: Map<string, Node> | undefined; carriers: Carrier[] | undefined }

/** An empty registry of names: a trie over tokens, whose `find` walks from each word as deep as the text agrees with it. */
export function createRegistry(): Registry {
  const root = newNode()
  const known = new Map<string, NamedEntity>()

  function remove(kind: EntityKind, id: string) {
    const entity = known.get(`${kind} ${id}`)
    if (!entity) return
    known.delete(`${kind} ${id}`)
    for (const name of entity.names) removeName(root, matchable(name), entity)
  }

  function set(entity: NamedEntity) {
    remove(entity.kind, entity.id)
    const names = [...entity.names]
    known.set(`${entity.kind} ${entity.id}`, { kind: entity.kind, id: entity.id, names })
    names.forEach((name, index) => {
      addName(root, matchable(name), { kind: entity.kind, id: entity.id, name, isMainName: index === 0 })
    })
  }

  return {
    set,
    remove,
    find: text => findNames(root, text),
    get size() {
      return known.size
    },
  }
}

const newNode = (): Node => ({ next: undefined, carriers: undefined })

/** The tokens of a name; none where it must not match: an initial alone, marks alone, or too long a name. */
function matchable(name: string): NameToken[] {
  const tokens = nameTokens(name)
  const words = tokens.filter(isWord)
  const [only] = words
  const tooShort = only === undefined || (words.length === 1 && isInitial(only))
  return tooShort || tokens.length > maxNameTokens ? [] : tokens
}

/** False for a name that is never found in a text: an initial alone, marks alone, or too long a name. */
export const canMatch = (name: string): boolean => matchable(name).length > 0

function addName(root: Node, tokens: readonly NameToken[], carrier: Carrier) {
  if (tokens.length === 0) return
  let node = root
  for (const { key } of tokens) {
    node.next ??= new Map()
    const next = node.next.get(key) ?? newNode()
    node.next.set(key, next)
    node = next
  }
  node.carriers ??= []
  if (node.carriers.some(present => isSame(present, carrier))) return
  const place = node.carriers.findIndex(present => `${present.kind} ${present.id}` > `${carrier.kind} ${carrier.id}`)
  // A new array each time, so that what `find` has handed out does not change under its reader.
  node.carriers = place < 0 ? [...node.carriers, carrier] : node.carriers.toSpliced(place, 0, carrier)
}

function removeName(root: Node, tokens: readonly NameToken[], entity: NamedEntity) {
  const path: { parent: Node; key: string; node: Node }[] = []
  let node = root
  for (const { key } of tokens) {
    const next = node.next?.get(key)
    if (!next) return
    path.push({ parent: node, key, node: next })
    node = next
  }
  if (!node.carriers) return
  const left = node.carriers.filter(present => !isSame(present, entity))
  node.carriers = left.length > 0 ? left : undefined
  for (const step of path.reverse()) {
    if (step.node.carriers || step.node.next) return
    step.parent.next?.delete(step.key)
    if (step.parent.next?.size === 0) step.parent.next = undefined
  }
}

const isSame = (a: { kind: EntityKind; id: string }, b: { kind: EntityKind; id: string }) => a.kind === b.kind && a.id === b.id

function findNames(root: Node, text: string): Found[] {
  const found: Found[] = []
  const tokens = nameTokens(text)
  let at = 0
  while (at < tokens.length) {
    const match = longestAt(root, tokens, at)
    const first = tokens[at]
    const last = tokens[at + (match?.count ?? 0) - 1]
    if (match && first && last) found.push({ start: first.start, end: last.end, entities: match.carriers })
    at += match?.count ?? 1
  }
  return found
}

function longestAt(root: Node, tokens: readonly NameToken[], at: number): { count: number; carriers: Carrier[] } | undefined {
  let longest: { count: number; carriers: Carrier[] } | undefined
  let node: Node | undefined = root
  for (let count = 1; node !== undefined; count++) {
    const token: NameToken | undefined = tokens[at + count - 1]
    node = token && node.next?.get(token.key)
    if (node?.carriers && !cutsAcronym(tokens, at, at + count)) longest = { count, carriers: node.carriers }
  }
  return longest
}

/** True where a match would take a part out of a run of initials: `U.S.` is not in `U.S.S.R.`. */
function cutsAcronym(tokens: readonly NameToken[], from: number, to: number): boolean {
  return (
    (isDotOfAcronym(tokens, from - 1) && isGlued(tokens, from) && initialAt(tokens, from)) ||
    (isDotOfAcronym(tokens, to - 1) && isGlued(tokens, to) && initialAt(tokens, to))
  )
}

const initialAt = (tokens: readonly NameToken[], at: number): boolean => {
  const token = tokens[at]
  return token !== undefined && isInitial(token)
}

const isDotOfAcronym = (tokens: readonly NameToken[], at: number): boolean =>
  tokens[at]?.key === '.' && isGlued(tokens, at) && initialAt(tokens, at - 1)

const isGlued = (tokens: readonly NameToken[], at: number): boolean => tokens[at] !== undefined && tokens[at - 1]?.end === tokens[at]?.start
