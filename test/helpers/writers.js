// Writers that are killed in the middle, and what they know: what was acknowledged must be there, what was under way may be there, and nothing else.

/** Numbers from 0 up to, but not including, 1; the same for each seed (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * What an article is, as far as writers change it; null where it is not there, or in the trash.
 * @typedef {{ version: number, title: string, section: string | null, status: string } | null} State
 * @typedef {{ path: string, id: string | undefined, trashed: boolean, acknowledged: State, possible: State | undefined, possiblyTrashed: boolean | undefined }} Entry
 * @typedef {{ key: string, word: string, body: object, answer: string | undefined }} Once
 * @typedef {{ status: number, text: string, body: any }} Answer
 */

const names = 12
const linesOfBulk = 5
const source = 'crash'
const personOf = (/** @type {number} */ n) => `Zelda Crashworth${'abcdefghijklmnopqrstuvwxyz'[n]}`

/** @param {any} body @returns {State} */
const stateOf = ({ version, title, section, status }) => ({ version, title, section, status })
const same = (/** @type {unknown} */ a, /** @type {unknown} */ b) => JSON.stringify(a) === JSON.stringify(b)

/**
 * @param {{ key: string, seed?: number, writers?: number, tag?: string }} options `key` is the admin's; `tag` makes what is written here differ from that of others.
 */
export function createWriters({ key, seed = 1, writers = 4, tag = 'w' }) {
  /** @type {Entry[]} */
  const entries = []
  /** @type {Once[]} */
  const once = []
  /** What bulk writes were to make since it was last looked for. @type {Entry[][]} */
  const batches = []
  let acknowledged = 0
  let made = 0

  /** @param {string} url @param {string} method @param {string} path @param {object} [body] @param {Record<string, string>} [headers] @returns {Promise<Answer>} */
  async function ask(url, method, path, body, headers = {}) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, text, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** @param {Answer} answer @param {number} status */
  function wanted(answer, status) {
    if (answer.status !== status) throw new Error(`${answer.status}, not ${status}: ${answer.text}`)
    acknowledged += 1
    return answer
  }

  /** One writer: it has articles of its own, so that it alone knows their versions. @param {number} number */
  function writer(number) {
    const next = random(seed * 1_000 + number)
    const upTo = (/** @type {number} */ n) => Math.floor(next() * n)
    /** @type {Entry[]} */
    const mine = []
    const text = () => `In short, ${personOf(upTo(names))} met ${personOf(upTo(names))} ${made} times.`
    const bodyOf = (/** @type {string} */ title) => ({ title, markdown: `${text()}\n\n${text()}`, tags: [`t${upTo(5)}`] })

    /** Writes to an article, which is then one or the other. @param {Entry} entry @param {State} state @param {() => Promise<Answer>} write @param {number} status */
    async function change(entry, state, write, status) {
      entry.possible = state
      const { body } = wanted(await write(), status)
      if (!same(stateOf(body), state)) throw new Error(`it became ${JSON.stringify(stateOf(body))}, not ${JSON.stringify(state)}`)
      entry.id = body.id
      entry.acknowledged = state
      entry.possible = undefined
    }

    /** @type {((url: string, entry: Entry) => Promise<unknown>)[]} */
    const onOne = [
      function patch(url, entry) {
        const { acknowledged: before } = entry
        const section = `s${made++}`
        const version = before?.version ?? 0
        const after = before && { ...before, version: version + 1, section }
        return change(entry, after, () => ask(url, 'PATCH', entry.path, { section, markdown: text() }, { 'if-match': `"${version}-0"` }), 200)
      },
      function publish(url, entry) {
        const { acknowledged: before } = entry
        const status = before?.status === 'published' ? 'archived' : 'published'
        const version = before?.version ?? 0
        const after = before && { ...before, version: version + 1, status }
        return change(entry, after, () => ask(url, 'PATCH', entry.path, { status, version }), 200)
      },
      function replace(url, entry) {
        const { acknowledged: before } = entry
        const title = `${tag} ${number} replaced ${made++}`
        const after = before && { ...before, version: before.version + 1, title, section: null }
        return change(entry, after, () => ask(url, 'PUT', entry.path, bodyOf(title)), 200)
      },
      async function trash(url, entry) {
        entry.possiblyTrashed = true
        wanted(await ask(url, 'DELETE', entry.path), 204)
        Object.assign(entry, { trashed: true, possiblyTrashed: undefined })
      },
    ]

    /** @param {string} url */
    function create(url) {
      const externalId = `${tag}-${number}-${made++}`
      const title = `${tag} ${number} made ${made}`
      const path = `/v1/articles/by-source/${source}/${externalId}`
      /** @type {Entry} */
      const entry = { path, id: undefined, trashed: false, acknowledged: null, possible: undefined, possiblyTrashed: undefined }
      entries.push(entry)
      mine.push(entry)
      const body = { ...bodyOf(title), source: { name: source, externalId }, status: 'published' }
      return change(entry, { version: 1, title, section: null, status: 'published' }, () => ask(url, 'POST', '/v1/articles', body), 201)
    }

    /** @param {string} url @param {Entry} entry */
    async function bringBack(url, entry) {
      entry.possiblyTrashed = false
      wanted(await ask(url, 'POST', `/v1/articles/${entry.id}/restore`), 200)
      Object.assign(entry, { trashed: false, possiblyTrashed: undefined })
    }

    /** @param {string} url */
    async function createOnce(url) {
      const word = `once${tag}x${number}x${made++}`
      /** @type {Once} */
      const asked = { key: word, word, body: bodyOf(word), answer: undefined }
      once.push(asked)
      asked.answer = wanted(await ask(url, 'POST', '/v1/articles', asked.body, { 'idempotency-key': asked.key }), 201).text
    }

    /** Names come and go, so that articles are linked anew beside all that. @param {string} url */
    async function name(url) {
      const n = upTo(names)
      const answer = await ask(url, 'PUT', `/v1/people/by-source/${source}/${tag}-${n}`, { name: personOf(n), description: `of ${made++}` })
      wanted(answer, answer.status === 201 ? 201 : 200)
    }

    /** Several at once, which are all there in the end or none of them. @param {string} url */
    async function createMany(url) {
      const batch = Array.from({ length: linesOfBulk }, () => {
        const [externalId, title] = [`${tag}-${number}-${made++}`, `${tag} ${number} made ${made}`]
        /** @type {State} */
        const possible = { version: 1, title, section: null, status: 'published' }
        /** @type {Entry} */
        const entry = {
          path: `/v1/articles/by-source/${source}/${externalId}`,
          id: undefined,
          trashed: false,
          acknowledged: null,
          possible,
          possiblyTrashed: undefined,
        }
        return { entry, record: { ...bodyOf(title), source: { name: source, externalId }, status: 'published' } }
      })
      const together = batch.map(({ entry }) => entry)
      entries.push(...together)
      batches.push(together)
      const answer = await fetch(`${url}/v1/articles/bulk`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
        body: batch.map(({ record }) => JSON.stringify(record)).join('\n'),
      })
      const text = await answer.text()
      const ids = wanted({ status: answer.status, text, body: undefined }, 200).text.trim().split('\n')
      for (const [n, entry] of together.entries())
        Object.assign(entry, { id: JSON.parse(ids[n] ?? '').id, acknowledged: entry.possible, possible: undefined })
      mine.push(...together)
    }

    return (/** @type {string} */ url) => {
      const chance = next()
      const here = mine.filter(entry => entry.acknowledged !== null)
      const entry = here[upTo(here.length)]
      if (entry === undefined || chance < 0.25) return create(url)
      if (chance < 0.3) return createMany(url)
      if (chance < 0.4) return createOnce(url)
      if (chance < 0.5) return name(url)
      if (entry.trashed) return bringBack(url, entry)
      return onOne[upTo(onOne.length)]?.(url, entry)
    }
  }

  const all = Array.from({ length: writers }, (_, number) => writer(number))

  /**
   * Writes until the server is gone, or `isEnd` says so. `enough` is called once so many more writes were acknowledged; from then on, errors of the
   * connection are the end.
   * @param {string} url @param {number} count @param {() => void} enough @param {() => boolean} [isEnd]
   */
  async function run(url, count, enough, isEnd = () => false) {
    const end = acknowledged + count
    let isOver = false
    await Promise.all(
      all.map(async write => {
        while (!isEnd()) {
          try {
            await write(url)
          } catch (error) {
            if (isOver && error instanceof TypeError) return // fetch lost the connection
            throw error
          }
          if (acknowledged < end || isOver) continue
          isOver = true
          enough()
        }
      }),
    )
  }

  /** What is not as it was acknowledged, or as what was under way would have made it: a sentence each. What there is counts as acknowledged from then on. @param {string} url */
  async function losses(url) {
    /** @type {string[]} */
    const lost = []
    for (const entry of entries) lost.push(...(await lossOf(url, entry)))
    for (const batch of batches.splice(0)) {
      const there = batch.filter(entry => entry.acknowledged !== null).length
      if (there !== 0 && there !== batch.length) lost.push(`a bulk write is there in part: ${there} of ${batch.length}, ${batch[0]?.path}`)
    }
    for (const asked of once.splice(0)) lost.push(...(await lossOfOnce(url, asked)))
    return lost
  }

  /** @param {string} url @param {Entry} entry */
  async function lossOf(url, entry) {
    const { status, body } = await ask(url, 'GET', entry.path)
    const found = status === 200 ? stateOf(body) : null
    const isTrashed = found === null && entry.acknowledged !== null
    const isPossible = isTrashed ? entry.trashed || entry.possiblyTrashed === true : !entry.trashed || entry.possiblyTrashed === false
    const states = entry.possible === undefined ? [entry.acknowledged] : [entry.acknowledged, entry.possible]
    const isKnown = isTrashed || states.some(state => same(state, found))
    if (!isPossible || !isKnown || ![200, 404].includes(status))
      return [`${entry.path}: ${status} ${JSON.stringify(found)}, not one of ${JSON.stringify(states)}${entry.trashed ? ', in the trash' : ''}`]
    Object.assign(entry, {
      id: found ? body.id : entry.id,
      trashed: isTrashed,
      acknowledged: isTrashed ? entry.acknowledged : found,
      possible: undefined,
      possiblyTrashed: undefined,
    })
    return []
  }

  /** Asked again, it is the first answer, and there is one article. @param {string} url @param {Once} asked */
  async function lossOfOnce(url, { key: idempotencyKey, word, body, answer }) {
    const again = await ask(url, 'POST', '/v1/articles', body, { 'idempotency-key': idempotencyKey })
    const wrong = again.status !== 201 || (answer !== undefined && again.text !== answer)
    const { data } = (await ask(url, 'GET', `/v1/articles?q=${word}&status=draft&fields=title`)).body
    if (!wrong && data.length === 1) return []
    return [`${word}: ${again.status} ${again.text}, not ${answer ?? 'a new article'}; there are ${data.length}`]
  }

  return {
    run,
    losses,
    acknowledged: () => acknowledged,
    /** Articles that were acknowledged, with their versions at this moment. */
    known: () => entries.flatMap(({ path, id, trashed, acknowledged: state }) => (state && !trashed ? [{ path, id, version: state.version }] : [])),
  }
}
