/** `npm run gateway-chaos`: the gateway, as it is served, in the cases that hurt. Exit codes: 0 everything held, 1 something did not, 2 usage. */
import { loadavg } from 'node:os'

import { positive, readFlags } from '../src/read-flags.ts'
import { scenarios } from './scenarios.ts'

const help = `Usage: npm run gateway-chaos -- [--build NAME] [--only NAME,NAME] [--streams N] [--calls N]

Starts the gateway with two tenants, a ledger and a provider that echoes, does something to it under load, and checks that no answer
is wrong or another tenant's, that every error is typed, that no record is lost, and that the process stays up, or drains.

  --build NAME    scratch or langchain (default both)
  --only NAMES    ${Object.keys(scenarios).join(', ')}
  --streams N     to be open at once (default 10,000); each takes two file descriptors of the gateway: see ulimit -n
  --calls N       of the scenarios under load (default 600)
`

const knownBuilds = ['scratch', 'langchain']
const { builds, names, streams, calls } = readFlags(
  help,
  {
    build: { type: 'string' },
    only: { type: 'string' },
    streams: { type: 'string', default: '10000' },
    calls: { type: 'string', default: '600' },
  },
  (flags) => {
    const chosen = flags.only?.split(',') ?? Object.keys(scenarios)
    const unknown = chosen.find((name) => !(name in scenarios))
    if (unknown !== undefined) throw new RangeError(`There is no scenario "${unknown}".`)
    if (flags.build !== undefined && !knownBuilds.includes(flags.build))
      throw new RangeError(`There is no build "${flags.build}".`)
    return {
      builds: flags.build === undefined ? knownBuilds : [flags.build],
      names: chosen,
      streams: positive('--streams', flags.streams),
      calls: positive('--calls', flags.calls),
    }
  },
)

for (const build of builds) {
  for (const name of names) {
    const began = performance.now()
    const run = scenarios[name]
    if (run === undefined) continue
    const { violations, figures } = await run(build, { streams, calls })
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    process.stdout.write(
      `${violations.length === 0 ? 'held' : 'BROKE'}  ${build}  ${name}  ${figures}  (${seconds} s, load ${loadavg()[0]?.toFixed(1)})\n`,
    )
    for (const violation of violations) process.stdout.write(`       DID NOT HOLD: ${violation}\n`)
    if (violations.length > 0) process.exitCode = 1
  }
}
process.exit()
