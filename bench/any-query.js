// Promise 3: whatever somebody types is answered in time. Generated queries of every kind, four at a time: answers by status, and how long they took.
import { mkdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { random } from './data.js'
import { filled, workingCopy } from './fill.js'
import { copied, dropDatabase, serverOf, workingDatabase } from './postgres.js'
import { programs, start } from './servers.js'
import { familyNames, givenNames, littleWords, newsWords, places, sections } from './words.js'

const { values: asked } = parseArgs({
  options: {
    queries: { type: 'string', default: '100000' },
    articles: { type: 'string', default: '10000' },
    width: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    corpus: { type: 'string' },
    postgres: { type: 'string' },
    keep: { type: 'string', default: 'data/bench' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    check: { type: 'boolean', default: false },
  },
})
/** After so long a search is given up. */
const limitMs = 10_000
const say = text => process.stderr.write(`${text}\n`)

const next = random(Number(asked.seed))
const upTo = most => Math.floor(next() * most)
const one = list => list[upTo(list.length)]
const some = (least, most, make) => Array.from({ length: least + upTo(most - least + 1) }, make)

const names = () => one([one(familyNames), `${one(givenNames)} ${one(familyNames)}`, one(places).name])
const word = () => one([() => one(newsWords), () => one(littleWords), names, () => `${one(newsWords)}s`, () => one(sections)])()
const misspelt = text => {
  const at = upTo(text.length)
  return text.slice(0, at) + one(['', 'x', text.charAt(at) + text.charAt(at)]) + text.slice(at + 1)
}
const foreign = () =>
  one([
    '北京の条約',
    '东京 港口',
    'กรุงเทพ',
    'переговоры в гавани',
    'Łódź gęś',
    'größe straße',
    'معاهدة الميناء',
    'אמנה בנמל',
    'ελλάδα',
    'हिन्दी समाचार',
    'ⅷ ﷺ ㎨',
    'e\u0301te\u0301',
  ])
const signs = [
  '"',
  '-',
  '*',
  '(',
  ')',
  ':',
  'OR',
  'AND',
  'NOT',
  'NEAR',
  '^',
  '+',
  '~',
  '\\',
  "'",
  ';',
  '--',
  '/*',
  '%',
  '_',
  '\0',
  '\u202e',
  '\u200d',
  '\ud83d',
  '🎉',
  '👩‍👩‍👧',
  '{title}',
  '"" ""',
  '-"',
  ':*',
]
const noise = () => some(1, 12, () => one([() => one(signs), word])()).join(one([' ', '']))

const kinds = {
  word,
  words: () => some(2, 5, word).join(' '),
  question: () => some(8, 25, word).join(' '),
  phrase: () => `"${some(2, 4, word).join(' ')}"`,
  prefix: () => `${word().slice(0, 1 + upTo(4))}*`,
  without: () => `${word()} -${word()} -"${word()} ${word()}"`,
  or: () => some(2, 5, word).join(' OR '),
  fields: () => `${one(['section', 'lang', 'person', 'place', 'tag', 'nothing'])}:${one(['"', ''])}${names()}${one(['"', ''])} ${word()}`,
  misspelt: () => some(1, 3, () => misspelt(word())).join(' '),
  scripts: foreign,
  brackets: () => `${'('.repeat(upTo(200))}${word()}${')'.repeat(upTo(200))}`,
  noise,
  long: () => some(100, 500, word).join(' '),
  longWord: () => one(['x', '(', '"a ', '-a ', 'a* ', 'é', '🎉', 'א']).repeat(1 + upTo(3_000)),
}

/** More of a request than its query, mostly nothing. */
const filters = () =>
  one([
    '',
    '',
    '',
    '',
    '&facets=person,place,year,kind',
    '&sort=-publishedAt',
    '&kind=article',
    '&count=exact',
    '&limit=100',
    '&publishedAt.gte=2020-01-01',
    '&highlight=false',
  ])
const paths = ['/v1/search', '/v1/search', '/v1/search', '/v1/search', '/v1/articles', '/v1/people', '/v1/places', '/v1/suggest']

function request() {
  const kind = one(Object.keys(kinds))
  const path = one(paths)
  return { kind, address: `${path}?q=${encodeURIComponent(kinds[kind]().toWellFormed().slice(0, 4_000))}${path === '/v1/search' ? filters() : ''}` }
}

async function ask(url, count) {
  const statuses = new Map()
  const times = []
  const failed = []
  let left = count
  const each = async () => {
    while (left > 0) {
      left -= 1
      const { kind, address } = request()
      const began = performance.now()
      const answer = await fetch(url + address)
      const body = await answer.text()
      times.push({ ms: performance.now() - began, kind })
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      if (answer.status >= 500) failed.push(`${answer.status} ${address.slice(0, 300)} ${body.slice(0, 200)}`)
      if (times.length % 10_000 === 0) say(`${times.length} answered`)
    }
  }
  await Promise.all(Array.from({ length: Number(asked.width) }, each))
  return { statuses, times: times.sort((a, b) => a.ms - b.ms), failed }
}

mkdirSync(asked.keep, { recursive: true })
const file = await filled({ dist: resolve(asked.dist), folder: asked.keep, count: Number(asked.articles), corpus: asked.corpus, say })
const server = asked.postgres && (await serverOf(asked.postgres))
const name = server && (await workingDatabase(server, await copied({ dist: resolve(asked.dist), server, file, corpus: asked.corpus, say })))
const path = server ? undefined : workingCopy(file, asked.keep)
const { ours, oursPostgres } = programs(resolve(asked.dist), ['sqlite', 'postgres'])
const running = await (server ? start(oursPostgres, { postgres: server.url(name) }) : start(ours, { sqlite: `file:${path}` }))
try {
  const { statuses, times, failed } = await ask(running.url, Number(asked.queries))
  const at = share => times[Math.min(times.length - 1, Math.floor(times.length * share))].ms.toFixed(1)
  const told = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} × ${status}`)
  console.log(
    `${server ? 'PostgreSQL' : 'SQLite'}, ${asked.articles} articles, ${times.length} queries, ${asked.width} at a time: ${told.join(', ')}; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms, longest ${at(1)} ms (${times.at(-1).kind})`,
  )
  for (const line of failed.slice(0, 20)) console.log(line)
  if (asked.check && (failed.length > 0 || Number(at(0.999)) > limitMs)) process.exitCode = 1
} finally {
  await running.stop()
  if (server) await dropDatabase(server, name)
  if (path) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
}
