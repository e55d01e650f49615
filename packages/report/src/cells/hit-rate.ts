import type { TraceImpact } from '../cache-impact.ts'
import { formatShare, nothing } from '../figures.ts'
import { entrantsOf, fullestSetting, settingRow } from '../trace-rows.ts'

/** The hit rate of every entrant with caches by trace, with all that it has, as text; the heading first. Wrong answers stand beside it. */
export function hitRateCells(traces: readonly TraceImpact[]): string[][] {
  const entrants = [
    ...new Set(
      traces.flatMap((impact) =>
        entrantsOf(impact).filter((entrant) => fullestSetting(impact, entrant) !== undefined),
      ),
    ),
  ]
  return [
    ['trace', ...entrants],
    ...traces.map((impact) => [
      impact.trace.name,
      ...entrants.map((entrant) => {
        const setting = fullestSetting(impact, entrant)
        const row = setting && settingRow(impact, entrant, setting)
        if (row === undefined) return nothing
        const wrong = row.wrongAnswers / impact.trace.requests
        return wrong === 0
          ? formatShare(row.hitRate)
          : `${formatShare(row.hitRate)}, ${formatShare(wrong)} wrong`
      }),
    ]),
  ]
}
