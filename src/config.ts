// The only reader of the environment: every setting, checked once.
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { wholeNumber } from './http/params.ts'
import { withoutPassword } from './lib/url.ts'

const origins = z
  .string()
  .transform(value => value.split(',').map(part => part.trim()))
  .refine(
    list => list.every(origin => origin === '*' || /^https?:\/\/[^/\s]+$/.test(origin)),
    'must be * or origins such as https://news.example, separated by commas',
  )

const isPostgres = (value: string) => /^postgres(ql)?:\/\/./.test(value) && URL.canParse(value)

/** Requests a minute, or `off`. */
const rate = z.string().transform((value, context): number | 'off' => {
  if (value === 'off') return value
  const number = /^\d{1,7}$/.test(value) ? Number(value) : 0
  if (number >= 1 && number <= 1_000_000) return number
  context.issues.push({ code: 'custom', input: value, message: 'must be off, or a whole number of requests a minute from 1 to 1000000' })
  return z.NEVER
})

const proxyGroups = ['loopback', 'linklocal', 'uniquelocal']

/** An address or a range of them (`10.0.0.0/8`), or a name of some that Fastify knows. A range of everything would believe everybody. */
function isProxy(value: string): boolean {
  if (proxyGroups.includes(value)) return true
  const [address = '', bits = '1', ...rest] = value.split('/')
  const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  return rest.length === 0 && !address.includes('%') && /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most
}

const proxies = z
  .string()
  .transform(value => (value === 'false' ? false : value.split(',').map(part => part.trim())))
  .refine(
    list => list === false || list.every(isProxy),
    'must be false, or addresses of proxies such as 10.0.0.5, 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas',
  )

const switched = z.enum(['true', 'false']).transform(value => value === 'true')

/** Settings by their names in the environment; `description` is what `--help` and the README print. */
export const settings = z.object({
  DATABASE_URL: z
    .string()
    .refine(value => /^file:.+/.test(value) || isPostgres(value), {
      error: 'must be file: and a path, such as file:data/dateline.db, or an address such as postgres://user:password@host:5432/dateline',
    })
    .default('file:data/dateline.db')
    .meta({
      description:
        'Where the database is: file: and a path, or the address of a PostgreSQL (15 or later): postgres://user:password@host:5432/dateline.',
    }),
  DATABASE_READ_URLS: z
    .string()
    .transform(value => value.split(',').map(part => part.trim()))
    .refine(urls => urls.every(isPostgres), 'must be addresses such as postgres://user:password@replica:5432/dateline, separated by commas')
    .optional()
    .meta({
      description: 'Addresses of streaming replicas, with commas: requests without a key read from those that are less than a second behind.',
    }),
  HOST: z.string().min(1).default('127.0.0.1').meta({ description: 'Address to listen on; 0.0.0.0 for every one.' }),
  PORT: wholeNumber(0, 65_535).default(3000).meta({ description: 'Port to listen on; 0 picks a free one.' }),
  PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^\s]+[^/\s]$/, 'must be an address such as https://api.news.example, without a slash at its end')
    .optional()
    .meta({ description: 'Address that callers use, for the servers of the OpenAPI document; one with https makes browsers stay with https.' }),
  DATELINE_ADMIN_KEY: z
    .string()
    .regex(/^dl_[\x21-\x7e]{29,}$/, 'must begin with dl_ and have at least 32 visible ASCII characters')
    .optional()
    .meta({ description: 'A key with every scope, for machines that are made from a file: dl_ and at least 29 more characters.' }),
  PUBLIC_READ: switched.default(true).meta({ description: 'false: reads of published content need a key, too.' }),
  REQUIRE_IF_MATCH: switched.default(false).meta({ description: 'true: PUT, PATCH and DELETE without If-Match (or version) are refused with 428.' }),
  CACHE_MAX_AGE: wholeNumber(0, 31_536_000)
    .optional()
    .meta({ description: 'Seconds that caches may keep answers to nobody without asking again; without it they ask each time.' }),
  CORS_ORIGINS: origins.default(['*']).meta({ description: 'Origins whose scripts may read answers: * or a list with commas.' }),
  RATE_LIMIT: rate.default(600).meta({
    description: 'Requests a minute that each key, or each address of nobody, may send to this process; off for any number.',
  }),
  MAX_REQUESTS: wholeNumber(1, 100_000)
    .default(200)
    .meta({ description: 'Requests that are answered at once by this process; those above are refused with 503.' }),
  TRUST_PROXY: proxies.default(false).meta({
    description:
      'Proxies whose X-Forwarded-For tells the address of the caller: addresses or ranges with commas, or loopback, linklocal, uniquelocal; false for none.',
  }),
  SEARCH_THREADS: wholeNumber(0, 64).optional().meta({
    description:
      'Threads that searches of a file run in, beside the one that answers; 0 for none. Without it: one for each processor but one, 1 to 4.',
  }),
  TRASH_DAYS: wholeNumber(1, 36_500).default(30).meta({ description: 'Days that what was deleted stays in the trash before it is gone for good.' }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').meta({
    description:
      'Least level that is logged, to stderr as JSON lines: fatal, error, warn, info, debug (with a line for each request), trace, silent.',
  }),
})

/** A file, or a server with its replicas. `name` may be shown: it has no password. */
export type DatabaseConfig = { kind: 'sqlite'; path: string; name: string } | { kind: 'postgres'; url: string; readUrls: string[]; name: string }

export type Config = {
  database: DatabaseConfig
  host: string
  port: number
  publicUrl: string | undefined
  adminKey: string | undefined
  publicRead: boolean
  requireIfMatch: boolean
  cacheMaxAgeSeconds: number | undefined
  corsOrigins: string[]
  ratePerMinute: number | undefined
  maxRequests: number
  trustProxy: string[] | false
  searchThreads: number
  trashDays: number
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** A setting that is wrong; the message has a line for each, with its name and what it may be. */
export class ConfigError extends Error {}

/** Settings of an environment; empty strings count as unset. Throws a ConfigError that names every wrong one. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(settings.shape).flatMap(name => (environment[name] ? [[name, environment[name]]] : [])))
  const result = settings.safeParse(given)
  if (!result.success) throw new ConfigError(result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const env = result.data
  if (env.DATABASE_READ_URLS && !isPostgres(env.DATABASE_URL))
    throw new ConfigError('DATABASE_READ_URLS: needs a DATABASE_URL that begins with postgres://, as a file has no replicas')
  return {
    database: databaseOf(env.DATABASE_URL, env.DATABASE_READ_URLS ?? []),
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    adminKey: env.DATELINE_ADMIN_KEY,
    publicRead: env.PUBLIC_READ,
    requireIfMatch: env.REQUIRE_IF_MATCH,
    cacheMaxAgeSeconds: env.CACHE_MAX_AGE,
    corsOrigins: env.CORS_ORIGINS,
    ratePerMinute: env.RATE_LIMIT === 'off' ? undefined : env.RATE_LIMIT,
    maxRequests: env.MAX_REQUESTS,
    trustProxy: env.TRUST_PROXY,
    searchThreads: env.SEARCH_THREADS ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    trashDays: env.TRASH_DAYS,
    logLevel: env.LOG_LEVEL,
  }
}

/** What an address of a database stands for; `file:` and a path, or `postgres://…`. */
export function databaseOf(url: string, readUrls: string[] = []): DatabaseConfig {
  if (isPostgres(url)) return { kind: 'postgres', url, readUrls, name: withoutPassword(url) }
  const path = url.replace(/^file:(\/\/(?=\/))?/, '')
  return { kind: 'sqlite', path, name: path }
}
