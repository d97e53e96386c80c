import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import type { Store } from '../db/store.ts'
import { scopes } from '../http/auth.ts'
import { parseKey } from '../keys/key.ts'
import { KeyCreate, parseExpiry } from '../keys/schema.ts'
import { createKey, type KeyInfo, listKeys, maxKeysListed, revokeKey } from '../keys/store.ts'
import { type Instant, systemClock } from '../lib/instant.ts'
import { openDatabase } from './database.ts'
import { CommandError, type Io } from './io.ts'

type Create = { name: string; scope: string[]; expires?: string; json?: true }

/** `dateline key create|list|revoke` */
export function addKey(program: Command, io: Io) {
  const key = program.command('key').description('make, list and revoke keys')
  key
    .command('create')
    .description('make a key and print it: the only time that it is shown')
    .requiredOption('--name <name>', 'who or what it is for')
    .requiredOption('--scope <scope>', `what it may do, once for each: ${scopes.join(', ')}`, (scope: string, before: string[] = []) => [
      ...before,
      scope,
    ])
    .option('--expires <when>', 'a day (2027-01-01, its first moment in UTC), a time, or days from now (90d); never without it')
    .option('--json', 'print {"id","name","scopes","expiresAt","key"}')
    .action(async (options: Create) => create(io, options))
  key
    .command('list')
    .description('list keys, the newest first; their secrets are not kept')
    .option('--json', 'print an array')
    .action(async ({ json }: { json?: true }) => {
      const keys = await withDatabase(io, store => store.read(db => listKeys(db, maxKeysListed)))
      io.out(json ? `${JSON.stringify(keys, undefined, 2)}\n` : table(keys, systemClock.now()))
    })
  key
    .command('revoke')
    .description('end a key for good, from the next request on')
    .argument('<id>', 'its id, as `key list` shows it, or the key itself')
    .action(async (given: string) => {
      const id = idOf(given)
      const revoked = await withDatabase(io, store => store.write(db => revokeKey(db, id, systemClock.now())))
      if (!revoked) throw new CommandError(`there is no key ${id}: see \`dateline key list\``)
      io.out(`revoked ${revoked.id} (${revoked.name})\n`)
    })
}

async function create(io: Io, { name, scope, expires, json }: Create): Promise<void> {
  const now = systemClock.now()
  const expiresAt = expires === undefined ? null : parseExpiry(expires, now)
  if (expiresAt === undefined)
    throw new CommandError(`--expires: ${expires} must be a day (2027-01-01), a time or a number of days (90d), after now`, { exitCode: 2 })
  const wanted = KeyCreate.safeParse({ name, scopes: scope, expiresAt })
  if (!wanted.success)
    throw new CommandError(wanted.error.issues.map(issue => `--${issue.path[0] === 'scopes' ? 'scope' : 'name'}: ${issue.message}`).join('\n'), {
      exitCode: 2,
    })
  const { text, key } = await withDatabase(io, store => store.write(db => createKey(db, wanted.data, now)))
  if (json) return io.out(`${JSON.stringify({ id: key.id, name: key.name, scopes: key.scopes, expiresAt: key.expiresAt, key: text })}\n`)
  io.out(`${text}\n`)
  io.err(
    `Key ${key.id} for ${key.name}: ${key.scopes.join(', ')}; ${key.expiresAt ? `until ${key.expiresAt}` : 'never expires'}. It is shown this once.\n`,
  )
}

/** The id of a key, also from the whole of it: who must revoke a leaked key often has nothing else. */
function idOf(given: string): string {
  const parts = parseKey(given)
  if (parts === 'mistyped') throw new CommandError('this key has a typing error: its checksum does not fit', { exitCode: 2 })
  return parts === 'no_key' ? given : parts.id
}

async function withDatabase<T>(io: Io, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openDatabase(readConfig(io.env).database)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const stateOf = (key: KeyInfo, now: Instant) => {
  if (key.revokedAt !== null) return `revoked ${key.revokedAt}`
  if (key.expiresAt === null) return 'valid'
  return key.expiresAt <= now ? `expired ${key.expiresAt}` : `valid until ${key.expiresAt}`
}

/** Keys in columns, for people and for `awk`. */
function table(keys: KeyInfo[], now: Instant): string {
  const cells: ((key: KeyInfo) => string)[] = [key => key.id, key => key.name, key => key.scopes.join(','), key => stateOf(key, now)]
  const columns = cells.map(cell => {
    const width = Math.max(...keys.map(key => cell(key).length))
    return (key: KeyInfo) => cell(key).padEnd(width)
  })
  const used = (key: KeyInfo) => (key.lastUsedAt ? `used ${key.lastUsedAt}` : 'never used')
  return keys.map(key => `${[...columns, used].map(column => column(key)).join('  ')}\n`).join('')
}
