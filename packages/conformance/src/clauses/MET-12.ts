import type { LLMCallMetrics, MetricsCollector } from '@plumbline/core'
import { array, assert, constantFrom, double, property } from 'fast-check'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const shares = [0.5, 0.95, 0.99] as const

/** The nearest rank: the smallest value that at least this share does not exceed. */
function exactly(latencies: readonly number[], share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0
}

function withinOnePercent(check: Checks, metrics: MetricsCollector, latencies: readonly number[]): void {
  const { p50LatencyMs, p95LatencyMs, p99LatencyMs } = metrics.summary({ lastHours: 1 })
  for (const [index, value] of [p50LatencyMs, p95LatencyMs, p99LatencyMs].entries()) {
    const share = shares[index] ?? 0
    const exact = exactly(latencies, share)
    check.between(value, exact * 0.99, exact * 1.01, `p${share * 100} of ${latencies.length} calls`)
  }
}

/** A record of the entrant's own, to be told again with other latencies. */
async function oneRecord({ faults, pipeline, records }: Lab): Promise<LLMCallMetrics> {
  await pipeline({ server: await faults(provider({ text: 'Yes.' })) }).chat(ask('Hello'))
  const [record] = records
  if (!record) throw new Error('The call left no record.')
  return record
}

/** The entrant's collector with calls of these latencies. */
function collect(lab: Lab, record: LLMCallMetrics, latencies: readonly number[]): MetricsCollector {
  // Nothing is asked of this server: the records come from the scenario.
  const { metrics } = lab.pipeline({ server: { baseUrl: 'http://127.0.0.1:9/v1' } })
  for (const latencyMs of latencies) metrics.record({ ...record, latencyMs })
  return metrics
}

/** Draws of a generator that is the same everywhere, each in (0, 1). */
function draws(count: number, toLatency: (draw: number) => number): number[] {
  let state = 20_261_124
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return toLatency((state + 0.5) / 4_294_967_296)
  })
}

/** Where sketches go wrong: heavy tails, two far peaks, one outlier, ties, steps at the percentile itself. */
const distributions: Record<string, number[]> = {
  uniform: draws(2000, (draw) => draw * 1000),
  exponential: draws(2000, (draw) => -300 * Math.log(draw)),
  pareto: draws(2000, (draw) => 10 / draw ** 2),
  'two peaks': draws(2000, (draw) => (draw < 0.94 ? 2 + draw : 60_000 + draw)),
  'a step at p95': Array.from({ length: 2000 }, (_, index) => (index < 1899 ? 1 : 1000)),
  'one outlier': [...Array.from({ length: 99 }, () => 5), 1e6],
  'all the same': Array.from({ length: 500 }, () => 123.456),
  'below a millisecond': draws(500, (draw) => draw / 1000),
}

export const MET12 = defineClause({
  id: 'MET-12',
  sentence:
    'p50/p95/p99 are within 1 % of the nearest-rank value on any latency distribution (P); percentiles of merged collectors equal the percentiles of all calls.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'metrics'],
  scenarios: [
    {
      name: 'a hundred latencies from 10 to 1,000 ms',
      case: 'ordinary',
      async run(lab) {
        const latencies = Array.from({ length: 100 }, (_, index) => (index + 1) * 10)
        withinOnePercent(lab.check, collect(lab, await oneRecord(lab), latencies), latencies)
      },
    },
    {
      name: 'one call, two, and calls that took no time',
      case: 'boundary',
      async run(lab) {
        const record = await oneRecord(lab)
        for (const latencies of [[7], [7, 900], [0, 0, 0], [0, 0, 5]])
          withinOnePercent(lab.check, collect(lab, record, latencies), latencies)
      },
    },
    {
      name: 'heavy tails, far peaks, ties and a step at the percentile itself',
      case: 'nasty',
      async run(lab) {
        const record = await oneRecord(lab)
        for (const latencies of Object.values(distributions))
          withinOnePercent(lab.check, collect(lab, record, latencies), latencies)
      },
    },
    {
      name: 'property: any latencies, and merged collectors say what one collector of all calls says',
      case: 'nasty',
      limitMs: 60_000,
      async run(lab) {
        const record = await oneRecord(lab)
        const latency = double({ min: 0.001, max: 1e7, noNaN: true })
        const some = array(latency, { minLength: 1, maxLength: 60 })
        assert(
          property(some, some, constantFrom(0.01, 1, 100), (a, b, scale) => {
            const scaled = b.map((value) => value * scale)
            const whole = collect(lab, record, [...a, ...scaled])
            withinOnePercent(lab.check, whole, [...a, ...scaled])
            const merged = collect(lab, record, a)
            merged.merge(collect(lab, record, scaled))
            const figures = (metrics: MetricsCollector): unknown[] => {
              const { totalCalls, p50LatencyMs, p95LatencyMs, p99LatencyMs } = metrics.summary({
                lastHours: 1,
              })
              return [totalCalls, p50LatencyMs, p95LatencyMs, p99LatencyMs]
            }
            lab.check.deepEqual(figures(merged), figures(whole), 'merged')
          }),
          { seed: 20_261_124, numRuns: 100, includeErrorInReport: true },
        )
      },
    },
  ],
})
