import type { TraceImpact } from '../../cache-impact.ts'
import { formatShare } from '../../figures.ts'
import { entrantsOf, fullestSetting, settingRow } from '../../trace-rows.ts'
import { chartBase, colors, entrantColor, nameAxis, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

/**
 * The hit rate of every entrant with caches, by trace, with the most caches that it has. Hits that were wrong answers are drawn
 * apart: they are no saving.
 */
export function hitRateChart(
  traces: readonly TraceImpact[],
  { entrants, room }: { entrants: readonly string[]; room: ChartRoom },
): Chart {
  const drawn = withCaches(traces)
  return {
    height: traces.length * (drawn.length * 15 + 18) + 30,
    option: {
      ...chartBase,
      grid: { left: room.narrow ? 104 : 170, right: room.narrow ? 122 : 150, top: 4, bottom: 24 },
      xAxis: valueAxis((value) => `${Math.round(value * 100)} %`, {
        min: 0,
        max: 1,
        splitNumber: room.narrow ? 2 : 5,
      }),
      yAxis: nameAxis(
        traces.map(({ trace }) => trace.name.replace(/(\.public)?\.(jsonl|csv)(\.gz)?$/, '')),
        room,
      ),
      series: drawn.flatMap((entrant) => {
        const rows = traces.map((impact) => {
          const setting = fullestSetting(impact, entrant)
          return setting && settingRow(impact, entrant, setting)
        })
        const wrongShare = (index: number): number =>
          (rows[index]?.wrongAnswers ?? 0) / (traces[index]?.trace.requests ?? 1)
        const bar = { type: 'bar', silent: true, barWidth: 12, barGap: '20%', stack: entrant }
        return [
          {
            ...bar,
            itemStyle: { color: entrantColor(entrant, entrants) },
            data: rows.map((row, index) => row && row.hitRate - wrongShare(index)),
          },
          {
            ...bar,
            itemStyle: {
              color: 'transparent',
              borderColor: colors.wrong,
              borderWidth: 1.5,
              borderType: 'dashed',
            },
            label: {
              show: true,
              position: 'right',
              color: colors.ink,
              fontSize: 11,
              formatter: ({ dataIndex }: { dataIndex: number }) =>
                hitLabel(rows[dataIndex]?.hitRate, wrongShare(dataIndex)),
            },
            // A bar of no length keeps the label and has no border, which would be a tick.
            data: rows.map(
              (row, index) =>
                row && {
                  value: wrongShare(index),
                  ...(wrongShare(index) === 0 && {
                    itemStyle: { borderColor: 'transparent', borderWidth: 0 },
                  }),
                },
            ),
          },
        ]
      }),
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

function hitLabel(hitRate: number | undefined, wrongShare: number): string {
  if (hitRate === undefined) return ''
  return wrongShare === 0 ? formatShare(hitRate) : `${formatShare(hitRate)}, ${formatShare(wrongShare)} wrong`
}

function withCaches(traces: readonly TraceImpact[]): string[] {
  const found = traces.flatMap((impact) =>
    entrantsOf(impact).filter((entrant) => fullestSetting(impact, entrant) !== undefined),
  )
  return [...new Set(found)]
}
