import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { lineOf } from '../../src/lib/line.ts'

const late = () => new Error('late')

t.test('so many run at once, and the others in the order they came', async t => {
  const inLine = lineOf(2, 10_000, late)
  const begun: number[] = []
  let [running, most] = [0, 0]
  const one = (n: number) =>
    inLine(async () => {
      begun.push(n)
      running += 1
      most = Math.max(most, running)
      await sleep(2)
      running -= 1
      return n * 2
    })
  const order = Array.from({ length: 20 }, (_, n) => n)
  t.same(
    await Promise.all(order.map(one)),
    order.map(n => n * 2),
  )
  t.same(begun, order)
  t.equal(most, 2)
})

t.test('who comes again and again passes nobody', async t => {
  const inLine = lineOf(1, 10_000, late)
  const turns: number[] = []
  const again = async (who: number) => {
    for (let turn = 0; turn < 10; turn++) await inLine(async () => void turns.push(who))
  }
  await Promise.all([0, 1, 2, 3].map(again))
  t.same(
    turns,
    Array.from({ length: 40 }, (_, n) => n % 4),
  )
})

t.test('who waits too long is sent away, and the place is not lost', async t => {
  const inLine = lineOf(1, 20, late)
  const first = inLine(() => sleep(60, 'first'))
  await t.rejects(
    inLine(async () => 'second'),
    { message: 'late' },
  )
  t.equal(await first, 'first')
  t.equal(await inLine(async () => 'third'), 'third')
  await t.rejects(
    inLine(async () => {
      throw new Error('its own')
    }),
    { message: 'its own' },
  )
  t.equal(await inLine(async () => 'fourth'), 'fourth', 'after an error, too')
})
