// Loaded into every server that is measured (`node --import`): tells its memory and processor time to the process that started it, and ends with it.
process.on('message', message => {
  if (message === 'usage') process.send({ usage: { rssBytes: process.memoryUsage.rss(), cpuUs: sum(process.cpuUsage()) } })
})
process.on('disconnect', () => process.exit())
process.channel?.unref()

const sum = ({ user, system }) => user + system
