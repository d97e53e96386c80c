// What an article has beside its row: mentions in its text, and what it is filed under and shows.
import { spots } from '../articles/block-ids.ts'
import { subjects, wordLinks } from '../articles/file.ts'
import { entityRoles, shownOf } from '../articles/links.ts'
import type { ArticleRow } from '../articles/store.ts'
import { columnsOf, stateOf } from '../articles/write.ts'
import type { LinkRole, Tables } from '../db/tables.ts'
import type { MentionRow } from '../mentions/store.ts'
import { suggestedOfArticle } from '../suggest/write.ts'
import { type Checked, checkNouns, noting } from './nouns.ts'
import type { Report } from './report.ts'
import { type Known, knownAmong, linksOfArticles, mentionsOfArticles, type Reading } from './store.ts'
import { checkSuggestions } from './suggestions.ts'

type LinkRow = Tables['articleLinks']['$inferSelect']
type Entities = ReadonlyMap<string, Known>

/** Some articles, with all that hangs on them. */
export async function checkArticles(reading: Reading, rows: readonly ArticleRow[], report: Report): Promise<void> {
  const ids = rows.map(({ id }) => id)
  const mentions = await mentionsOfArticles(reading, ids)
  const links = await linksOfArticles(reading, ids)
  const named = [
    ...[...links.values()]
      .flat()
      .filter(isOfEntity)
      .map(({ value }) => value),
    ...[...mentions.values()].flat().map(m => m.entityId),
  ]
  const entities = await knownAmong(reading, [...new Set(named)])
  for (const row of rows) {
    const mine = { mentions: mentions.get(row.id) ?? [], links: links.get(row.id) ?? [] }
    checkMentions(row, mine.mentions, entities, report)
    checkLinks(row, mine.links, mine.mentions, entities, report)
    checkShown(row, mine.links, entities, report)
  }
  await checkNouns(reading, 'article', rows.map(checkedOf), report)
  const suggested = rows.map(row => ({ seq: row.seq, id: row.id, parts: suggestedOfArticle({ ...row, visible: isVisible(row) }) }))
  await checkSuggestions(reading, 'article', suggested, report)
}

function checkedOf(row: ArticleRow): Checked {
  const state = stateOf(row)
  return { row, state, columns: { ...columnsOf(state), visible: isVisible(row) } }
}

const isVisible = (row: ArticleRow) => row.status === 'published' && row.trashedAt === null

const isOfEntity = ({ role }: LinkRow) => entityRoles.some(name => name === role)

function checkMentions(row: ArticleRow, mentions: readonly MentionRow[], entities: Entities, report: Report): void {
  const texts = new Map(spots(row.body).map(({ blockId, item, text }) => [`${blockId} ${item}`, text]))
  for (const { id, kind, entityId, blockId, item, start, end, surface } of mentions) {
    const mention = noting(report, 'mentions', 'mentions', id)
    const text = texts.get(`${blockId} ${item}`)
    const place = `text at ${start}..${end} of block ${blockId}${item === null ? '' : `, item ${item}`} of article ${row.id}`
    if (text === undefined) mention(place, surface, null)
    else mention(place, surface, text.slice(start, end))
    mention(`kind of ${entityId}`, kind, entities.get(entityId)?.kind ?? null)
  }
}

const kindOfRole: Partial<Record<LinkRole, readonly Known['kind'][]>> = {
  person: ['person'],
  place: ['place'],
  about: ['person', 'place'],
  author: ['person'],
  dateline: ['place'],
}

/** Mentions and `about` say who and where it is about; its own columns the rest, and what every link has of them. */
function checkLinks(row: ArticleRow, links: readonly LinkRow[], mentions: readonly MentionRow[], entities: Entities, report: Report): void {
  const link = noting(report, 'links', 'articles', row.id)
  const valuesOf = (of: readonly { role: LinkRole; value: string }[], role: LinkRole) =>
    of.filter(other => other.role === role).map(({ value }) => value)
  const about = valuesOf(links, 'about').flatMap(id => {
    const entity = entities.get(id)
    return entity ? [{ id, kind: entity.kind }] : []
  })
  const wanted = [...subjects(mentions, about), ...wordLinks(row)]
  for (const role of ['person', 'place', 'tag', 'section', 'language', 'source'] as const)
    link(`article_links of role ${role}`, valuesOf(wanted, role), valuesOf(links, role))
  for (const { role, value, visible, publishedKey } of links) {
    const kinds = kindOfRole[role]
    const kind = entities.get(value)?.kind
    if (kinds && !(kind && kinds.includes(kind))) link(`article_links ${role} ${value}`, kinds.join(' or '), kind ?? null)
    link(`visible of article_links ${role} ${value}`, row.visible, visible)
    link(`publishedKey of article_links ${role} ${value}`, row.publishedKey, publishedKey)
  }
}

/** Ids that answers show: those of its links, without what lies in the trash. */
function checkShown(row: ArticleRow, links: readonly LinkRow[], entities: Entities, report: Report): void {
  const shown = noting(report, 'shown', 'articles', row.id)
  const wanted = shownOf(links.map(link => ({ ...link, hidden: isOfEntity(link) && entities.get(link.value)?.isTrashed === true })))
  shown('authorIds', wanted.authorIds, row.authorIds)
  shown('aboutIds', wanted.aboutIds, row.aboutIds)
  shown('personIds', wanted.personIds, row.personIds)
  shown('placeIds', wanted.placeIds, row.placeIds)
  shown('datelinePlaceId', wanted.datelinePlaceId, row.datelinePlaceId)
}
