import t from 'tap'
import { millisecondsOf } from '../../src/lib/instant.ts'
import { intervalsOf, maxIntervals, precisionOf, timelineOf } from '../../src/timeline/intervals.ts'

t.test('times are told apart as finely as the borders need', async t => {
  const at = (...times: string[]) => precisionOf(times.map(millisecondsOf))
  t.equal(at('2024-06-21T00:00:00.000Z', '2024-06-22T00:00:00.000Z'), 10)
  t.equal(at('2024-06-21T00:00:00.000Z', '2024-06-22T14:00:00.000Z'), 13)
  t.equal(at('2024-06-21T18:15:00.000Z'), 16)
  t.equal(at('2024-06-21T18:15:00.000Z', '1900-01-01T18:18:44.000Z'), 19)
})

t.test('each article counts in its interval, and those without one are 0', async t => {
  const starts = ['2024-06-20T00:00:00.000Z', '2024-06-21T00:00:00.000Z', '2024-06-22T00:00:00.000Z', '2024-06-23T00:00:00.000Z'].map(millisecondsOf)
  const shown = timelineOf(starts, [
    { part: '2024-06-20', articles: 2 },
    { part: '2024-06-23T00', articles: 1 },
    { part: '2024-06-23T23:59', articles: 4 },
  ])
  t.same(
    shown.map(({ articles }) => articles),
    [2, 0, 0, 5],
  )
  t.equal(shown[3]?.from, '2024-06-23T00:00:00.000Z')
})

t.test('more than an answer has are refused, with what to do', async t => {
  t.equal(intervalsOf('2000-01-01T00:00:00.000Z', '2013-09-08T23:59:59.999Z', 'day', 'UTC').length, maxIntervals)
  t.throws(() => intervalsOf('2000-01-01T00:00:00.000Z', '2013-09-09T00:00:00.000Z', 'day', 'UTC'), {
    code: 'invalid_request',
    issues: [{ parameter: 'interval', code: 'too_many_intervals', detail: /choose a longer one, or narrower bounds/ }],
  })
})
