// Fills a running server with the example page and its people and places, through its HTTP API alone.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CommandError } from './io.ts'

const folder = new URL('../../examples/seed/', import.meta.url)
const pageAddress = 'https://seed.example/kim-jong-un-and-putin-to-meet-in-russia'

const Problem = z.object({ detail: z.string(), errors: z.array(z.object({ code: z.string() })).default([]) })
const Named = z.object({ slug: z.string() })
const Imported = z.object({ article: Named })
const List = z.object({ data: z.array(Named) })
const Article = z.object({ slug: z.string(), people: z.tuple([Named], Named), places: z.array(Named) })

/** The article that the page became, as the server shows it. */
export type Seeded = z.output<typeof Article>

/** Sends one request with the key; the parsed body of the answer, undefined for a refusal that `expected` names, a CommandError for any other. */
type Send = (path: string, body?: { type: string; text: string }, expected?: (problem: z.output<typeof Problem>) => boolean) => Promise<unknown>

/** Posts what is not there yet: it may run again and again. Throws a CommandError with what the server says. */
export async function seed(url: string, key: string): Promise<Seeded> {
  const send = sender(url, key)
  for (const noun of ['places', 'people'])
    for (const text of await linesOf(`${noun}.ndjson`)) await send(`/v1/${noun}`, { type: 'application/json', text }, isTaken)
  const page = { type: 'text/plain; charset=utf-8', text: await readFile(new URL('page.txt', folder), 'utf8') }
  const imported = await send(`/v1/imports?status=published&url=${encodeURIComponent(pageAddress)}`, page, isTaken)
  const slug = imported === undefined ? await formerSlug(send) : Imported.parse(imported).article.slug
  return Article.parse(await send(`/v1/articles/${slug}?include=people,places`))
}

/** The article of a run before: its natural key is the name of the page's host and its address. */
async function formerSlug(send: Send): Promise<string> {
  const [article] = List.parse(
    await send(`/v1/articles?source=${new URL(pageAddress).hostname}&status.any=draft,scheduled,published,archived&limit=1`),
  ).data
  if (article) return article.slug
  throw new CommandError('the article of the demo is in the trash of this database: restore it, or purge it to have it made again')
}

const isTaken = ({ errors }: z.output<typeof Problem>) => errors.some(({ code }) => code === 'source_taken')

/** The records of a file, containers before what they contain. */
const linesOf = async (file: string) => (await readFile(new URL(file, folder), 'utf8')).split('\n').filter(line => line.trim() !== '')

const sender =
  (url: string, key: string): Send =>
  async (path, body, expected) => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': body.type }) }
    const response = await fetch(`${url}${path}`, { headers, ...(body && { method: 'POST', body: body.text }) })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const problem = Problem.parse(answer)
    if (expected?.(problem)) return undefined
    throw new CommandError(`the demo could not be made, ${path} says: ${problem.detail}`)
  }
