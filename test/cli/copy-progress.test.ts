import t from 'tap'
import { copyProgress } from '../../src/cli/copy-progress.ts'

function told(isTerminal: boolean) {
  let [said, now] = ['', 0]
  const progress = copyProgress({
    isTerminal,
    nowMs: () => now,
    say: text => {
      said += text
    },
  })
  return {
    progress,
    tick(ms: number) {
      now += ms
    },
    said: () => said,
  }
}

t.test('a terminal gets one line that is drawn again, ten times a second at most, and taken away in the end', async t => {
  const { progress, tick, said } = told(true)
  progress.show({ phase: 'copy', name: 'articles', done: 500, total: 2_000 })
  t.equal(said(), `\r\u001b[Kcopying   articles         [${'#'.repeat(6)}${'.'.repeat(18)}] 500 of 2,000`)
  tick(99)
  progress.show({ phase: 'copy', name: 'articles', done: 1_000, total: 2_000 })
  t.notMatch(said(), '1,000 of')
  tick(1)
  progress.show({ phase: 'copy', name: 'articles', done: 1_500, total: 2_000 })
  progress.show({ phase: 'copy', name: 'articles', done: 2_000, total: 2_000 })
  progress.show({ phase: 'verify', name: 'people', done: 0, total: 0 })
  progress.end()
  t.match(said(), '1,500 of 2,000')
  t.match(said(), `${'#'.repeat(24)}] 2,000 of 2,000`, 'the end of a table is always shown')
  t.ok(said().endsWith('\r\u001b[K'))
  t.notMatch(said(), '\n')
})

t.test('a pipe gets a line for each table, and nothing that a terminal needs', async t => {
  const { progress, said } = told(false)
  progress.show({ phase: 'copy', name: 'articles', done: 500, total: 2_000 })
  progress.show({ phase: 'copy', name: 'articles', done: 2_000, total: 2_000 })
  progress.show({ phase: 'verify', name: 'keys', done: 0, total: 0 })
  progress.end()
  t.equal(said(), 'copying articles: 2,000 of 2,000 rows\nverifying keys: 0 of 0 rows\n')
})

t.test('nothing that was never drawn is taken away', async t => {
  const { progress, said } = told(true)
  progress.end()
  t.equal(said(), '')
})
