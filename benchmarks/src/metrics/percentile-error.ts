import { MetricsCollector, systemClock, type LLMCallMetrics } from '@plumbline/core'
import type { PercentileRow } from '@plumbline/report'

import { nearestRank } from '../method/nearest-rank.ts'
import type { Distribution } from './distributions.ts'

const quantiles = [0.5, 0.95, 0.99] as const

/** Records the latencies in a collector, and sets its percentiles beside those of the sorted list. */
export function comparePercentiles(
  { name, what, latenciesMs }: Distribution,
  call: LLMCallMetrics,
): PercentileRow {
  const collector = new MetricsCollector({ clock: { ...systemClock, now: () => 0 } })
  // One object for all: the collector keeps none.
  const told = { ...call }
  for (const latencyMs of latenciesMs) {
    told.latencyMs = latencyMs
    collector.record(told)
  }
  const { p50LatencyMs, p95LatencyMs, p99LatencyMs } = collector.summary({ lastHours: 1 })
  const sorted = Float64Array.from(latenciesMs).sort()
  return {
    name,
    what,
    n: latenciesMs.length,
    quantiles: [p50LatencyMs, p95LatencyMs, p99LatencyMs].map((shownMs, index) => {
      const quantile = quantiles[index] ?? Number.NaN
      const exactMs = nearestRank(sorted, quantile)
      return {
        quantile,
        exactMs,
        shownMs,
        errorShare: exactMs === shownMs ? 0 : Math.abs(shownMs - exactMs) / exactMs,
      }
    }),
  }
}
