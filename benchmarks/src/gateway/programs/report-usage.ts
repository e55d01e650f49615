/**
 * Loaded before a program whose CPU time is measured (`node --import`): answers each message of its parent with what the process has
 * spent, and ends with it. Nothing of the program has to know of it.
 */
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit(0))
