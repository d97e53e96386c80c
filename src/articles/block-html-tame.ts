/** A tag and the text before it; the last of a page has no name. */
type Piece = { text: string; name: string; closing: boolean; attributes: number }

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '))
const textless = names('script style iframe noembed noframes title xmp')
const leaves = names('area base br col embed hr img input link meta source track wbr p td th tr tbody thead tfoot colgroup option')
const formatting = names('a b big code em font i nobr s small strike strong tt u')
const phrasing = names('abbr acronym bdi bdo cite del dfn ins kbd label mark q rp rt ruby samp span sub sup time var wbr img')
const tableParts = names('table tbody thead tfoot tr')
const cells = names('td th caption')

const maxDepth = 500
const maxAttributes = 200
const maxRoots = 20
const maxFostered = 1_000
const maxRebuilt = 100_000

/**
 * The page as it is, or, where its markup is made to be costly, its text in flat paragraphs. Parsing is quadratic or worse for tags that are never closed, formatting
 * that every paragraph must open again, strays in tables and endless attributes; a tree that is too deep overflows the stack. Both here are linear.
 */
export const tameHtml = (html: string): string => (isTame(html) ? html : flat(html))

function isTame(html: string): boolean {
  const open = { depth: 0, formatting: 0 }
  const seen = { rebuilt: 0, roots: 0, fostered: 0 }
  let inTable = false
  for (const { name, closing, attributes } of piecesOf(html)) {
    const isFormatting = formatting.has(name)
    if (!leaves.has(name)) open.depth = Math.max(0, open.depth + (closing ? -1 : 1))
    if (isFormatting) open.formatting = Math.max(0, open.formatting + (closing ? -1 : 1))
    else seen.rebuilt += open.formatting
    if (name === 'html' || name === 'body') seen.roots++
    if (tableParts.has(name)) inTable = name !== 'table' || !closing
    else if (cells.has(name)) inTable = closing
    else if (inTable && !closing) seen.fostered++
    if (open.depth > maxDepth || attributes > maxAttributes || seen.roots > maxRoots || seen.fostered > maxFostered || seen.rebuilt > maxRebuilt)
      return false
  }
  return true
}

function flat(html: string): string {
  const parts: string[] = []
  for (const { text, name } of piecesOf(html)) {
    parts.push(text.replaceAll('<', '&lt;'))
    if (name === 'br') parts.push('<br>')
    else if (name !== '' && !formatting.has(name) && !phrasing.has(name)) parts.push('<p>')
  }
  return parts.join('')
}

/** Tags in order, by the rules of the HTML standard as far as they decide what is text: comments and the insides of scripts are passed over. */
function* piecesOf(html: string): Generator<Piece> {
  const tagStart = /<(\/?)([a-z][^\s/>]*)/iy
  let textStart = 0
  for (let at = html.indexOf('<'); at >= 0; ) {
    tagStart.lastIndex = at
    const match = tagStart.exec(html)
    const isComment = !match && /[!?/]/.test(html.charAt(at + 1))
    if (!match && !isComment) {
      at = html.indexOf('<', at + 1)
      continue
    }
    const { end, attributes } = match ? tagEnd(html, tagStart.lastIndex) : { end: commentEnd(html, at), attributes: 0 }
    const [, slash = '', tag = 'wbr'] = match ?? []
    const name = tag.toLowerCase()
    yield { text: html.slice(textStart, at), name, closing: slash !== '', attributes }
    textStart = slash === '' && textless.has(name) ? closingTag(html, name, end) : end
    at = html.indexOf('<', textStart)
  }
  yield { text: html.slice(textStart), name: '', closing: true, attributes: 0 }
}

const orEnd = (html: string, index: number, length: number) => (index < 0 ? html.length : index + length)

const commentEnd = (html: string, at: number) =>
  html.startsWith('<!--', at) ? orEnd(html, html.indexOf('-->', at + 2), 3) : orEnd(html, html.indexOf('>', at), 1)

function closingTag(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
  closing.lastIndex = from
  return closing.exec(html)?.index ?? html.length
}

/** Where a tag ends: at the first `>` that no quoted value holds. Attributes are counted by what parts them, which is enough to tell ten from a thousand. */
function tagEnd(html: string, from: number): { end: number; attributes: number } {
  let attributes = 0
  let afterEquals = false
  for (let index = from; index < html.length; index++) {
    const character = html.charAt(index)
    if (character === '>') return { end: index + 1, attributes }
    if (character === '=') afterEquals = true
    else if (afterEquals && (character === '"' || character === "'")) {
      index = orEnd(html, html.indexOf(character, index + 1), 0)
      attributes++
      afterEquals = false
    } else if (/[\s/]/.test(character)) attributes++
    else afterEquals = false
  }
  return { end: html.length, attributes }
}
