import type { LatencyRow, SettingRow, TraceImpact } from '../cache-impact.ts'
import { formatCount, formatDollars, formatMs, formatShare, nothing, type Provenance } from '../figures.ts'
import { cachedSettings, costPerThousand, latencyRow, settingRow, settingsWithCache } from '../trace-rows.ts'

/** What the caches changed for one entrant on one trace. */
export interface BeforeAfter {
  /** `Metric`, `Before cache`, and one `After cache` for each setting with a cache that the trace was replayed with. */
  heading: string[]
  rows: {
    metric: string
    provenance: Provenance
    /** One for each setting; `-` where the entrant has nothing. */
    cells: string[]
  }[]
}

/** The table `Metric | Before cache | After cache` as text, the heading first, each metric with its provenance. */
export function beforeAfterCells(impact: TraceImpact, entrant: string): string[][] {
  const { heading, rows } = beforeAfter(impact, entrant)
  return [heading, ...rows.map(({ metric, provenance, cells }) => [`${metric} (${provenance})`, ...cells])]
}

/** What the caches changed for one entrant on one trace. An entrant without caches has `-` after them, never a zero. */
export function beforeAfter(impact: TraceImpact, entrant: string): BeforeAfter {
  const withCache = settingsWithCache(impact)
  const settings = ['none', ...withCache] as const
  const withoutCaches = cachedSettings.every((setting) => settingRow(impact, entrant, setting) === undefined)
  const figures = settings.map((setting) => ({
    row: settingRow(impact, entrant, setting),
    waits: latencyRow(impact, { entrant, setting, scale: 1 }),
  }))
  const metricRow = (
    metric: string,
    provenance: Provenance,
    cell: (figure: Figures) => string | undefined,
  ): BeforeAfter['rows'][number] => ({
    metric,
    provenance,
    cells: figures.map((figure) => cell(figure) ?? nothing),
  })
  const counted = (metric: string, key: CountKey): BeforeAfter['rows'][number] =>
    metricRow(metric, 'counted', ({ row }) => (row?.[key] === undefined ? undefined : formatCount(row[key])))
  const wait = (metric: string, key: WaitKey): BeforeAfter['rows'][number] =>
    metricRow(metric, 'modelled', ({ waits }) => waits && formatMs(waits[key]))
  return {
    heading: [
      'Metric',
      'Before cache',
      ...(withCache.length === 1 ? ['After cache'] : withCache.map((setting) => `After cache (${setting})`)),
    ],
    rows: [
      wait('mean latency', 'meanMs'),
      wait('p50 latency', 'p50Ms'),
      wait('p95 latency', 'p95Ms'),
      wait('p99 latency', 'p99Ms'),
      metricRow(
        'cost per 1,000 requests',
        'priced',
        ({ row }) => row && formatDollars(costPerThousand(row, impact.trace)),
      ),
      metricRow('hit rate', 'counted', ({ row }) =>
        row && !withoutCaches ? formatShare(row.hitRate) : undefined,
      ),
      counted('provider calls', 'chatCalls'),
      counted('tokens in', 'inputTokens'),
      counted('of them in the provider’s own prompt cache', 'cachedInputTokens'),
      counted('tokens out', 'outputTokens'),
      impact.trace.embeds
        ? counted('embedding calls', 'embeddingCalls')
        : metricRow('embedding calls', 'counted', () => undefined),
      counted('wrong answers', 'wrongAnswers'),
      counted('of them another tenant’s', 'crossTenantAnswers'),
      counted('failed requests', 'failedRequests'),
    ],
  }
}

interface Figures {
  row: SettingRow | undefined
  waits: LatencyRow | undefined
}

type CountKey =
  | 'chatCalls'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'outputTokens'
  | 'embeddingCalls'
  | 'wrongAnswers'
  | 'crossTenantAnswers'
  | 'failedRequests'
type WaitKey = 'meanMs' | 'p50Ms' | 'p95Ms' | 'p99Ms'
