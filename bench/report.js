// Figures of a run as a table for people, and which goals they reach.
import { median } from './measure.js'

export const goals = { ofHand: 0.5, growth: 2, rss: 2, startGrowth: 1.5 }

/** One line a case and size: medians, and ratios of the same rounds. */
export function figuresOf(name, runs, grows) {
  const counts = [...new Set(runs.map(run => run.count))]
  const of = (count, program) => runs.find(run => run.count === count && run.program === program).slices
  const rows = counts.map(count => {
    const [ours, hand, bare] = ['ours', 'hand', 'bare'].map(program => of(count, program))
    const against = other => median(ours.map((slice, n) => slice.rps / other[n].rps))
    const cpu = slices => median(slices.map(slice => slice.cpuUs))
    return {
      case: name,
      count,
      rps: { ours: median(ours.map(slice => slice.rps)), hand: median(hand.map(slice => slice.rps)), bare: median(bare.map(slice => slice.rps)) },
      cpuUs: { ours: cpu(ours), hand: cpu(hand), bare: cpu(bare) },
      ofHand: against(hand),
      ofBare: against(bare),
    }
  })
  return { case: name, grows: grows === true, rows, growth: counts.length > 1 ? growthOf(rows) : null }
}

/** How much more processor time a request takes at the largest size than at the smallest, of ours and of the hand-written server. */
function growthOf(rows) {
  const byCount = [...rows].sort((a, b) => a.count - b.count)
  const grown = program => byCount.at(-1).cpuUs[program] / byCount[0].cpuUs[program]
  return { ours: grown('ours'), hand: grown('hand') }
}

const whole = value => Math.round(value).toLocaleString('en')
const ratio = value => value.toFixed(2)
const mark = reached => (reached ? '✓' : '✗')

function table(head, rows) {
  const all = [head, ...rows]
  const widths = head.map((_, n) => Math.max(...all.map(row => row[n].length)))
  return all.map(row => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join('  ')).join('\n')
}

/** The table of all cases. */
export function speedTable(figures) {
  const head = ['case', 'articles', 'req/s', 'by hand', 'bare', 'of hand', 'of bare', 'µs CPU', 'by hand', 'bare', 'of hand', 'growth', 'by hand']
  const rows = figures.flatMap(({ rows, growth, grows }) =>
    rows.map((row, n) => [
      n === 0 ? row.case : '',
      whole(row.count),
      ...[row.rps.ours, row.rps.hand, row.rps.bare].map(whole),
      `${ratio(row.ofHand)} ${mark(row.ofHand >= goals.ofHand)}`,
      ratio(row.ofBare),
      ...[row.cpuUs.ours, row.cpuUs.hand, row.cpuUs.bare].map(whole),
      ratio(row.cpuUs.hand / row.cpuUs.ours),
      ...(growth && n === rows.length - 1
        ? [`${ratio(growth.ours)} ${grows ? '·' : mark(growth.ours <= goals.growth)}`, ratio(growth.hand)]
        : ['', '']),
    ]),
  )
  return table(head, rows)
}

/** The table of memory and start-up. */
export function lifeTable(lives) {
  const head = ['articles', 'start ms', 'by hand', 'bare', 'memory MB', 'by hand', 'bare', 'of hand']
  const rows = lives.map(({ count, startMs, rssBytes }) => [
    whole(count),
    ...[startMs.ours, startMs.hand, startMs.bare].map(whole),
    ...[rssBytes.ours, rssBytes.hand, rssBytes.bare].map(bytes => whole(bytes / 1e6)),
    `${ratio(rssBytes.ours / rssBytes.hand)} ${mark(rssBytes.ours / rssBytes.hand <= goals.rss)}`,
  ])
  return table(head, rows)
}

/** Every goal that is missed, as a sentence. */
export function missed(figures, lives) {
  const speed = figures.flatMap(({ rows, growth, grows, case: name }) => [
    ...rows
      .filter(row => row.ofHand < goals.ofHand)
      .map(row => `${name} at ${whole(row.count)}: ${ratio(row.ofHand)} of the hand-written, not ${goals.ofHand}`),
    ...(growth && !grows && growth.ours > goals.growth
      ? [`${name}: costs ${ratio(growth.ours)} times as much at the largest size, not ${goals.growth}`]
      : []),
  ])
  const memory = lives
    .filter(({ rssBytes }) => rssBytes.ours > goals.rss * rssBytes.hand)
    .map(({ count, rssBytes }) => `memory at ${whole(count)}: ${ratio(rssBytes.ours / rssBytes.hand)} times the hand-written, not ${goals.rss}`)
  const [first, last] = [lives[0], lives.at(-1)]
  const start = last.startMs.ours / first.startMs.ours
  return [
    ...speed,
    ...memory,
    ...(start > goals.startGrowth ? [`start: ${ratio(start)} times as long at ${whole(last.count)}, not ${goals.startGrowth}`] : []),
  ]
}
