/**
 * `npm run chaos -- [--seconds 60] [--seed 1] [--build scratch|langchain]`: drives the builds with random faults, aborts and
 * concurrency against a misbehaving provider, and checks what must hold whatever happens (see `run-chaos.ts`). Each build gets
 * `--seconds`. Exit codes: 0 everything held, 1 something did not, 2 usage.
 */
import { knownEntrants, loadEntrant } from '../src/entrants.ts'
import { positive, readFlags } from '../src/read-flags.ts'
import { runChaos, type ChaosFigures } from './run-chaos.ts'

const help = `Usage: npm run chaos -- [--seconds N] [--seed N] [--build NAME]

Drives both builds with random faults, aborts and concurrency and checks: one record per call, the ledger law against
the server's journal, typed errors, no open request, no unhandled rejection, and, from two minutes on, flat memory.

  --seconds N   for each build (default 60)
  --seed N      of the plan (default 1); the same seed gives the same calls and the same faults in their order
  --build NAME  scratch or langchain (default both)
`

const builds = knownEntrants.filter(({ heldTo }) => heldTo === 'contract')
const options = readFlags(
  help,
  {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    build: { type: 'string' },
  },
  (flags) => {
    const [seed, known] = [Number(flags.seed), builds.map(({ name }) => name)]
    if (!Number.isInteger(seed)) throw new RangeError(`--seed must be a whole number, not ${flags.seed}.`)
    if (flags.build !== undefined && !known.includes(flags.build))
      throw new RangeError(`There is no build "${flags.build}". Known: ${known.join(', ')}.`)
    return { seconds: positive('--seconds', flags.seconds), seed, build: flags.build }
  },
)

let held = true
for (const known of builds.filter(({ name }) => (options.build ?? name) === name)) {
  const minutes: ChaosFigures[] = []
  const { violations, ...figures } = await runChaos({
    entrant: await loadEntrant(known),
    seconds: options.seconds,
    seed: options.seed,
    onProgress(now) {
      const lastMs = minutes.at(-1)?.elapsedMs ?? 0
      const isFirst = minutes.length === 0
      if (!isFirst && Math.floor(now.elapsedMs / 60_000) === Math.floor(lastMs / 60_000)) return
      minutes.push(now)
      process.stderr.write(`${known.name}  ${describe(now)}\n`)
    },
  })
  const [, afterFirstMinute] = minutes
  const growth = afterFirstMinute && figures.heapBytes / afterFirstMinute.heapBytes
  if (growth !== undefined && growth > 1.1 && figures.elapsedMs >= 120_000) {
    violations.push(`The heap grew to ${growth.toFixed(2)} of what it was after the first minute.`)
  }
  held &&= violations.length === 0
  process.stdout.write(`${known.name}  seed ${options.seed}  ${describe(figures)}\n`)
  for (const [name, count] of Object.entries(figures.endings).sort(([, a], [, b]) => b - a)) {
    process.stdout.write(`  ${String(count).padStart(8)}  ${name}\n`)
  }
  if (growth !== undefined) process.stdout.write(`  heap, end to first minute: ${growth.toFixed(2)}\n`)
  for (const violation of violations.slice(0, 20)) process.stdout.write(`  DID NOT HOLD: ${violation}\n`)
  if (violations.length > 20) process.stdout.write(`  and ${violations.length - 20} more\n`)
}
process.exit(held ? 0 : 1)

function describe({ calls, exchanges, elapsedMs, heapBytes }: ChaosFigures): string {
  return `${(elapsedMs / 1000).toFixed(0)} s, ${calls} calls, ${exchanges} requests at the provider, heap ${(heapBytes / 1e6).toFixed(1)} MB`
}
