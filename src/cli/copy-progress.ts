import type { Progress } from '../db/copy.ts'

const barWidth = 24
const redrawMs = 100

type Out = { isTerminal: boolean; say(text: string): void; nowMs(): number }

const of = ({ done, total }: Progress) => `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
const verb = { copy: 'copying', verify: 'verifying' } as const

/** Tells how far a copy or a backup is: one line that is drawn again and again on a terminal, a line for each table in a pipe. */
export function copyProgress({ isTerminal, say, nowMs }: Out) {
  let drawnAt = -redrawMs
  const bar = (progress: Progress) => {
    const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 1
    const full = Math.round(share * barWidth)
    return `\r\u001b[K${verb[progress.phase].padEnd(9)} ${progress.name.padEnd(16)} [${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${of(progress)}`
  }
  return {
    show(progress: Progress) {
      const isLast = progress.done >= progress.total
      if (!isTerminal) {
        if (isLast) say(`${verb[progress.phase]} ${progress.name}: ${of(progress)} ${progress.unit ?? 'rows'}\n`)
        return
      }
      if (!isLast && nowMs() - drawnAt < redrawMs) return
      drawnAt = nowMs()
      say(bar(progress))
    },
    /** Takes the bar away: what is said next begins a line. */
    end() {
      if (isTerminal && drawnAt >= 0) say('\r\u001b[K')
    },
  }
}
