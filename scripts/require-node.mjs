// Says what to do when the Node that runs is too old, instead of a stack from deep inside a tool.
// Plain JavaScript, so that any Node can read it.
const requiredMajor = 24
const major = Number(process.versions.node.split('.')[0])

if (major < requiredMajor) {
  process.stderr.write(
    `Plumbline needs Node ${requiredMajor}; this is ${process.versions.node}. Run "npm ci" and start it through npm ` +
      `(for example "npm test"): npm puts the Node ${requiredMajor} that it installed first on the PATH.\n`,
  )
  process.exit(2)
}
