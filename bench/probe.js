// Loaded into every server that is measured (`node --import`): tells its memory, processor time and the delay of its event loop to the process that started
// it, and ends with it.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Begins with the first question, so that who does not ask is not measured. */
let delay
function delayOf() {
  if (!delay) {
    delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
  }
  const since = { p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  delay.reset()
  return since
}

process.on('message', message => {
  if (message === 'usage') process.send({ usage: { rssBytes: process.memoryUsage.rss(), cpuUs: sum(process.cpuUsage()) } })
  if (message === 'delay') process.send({ delay: delayOf() })
})
process.on('disconnect', () => process.exit())
process.channel?.unref()

const sum = ({ user, system }) => user + system
