import { spots } from '../articles/block-ids.ts'
import { splitsPair } from '../articles/block-marks.ts'
import { relinkArticle } from '../articles/file.ts'
import { linksOf } from '../articles/links.ts'
import type { ArticleRow } from '../articles/store.ts'
import type { WriteDb } from '../db/store.ts'
import { conflict, type Issue, invalid } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { Writer } from '../nouns/writer.ts'
import { referenceKinds, resolveAll } from '../references/store.ts'
import type { Draft } from './link.ts'
import type { MentionCreate, MentionUpdate } from './schema.ts'
import { type MentionRow, mentionsOfArticle, needMention, writeMentions } from './store.ts'

/** An editor is sure. */
const editorsConfidence = 1

/** Adds an editor's mention; 400 where the characters are not there or answer to nobody, 409 where another editor's link stands on them. */
export async function addMention(db: WriteDb, article: ArticleRow, input: MentionCreate, writer: Writer): Promise<MentionRow> {
  const { entities, issues } = await resolveAll(db, input.kind ? [input.kind] : referenceKinds.entityId, [input.entityId], () => '/entityId')
  const found = surfaceOf(article, input)
  const [entity] = entities
  if (!entity || issues.length > 0 || 'issues' in found) throw invalid(...issues, ...('issues' in found ? found.issues : []))
  const before = await mentionsOfArticle(db, article.id)
  const { blockId, item, start, end } = input
  const mine: Draft & { id: string } = {
    id: newId(),
    kind: entity.kind,
    entityId: entity.id,
    blockId,
    item,
    start,
    end,
    surface: found.surface,
    confidence: editorsConfidence,
    origin: 'editor',
    state: 'linked',
  }
  const revoked = (other: MentionRow) => other.state === 'rejected' && other.entityId === entity.id && isOn(other, input)
  const others = await withRoomFor(
    db,
    article.id,
    before.filter(other => !revoked(other)),
    mine,
  )
  await writeMentions(db, article.id, before, [...others, mine])
  await relinkArticle(db, article, writer.names)
  return needMention(db, article.id, mine.id, true)
}

/** Rejects or links a mention: an editor's word from then on. */
export async function judgeMention(
  db: WriteDb,
  article: ArticleRow,
  before: MentionRow,
  { state }: MentionUpdate,
  writer: Writer,
): Promise<MentionRow> {
  if (state === undefined || (state === before.state && before.origin === 'editor')) return before
  const all = await mentionsOfArticle(db, article.id)
  const judged: Draft = { ...before, state, origin: 'editor', confidence: editorsConfidence }
  const others = all.filter(other => other.id !== before.id)
  await writeMentions(db, article.id, all, [...(state === 'linked' ? await withRoomFor(db, article.id, others, judged) : others), judged])
  await relinkArticle(db, article, writer.names)
  return needMention(db, article.id, before.id, true)
}

type Range = { blockId: string; item: number | null; start: number; end: number }
const isOn = (a: Range, b: Range) => a.blockId === b.blockId && a.item === b.item && a.start < b.end && b.start < a.end

/** The others that stay beside a link of an editor; 409 where another editor's stands on its characters, but one to the trash gives way, as nobody can see it to reject it. */
async function withRoomFor(db: WriteDb, articleId: string, others: readonly MentionRow[], mine: Draft): Promise<MentionRow[]> {
  const inTheWay = others.filter(other => other.origin === 'editor' && other.state === 'linked' && isOn(other, mine))
  if (inTheWay.length === 0) return [...others]
  const hidden = new Set((await linksOf(db, articleId)).filter(link => link.hidden).map(link => link.value))
  const shown = inTheWay.find(other => !hidden.has(other.entityId))
  if (shown)
    throw conflict({
      pointer: '/start',
      code: 'mention_overlaps',
      detail: `an editor's mention stands on these characters already: ${shown.id}${shown.entityId === mine.entityId ? ', of the same' : ''}; reject it first`,
    })
  return others.filter(other => !inTheWay.includes(other))
}

/** The characters that are meant, or why they are not there. */
function surfaceOf(article: ArticleRow, input: MentionCreate): { surface: string } | { issues: Issue[] } {
  const here = spots(article.body).filter(spot => spot.blockId === input.blockId)
  const spot = here.find(candidate => candidate.item === input.item)
  if (here.length === 0) return { issues: [{ pointer: '/blockId', code: 'unknown_block', detail: 'is no block with text in this article' }] }
  if (!spot)
    return {
      issues: [
        {
          pointer: '/item',
          code: 'unknown_item',
          detail: here[0]?.item === null ? 'must be null: the block is no list' : `must be the number of an item, 0 to ${here.length - 1}`,
        },
      ],
    }
  const { text } = spot
  if (input.start >= input.end || input.end > text.length)
    return {
      issues: [
        {
          pointer: '/end',
          code: 'mention_out_of_range',
          detail: `start and end must hold 0 <= start < end <= ${text.length}, the length of the text in UTF-16 code units`,
        },
      ],
    }
  if (splitsPair(text, input.start) || splitsPair(text, input.end))
    return { issues: [{ pointer: '/start', code: 'mention_splits_character', detail: 'start and end may not stand inside a surrogate pair' }] }
  const surface = text.slice(input.start, input.end)
  if (input.surface !== undefined && input.surface !== surface)
    return {
      issues: [{ pointer: '/surface', code: 'surface_mismatch', detail: `is not what stands there: ${JSON.stringify(surface.slice(0, 200))}` }],
    }
  return { surface }
}
