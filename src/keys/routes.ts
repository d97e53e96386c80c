import type { Deps } from '../deps.ts'
import { answer } from '../http/answer.ts'
import { type Caller, demand, type Scope } from '../http/auth.ts'
import { jsonBody, patchBody } from '../http/bodies.ts'
import { conditionOf, demandVersion } from '../http/etag.ts'
import { noQuery, writeQuery } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import { invalid, notFound } from '../lib/errors.ts'
import { type Instant, later } from '../lib/instant.ts'
import { write } from '../writes/write.ts'
import { Key, KeyInput, KeyList, KeyMade, KeyRotate, KeyUpdate, keyIdParams, WhoAmI } from './schema.ts'
import { createKey, getKey, type KeyInfo, listKeys, revokeKey, updateKey } from './store.ts'

const tags = ['keys']
/** Keys have no versions: their ETags begin with nought, and any other is stale. */
const noVersion = 0

/** /v1/keys, /v1/whoami */
export const keyRoutes =
  (deps: Deps): Routes =>
  async app => {
    const { store, clock } = deps

    app.get(
      '/whoami',
      {
        config: { access: 'open' },
        schema: {
          operationId: 'whoAmI',
          tags,
          summary: 'Who am I',
          description: 'The key that asks, and what it may do: for finding out whether a key works. Without one it is a 401.',
          querystring: noQuery,
          response: { 200: answer(WhoAmI, 'The key that asks.'), ...problems() },
        },
      },
      async ({ caller }) => {
        if (!caller.known) demand(caller, 'content:read', 'Knowing who asks')
        const key = caller.known && caller.keyId !== null ? await store.read(db => getKey(db, caller.keyId ?? '')) : undefined
        return { keyId: key?.id ?? null, name: key?.name ?? 'admin', scopes: scopesOf(caller), expiresAt: key?.expiresAt ?? null }
      },
    )

    app.get(
      '/keys',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'listKeys',
          tags,
          summary: 'List keys',
          description: 'All keys, the newest first, at most 1,000; revoked and expired ones too. Their secrets are not kept.',
          querystring: noQuery,
          response: { 200: answer(KeyList, 'The keys.'), ...problems() },
        },
      },
      async () => ({ data: await store.read(db => listKeys(db)) }),
    )

    app.post(
      '/keys',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'createKey',
          tags,
          summary: 'Make a key',
          description: 'The answer is the only time that the key is shown. Nobody gives away a scope that they do not have.',
          querystring: writeQuery,
          body: jsonBody(KeyInput),
          response: { 201: answer(KeyMade, 'The key, with its text.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { name, scopes, expiresAt } = request.body
        refuseScopes(request.caller, scopes)
        refusePast(expiresAt, clock.now())
        return write(
          deps,
          request,
          reply,
          async (db, { now }) => {
            const { text, key } = await createKey(db, { name, scopes, expiresAt }, now)
            reply.code(201).header('location', `/v1/keys/${key.id}`)
            return { answer: { ...key, key: text }, kind: 'key', id: key.id, details: { name, scopes } }
          },
          { hasSecret: true },
        )
      },
    )

    app.get(
      '/keys/:id',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'getKey',
          tags,
          summary: 'Get a key',
          description: 'One key by its id, which is the ten characters behind `dl_`. The secret is not kept.',
          params: keyIdParams,
          querystring: noQuery,
          response: { 200: answer(Key, 'The key.'), ...problems() },
        },
      },
      async request => store.read(db => needKey(db, request.params.id)),
    )

    app.patch(
      '/keys/:id',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'updateKey',
          tags,
          summary: 'Change a key',
          description: 'Its name, its scopes or its end; null for one that never ends. It counts from the next request on, on every process.',
          params: keyIdParams,
          querystring: writeQuery,
          body: patchBody(KeyUpdate),
          response: { 200: answer(Key, 'The key as it is now.'), ...problems() },
        },
      },
      async (request, reply) => {
        const { body, caller } = request
        refuseScopes(caller, body.scopes ?? [])
        refusePast(body.expiresAt ?? null, clock.now())
        return write(deps, request, reply, async db => {
          const before = await needKey(db, request.params.id)
          demandVersion(noVersion, conditionOf(request), undefined, false)
          if (body.expiresAt !== undefined) refuseScopes(caller, before.scopes) // a longer life is a gift, too
          const key = await updateKey(db, before, body)
          return { answer: key, kind: 'key', id: key.id, details: { ...body } }
        })
      },
    )

    app.post(
      '/keys/:id/rotate',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'rotateKey',
          tags,
          summary: 'Rotate a key',
          description:
            'Makes a key of the same name, scopes and end, and lets the old one live for `overlapSeconds` more, so that nothing stands still meanwhile.',
          params: keyIdParams,
          querystring: writeQuery,
          body: jsonBody(KeyRotate),
          response: { 201: answer(KeyMade, 'The new key, with its text.'), ...problems() },
        },
      },
      async (request, reply) =>
        write(
          deps,
          request,
          reply,
          async (db, { now }) => {
            const old = await needKey(db, request.params.id)
            refuseScopes(request.caller, old.scopes)
            refuseEnded(old, now)
            const { text, key } = await createKey(db, old, now)
            const end = later(now, request.body.overlapSeconds * 1_000) ?? now
            if (request.body.overlapSeconds === 0) await revokeKey(db, old.id, now)
            else if (old.expiresAt === null || old.expiresAt > end) await updateKey(db, old, { expiresAt: end })
            reply.code(201).header('location', `/v1/keys/${key.id}`)
            return { answer: { ...key, key: text }, kind: 'key', id: key.id, details: { replaces: old.id, until: end } }
          },
          { hasSecret: true },
        ),
    )

    app.delete(
      '/keys/:id',
      {
        config: { access: 'keys:write' },
        schema: {
          operationId: 'revokeKey',
          tags,
          summary: 'Revoke a key',
          description: 'Ends a key for good: it is a 401 from the next request on, on every process. It stays in the list.',
          params: keyIdParams,
          querystring: writeQuery,
          response: problems(),
        },
      },
      async (request, reply) =>
        write(deps, request, reply, async (db, { now }) => {
          await needKey(db, request.params.id)
          demandVersion(noVersion, conditionOf(request), undefined, false)
          await revokeKey(db, request.params.id, now)
          reply.code(204)
          return { answer: undefined, kind: 'key', id: request.params.id }
        }),
    )
  }

async function needKey(db: Parameters<typeof getKey>[0], id: string): Promise<KeyInfo> {
  const key = await getKey(db, id)
  if (!key) throw notFound('key', id)
  return key
}

const scopesOf = (caller: Caller): Scope[] => (caller.known ? [...caller.scopes] : [])

/** Nobody gives away what they do not have. */
function refuseScopes(caller: Caller, scopes: readonly Scope[]) {
  for (const scope of scopes) demand(caller, scope, `A key with the scope ${scope}`)
}

function refusePast(expiresAt: Instant | null, now: Instant) {
  if (expiresAt !== null && expiresAt <= now)
    throw invalid({ pointer: '/expiresAt', code: 'expires_in_past', detail: `must be later than now (${now}); to end a key, delete it` })
}

function refuseEnded(key: KeyInfo, now: Instant) {
  if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now))
    throw invalid({ parameter: 'id', code: 'key_ended', detail: 'is a key that has ended; make a new one' })
}
