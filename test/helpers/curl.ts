import { readFileSync } from 'node:fs'
import { root } from './root.ts'

/** A command line of curl as the README has them; `status` is in a comment behind it (`# 412`). */
export type Curl = { text: string; url: string; method: string; headers: [string, string][]; body: string | undefined; status: number | undefined }

/** The curl lines in the shell blocks of a Markdown text. */
export function curlsOf(markdown: string): Curl[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = '']) => code.replaceAll('\\\n', ' '))
  return blocks.flatMap(code => code.split('\n').filter(line => line.startsWith('curl '))).map(curlOf)
}

function curlOf(text: string): Curl {
  const [, line = '', comment] = /^(.*?)(?: +# (\d{3}).*)?$/.exec(text) ?? []
  const words = [...line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '',
  )
  const after = (...flags: string[]) => words.flatMap((word, at) => (flags.includes(words[at - 1] ?? '') ? [word] : []))
  const [body] = after('-d', '--data-binary')
  return {
    text,
    url: words.find(word => word.startsWith('http://')) ?? '',
    method: after('-X')[0] ?? (body === undefined ? 'GET' : 'POST'),
    headers: after('-H').map(header => [header.slice(0, header.indexOf(':')), header.slice(header.indexOf(':') + 1).trim()]),
    body: body?.startsWith('@') ? readFileSync(new URL(body.slice(1), root), 'utf8') : body,
    status: comment === undefined ? undefined : Number(comment),
  }
}

/** Sends what curl would send, with these words replaced by others. */
export async function send({ url, method, headers, body }: Curl, words: Record<string, string>): Promise<{ status: number; text: string }> {
  const put = (text: string) => Object.entries(words).reduce((done, [word, other]) => done.replaceAll(word, other), text)
  const answer = await fetch(put(url), {
    method,
    headers: headers.map(([name, value]) => [name, put(value)]),
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, text: await answer.text() }
}
