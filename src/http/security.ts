const yearSeconds = 31_536_000

/**
 * What every answer tells browsers: take it for what it says it is, run nothing of it, tell nobody where you came from, and any origin may fetch it.
 * Pages have a policy of their own. `publicUrl` with https: ask by https alone (RFC 6797).
 */
export const securityFields = (publicUrl: string | undefined): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  ...(publicUrl?.startsWith('https:') && { 'strict-transport-security': `max-age=${yearSeconds}` }),
})
