import type { Paragraph } from './plain-lines.ts'
import { isLabel, isProse } from './plain-shape.ts'

/** A line that is no part of the article, with the reason in words for people. */
export type Dropped = { text: string; why: string }

/** Lines that are furniture wherever they stand alone. In lower case, with straight apostrophes, without marks at the end. */
const anywhere: Record<string, readonly string[]> = {
  'page furniture: an advertisement label': [
    ...['advertisement', 'advertising', 'story continues below advertisement', 'article continues below advertisement', 'sponsored content'],
    ...['anzeige', 'werbung', 'publicité', 'publicidad', 'реклама'],
  ],
  'page furniture: a button': [
    ...[
      'share this',
      'share this article',
      'share this story',
      'share on facebook',
      'share on twitter',
      'tweet',
      'copy link',
      'read more',
      'show more',
    ],
    ...[
      'load more',
      'leave a comment',
      'post a comment',
      'back to top',
      'subscribe now',
      'accept cookies',
      'skip to content',
      'skip to main content',
    ],
  ],
}

/** Words of buttons and menus, which are furniture above the title and behind the text, and may be headings between. */
const edges = [
  ...['share', 'print', 'email', 'save', 'see more', 'view all', 'see all', 'comments', 'menu', 'home', 'search', 'sign in', 'log in', 'login'],
  ...['register', 'sign up', 'subscribe', 'close', 'accept', 'accept all', 'toggle navigation', 'sponsored', 'teilen', 'drucken', 'startseite'],
  ...['anmelden', 'abonnieren', 'partager', "s'abonner", 'compartir', 'suscribirse', 'поделиться', 'подписаться'],
]

const whyByLabel = new Map(Object.entries(anywhere).flatMap(([why, lines]) => lines.map(line => [line, why] as const)))
const whyByEdgeLabel = new Map([...whyByLabel, ...edges.map(line => [line, 'page furniture: a button'] as const)])

/** Labels over lists of other stories and over calls to the reader: from the first of them on, what is left of a page is furniture. */
const closingLabel =
  /^(?:(?:the\s+)?(?:latest|recent|related|popular|trending|recommended|more)\s+(?:posts?|news|stories|articles|headlines|coverage|content|topics|reading|videos?|from|on|in|for you)\b|related$|trending(?: now)?$|most (?:read|popular|viewed|shared)|don't miss|do not miss|must reads?|stay (?:in touch|connected|informed|tuned)|follow us|connect with us|contact us|about us|our newsletters?|newsletters?$|you may also like|you might also like|up next|read next|editors?'? picks?|tags?(?::|$)|topics$|categories$|share this|join the conversation|mehr zum thema|das könnte sie auch interessieren|à lire aussi|sur le même sujet|lea también|te puede interesar|leggi anche|читайте также|последние новости)/u

/** Calls to the reader and the small print; a whole line of up to `longestCall` code units that begins so. */
const call =
  /^(?:subscribe (?:to|now|today|here|for)|sign[- ]up (?:to|for|here|now|today)|(?:click|tap) (?:here|below|to)|register (?:now|for|here|to)|join (?:us|our|\d)|follow (?:us|our|@)|like us on|stay (?:up[- ]to[- ]date|updated|informed|tuned)|(?:to|and) (?:be|stay|keep) (?:updated|informed|up[- ]to[- ]date)|(?:get|receive) (?:the|all|our|daily|breaking|more|updates)\b.*\b(?:news|newsletter|inbox|email|updates|alerts|offers|stories)|be the first to (?:know|comment)|never miss|enter your e-?mail|your e-?mail|download (?:the|our) app|read (?:more|also|next)\s*:|see also\s*:|related\s*:|also read\s*:|more on this|recommended\s*:|thank you for (?:reading|subscribing|signing)|newsletter|abonnieren sie|melden sie sich|jetzt abonnieren|abonnez-vous|inscrivez-vous|suscríbete|suscríbase|iscriviti|подпишитесь|подписывайтесь)/u
const cookies =
  /^(?:(?:we|this (?:web)?site|our (?:web)?site|by (?:continuing|using|clicking|browsing))\b.*\b(?:cookies?|privacy|terms)|(?:privacy|cookies?) (?:policy|notice|settings)|terms (?:of|and)|cookies?$|diese (?:web)?seite verwendet cookies|ce site utilise des cookies|este sitio (?:web )?(?:utiliza|usa) cookies)/u
const rights =
  /^(?:©|\(c\)|copyright\b)|\ball rights reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b|\btodos los derechos reservados\b|\bвсе права защищены\b/u
const longestCall = 300

const sections = new Set([
  'news',
  'world',
  'world news',
  'politics',
  'business',
  'economy',
  'sport',
  'sports',
  'opinion',
  'culture',
  'arts',
  'science',
  'technology',
  'tech',
  'health',
  'travel',
  'local',
  'national',
  'international',
  'breaking news',
  'breaking',
  'live',
  'exclusive',
  'analysis',
  'entertainment',
  'lifestyle',
  'weather',
])

const plain = (line: string) =>
  line
    .slice(0, longestCall + 1)
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .trim()
const withoutEnd = (line: string) => line.replace(/[\s:.!»›>→…]+$/u, '')

/** Longest label that is looked up, in UTF-16 code units. */
const longestLabel = 60

/** Why a line that stands alone is furniture wherever it stands; undefined for what may be text of the article. */
export const whyFurniture = (line: string): string | undefined => whyIn(whyByLabel, line)

/** The same above the title and behind the text, where words of menus and buttons are furniture too. */
export const whyEdgeFurniture = (line: string): string | undefined => whyIn(whyByEdgeLabel, line)

function whyIn(reasons: ReadonlyMap<string, string>, line: string): string | undefined {
  if (!/[^\s\p{C}\p{Z}]/u.test(line)) return 'page furniture: a line without a visible character'
  return line.length > longestLabel ? undefined : reasons.get(withoutEnd(plain(line)))
}

/** True for the name of a section, which stands above a title and is none where a better line follows. */
export const isSectionLabel = (line: string): boolean => sections.has(withoutEnd(plain(line)))

/** True for a line that says who wrote the article. */
export const isByline = (line: string): boolean => line.length <= 120 && /^(?:by|von|por|par|written by|автор:?)\s+\p{Lu}/iu.test(line)

function whyAtEnd(line: string): string | undefined {
  const said = plain(line)
  if (line.length > longestCall) return undefined
  if (rights.test(said)) return 'page furniture: copyright'
  if (cookies.test(said)) return 'page furniture: cookies and terms'
  if (call.test(said)) return 'page furniture: a call to the reader'
  return whyEdgeFurniture(line)
}

/** Most unknown labels at the end of a page that are taken for furniture by their shape alone: a longer run is a list, a table or a poem. */
const mostUnknownLabels = 6

/** Drops what stands behind the last paragraph of an article: calls to the reader, small print, and labels with nothing under them. */
export function dropFooter(paragraphs: readonly Paragraph[]): { left: Paragraph[]; dropped: Dropped[] } {
  const judged = paragraphs.map(({ text }) => ({
    text,
    why: whyAtEnd(text) ?? (isClosing(text) || isLabel(text) ? 'page furniture: a label with nothing under it' : undefined),
  }))
  const start = judged.findLastIndex(({ why }) => why === undefined) + 1
  const end = paragraphs.slice(start)
  const known = end.findIndex(({ text }) => whyAtEnd(text) !== undefined || isClosing(text))
  const unknown = known < 0 ? end.length : known
  const keepsUnknown = unknown > mostUnknownLabels || !paragraphs.slice(0, start).some(({ text }) => isProse(text))
  const from = start + (keepsUnknown ? unknown : 0)
  return { left: paragraphs.slice(0, from), dropped: judged.slice(from).map(({ text, why = '' }) => ({ text, why })) }
}

const isClosing = (line: string) => line.length <= longestLabel && closingLabel.test(plain(line))
