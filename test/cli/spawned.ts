import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { root } from '../helpers/root.ts'

const main = fileURLToPath(new URL('dist/main.js', root))
const patienceMs = 30_000

/** The built program in a process of its own, on a free port and with no setting of this machine. `out` and `err` hold what it has said so far. */
export function dateline(t: Test, argv: string[], env: Record<string, string>, { cwd, preload }: { cwd?: string; preload?: string } = {}) {
  const { PATH = '', NODE_V8_COVERAGE, NODE_OPTIONS } = process.env
  const own = { PATH, ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }), ...(NODE_OPTIONS && { NODE_OPTIONS }) }
  const flags = ['--enable-source-maps', ...(preload ? ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] : [])]
  const child = spawn(process.execPath, [...flags, main, ...argv], { env: { ...own, PORT: '0', ...env }, stdio: 'pipe', ...(cwd && { cwd }) })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', text => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    said.err += text
  })
  const ended = once(child, 'close').then(([code]): number | null => code)
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, said, ended, url: () => listening(child, said) }
}

/** The address in the first line on stdout, as soon as there is one. */
async function listening(child: ChildProcess, said: { out: string; err: string }): Promise<string> {
  const end = Date.now() + patienceMs
  while (!said.out.includes('\n')) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`it never listened: ${said.err}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return JSON.parse(said.out.split('\n', 1)[0] ?? '').listening
}
