/** `npm run store-history -- [--seconds N] [--clients N]`: exits with 1 when a hit was not what it had to be. */
import { positive, readFlags } from '../src/read-flags.ts'
import { runHistory } from './run-history.ts'

const help = `Usage: npm run store-history -- [--seconds N] [--clients N]

Clients get, set and let expire at random in one Redis, which is killed and frozen meanwhile; every hit must be a whole value that was
written earlier for the same key and tenant, and not past its time.

  --seconds N   how long (default 60)
  --clients N   how many at once (default 16)
`
const { seconds, clients } = readFlags(
  help,
  { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '16' } },
  (flags) => ({
    seconds: positive('--seconds', flags.seconds),
    clients: positive('--clients', flags.clients),
  }),
)
const history = await runHistory({ seconds, clients, random: Math.random })
const { violations, ...counts } = history
process.stdout.write(
  `${Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}, ${violations.length} violations\n`,
)
for (const violation of violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`)
process.exitCode = violations.length > 0 || history.hits === 0 ? 1 : 0
