import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { MetricsCost, MillionRow, RecordingRow } from '@plumbline/report'

import { besideFirst } from '../method/beside-first.ts'
import { median } from '../method/bootstrap-median.ts'
import { adversarialDistributions, type Distribution } from './distributions.ts'
import { labelledCalls } from './labelled-calls.ts'
import { recordLoopbackLatencies } from './loopback-latencies.ts'
import { comparePercentiles } from './percentile-error.ts'
import { recorderNames, type RecorderName } from './recorders.ts'

export interface MetricsOptions {
  /** Rounds of recording side by side; each tells every recorder `recordsPerRound`. */
  rounds: number
  recordsPerRound: number
  /** Calls over loopback HTTP whose latencies are recorded. */
  loopbackCalls: number
  /** Latencies of one's own, beside those. */
  latencies?: Distribution | undefined
  seed: number
  onProgress?: (what: string) => void
}

const million = 1_000_000
const hourMs = 3_600_000
/** What the contract allows (MET-12, MET-14). */
const limits = { growthMb: 20, cpuNsPerRecord: 2_000, errorShare: 0.01 }
const perDistribution = 50_000

const spans: readonly { name: RecorderName; span: string; spanMs: number }[] = [
  ...[
    { span: 'within five seconds', spanMs: 5_000 },
    { span: 'over an hour', spanMs: hourMs },
    { span: 'over a day', spanMs: 24 * hourMs },
    { span: 'over a week', spanMs: 7 * 24 * hourMs },
  ].map((spread) => ({ name: 'plumbline, MetricsCollector.record' as const, ...spread })),
  { name: 'prom-client 15.1.3, histogram and counters', span: 'over a day', spanMs: 24 * hourMs },
]

/** What keeping metrics costs in memory and CPU time, beside prom-client; and how far its percentiles are from the exact ones. */
export async function measureMetrics(options: MetricsOptions): Promise<MetricsCost> {
  const { rounds, recordsPerRound, loopbackCalls, latencies, seed, onProgress } = options
  if (recordsPerRound % 2 !== 0) throw new RangeError(`recordsPerRound must be even, got ${recordsPerRound}`)
  const millions: MillionRow[] = []
  for (const { name, span, spanMs } of spans) {
    onProgress?.(`a million records ${span}, ${name}`)
    // What the program sends.
    const sent = (await runProgram('million-program.ts', [name, million, spanMs, seed])) as Omit<
      MillionRow,
      'name' | 'span'
    >
    millions.push({ name, span, ...sent })
  }
  onProgress?.(`recording side by side, ${rounds} rounds`)
  // As above.
  const samples = (await runProgram('record-program.ts', [rounds, recordsPerRound, seed])) as number[][]
  onProgress?.(`percentiles; ${loopbackCalls} calls over loopback HTTP for their latencies`)
  const [call] = labelledCalls(seed)
  const sets = [
    await recordLoopbackLatencies(loopbackCalls),
    ...(latencies ? [latencies] : []),
    ...adversarialDistributions(perDistribution, seed),
  ]
  return {
    rounds,
    recordsPerRound,
    seed,
    limits,
    millions,
    recording: toRows(samples, seed),
    percentiles: call === undefined ? [] : sets.map((set) => comparePercentiles(set, call)),
  }
}

/** What a program beside this one sends, once it has ended. */
async function runProgram(file: string, args: readonly (string | number)[]): Promise<unknown> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args.map(String), {
    execArgv: ['--expose-gc', '--conditions=@plumbline/source'],
  })
  const ended = once(child, 'exit')
  let sent: unknown
  child.once('message', (message) => (sent = message))
  const [code] = (await ended) as [number | null] // Node's own event.
  if (code !== 0 || sent === undefined) throw new Error(`${file} ended with ${String(code)}.`)
  return sent
}

function toRows(samples: readonly number[][], seed: number): RecordingRow[] {
  const beside = besideFirst(samples, seed)
  return recorderNames.map((name, index) => {
    const own = samples[index] ?? []
    const { ratio, noDifferenceShown = true } = beside[index] ?? {}
    return {
      name,
      cpuNsPerRecord: median(own),
      samples: own,
      ...(ratio && { toBaseline: ratio }),
      noDifferenceShown,
    }
  })
}
