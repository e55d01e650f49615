import type { LatencyRow, SettingRow, TraceImpact } from '../cache-impact.ts'
import { formatCount, formatDollars, formatMs, formatShare, nothing, type Provenance } from '../figures.ts'
import { cachedSettings, costPerThousand, latencyRow, settingRow, settingsWithCache } from '../trace-rows.ts'

/**
 * What the caches changed for one entrant on one trace, the heading first: `Metric`, `Before cache`, and one `After cache` for each
 * setting that the trace was replayed with. An entrant without caches has `-` there.
 */
export function beforeAfterCells(impact: TraceImpact, entrant: string): string[][] {
  const settings = ['none', ...settingsWithCache(impact)] as const
  const withoutCaches = cachedSettings.every((setting) => settingRow(impact, entrant, setting) === undefined)
  const figures = settings.map((setting) => ({
    row: settingRow(impact, entrant, setting),
    waits: latencyRow(impact, { entrant, setting, scale: 1 }),
  }))
  const cells = (
    metric: string,
    provenance: Provenance,
    cell: (figure: Figures) => string | undefined,
  ): string[] => [`${metric} (${provenance})`, ...figures.map((figure) => cell(figure) ?? nothing)]
  const counted = (metric: string, key: keyof SettingRow & `${string}`): string[] =>
    cells(metric, 'counted', ({ row }) => {
      const value = row?.[key]
      return typeof value === 'number' ? formatCount(value) : undefined
    })
  const wait = (metric: string, key: 'meanMs' | 'p50Ms' | 'p95Ms' | 'p99Ms'): string[] =>
    cells(metric, 'modelled', ({ waits }) => waits && formatMs(waits[key]))
  return [
    [
      'Metric',
      'Before cache',
      ...(settings.length === 2
        ? ['After cache']
        : settings.slice(1).map((setting) => `After cache (${setting})`)),
    ],
    wait('mean latency', 'meanMs'),
    wait('p50 latency', 'p50Ms'),
    wait('p95 latency', 'p95Ms'),
    wait('p99 latency', 'p99Ms'),
    cells(
      'cost per 1,000 requests',
      'priced',
      ({ row }) => row && formatDollars(costPerThousand(row, impact.trace)),
    ),
    cells('hit rate', 'counted', ({ row }) => (row && !withoutCaches ? formatShare(row.hitRate) : undefined)),
    counted('provider calls', 'chatCalls'),
    counted('tokens in', 'inputTokens'),
    counted('tokens out', 'outputTokens'),
    impact.trace.embeds
      ? counted('embedding calls', 'embeddingCalls')
      : cells('embedding calls', 'counted', () => undefined),
    counted('wrong answers', 'wrongAnswers'),
    counted('failed requests', 'failedRequests'),
  ]
}

interface Figures {
  row: SettingRow | undefined
  waits: LatencyRow | undefined
}
