// Each server is a process of its own, started with a probe that tells its memory and processor time.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Any key of the right form: the benchmark's own server takes it for the admin's. */
export const key = 'dl_a-key-for-the-benchmark-and-nothing-else'

const here = name => fileURLToPath(new URL(name, import.meta.url))

/**
 * The programs that are compared, by name; `ours` is the built product. On PostgreSQL there are two more, and `bare` has no database at all.
 */
export const programs = (dist, databases) => ({
  ours: { module: join(dist, 'main.js'), args: ['serve'], database: 'sqlite' },
  hand: { module: here('hand.js'), args: [], database: 'sqlite' },
  ...(databases.includes('postgres') && {
    oursPostgres: { module: join(dist, 'main.js'), args: ['serve'], database: 'postgres' },
    handPostgres: { module: here('hand-postgres.js'), args: [], database: 'postgres' },
  }),
  bare: { module: here('bare.js'), args: [], database: 'sqlite' },
})

/** Starts a program on one of some databases (addresses by their kind); `startMs` is the time to the first answer of /health/ready. */
export async function start({ module, args, database }, urls, execArgv = []) {
  const began = performance.now()
  const child = fork(module, args, {
    execArgv: ['--import', here('probe.js'), ...execArgv],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: urls[database],
      DATELINE_ADMIN_KEY: key,
      HOST: '127.0.0.1',
      PORT: '0',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const url = await listening(child)
  const ready = await fetch(`${url}/health/ready`)
  if (!ready.ok) throw new Error(`${module} is not ready: ${ready.status}`)
  return { url, port: Number(new URL(url).port), startMs: performance.now() - began, ...handleOf(child) }
}

async function listening(child) {
  const lines = createInterface({ input: child.stdout })
  const died = new Promise((_, reject) => {
    child.once('exit', code => reject(new Error(`a server ended with ${code} before it listened`)))
  })
  died.catch(() => {})
  const first = new Promise(resolve => {
    lines.once('line', resolve)
  })
  return JSON.parse(await Promise.race([first, died])).listening
}

function handleOf(child) {
  const ask = (message, name) =>
    new Promise(resolve => {
      const hear = answer => {
        if (!(name in answer)) return
        child.off('message', hear)
        resolve(answer[name])
      }
      child.on('message', hear)
      child.send(message)
    })
  return {
    usage: () => ask('usage', 'usage'),
    /** Of the event loop since it was last asked, in milliseconds; the resolution is 5. */
    delay: () => ask('delay', 'delay'),
    give: answers => ask({ answers: [...answers] }, 'received'),
    stop: () =>
      new Promise(resolve => {
        child.once('exit', resolve)
        child.kill('SIGTERM')
      }),
  }
}
