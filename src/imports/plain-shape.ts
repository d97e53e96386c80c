/** What a line looks like, whatever it says: the judgements that tell headings, labels and paragraphs apart. */

const wideCharacters = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Hangul}]/gu
const sampleUnits = 400

/** Length of a line in Latin letters, roughly: a Chinese or Japanese character says as much as three. Lines over 400 code units are not measured further. */
export function widthOf(line: string): number {
  const sample = line.slice(0, sampleUnits)
  return line.length + 2 * (sample.match(wideCharacters)?.length ?? 0)
}

export const countOfWords = (line: string): number => line.slice(0, sampleUnits).split(/\s+/u).length

const sentenceEnd = /[.!?…。！？｡؟۔।॥։።,;:、，；：،؛][\p{Pe}\p{Pf}\p{Pi}"'’”\s]*$/u
const acronymEnd = /(?:^|[^\p{L}])(?:\p{Lu}\.){2,}$/u

/** True where a line ends as sentences end; `U.S.` at its end does not count, as headings may end so. */
export function endsSentence(line: string): boolean {
  const tail = line.slice(-20)
  return sentenceEnd.test(tail) && !acronymEnd.test(tail)
}

const bullet = /^(?:[-–—•·*‣◦▪●○■□➤►]\s*|\p{N}{1,3}[.)]\s|\p{L}\)\s)/u

/** True for an item of a list or a turn of speech, which begins with a bullet, a dash or a number. */
export const isListItem = (line: string): boolean => bullet.test(line)

const widestLabel = 60
const mostLabelWords = 8

/** True for a short line that is no sentence: a heading perhaps, or a label of the page. A sign-off in brackets (`(Reporting by …)`) is neither. */
export const isLabel = (line: string): boolean =>
  widthOf(line) <= widestLabel && countOfWords(line) <= mostLabelWords && !endsSentence(line) && !isListItem(line) && !/^[([].*[)\]]$/u.test(line)

const widestHeading = 120
const mostHeadingWords = 15

/** True for a line that can be a heading if a paragraph follows it. */
export const isHeadingShaped = (line: string): boolean =>
  widthOf(line) <= widestHeading &&
  countOfWords(line) <= mostHeadingWords &&
  !endsSentence(line) &&
  !isListItem(line) &&
  !/^\p{Ll}|^["“«„].*["”»]$/u.test(line)

const narrowestParagraph = 120
const narrowestSentence = 60

/** True for a line that is text of an article: long, or of some length and ended as sentences are. */
export const isProse = (line: string): boolean => widthOf(line) > narrowestParagraph || (widthOf(line) > narrowestSentence && endsSentence(line))
