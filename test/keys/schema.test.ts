import fc from 'fast-check'
import t from 'tap'
import { KeyCreate, parseExpiry } from '../../src/keys/schema.ts'

const now = '2024-06-21T08:00:00.000Z'

t.test('a key ends after days, on a day, or at a time', async t => {
  t.equal(parseExpiry('1d', now), '2024-06-22T08:00:00.000Z')
  t.equal(parseExpiry('90d', now), '2024-09-19T08:00:00.000Z')
  t.equal(parseExpiry('36500d', now), '2124-05-28T08:00:00.000Z')
  t.equal(parseExpiry('2027-01-01', now), '2027-01-01T00:00:00.000Z')
  t.equal(parseExpiry('2024-06-21T10:00:00.001+02:00', now), '2024-06-21T08:00:00.001Z')
})

t.test('an end that is none, that is over, or that is beyond a century is refused', async t => {
  for (const value of [
    '',
    '0d',
    '-1d',
    '1.5d',
    '36501d',
    '99999d',
    '100000d',
    '90',
    '90 d',
    '2024-06-21',
    '2024-06-21T08:00:00Z',
    '2020-01-01',
    '2027-02-30',
    'soon',
    '٣d',
  ]) {
    t.equal(parseExpiry(value, now), undefined, JSON.stringify(value))
  }
  t.equal(parseExpiry('1d', '9999-12-31T12:00:00.000Z'), undefined, 'years end with 9999')
})

t.test('whatever is typed, the end is after now or there is none', async t => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat(99_999).map(days => `${days}d`),
        fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
      ),
      value => {
        const end = parseExpiry(value, now)
        return end === undefined || end > now
      },
    ),
  )
  t.pass()
})

t.test('a key needs a visible name and at least one known scope; the same scope twice is one', async t => {
  const good = { name: ' Newsroom ', scopes: ['admin', 'content:read', 'admin'], expiresAt: null }
  t.same(KeyCreate.parse(good), { name: 'Newsroom', scopes: ['admin', 'content:read'], expiresAt: null })
  for (const wrong of [
    { name: '' },
    { name: ' ' },
    { name: 'a\0b' },
    { name: 'x'.repeat(201) },
    { scopes: [] },
    { scopes: ['content:everything'] },
    { more: 1 },
  ]) {
    t.equal(KeyCreate.safeParse({ ...good, ...wrong }).success, false, JSON.stringify(wrong).slice(0, 60))
  }
  t.ok(KeyCreate.safeParse({ ...good, name: 'x'.repeat(200) }).success)
})
