/**
 * Words too common to be asked for beside others, folded. Short on purpose, and without those that mean something in another language
 * (`die`, `war`, `an`, `son`) or name something (`who`, `us`, `it`, `will`, `may`).
 */
const lists = {
  en: 'a the and or of in on at to for by with from is are was were be been has have had that this these those as its not but than then there',
  de: 'der das den dem des und oder ein eine einer eines einem einen ist sind im am zu zum zur mit von vom fur auf aus bei nicht sich auch',
  fr: 'le la les un une du des et ou est dans en au aux avec pour par sur que qui ce cette ne pas se',
  es: 'el la los las un una unos unas y o de del en al con por para que es se su sus lo como',
  it: 'il lo la gli un uno una e o di del della dei delle nel nella al alla con per che si da',
  pt: 'o a os as um uma e ou de do da dos das em no na nos nas ao com por para que se',
  nl: 'de het een en of van in op te voor met is zijn dat niet aan bij',
  sv: 'och eller en ett av i pa till for med som att det den ar inte om',
  no: 'og eller en et av i pa til for med som at det den er ikke om',
  da: 'og eller en et af i pa til for med som at det den er ikke om',
  fi: 'ja tai on ei se etta oli',
  ru: 'и или в во на не с со к ко по из за от до у о об что как это а но',
  pl: 'i lub w we na nie z ze do od po o za sie jest to',
  tr: 've veya bir bu da de ile icin',
  ro: 'si sau un o de la in cu pe nu ca din este',
  hu: 'a az es vagy egy nem is',
  cs: 'a i nebo v ve na se z ze do od po o za je to',
} as const

const stopWords = new Map(Object.entries(lists).map(([language, list]) => [language, new Set(list.split(' '))]))

/** True where a folded, unstemmed form is a stop word of one of the languages, given by their bases (`en`, `de`). */
export const isStopWord = (form: string, bases: readonly string[]): boolean => bases.some(base => stopWords.get(base)?.has(form))

/**
 * English words that only hold a question together: left out where two telling words are left beside them. Of the list of Snowball (snowballstem.org), without
 * those that often name something (`us`, `it`, `will`, `may`).
 */
const holding = new Set(
  `i me my we our you your he him his she her hers they them their what which who whom am do does did doing would should could ought if because while about
  against between into through during before after above below up down out off over under again further once here when where why how all any both each few
  more most other some such no nor only own same so too very can i'm`.split(/\s+/),
)

/** True where a folded, unstemmed form only holds a question together, in a database with texts in English. */
export const holdsTogether = (form: string, bases: readonly string[]): boolean => bases.includes('en') && holding.has(form)

/** The forms that carry nothing by themselves, by language. */
export const emptyForms: ReadonlyMap<string, readonly string[]> = new Map(
  [...stopWords].map(([language, forms]) => [language, language === 'en' ? [...forms, ...holding] : [...forms]]),
)
