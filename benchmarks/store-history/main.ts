/** `npm run store-history -- [--seconds N] [--clients N]`: exits with 1 when a hit was not what it had to be. */
import { parseArgs } from 'node:util'

import { runHistory } from './run-history.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '16' } },
})
const history = await runHistory({
  seconds: Number(values.seconds),
  clients: Number(values.clients),
  random: Math.random,
})
const { violations, ...counts } = history
process.stdout.write(
  `${Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}, ${violations.length} violations\n`,
)
for (const violation of violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`)
process.exitCode = violations.length > 0 || history.hits === 0 ? 1 : 0
