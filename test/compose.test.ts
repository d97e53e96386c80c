// compose.yaml and what it mounts, held against what Dateline takes: no container runs here.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../src/config.ts'
import { root } from './helpers/root.ts'

const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
const file = textOf('compose.yaml')

const Service = z.object({
  image: z.string(),
  build: z.string().optional(),
  restart: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.tuple([z.literal('CMD'), z.string()], z.string()), interval: z.string(), timeout: z.string() }),
})
type Service = z.output<typeof Service>
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) })

/** `${NAME:?what to say}` and `${NAME:-default}` of a value, as Compose fills them in; empty counts as unset. */
const filledIn = (value: string, env: Record<string, string>) =>
  value.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (kind === '?' && !env[name]) throw new Error(`${name}: ${rest}`)
    return env[name] || rest
  })
const composeOf = (env: Record<string, string>) =>
  Compose.parse(parse(file, (_, value) => (typeof value === 'string' ? filledIn(value, env) : value), { merge: true }))

const secrets = { POSTGRES_PASSWORD: 'a0', DATABASE_PASSWORD: 'b1', REPLICATION_PASSWORD: 'c2' }
const { services, volumes } = composeOf(secrets)
const written = Compose.parse(parse(file, { merge: true })).services
const those = (is: (service: Service) => boolean) => Object.entries(services).filter(([, service]) => is(service))
const datelines = those(({ image }) => image === 'dateline')
const databases = those(({ image }) => image.startsWith('postgres:'))

t.test('Dateline runs at least twice, from the image of this repository, on the same database', async t => {
  t.ok(datelines.length >= 2)
  for (const [name, { build, environment }] of datelines) {
    t.equal(build, '.', name)
    t.same(environment, datelines[0]?.[1].environment, name)
  }
  t.ok(existsSync(new URL('Dockerfile', root)))
})

t.test('what Dateline is given are settings that it knows, and passes as its configuration', async t => {
  for (const [name, { environment }] of datelines) {
    const { database, adminKey, publicUrl, trustProxy } = readConfig(environment)
    if (database.kind !== 'postgres') throw new Error(`${name} is not on PostgreSQL`)
    const [primary, ...replicas] = [database.url, ...database.readUrls].map(url => new URL(url))
    t.equal(primary?.password, secrets.DATABASE_PASSWORD)
    t.ok(replicas.length > 0, 'a replica is read from')
    for (const { hostname, port } of [primary, ...replicas].filter(url => url !== undefined))
      t.same([services[hostname]?.image, port], ['postgres:18', '5432'], hostname)
    t.notOk(replicas.some(({ hostname }) => hostname === primary?.hostname))
    t.same([adminKey, publicUrl], [undefined, undefined], 'what nobody has set counts as unset')
    t.same(trustProxy, ['uniquelocal'], 'the balancer tells who asks; it is in a network that Docker makes')
  }
  const given = { ...secrets, DATELINE_ADMIN_KEY: `dl_${'x'.repeat(29)}`, PUBLIC_URL: 'https://api.news.example' }
  t.match(readConfig(composeOf(given).services[datelines[0]?.[0] ?? '']?.environment ?? {}), {
    adminKey: given.DATELINE_ADMIN_KEY,
    publicUrl: given.PUBLIC_URL,
  })
})

t.test('without one of the passwords nothing starts, and it is named', async t => {
  for (const name of Object.keys(secrets)) {
    t.throws(() => composeOf({ ...secrets, [name]: '' }), { message: new RegExp(`^${name}: set it in \\.env`) })
    t.match(textOf('README.md'), name, 'the README says so, too')
  }
})

t.test('no password is in the file', async t => {
  for (const [name, { environment }] of Object.entries(written))
    for (const [variable, value] of Object.entries(environment)) {
      if (/PASSWORD|KEY|SECRET/.test(variable)) t.match(value, /^\$\{\w+:[?-][^}]*\}$/, `${name} ${variable}`)
      const login = /\/\/[^/@:]*:(.*)@/.exec(value)?.[1]
      if (login !== undefined) t.match(login, /^\$\{\w+:\?[^}]*\}$/, `${name} ${variable}`)
      if (/PASSWORD/.test(variable)) t.match(value, ':?', `${name} ${variable} has no default`)
    }
})

t.test('every service is watched, comes back by itself, and starts after those that it needs', async t => {
  for (const [name, { restart, depends_on }] of Object.entries(services)) {
    t.equal(restart, 'unless-stopped', name)
    for (const [other, { condition }] of Object.entries(depends_on)) {
      t.ok(services[other], `${name} waits for ${other}`)
      t.equal(condition, 'service_healthy', `${name} waits for ${other}`)
    }
  }
  const needs = (name: string, seen: string[] = []): string[] =>
    Object.keys(services[name]?.depends_on ?? {}).flatMap(other => (seen.includes(other) ? [] : [other, ...needs(other, [...seen, other])]))
  for (const name of Object.keys(services)) t.notOk(needs(name).includes(name), `${name} does not wait for itself`)
  const primary = new URL(datelines[0]?.[1].environment.DATABASE_URL ?? '').hostname
  for (const [name] of datelines) t.same(needs(name), [primary], `${name} starts without a replica`)
})

t.test('Dateline is asked whether it can serve, not only whether it is there', async t => {
  const document = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(JSON.parse(textOf('openapi/openapi.json')))
  t.ok(document.paths['/health/ready'])
  for (const [name, { healthcheck }] of datelines) {
    const [, program, flag, code = ''] = healthcheck.test
    t.same([program, flag], ['node', '-e'], name)
    t.match(code, '/health/ready', name)
    t.equal(runs(code, 'ok').status, 0, 'a 200 is health')
    t.equal(runs(code, 'unready').status, 1, 'a 503 is none')
    t.equal(runs(code, 'away').status, 1, 'no answer is none')
  }
})

/** Runs the code of a health check where `fetch` gives such an answer. */
function runs(code: string, answer: 'ok' | 'unready' | 'away') {
  const fetched = answer === 'away' ? "Promise.reject(new Error('away'))" : `Promise.resolve({ ok: ${answer === 'ok'} })`
  return spawnSync(process.execPath, ['-e', `globalThis.fetch = () => ${fetched}; ${code}`])
}

t.test('a database is asked by TCP: while its folder is made, it answers on its socket alone', async t => {
  t.equal(databases.length, 2)
  for (const [name, { healthcheck }] of databases) t.match(healthcheck.test.join(' '), /pg_isready .*--host=127\.0\.0\.1/, name)
})

t.test('each database keeps its data in a volume of its own, where PostgreSQL 18 has it', async t => {
  const kept = databases.map(([, service]) => service.volumes.find(volume => volume.endsWith(':/var/lib/postgresql'))?.split(':')[0])
  t.equal(new Set(kept).size, databases.length)
  for (const volume of kept) t.hasProp(volumes, volume ?? '')
})

t.test('what is mounted is there, and no shell stumbles over it', async t => {
  const mounted = Object.values(services).flatMap(service => service.volumes.map(volume => volume.split(':')))
  const files = mounted.filter(([from = '']) => from.startsWith('./'))
  t.ok(files.length > 0)
  for (const [from = '', , mode] of files) {
    t.ok(existsSync(new URL(from, root)), from)
    t.equal(mode, 'ro', from)
    if (from.endsWith('.sh')) t.equal(spawnSync('sh', ['-n', from], { cwd: root }).status, 0, from)
  }
  for (const [from = ''] of mounted) t.ok(from.startsWith('./') || from in volumes, from)
  t.same(
    Object.keys(volumes).filter(name => !mounted.some(([from]) => from === name)),
    [],
    'no volume is left over',
  )
})

t.test('the scripts of the databases take the passwords that they are given, and the replica the name of the primary', async t => {
  for (const [name, { environment, volumes }] of databases) {
    const scripts = volumes.filter(volume => volume.startsWith('./')).map(volume => textOf(volume.split(':')[0] ?? ''))
    const asked = scripts.flatMap(script => script.match(/\b[A-Z]+_PASSWORD\b/g) ?? [])
    t.ok(asked.length > 0, name)
    t.same(
      asked.filter(variable => !(variable in environment)),
      [],
      name,
    )
    for (const [, host = ''] of scripts.join('\n').matchAll(/PGHOST=(\S+)/g)) t.equal(services[host]?.image, 'postgres:18', host)
  }
})

t.test('the balancer sends to every Dateline and to nothing else, asks whether it is ready, and alone can be reached from outside', async t => {
  const published = those(({ ports }) => ports.length > 0)
  t.same(
    published.map(([name]) => name),
    ['balancer'],
  )
  const mount = published[0]?.[1].volumes.find(volume => volume.endsWith(':/etc/caddy/Caddyfile:ro'))
  const caddyfile = textOf(mount?.split(':')[0] ?? '').replaceAll(/^\s*#.*$/gm, '')
  const port = /\bPORT=(\d+)/.exec(textOf('Dockerfile'))?.[1]
  const sent = [...caddyfile.matchAll(/^\s*reverse_proxy (.*) \{$/gm)].map(([, servers = '']) => servers.split(' '))
  t.same(sent, [datelines.map(([name]) => `${name}:${port}`)])
  t.match(caddyfile, /^\s*health_uri \/health\/ready$/m)
  t.match(caddyfile, /^\s*compression off$/m)
  const asked = [...caddyfile.matchAll(/\{\$(\w+)\}/g)].map(([, variable = '']) => variable)
  t.same(asked, Object.keys(published[0]?.[1].environment ?? {}))
})
