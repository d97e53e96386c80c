import type { Spot } from '../articles/block-ids.ts'
import { nameTokens } from './names.ts'
import type { Carrier, EntityKind, Registry } from './registry.ts'

/** A mention before it is stored, without `id` where it is new. `start` and `end` count UTF-16 code units, `surface` is the text between them. */
export type Draft = {
  kind: EntityKind
  entityId: string
  blockId: string
  item: number | null
  start: number
  end: number
  surface: string
  confidence: number
  origin: 'machine' | 'editor' | 'import'
  state: 'linked' | 'rejected'
  id?: string
}

/** A mention that the article has at present. */
export type Kept = Draft & { id: string }

/** How sure a link is, in hundredths, so that subtracting leaves no binary dust. */
const confidenceOf = { mainName: 95, longAlias: 90, oneWordAlias: 80 } as const
const contextPenalty = 10

type Range = { start: number; end: number }

/** A known name in a spot that nobody's word forbids; `contested` where several entities carry it. */
type Reading = { spot: Spot; start: number; end: number; carriers: readonly Carrier[]; contested: boolean }

/**
 * The mentions of an article in reading order: what people said (editors, imports, rejections) where its text still stands, and the registry's
 * names elsewhere. A name of several entities goes to the one in `aboutIds`, else to the one that the article names without doubt, else to none.
 */
export function linkMentions({
  spots,
  registry,
  aboutIds,
  kept,
}: {
  spots: readonly Spot[]
  registry: Registry
  aboutIds: readonly string[]
  kept: readonly Kept[]
}): Draft[] {
  const said = survivors(spots, kept)
  const allSaid = [...said.values()].flat()
  const readings = spots.flatMap(spot => readSpot(spot, registry, said.get(spot) ?? []))
  const certain = readings.flatMap(({ carriers, contested }) => (contested ? [] : carriers))
  const named = new Set([...allSaid.filter(isLinked).map(mention => mention.entityId), ...certain.map(carrier => carrier.id)])
  const about = new Set(aboutIds)
  const ids = new Map(kept.filter(isMachines).map(mention => [placeOf(mention), mention.id]))
  const machine = readings.flatMap(reading => {
    const carrier = settle(reading.carriers, about, named)
    return carrier ? [draft(reading, carrier, ids)] : []
  })
  return inReadingOrder(spots, [...allSaid, ...machine])
}

const isLinked = (mention: Draft) => mention.state === 'linked'
const isMachines = (mention: Draft) => mention.origin === 'machine' && mention.state === 'linked'
const spotKey = ({ blockId, item }: { blockId: string; item: number | null }) => `${blockId} ${item}`
const placeOf = (mention: Draft) => `${spotKey(mention)} ${mention.start} ${mention.end} ${mention.kind} ${mention.entityId}`
const compare = (a: string, b: string) => Number(a > b) - Number(a < b)
const byPlace = (a: Range, b: Range) => a.start - b.start || a.end - b.end

function readSpot(spot: Spot, registry: Registry, said: readonly Draft[]): Reading[] {
  const touching = sweep(said)
  return registry.find(spot.text).flatMap(({ start, end, entities }) => {
    const words = touching(start, end)
    if (words.some(isLinked)) return []
    const carriers = entities.filter(carrier => !words.some(word => word.kind === carrier.kind && word.entityId === carrier.id))
    return [{ spot, start, end, carriers, contested: entities.length > 1 }]
  })
}

function settle(carriers: readonly Carrier[], about: ReadonlySet<string>, named: ReadonlySet<string>): Carrier | undefined {
  if (carriers.length < 2) return carriers[0]
  const meant = carriers.filter(carrier => about.has(carrier.id))
  const narrowed = meant.length > 0 ? meant : carriers
  const likely = narrowed.length > 1 ? narrowed.filter(carrier => named.has(carrier.id)) : narrowed
  return likely.length === 1 ? likely[0] : undefined
}

function draft({ spot, start, end, contested }: Reading, carrier: Carrier, ids: ReadonlyMap<string, string>): Draft {
  const sure = carrier.isMainName ? confidenceOf.mainName : /\S\s+\S/.test(carrier.name) ? confidenceOf.longAlias : confidenceOf.oneWordAlias
  const mention: Draft = {
    kind: carrier.kind,
    entityId: carrier.id,
    blockId: spot.blockId,
    item: spot.item,
    start,
    end,
    surface: spot.text.slice(start, end),
    confidence: (sure - (contested ? contextPenalty : 0)) / 100,
    origin: 'machine',
    state: 'linked',
  }
  const id = ids.get(placeOf(mention))
  return id === undefined ? mention : { ...mention, id }
}

function inReadingOrder(spots: readonly Spot[], mentions: readonly Draft[]): Draft[] {
  const bySpot = grouped(mentions, spotKey)
  const inOrder = (a: Draft, b: Draft) => byPlace(a, b) || compare(a.state, b.state) || compare(a.entityId, b.entityId)
  return spots.flatMap(spot => bySpot.get(spotKey(spot))?.sort(inOrder) ?? [])
}

/** What people said about each spot, at the offsets where it stands now, in the order of places; linked ones do not overlap, an editor's wins. */
function survivors(spots: readonly Spot[], kept: readonly Kept[]): Map<Spot, Kept[]> {
  const bySpot = grouped(
    kept.filter(mention => !isMachines(mention) && mention.surface !== ''),
    spotKey,
  )
  return new Map(
    spots.flatMap(spot => {
      const here = bySpot.get(spotKey(spot))
      return here ? [[spot, withoutOverlaps(standingIn(spot.text, here))]] : []
    }),
  )
}

function standingIn(text: string, mentions: readonly Kept[]): Kept[] {
  const stands = (mention: Kept) => text.slice(mention.start, mention.end) === mention.surface
  const standing = mentions.filter(stands).sort(byPlace)
  const moved = grouped(
    mentions.filter(mention => !stands(mention)),
    mention => mention.surface,
  )
  const found = [...moved].flatMap(([surface, group]) => {
    const stretches = [...grouped(group.sort(byPlace), mention => mention.start)]
    const moves = new Map(
      pairNearest(
        stretches.map(([start]) => start),
        occurrences(text, surface, standing),
      ),
    )
    return stretches.flatMap(([, group], index) => {
      const start = moves.get(index)
      return start === undefined ? [] : group.map(mention => ({ ...mention, start, end: start + surface.length }))
    })
  })
  return [...standing, ...found]
}

function grouped<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group) group.push(value)
    else groups.set(keyOf(value), [value])
  }
  return groups
}

/** Where a surface stands outside the ranges that are taken: as whole words if it does so anywhere, else inside longer words. */
function occurrences(text: string, surface: string, taken: readonly Range[]): number[] {
  const touching = sweep(taken)
  const free: number[] = []
  for (let at = text.indexOf(surface); at >= 0; at = text.indexOf(surface, at + surface.length)) {
    if (touching(at, at + surface.length).length === 0) free.push(at)
  }
  const insideWord = sweep(nameTokens(text))
  const whole = free.filter(start =>
    insideWord(start, start + surface.length).every(token => token.start >= start && token.end <= start + surface.length),
  )
  return whole.length > 0 ? whole : free
}

/**
 * Pairs the index of each old offset with a new one, the nearest that leaves room for those behind it, so that two mentions of one name keep their order.
 * Where there are fewer new offsets than old ones, each new one takes the nearest old one.
 */
function pairNearest(from: readonly number[], to: readonly number[]): [index: number, offset: number][] {
  const [few, many] = from.length <= to.length ? [from, to] : [to, from]
  let next = 0
  return few.map((offset, index) => {
    const last = many.length - (few.length - index)
    while (next < last && distance(many, next + 1, offset) < distance(many, next, offset)) next++
    const chosen = next++
    return few === from ? [index, Number(to[chosen])] : [chosen, offset]
  })
}

const distance = (offsets: readonly number[], index: number, offset: number) => Math.abs(Number(offsets[index]) - offset)

function withoutOverlaps(mentions: readonly Kept[]): Kept[] {
  const linked = mentions.filter(isLinked)
  const editors = apart(linked.filter(mention => mention.origin === 'editor'))
  const touching = sweep(editors)
  const imports = apart(linked.filter(mention => mention.origin !== 'editor').toSorted(byPlace)).filter(
    ({ start, end }) => touching(start, end).length === 0,
  )
  return [...editors, ...imports, ...mentions.filter(mention => !isLinked(mention))].sort(byPlace)
}

function apart(mentions: readonly Kept[]): Kept[] {
  let end = 0
  return mentions.toSorted(byPlace).filter(mention => {
    const free = mention.start >= end
    if (free) end = mention.end
    return free
  })
}

/** Answers which of the ranges, sorted by place, overlap a range. Asked from left to right, so that all answers together take one pass. */
function sweep<R extends Range>(ranges: readonly R[]): (start: number, end: number) => R[] {
  let first = 0
  return (start, end) => {
    while ((ranges[first]?.end ?? Number.POSITIVE_INFINITY) <= start) first++
    const found: R[] = []
    for (let at = first; (ranges[at]?.start ?? Number.POSITIVE_INFINITY) < end; at++) {
      const range = ranges[at]
      if (range && range.end > start) found.push(range)
    }
    return found
  }
}
