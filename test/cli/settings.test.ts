import t from 'tap'
import { ConfigError, readConfig, settings } from '../../src/config.ts'

const wrong: Record<keyof typeof settings.shape, string[]> = {
  DATABASE_URL: ['data/dateline.db', 'file:', 'mysql://localhost/dateline'],
  DATABASE_READ_URLS: ['file:data/replica.db', 'postgres://a/b,', 'postgres://a/b, localhost'],
  HOST: [],
  PORT: ['x', '-1', '65536', '0x50', ' 80', '80.5'],
  PUBLIC_URL: ['api.news.example', 'https://api.news.example/', 'ftp://news.example'],
  DATELINE_ADMIN_KEY: ['secret', `dl_${'x'.repeat(28)}`, `dl_${'x'.repeat(28)} x`, `DL_${'x'.repeat(40)}`],
  PUBLIC_READ: ['yes', '1', 'TRUE'],
  REQUIRE_IF_MATCH: ['no'],
  CACHE_MAX_AGE: ['-1', '31536001', '1m'],
  CORS_ORIGINS: ['news.example', 'https://news.example/', '*,', 'https://a.example, b.example'],
  RATE_LIMIT: ['0', '-1', '1.5', '1e3', 'abc', '1000001', '0x10', ' 5', 'OFF', 'false'],
  MAX_REQUESTS: ['0', '-1', '1.5', 'off', '100001'],
  TRUST_PROXY: [
    'true',
    '1',
    'nonsense',
    'proxy.example',
    '10.0.0.0/0',
    '10.0.0.0/33',
    '::/0',
    'fc00::/129',
    '10.0.0.1/8/8',
    '10.0.0/8',
    '10.0.0.1,',
    'false, 10.0.0.1',
    'fe80::1%eth0',
  ],
  SEARCH_THREADS: ['-1', '65', '1.5', 'all'],
  TRASH_DAYS: ['0', '-1', '36501', 'never'],
  LOG_LEVEL: ['verbose', 'INFO'],
}

t.test('every setting has a description, and works unset', async t => {
  for (const [name, setting] of Object.entries(settings.shape)) {
    t.match(setting.meta()?.description, /\S.*\.$/, name)
    t.ok(setting.safeParse(undefined).success, name)
  }
  t.same(readConfig({}), readConfig({ UNKNOWN: 'x', PORT: '', HOST: '', LOG_LEVEL: undefined }), 'empty counts as unset, others are not ours')
})

t.test('a wrong setting stops the start with its name', async t => {
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      try {
        readConfig({ [name]: value })
        t.fail(`${name}=${value} was taken`)
      } catch (error) {
        t.type(error, ConfigError)
        t.match(error, { message: new RegExp(`^${name}: \\S`) })
        if (name === 'DATELINE_ADMIN_KEY') t.notOk(String(error).includes(value), 'a secret is not said back')
      }
    }
  }
})

t.test('all wrong settings are named, not only the first', async t => {
  t.throws(() => readConfig({ PORT: 'x', PUBLIC_READ: 'x', LOG_LEVEL: 'x' }), { message: /^PORT: .+\nPUBLIC_READ: .+\nLOG_LEVEL: .+$/ })
})

t.test('settings arrive as what they mean', async t => {
  const key = `dl_${'x'.repeat(29)}`
  const config = readConfig({
    DATABASE_URL: 'file:///var/lib/dateline.db',
    HOST: '::',
    PORT: '0',
    PUBLIC_URL: 'https://api.news.example',
    DATELINE_ADMIN_KEY: key,
    PUBLIC_READ: 'false',
    REQUIRE_IF_MATCH: 'true',
    CACHE_MAX_AGE: '0',
    CORS_ORIGINS: 'https://a.example, http://localhost:5173',
    RATE_LIMIT: '1000000',
    MAX_REQUESTS: '1',
    TRUST_PROXY: 'loopback, 10.0.0.0/8,192.0.2.1 , fc00::/7,::ffff:10.0.0.1',
    LOG_LEVEL: 'silent',
  })
  t.match(config, {
    database: { kind: 'sqlite', path: '/var/lib/dateline.db', name: '/var/lib/dateline.db' },
    host: '::',
    port: 0,
    publicUrl: 'https://api.news.example',
    adminKey: key,
    publicRead: false,
    requireIfMatch: true,
    cacheMaxAgeSeconds: 0,
    corsOrigins: ['https://a.example', 'http://localhost:5173'],
    ratePerMinute: 1_000_000,
    maxRequests: 1,
    trustProxy: ['loopback', '10.0.0.0/8', '192.0.2.1', 'fc00::/7', '::ffff:10.0.0.1'],
    logLevel: 'silent',
  })
  t.match(readConfig({}), { database: { name: 'data/dateline.db' }, ratePerMinute: 600, maxRequests: 200, trustProxy: false })
  const { ratePerMinute, trustProxy } = readConfig({ RATE_LIMIT: 'off', TRUST_PROXY: 'false' })
  t.same([ratePerMinute, trustProxy], [undefined, false])
})
