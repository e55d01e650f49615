import type { TraceImpact } from '../cache-impact.ts'
import { formatCount, formatDollars, formatMs, formatShare, nothing } from '../figures.ts'
import {
  cachedSettings,
  costPerThousand,
  entrantsOf,
  latencyRow,
  savedShare,
  settingRow,
} from '../trace-rows.ts'

/**
 * One row for each entrant and setting of a trace, the heading first: entrant, setting, cost per 1,000 requests, saved, hit rate,
 * provider calls, p50 and p95 at 1 x, wrong answers. The first two columns are text, the others figures.
 */
export function cacheImpactCells(impact: TraceImpact): string[][] {
  return [
    ['entrant', 'caches', '$ per 1,000', 'saved', 'hit rate', 'calls', 'p50', 'p95', 'wrong'],
    ...entrantsOf(impact).flatMap((entrant) =>
      (['none', ...cachedSettings] as const).flatMap((setting) => {
        const row = settingRow(impact, entrant, setting)
        if (row === undefined) return []
        const waits = latencyRow(impact, { entrant, setting, scale: 1 })
        const saved = savedShare(impact, entrant, setting)
        return [
          [
            entrant,
            setting,
            formatDollars(costPerThousand(row, impact.trace)),
            saved === undefined ? nothing : formatShare(saved),
            setting === 'none' ? nothing : formatShare(row.hitRate),
            formatCount(row.chatCalls),
            waits ? formatMs(waits.p50Ms) : nothing,
            waits ? formatMs(waits.p95Ms) : nothing,
            formatCount(row.wrongAnswers),
          ],
        ]
      }),
    ),
  ]
}
