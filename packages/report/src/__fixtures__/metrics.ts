import type { MetricsCost } from '../metrics.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** The collector and one peer, and one set of latencies. */
export function metricsCostOf(): MetricsCost {
  const recording = (name: string, cpuNsPerRecord: number) => ({
    name,
    cpuNsPerRecord,
    samples: [cpuNsPerRecord],
  })
  const ratio = (of: number) => ({ ratio: of, low: of * 0.98, high: of * 1.02, n: 10 })
  return {
    rounds: 10,
    recordsPerRound: 1_000,
    seed: 7,
    limits: { growthMb: 20, cpuNsPerRecord: 2_000, errorShare: 0.01 },
    millions: [
      { name: 'plumbline, record', span: 'over a day', growthMb: 10, cpuNsPerRecord: 1_000 },
      { name: 'prom-client', span: 'over a day', growthMb: 100, cpuNsPerRecord: 5_000 },
    ],
    recording: [
      { ...recording('prom-client', 5_000), noDifferenceShown: true },
      { ...recording('prom-client again (A/A)', 5_000), toBaseline: ratio(1), noDifferenceShown: true },
      {
        ...recording('plumbline, record', 1_000),
        toBaseline: { ratio: 0.2, low: 0.19, high: 0.21, n: 10 },
        noDifferenceShown: false,
      },
    ],
    percentiles: [
      {
        name: 'example',
        what: 'made up',
        n: 1_000,
        quantiles: [
          { quantile: 0.5, exactMs: 0.00125, shownMs: 0.00125, errorShare: 0 },
          { quantile: 0.95, exactMs: 1.234e6, shownMs: 1.24e6, errorShare: 0.005 },
        ],
      },
    ],
  }
}
