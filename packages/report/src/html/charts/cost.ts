import type { TraceImpact } from '../../cache-impact.ts'
import { formatDollars } from '../../figures.ts'
import { costPerThousand, entrantsOf, settingRow, settingsWithCache } from '../../trace-rows.ts'
import { chartBase, colors, nameAxis, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

/** What 1,000 requests of a trace cost, by entrant, before and after. */
export function costChart(impact: TraceImpact, room: ChartRoom): Chart {
  const entrants = entrantsOf(impact)
  const settings = ['none', ...settingsWithCache(impact)] as const
  return {
    height: entrants.length * (settings.length * 15 + 14) + 30,
    option: {
      ...chartBase,
      grid: { left: room.narrow ? 104 : 130, right: 64, top: 4, bottom: 24 },
      xAxis: valueAxis(formatTick, { min: 0, splitNumber: room.narrow ? 2 : 5 }),
      yAxis: nameAxis(entrants, room),
      series: settings.map((setting) => ({
        type: 'bar',
        silent: true,
        barWidth: 12,
        barGap: '20%',
        itemStyle: {
          color: setting === 'none' ? colors.before : colors[setting],
          borderRadius: [0, 2, 2, 0],
        },
        label: {
          show: true,
          position: 'right',
          color: colors.ink,
          fontSize: 11,
          formatter: ({ value }: { value: unknown }) =>
            typeof value === 'number' ? formatDollars(value * 1e9) : '',
        },
        data: entrants.map((entrant) => {
          const row = settingRow(impact, entrant, setting)
          return row ? costPerThousand(row, impact.trace) / 1e9 : undefined
        }),
      })),
    },
  }
}

/** What the bars stand for. */
export function settingLegend(impact: TraceImpact): LegendEntry[] {
  return (['none', ...settingsWithCache(impact)] as const).map((setting) => ({
    text: setting === 'none' ? 'before cache' : `after cache (${setting})`,
    color: setting === 'none' ? colors.before : colors[setting],
    mark: 'bar',
  }))
}

function formatTick(usd: number): string {
  return `$${Number(usd.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })}`
}
