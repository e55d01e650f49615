import { formatCount, nothing } from '../figures.ts'
import type { MetricsCost } from '../metrics.ts'

/** What a million records take, beside what is allowed of the collector; the heading first. */
export function millionCells({ millions, limits }: MetricsCost): string[][] {
  const isOurs = (name: string): boolean => name.startsWith('plumbline')
  return [
    ['a million records', 'spread', 'heap growth MB', 'at most', 'CPU ns per record', 'at most', 'verdict'],
    ...millions.map(({ name, span, growthMb, cpuNsPerRecord }) => [
      name,
      span,
      growthMb.toFixed(1),
      isOurs(name) ? formatCount(limits.growthMb) : nothing,
      formatCount(cpuNsPerRecord),
      isOurs(name) ? formatCount(limits.cpuNsPerRecord) : nothing,
      isOurs(name)
        ? verdict(growthMb <= limits.growthMb && cpuNsPerRecord <= limits.cpuNsPerRecord)
        : nothing,
    ]),
  ]
}

/** The recorders side by side, the heading first. */
export function recordingCells({ recording }: MetricsCost): string[][] {
  return [
    ['row', 'CPU ns per record', 'ratio to prom-client', 'verdict'],
    ...recording.map(({ name, cpuNsPerRecord, toBaseline, noDifferenceShown }) => [
      name,
      formatCount(cpuNsPerRecord),
      toBaseline
        ? `${toBaseline.ratio.toFixed(2)} [${toBaseline.low.toFixed(2)}, ${toBaseline.high.toFixed(2)}]`
        : 'baseline',
      toBaseline && noDifferenceShown ? 'no difference shown' : '',
    ]),
  ]
}

/** Each set's p50, p95 and p99 as shown and as they are, the heading first. */
export function percentileCells({ percentiles, limits }: MetricsCost): string[][] {
  const [first] = percentiles
  return [
    [
      'latencies',
      'n',
      ...(first?.quantiles.flatMap(({ quantile }) => [`p${quantile * 100} exact ms`, 'shown ms']) ?? []),
      'largest error',
      'verdict',
    ],
    ...percentiles.map(({ name, n, quantiles }) => {
      const largest = Math.max(...quantiles.map(({ errorShare }) => errorShare))
      return [
        name,
        formatCount(n),
        ...quantiles.flatMap(({ exactMs, shownMs }) => [significant(exactMs), significant(shownMs)]),
        `${(largest * 100).toFixed(2)} %`,
        verdict(largest <= limits.errorShare),
      ]
    }),
  ]
}

/** Where each set of latencies comes from. */
export function percentileSources({ percentiles }: MetricsCost): string[] {
  return percentiles.map(({ name, what }) => `${name}: ${what}.`)
}

function verdict(holds: boolean): string {
  return holds ? 'holds' : 'over the limit'
}

/** Four digits that count: latencies reach from nanoseconds to days. */
function significant(ms: number): string {
  return Number(ms.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 })
}
