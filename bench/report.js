// Figures of a run as tables for people, and which goals they reach.
import { median } from './measure.js'

export const goals = { ofHand: 0.5, growth: 2, rss: 2, startGrowth: 1.5 }

/** Which programs are ours and the hand-written one on a database. */
const programsOn = { sqlite: { ours: 'ours', hand: 'hand' }, postgres: { ours: 'oursPostgres', hand: 'handPostgres' } }
export const nameOf = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

/** A row a size: medians, and ratios of the same rounds. `hand` is on the same database; on PostgreSQL there is how both of SQLite compare, too. */
export function figuresOf(name, database, runs, grows) {
  const counts = [...new Set(runs.map(run => run.count))]
  const on = programsOn[database]
  const rows = counts.map(count => {
    const of = program => runs.find(run => run.count === count && run.program === program).slices
    const [ours, hand, bare] = [of(on.ours), of(on.hand), of('bare')]
    const against = other => median(ours.map((slice, n) => slice.rps / other[n].rps))
    const middle = (slices, figure) => median(slices.map(slice => slice[figure]))
    return {
      case: name,
      database,
      count,
      rps: { ours: middle(ours, 'rps'), hand: middle(hand, 'rps'), bare: middle(bare, 'rps') },
      cpuUs: { ours: middle(ours, 'cpuUs'), hand: middle(hand, 'cpuUs'), bare: middle(bare, 'cpuUs') },
      ofHand: against(hand),
      ofBare: against(bare),
      ...(database === 'postgres' && { ofHandOnSqlite: against(of('hand')), ofSqlite: against(of('ours')) }),
    }
  })
  return { case: name, database, grows: grows === true, rows, growth: counts.length > 1 ? growthOf(rows, database) : null }
}

/** How much more a request costs at the largest size than at the smallest, of ours and of the hand-written server. */
function growthOf(rows, database) {
  const byCount = [...rows].sort((a, b) => a.count - b.count)
  const grown = program => costOf[database](byCount.at(-1), program) / costOf[database](byCount[0], program)
  return { ours: grown('ours'), hand: grown('hand') }
}

/** Processor time where all of it is the program's own; where PostgreSQL does the work, which is not seen in that, the time between two answers. */
const costOf = { sqlite: (row, program) => row.cpuUs[program], postgres: (row, program) => 1 / row.rps[program] }

const whole = value => Math.round(value).toLocaleString('en')
const ratio = value => value.toFixed(2)
const mark = reached => (reached ? '✓' : '✗')

function table(head, rows) {
  const all = [head, ...rows]
  const widths = head.map((_, n) => Math.max(...all.map(row => row[n].length)))
  return all.map(row => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join('  ')).join('\n')
}

const speedHead = 'articles,req/s,by hand,bare,of hand,of bare,µs CPU,by hand,bare,of hand,growth,by hand'.split(',')
const postgresHead = ['of hand on SQLite', 'of SQLite']

/** The table of all cases on a database. */
export function speedTable(figures, database) {
  const isPostgres = database === 'postgres'
  const rows = figures
    .filter(figure => figure.database === database)
    .flatMap(({ rows, growth, grows }) =>
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
        ...(isPostgres ? [row.ofHandOnSqlite, row.ofSqlite].map(ratio) : []),
      ]),
    )
  return table([`on ${nameOf[database]}`, ...speedHead, ...(isPostgres ? postgresHead : [])], rows)
}

/** The table of memory and start-up. */
export function lifeTable(lives) {
  const head = ['articles', 'database', 'start ms', 'by hand', 'bare', 'memory MB', 'by hand', 'bare', 'of hand']
  const rows = lives.map(({ count, database, startMs, rssBytes }) => [
    whole(count),
    nameOf[database],
    ...[startMs.ours, startMs.hand, startMs.bare].map(whole),
    ...[rssBytes.ours, rssBytes.hand, rssBytes.bare].map(bytes => whole(bytes / 1e6)),
    `${ratio(rssBytes.ours / rssBytes.hand)} ${mark(rssBytes.ours / rssBytes.hand <= goals.rss)}`,
  ])
  return table(head, rows)
}

/** Start-up and memory on a database, of figures by program. */
export function lifeOn(database, { count, startMs, rssBytes }) {
  const { ours, hand } = programsOn[database]
  const on = values => ({ ours: values[ours], hand: values[hand], bare: values.bare })
  return { count, database, startMs: on(startMs), rssBytes: on(rssBytes) }
}

/** Every goal that is missed, as a sentence. */
export function missed(figures, lives) {
  const speed = figures.flatMap(({ rows, growth, grows, case: name, database }) => [
    ...rows
      .filter(row => row.ofHand < goals.ofHand)
      .map(row => `${name} at ${whole(row.count)} on ${nameOf[database]}: ${ratio(row.ofHand)} of the hand-written, not ${goals.ofHand}`),
    ...(growth && !grows && growth.ours > goals.growth
      ? [`${name} on ${nameOf[database]}: costs ${ratio(growth.ours)} times as much at the largest size, not ${goals.growth}`]
      : []),
  ])
  const memory = lives
    .filter(({ rssBytes }) => rssBytes.ours > goals.rss * rssBytes.hand)
    .map(
      ({ count, database, rssBytes }) =>
        `memory at ${whole(count)} on ${nameOf[database]}: ${ratio(rssBytes.ours / rssBytes.hand)} times the hand-written, not ${goals.rss}`,
    )
  return [
    ...speed,
    ...memory,
    ...Object.keys(nameOf).flatMap(database =>
      lateStart(
        lives.filter(life => life.database === database),
        database,
      ),
    ),
  ]
}

function lateStart(lives, database) {
  const [first, last] = [lives[0], lives.at(-1)]
  if (!first || last.startMs.ours <= goals.startGrowth * first.startMs.ours) return []
  return [
    `start on ${nameOf[database]}: ${ratio(last.startMs.ours / first.startMs.ours)} times as long at ${whole(last.count)}, not ${goals.startGrowth}`,
  ]
}
