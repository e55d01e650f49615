import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'

import { formatCount, formatDollars, formatShare, seriesColor } from '@plumbline/report/page'

import type { Overview, OverviewBucket } from '../overview.ts'
import { Chart, type ChartProps, type Series } from './chart.tsx'
import {
  formatLatency,
  formatShortCount,
  formatShortDollars,
  formatShortLatency,
  formatShortShare,
} from './figures.ts'

/** So many names have a colour of their own; the others share the last one. */
const namedSeries = 6
const palette = Array.from({ length: 8 }, (_, index) => index + 1)
const color = (place: number): string => seriesColor(String(place), palette.map(String))

/** What happened over the range, bucket by bucket. */
export function Charts({ overview }: { overview: Overview }): JSX.Element {
  const [pointedAt, setPointedAt] = useState<number>()
  const { buckets, bucketMs } = overview
  const charts = useMemo(() => chartsOf(overview), [overview])
  const shared = {
    starts: buckets.map(({ startMs }) => startMs),
    bucketMs,
    pointedAt,
    onPoint: setPointedAt,
  }
  return (
    <div class="charts">
      <h2 class="unseen">Over time</h2>
      {charts.map((chart) => (
        <Chart key={chart.title} {...shared} {...chart} />
      ))}
    </div>
  )
}

type DrawnChart = Pick<ChartProps, 'title' | 'note' | 'kind' | 'series' | 'format' | 'formatAxis' | 'most'>

function chartsOf({ buckets, bucketMs }: Overview): DrawnChart[] {
  const line = (name: string, place: number, of: (bucket: OverviewBucket) => number | null): Series => ({
    name,
    color: color(place),
    values: buckets.map(of),
  })
  const perHour = 3_600_000 / bucketMs
  return [
    {
      title: 'Requests',
      kind: 'bars',
      format: formatShortCount,
      series: [
        line('succeeded', 1, ({ figures }) => figures.succeeded),
        { ...line('failed', 2, ({ figures }) => figures.failed), color: 'var(--fail)' },
        line('blocked', 3, ({ figures }) => figures.blocked),
        line('cancelled', 6, ({ figures }) => figures.cancelled),
      ],
    },
    {
      title: 'Error rate',
      note: 'of calls neither blocked nor cancelled',
      kind: 'line',
      format: formatShare,
      formatAxis: formatShortShare,
      // Of zeros alone the axis would be anything.
      ...(buckets.every(({ figures }) => figures.failed === 0) && { most: 1 }),
      series: [
        {
          ...line('failed', 2, ({ figures }) =>
            figures.succeeded + figures.failed > 0 ? figures.errorRate : null,
          ),
          color: 'var(--fail)',
        },
      ],
    },
    {
      title: 'Latency',
      note: 'of provider calls',
      kind: 'line',
      format: formatLatency,
      formatAxis: formatShortLatency,
      series: [
        line('p50', 4, ({ figures }) => figures.p50LatencyMs),
        line('p95', 1, ({ figures }) => figures.p95LatencyMs),
        line('p99', 3, ({ figures }) => figures.p99LatencyMs),
      ],
    },
    {
      title: 'Time to first chunk',
      note: 'of streams',
      kind: 'line',
      format: formatLatency,
      formatAxis: formatShortLatency,
      series: [
        line('p50', 4, ({ figures }) => figures.p50FirstChunkMs),
        line('p95', 1, ({ figures }) => figures.p95FirstChunkMs),
      ],
    },
    {
      title: 'Tokens',
      note: 'billed',
      kind: 'bars',
      format: formatShortCount,
      series: [
        line('input', 1, ({ figures }) => figures.inputTokens),
        line('output', 2, ({ figures }) => figures.outputTokens),
      ],
    },
    {
      title: 'Cost per hour',
      note: 'by model, at the rate of each bucket',
      kind: 'bars',
      format: formatDollars,
      formatAxis: formatShortDollars,
      series: named(buckets, ({ costNanoUsdByModel }) => costNanoUsdByModel, perHour),
    },
    {
      title: 'Saved by cache',
      kind: 'bars',
      format: formatDollars,
      formatAxis: formatShortDollars,
      series: [line('saved', 4, ({ figures }) => figures.savedNanoUsd)],
    },
    {
      title: 'Cache hit rate',
      note: 'of calls that asked the cache',
      kind: 'line',
      format: formatShare,
      formatAxis: formatShortShare,
      most: 1,
      series: [line('hits', 4, ({ figures }) => (figures.cacheLookups > 0 ? figures.hitRate : null))],
    },
    {
      title: 'Guardrail blocks',
      note: 'by rule',
      kind: 'bars',
      format: formatCount,
      series: named(buckets, ({ blocksByRule }) => blocksByRule, 1),
    },
  ]
}

/** One series for each name, the largest first; those after the sixth are `others`. */
function named(
  buckets: readonly OverviewBucket[],
  of: (bucket: OverviewBucket) => Record<string, number>,
  factor: number,
): Series[] {
  const sums = new Map<string, number>()
  for (const bucket of buckets) {
    for (const [name, value] of Object.entries(of(bucket))) sums.set(name, (sums.get(name) ?? 0) + value)
  }
  const names = [...sums].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
  const shown = names.length > namedSeries + 1 ? names.slice(0, namedSeries) : names
  const others = names.slice(shown.length)
  const valueOf = (bucket: OverviewBucket, name: string): number => (of(bucket)[name] ?? 0) * factor
  return [
    ...shown.map((name, index) => ({
      name,
      color: color(index + 1),
      values: buckets.map((bucket) => valueOf(bucket, name)),
    })),
    ...(others.length === 0
      ? []
      : [
          {
            name: `${others.length} others`,
            color: color(8),
            values: buckets.map((bucket) => others.reduce((sum, name) => sum + valueOf(bucket, name), 0)),
          },
        ]),
  ]
}
