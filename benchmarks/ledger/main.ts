/**
 * `npm run ledger-bench [-- --records N]`: fills a ledger through its own writer, says how long the process stood still for each
 * transaction, and measures `plumbline usage` over it as a whole command, with and without percentiles.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { positive, readFlags } from '../src/read-flags.ts'
import { fillLedger, type WrittenBatch } from './fill-ledger.ts'

const help = `Usage: npm run ledger-bench -- [--records N]

Fills a ledger, and says how long the process stood still for each transaction and how long \`plumbline usage\` takes over it.

  --records N   over 60 days (default 1,000,000)
`
const records = readFlags(help, { records: { type: 'string', default: '1000000' } }, (flags) =>
  positive('--records', flags.records),
)
const days = 60
const runs = 5
const slowMs = 5
const plumbline = fileURLToPath(new URL('../../apps/cli/bin/plumbline.mjs', import.meta.url))

function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * share) - 1] ?? 0
}

function describe(name: string, batches: readonly WrittenBatch[]): string {
  const ms = batches.map((batch) => batch.ms)
  const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => quantile(ms, share).toFixed(2))
  const sum = (of: (batch: WrittenBatch) => number): number =>
    batches.reduce((total, batch) => total + of(batch), 0)
  // Of all together: the clock of a thread's CPU ticks too slowly for one.
  const share = ((100 * sum(({ cpuMs }) => cpuMs)) / sum((batch) => batch.ms)).toFixed(0)
  const slow = ms.filter((one) => one > slowMs).length
  return `${name}: ${batches.length} transactions, ${slow} of them over ${slowMs} ms; ms p50 ${p50}, p99 ${p99}, worst ${worst}; on a core ${share} % of the time\n`
}

/** Wall and CPU seconds of the command, both of its processes. */
function runUsage(path: string, flags: readonly string[]): { wallS: number; cpuS: number } {
  const beganMs = performance.now()
  // `time` of the shell, since Node does not tell what its children took.
  const command = [
    'time -p',
    `'${process.execPath}'`,
    `'${plumbline}'`,
    'usage',
    '--ledger',
    `'${path}'`,
    ...flags,
  ]
  const { status, stderr } = spawnSync('bash', ['-c', `${command.join(' ')} > /dev/null`], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`plumbline usage ended with ${status}: ${stderr}`)
  const secondsOf = (name: string): number => Number(new RegExp(`^${name} ([\\d.]+)$`, 'm').exec(stderr)?.[1])
  return { wallS: (performance.now() - beganMs) / 1000, cpuS: secondsOf('user') + secondsOf('sys') }
}

const folder = mkdtempSync(join(tmpdir(), 'plumbline-ledger-bench-'))
try {
  const path = join(folder, 'calls.ledger')
  const batches = await fillLedger(path, { records, days, seed: 1 })
  process.stdout.write(
    `${records} records, ${(statSync(path).size / 1e6).toFixed(0)} MB; load ${loadavg()[0]?.toFixed(1)}\n`,
  )
  process.stdout.write(
    describe(
      'with a checkpoint',
      batches.filter(({ hadCheckpoint }) => hadCheckpoint),
    ),
  )
  process.stdout.write(
    describe(
      'without',
      batches.filter(({ hadCheckpoint }) => !hadCheckpoint),
    ),
  )
  for (const flags of [['--no-percentiles'], []]) {
    const measured = Array.from({ length: runs }, () => runUsage(path, ['--since', `${days + 1}d`, ...flags]))
    const wall = measured.map(({ wallS }) => wallS)
    const cpu = measured.map(({ cpuS }) => cpuS)
    process.stdout.write(
      `plumbline usage ${flags.join(' ') || '(percentiles)'}: wall s best ${Math.min(...wall).toFixed(2)}, ` +
        `median ${quantile(wall, 0.5).toFixed(2)}; CPU s best ${Math.min(...cpu).toFixed(2)}, ` +
        `median ${quantile(cpu, 0.5).toFixed(2)}; load ${loadavg()[0]?.toFixed(1)}\n`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
