import fc from 'fast-check'
import t from 'tap'
import { beginnings, type Interval, intervals, zoneOf } from '../../src/lib/calendar.ts'
import { instantOf, millisecondsOf } from '../../src/lib/instant.ts'

/** The beginnings as instants, short of what is the same in all of them. */
function starts(first: string, last: string, interval: Interval, tz: string, most = 100): string[] | undefined {
  const zone = zoneOf(tz)
  if (!zone) throw new Error(`no zone ${tz}`)
  return beginnings(millisecondsOf(first), millisecondsOf(last), interval, zone, most)?.map(at => instantOf(at).replace(':00.000Z', 'Z'))
}

t.test('a zone has a name of the IANA, and nothing else is one', async t => {
  for (const name of ['UTC', 'Asia/Vladivostok', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'EST5EDT', 'europe/berlin']) t.ok(zoneOf(name), name)
  for (const name of [
    '',
    'Mars/Olympus',
    '+05:30',
    '-08',
    'Asia/',
    '/Asia',
    'Asia/Tokyo ',
    'Asia/Tokyo\0',
    '__proto__',
    'x'.repeat(10_000),
    'Asia//Tokyo',
  ])
    t.equal(zoneOf(name), undefined, JSON.stringify(name.slice(0, 20)))
})

t.test('days, weeks from Monday, months and years begin at midnight, across the end of a year', async t => {
  t.same(starts('2024-12-30T23:59:59.999Z', '2025-01-01T00:00:00.000Z', 'day', 'UTC'), [
    '2024-12-30T00:00Z',
    '2024-12-31T00:00Z',
    '2025-01-01T00:00Z',
  ])
  t.same(starts('2024-12-29T12:00:00Z', '2025-01-06T00:00:00Z', 'week', 'UTC'), ['2024-12-23T00:00Z', '2024-12-30T00:00Z', '2025-01-06T00:00Z'])
  t.same(starts('2023-12-31T23:59:59Z', '2024-03-01T00:00:00Z', 'month', 'UTC'), [
    '2023-12-01T00:00Z',
    '2024-01-01T00:00Z',
    '2024-02-01T00:00Z',
    '2024-03-01T00:00Z',
  ])
  t.same(starts('1999-06-01T00:00:00Z', '2001-01-01T00:00:00Z', 'year', 'UTC'), ['1999-01-01T00:00Z', '2000-01-01T00:00Z', '2001-01-01T00:00Z'])
  t.same(starts('2024-02-28T12:00:00Z', '2024-03-01T12:00:00Z', 'day', 'UTC')?.length, 3, '2024 has a 29th of February')
  t.same(starts('2100-02-28T12:00:00Z', '2100-03-01T12:00:00Z', 'day', 'UTC')?.length, 2, '2100 has none')
})

t.test('a zone moves the borders, by odd minutes and odd seconds, too', async t => {
  t.same(starts('2024-05-31T15:00:00Z', '2024-05-31T15:00:00Z', 'month', 'Asia/Vladivostok'), ['2024-05-31T14:00Z'])
  t.same(starts('2024-05-31T13:00:00Z', '2024-05-31T13:00:00Z', 'month', 'Asia/Vladivostok'), ['2024-04-30T14:00Z'])
  t.same(starts('2023-12-31T12:00:00Z', '2024-01-01T12:00:00Z', 'year', 'Asia/Kathmandu'), ['2022-12-31T18:15Z', '2023-12-31T18:15Z'])
  t.same(starts('1900-01-01T12:00:00Z', '1900-01-01T12:00:00Z', 'day', 'Asia/Kathmandu'), ['1899-12-31T18:18:44.000Z'])
})

t.test('a day has 23 hours where clocks are put forward, and 25 where they are put back', async t => {
  t.same(starts('2024-03-09T12:00:00Z', '2024-03-11T12:00:00Z', 'day', 'America/New_York'), [
    '2024-03-09T05:00Z',
    '2024-03-10T05:00Z',
    '2024-03-11T04:00Z',
  ])
  t.same(starts('2024-11-02T12:00:00Z', '2024-11-04T12:00:00Z', 'day', 'America/New_York'), [
    '2024-11-02T04:00Z',
    '2024-11-03T04:00Z',
    '2024-11-04T05:00Z',
  ])
  t.same(starts('2024-03-15T12:00:00Z', '2024-04-15T12:00:00Z', 'month', 'Europe/Berlin'), ['2024-02-29T23:00Z', '2024-03-31T22:00Z'])
})

t.test('a day without a midnight begins when clocks are put over it, one with two at the first', async t => {
  t.same(starts('2024-03-30T12:00:00Z', '2024-04-01T12:00:00Z', 'day', 'Asia/Beirut'), [
    '2024-03-29T22:00Z',
    '2024-03-30T22:00Z',
    '2024-03-31T21:00Z',
  ])
  t.same(starts('2018-11-03T12:00:00Z', '2018-11-05T12:00:00Z', 'day', 'America/Sao_Paulo'), [
    '2018-11-03T03:00Z',
    '2018-11-04T03:00Z',
    '2018-11-05T02:00Z',
  ])
  t.same(starts('2024-11-02T12:00:00Z', '2024-11-04T12:00:00Z', 'day', 'America/Havana'), [
    '2024-11-02T04:00Z',
    '2024-11-03T04:00Z',
    '2024-11-04T05:00Z',
  ])
  t.same(starts('2006-10-28T12:00:00Z', '2006-10-30T12:00:00Z', 'day', 'America/St_Johns'), [
    '2006-10-28T02:30Z',
    '2006-10-29T02:30Z',
    '2006-10-30T03:30Z',
  ])
})

t.test('a day that a place skipped is none', async t => {
  t.same(starts('2011-12-29T20:00:00Z', '2011-12-31T20:00:00Z', 'day', 'Pacific/Apia'), [
    '2011-12-29T10:00Z',
    '2011-12-30T10:00Z',
    '2011-12-31T10:00Z',
  ])
})

t.test('as many as were allowed, and not one more', async t => {
  t.equal(starts('2024-01-01T00:00:00Z', '2024-01-05T00:00:00Z', 'day', 'UTC', 5)?.length, 5)
  t.equal(starts('2024-01-01T00:00:00Z', '2024-01-06T00:00:00Z', 'day', 'UTC', 5), undefined)
  t.same(starts('1000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'year', 'UTC', 9_000)?.length, 9_000, 'the first and the last year there is')
})

t.test('the latest beginning before any moment shows the day of that moment, or the first day of its week, month or year', async t => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Pacific/Chatham',
    'Africa/Casablanca',
  ]
  const first = millisecondsOf('1975-01-01T00:00:00.000Z')
  const last = millisecondsOf('2037-12-31T23:59:59.000Z')
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: first, max: last }), fc.constantFrom(...intervals), (tz, at, interval) => {
      const zone = zoneOf(tz)
      const [from = 0] = (zone && beginnings(at, at, interval, zone, 1)) ?? []
      const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: tz, year: 'numeric', month: '2-digit', day: '2-digit' })
      const weekday = new Intl.DateTimeFormat('en-CA', { timeZone: tz, weekday: 'long' })
      const [now, begun] = [dayOf.format(at), dayOf.format(from)]
      t.ok(from <= at && dayOf.format(from - 1) < begun, `${begun} is new at ${from}`)
      const wanted = {
        day: begun === now,
        week: weekday.format(from) === 'Monday' && at - from < 7.05 * 86_400_000,
        month: begun === `${now.slice(0, 7)}-01`,
        year: begun === `${now.slice(0, 4)}-01-01`,
      }
      return wanted[interval]
    }),
    { numRuns: 400 },
  )
})
