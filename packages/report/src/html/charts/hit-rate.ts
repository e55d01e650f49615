import type { TraceImpact } from '../../cache-impact.ts'
import { formatShare } from '../../figures.ts'
import { entrantsOf, fullestSetting, settingRow } from '../../trace-rows.ts'
import { chartBase, colors, entrantColor, nameAxis, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

/** The hit rate of every entrant with caches, by trace, with the most caches that it has. */
export function hitRateChart(
  traces: readonly TraceImpact[],
  { entrants, room }: { entrants: readonly string[]; room: ChartRoom },
): Chart {
  const drawn = withCaches(traces)
  return {
    height: traces.length * (drawn.length * 15 + 18) + 30,
    option: {
      ...chartBase,
      grid: { left: room.narrow ? 104 : 170, right: 56, top: 4, bottom: 24 },
      xAxis: valueAxis((value) => `${Math.round(value * 100)} %`, {
        min: 0,
        max: 1,
        splitNumber: room.narrow ? 2 : 5,
      }),
      yAxis: nameAxis(
        traces.map(({ trace }) => trace.name),
        room,
      ),
      series: drawn.map((entrant) => ({
        type: 'bar',
        silent: true,
        barWidth: 12,
        barGap: '20%',
        itemStyle: { color: entrantColor(entrant, entrants), borderRadius: [0, 2, 2, 0] },
        label: {
          show: true,
          position: 'right',
          color: colors.ink,
          fontSize: 11,
          formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? formatShare(value) : ''),
        },
        data: traces.map((impact) => {
          const setting = fullestSetting(impact, entrant)
          return setting && settingRow(impact, entrant, setting)?.hitRate
        }),
      })),
    },
  }
}

/** What the bars stand for. */
export function hitRateLegend(traces: readonly TraceImpact[], entrants: readonly string[]): LegendEntry[] {
  return withCaches(traces).map((entrant) => ({
    text: entrant,
    color: entrantColor(entrant, entrants),
    mark: 'bar',
  }))
}

function withCaches(traces: readonly TraceImpact[]): string[] {
  const found = traces.flatMap((impact) =>
    entrantsOf(impact).filter((entrant) => fullestSetting(impact, entrant) !== undefined),
  )
  return [...new Set(found)]
}
