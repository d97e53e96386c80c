import fc from 'fast-check'
import t from 'tap'
import { hashSecret, keyText, newKey, parseKey } from '../../src/keys/key.ts'

const base62 = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
const characters = (length: number) => fc.array(base62, { minLength: length, maxLength: length }).map(list => list.join(''))
const parts = fc.record({ id: characters(10), secret: characters(32) })

t.test('a new key has its form, can be taken apart, and is never made twice', async t => {
  const keys = Array.from({ length: 200 }, newKey)
  for (const key of keys) {
    t.match(key.text, /^dl_[0-9A-Za-z]{48}$/)
    t.same(parseKey(key.text), { id: key.id, secret: key.secret })
  }
  t.equal(new Set(keys.map(key => key.id)).size, keys.length)
  t.equal(new Set(keys.map(key => key.secret)).size, keys.length)
})

t.test('every key survives being written and read', async t => {
  fc.assert(
    fc.property(parts, key => t.same(parseKey(keyText(key)), key, 'the same parts') && true),
    { numRuns: 200 },
  )
})

t.test('one wrong character is a typing error, wherever it stands', async t => {
  const property = fc.property(parts, fc.integer({ min: 3, max: 50 }), base62, (key, at, character) => {
    const text = keyText(key)
    fc.pre(text[at] !== character)
    return parseKey(`${text.slice(0, at)}${character}${text.slice(at + 1)}`) === 'mistyped'
  })
  fc.assert(property)
  t.pass('a burst shorter than 32 bits never escapes a CRC-32')
})

t.test('two characters that changed places are a typing error', async t => {
  const text = keyText({ id: '0123456789', secret: 'abcdefghijklmnopqrstuvwxyzABCDEF' })
  for (let at = 3; at < 49; at++) {
    const [a = '', b = ''] = text.slice(at, at + 2)
    if (a !== b) t.equal(parseKey(`${text.slice(0, at)}${b}${a}${text.slice(at + 2)}`), 'mistyped', `at ${at}`)
  }
})

t.test('anything else is no key, and is told so at once', async t => {
  const { text } = newKey()
  for (const other of [
    '',
    'dl_',
    ` ${text}`,
    `${text}\n`,
    `${text}0`,
    text.slice(0, -1),
    text.replace('dl_', 'DL_'),
    `dl_${'é'.repeat(48)}`,
    '\ud800',
    '\0',
    'dl_'.repeat(500_000),
  ]) {
    t.equal(parseKey(other), 'no_key')
  }
})

t.test('the hash holds neither secret nor id, and differs for the same secret under another id', async t => {
  const { id, secret } = newKey()
  const hash = hashSecret({ id, secret })
  t.match(hash, /^[0-9a-f]{64}$/)
  t.notOk(hash.includes(secret))
  t.equal(hashSecret({ id, secret }), hash)
  t.not(hashSecret({ id: newKey().id, secret }), hash)
  t.not(hashSecret({ id, secret: newKey().secret }), hash)
})
