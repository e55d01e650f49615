import type { SavingPoint } from '../../cache-impact.ts'
import { savingLines } from '../../cells/saving-curve.ts'
import { chartBase, entrantColor, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

/** Saved cost against repeat rate: a colour for each entrant, dashed with answers alone, solid with vectors too. */
export function savingCurveChart(
  curve: readonly SavingPoint[],
  { entrants, room }: { entrants: readonly string[]; room: ChartRoom },
): Chart {
  const lines = savingLines(curve)
  const drawn = [...new Set(lines.map(({ entrant }) => entrant))]
  const percent = (value: number): string => `${Math.round(value * 100)} %`
  const highest = Math.max(...curve.map(({ repeatShare }) => repeatShare))
  return {
    height: room.narrow ? 280 : 380,
    option: {
      ...chartBase,
      grid: { left: 44, right: 20, top: 30, bottom: 44 },
      xAxis: valueAxis(percent, {
        min: 0,
        max: highest > 0 ? highest : 1,
        name: 'requests that repeat',
        nameLocation: 'middle',
        nameGap: 28,
        splitLine: { show: false },
      }),
      yAxis: valueAxis(percent, {
        name: 'cost saved, by wrong answers too',
        nameLocation: 'end',
        nameTextStyle: { align: 'left', color: 'var(--quiet)', padding: [0, 0, 0, -36] },
      }),
      series: lines.map(({ entrant, setting, points }) => {
        const color = entrantColor(entrant, entrants)
        return {
          type: 'line',
          silent: true,
          data: points.map(({ repeatShare, savedShare }) => [repeatShare, savedShare]),
          symbol: 'circle',
          symbolSize: 5,
          itemStyle: { color },
          // Entrants that save the same lie on one another: the lower line is wider, so that both are seen.
          lineStyle: {
            color,
            width: Math.max(1.75, 6 - 2 * drawn.indexOf(entrant)),
            type: setting === 'exact' ? [5, 5] : 'solid',
            cap: 'butt',
          },
        }
      }),
    },
  }
}

/** What the lines stand for. */
export function savingCurveLegend(curve: readonly SavingPoint[], entrants: readonly string[]): LegendEntry[] {
  return savingLines(curve).map(({ entrant, setting }) => ({
    text: `${entrant}, ${setting}`,
    color: entrantColor(entrant, entrants),
    mark: setting === 'exact' ? 'dashed' : 'line',
  }))
}
