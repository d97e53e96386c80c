import { setTimeout as sleep } from 'node:timers/promises'
import { isNull } from 'drizzle-orm'
import type { Store } from '../../src/db/store.ts'
import type { Caller } from './callers.ts'
import type { JsonObject } from './closed.ts'

const patienceMs = 100_000

/** Waits until every change of a name has been worked off, so that all articles are linked with the names of now. */
export async function settled(store: Store): Promise<void> {
  const end = performance.now() + patienceMs
  for (;;) {
    const open = await store.read(({ sql, tables: { nameChanges } }) => sql.select().from(nameChanges).where(isNull(nameChanges.relinkedAt)).limit(1))
    if (open.length === 0) return
    if (performance.now() > end) throw new Error('the queue of name changes does not end')
    await sleep(5)
  }
}

/** A paragraph with an id of its own. */
export const paragraph = (id: string, text: string) => ({ id, type: 'paragraph', text, marks: [] })

/** The body of a request that was answered as wanted; throws with the answer where it was not. */
export async function ok(answer: ReturnType<Caller['get']>, status = 200) {
  const { statusCode, body } = await answer
  if (statusCode !== status) throw new Error(`${statusCode}, not ${status}: ${body}`)
  return body === '' ? undefined : JSON.parse(body)
}

/** Makes something and gives it as it was made. */
export const post = (caller: Caller, url: string, body: JsonObject) => ok(caller.post(url, body), 201)

/** Every item of a list, page by page. */
export async function walk(caller: Caller, url: string, limit = 7) {
  const items = []
  let cursor: string | null = null
  do {
    const page: { data: { id: string; slug: string }[]; page: { next: string | null } } = await ok(
      caller.get(`${url}${url.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`),
    )
    items.push(...page.data)
    cursor = page.page.next
  } while (cursor !== null)
  return items
}

/** Status and code of a refusal, with the codes and places of its faults. */
export async function refusal(answer: ReturnType<Caller['get']>): Promise<string[]> {
  const { statusCode, body } = await answer
  const { code, errors = [] } = JSON.parse(body)
  return [
    `${statusCode} ${code}`,
    ...errors.map((fault: Record<string, string>) => `${fault.pointer ?? fault.parameter ?? fault.header} ${fault.code}`),
  ]
}
