import fc from 'fast-check'
import t from 'tap'
import { dayOrInstant, httpDate, instant, isDay, millisecondsBetween, parseInstant, systemClock } from '../../src/lib/instant.ts'

t.test('any RFC 3339 time becomes UTC with milliseconds', async t => {
  const cases = {
    '2024-06-21T08:00:00Z': '2024-06-21T08:00:00.000Z',
    '2024-06-21t08:00:00z': '2024-06-21T08:00:00.000Z',
    '2024-06-21T08:00:00.1Z': '2024-06-21T08:00:00.100Z',
    '2024-06-21T08:00:00.123456789Z': '2024-06-21T08:00:00.123Z',
    '2024-06-21T08:00:00+02:00': '2024-06-21T06:00:00.000Z',
    '2024-06-21T23:30:00-05:45': '2024-06-22T05:15:00.000Z',
    '2024-02-29T23:59:59.999Z': '2024-02-29T23:59:59.999Z',
    '1000-01-01T00:00:00Z': '1000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z': '9999-12-31T23:59:59.999Z',
  }
  for (const [from, to] of Object.entries(cases)) t.equal(parseInstant(from), to)
})

t.test('what is no time is none', async t => {
  const wrong = [
    '',
    '2024-06-21',
    '2024-06-21 08:00:00Z',
    '2024-06-21T08:00:00',
    '2024-06-21T08:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-06-31T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-06-21T24:00:00Z',
    '2024-06-21T08:60:00Z',
    '2024-06-21T08:00:60Z',
    '2024-06-21T08:00:00+24:00',
    '2024-06-21T08:00:00+02:60',
    '2024-06-21T08:00:00.Z',
    '2024-06-21T08:00:00.1234567890Z',
    '0999-12-31T23:59:59Z',
    '1000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+12024-06-21T08:00:00Z',
    ' 2024-06-21T08:00:00Z',
    '2024-06-21T08:00:00Z\n',
    '٢٠٢٤-06-21T08:00:00Z',
  ]
  for (const value of wrong) t.equal(parseInstant(value), undefined, value)
})

t.test('times sort as text, and what was parsed stays as it is', async t => {
  const date = fc.date({ min: new Date('1000-01-02T00:00:00.000Z'), max: new Date('9999-12-30T00:00:00.000Z'), noInvalidDate: true })
  const run = fc.check(
    fc.property(
      date,
      date,
      (a, b) => a.toISOString() < b.toISOString() === a.getTime() < b.getTime() && parseInstant(a.toISOString()) === a.toISOString(),
    ),
  )
  t.match(run, { failed: false })
})

t.test('a day is one that the calendar has', async t => {
  for (const day of ['2024-02-29', '1000-01-01', '9999-12-31', '2000-02-29']) t.equal(isDay(day), true, day)
  for (const day of ['2024-02-30', '1900-02-29', '2024-6-1', '2024-06-21T00:00:00Z', '', '2024-00-10', '2024-01-00']) t.equal(isDay(day), false, day)
})

t.test('input is a time; a bound of a filter may be a day', async t => {
  t.equal(instant.parse('2024-06-21T10:00:00+02:00'), '2024-06-21T08:00:00.000Z')
  t.equal(instant.safeParse('2024-06-21').success, false)
  t.equal(dayOrInstant.parse('2024-06-21'), '2024-06-21T00:00:00.000Z')
  t.equal(dayOrInstant.parse('2024-06-21T10:00:00+02:00'), '2024-06-21T08:00:00.000Z')
  for (const wrong of ['2024-02-30', 'yesterday', '', '0999-01-01', 5]) t.equal(dayOrInstant.safeParse(wrong).success, false, String(wrong))
  t.match(instant.safeParse('now').error?.issues, [{ code: 'custom', params: { code: 'invalid_time' } }])
})

t.test('the rest of the clock', async t => {
  t.equal(millisecondsBetween('2024-06-21T08:00:00.000Z', '2024-06-21T08:00:01.500Z'), 1_500)
  t.equal(httpDate('2024-06-21T08:00:00.999Z'), 'Fri, 21 Jun 2024 08:00:00 GMT')
  t.match(systemClock.now(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})
