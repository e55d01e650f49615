import type { CustomSeriesRenderItem, CustomSeriesRenderItemReturn } from 'echarts'

import type { TraceImpact } from '../../cache-impact.ts'
import { formatScale } from '../../figures.ts'
import { entrantsOf, fullestSetting, latencyRow, scalesOf } from '../../trace-rows.ts'
import { chartBase, colors, nameAxis, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

const percentiles = [
  { name: 'p50', key: 'p50Ms', color: colors.exact, offset: -0.18 },
  { name: 'p95', key: 'p95Ms', color: colors['exact + embeddings'], offset: 0.18 },
] as const

/** What callers waited before (ring) and after (dot), by entrant, one panel for each scale, all on the same axis. */
export function latencyChart(impact: TraceImpact, room: ChartRoom): Chart {
  const entrants = entrantsOf(impact)
  const scales = scalesOf(impact)
  const panelHeight = entrants.length * 34
  const left = room.narrow ? 104 : 130
  const gap = room.narrow ? 64 : 28
  const panelWidth = room.narrow
    ? room.width - left - 16
    : (room.width - left - 16 - gap * (scales.length - 1)) / scales.length
  const places = scales.map((_, index) =>
    room.narrow
      ? { left, top: 28 + index * (panelHeight + gap) }
      : { left: left + index * (panelWidth + gap), top: 28 },
  )
  const highest = Math.max(1, ...impact.latency.map(({ p50Ms, p95Ms }) => Math.max(p50Ms, p95Ms)))
  return {
    height: 28 + (room.narrow ? scales.length * panelHeight + (scales.length - 1) * gap : panelHeight) + 30,
    option: {
      ...chartBase,
      title: scales.map((scale, index) => ({
        text: formatScale(scale),
        left: places[index]?.left,
        top: (places[index]?.top ?? 0) - 26,
        padding: 0,
        textStyle: { fontSize: 13, fontWeight: 600, color: colors.ink },
      })),
      grid: places.map((place) => ({
        ...place,
        width: panelWidth,
        height: panelHeight,
        outerBoundsMode: 'none',
      })),
      xAxis: scales.map((_, gridIndex) =>
        valueAxis(formatTick, {
          gridIndex,
          min: 0,
          max: highest * 1.05,
          splitNumber: 3,
          axisLabel: { color: colors.quiet, formatter: formatTick, showMaxLabel: false },
        }),
      ),
      yAxis: scales.map((_, gridIndex) =>
        nameAxis(entrants, room, {
          gridIndex,
          ...(!room.narrow && gridIndex > 0 && { axisLabel: { show: false } }),
        }),
      ),
      series: scales.flatMap((scale, index) =>
        percentiles.map(({ key, color, offset }) => ({
          type: 'custom',
          silent: true,
          xAxisIndex: index,
          yAxisIndex: index,
          renderItem: drawChange({ color, offset, saysNotRun: key === 'p50Ms' }),
          encode: { x: [1, 2], y: 0 },
          data: entrants.map((entrant, place) => {
            const setting = fullestSetting(impact, entrant)
            const before = latencyRow(impact, { entrant, setting: 'none', scale })?.[key]
            const after = setting && latencyRow(impact, { entrant, setting, scale })?.[key]
            return [place, before ?? Number.NaN, after ?? Number.NaN]
          }),
        })),
      ),
    },
  }
}

/** What the marks stand for. */
export const latencyLegend: LegendEntry[] = percentiles.flatMap(({ name, color }) => [
  { text: `${name} before cache`, color, mark: 'ring' } as const,
  { text: `${name} after cache`, color, mark: 'dot' } as const,
])

/** A ring where it was, a dot where it is, and a line between; words where there is neither. */
function drawChange({
  color,
  offset,
  saysNotRun,
}: {
  color: string
  offset: number
  saysNotRun: boolean
}): CustomSeriesRenderItem {
  return (_params, api): CustomSeriesRenderItemReturn => {
    const at = (dimension: 1 | 2): { x: number; y: number } | undefined => {
      const value = Number(api.value(dimension))
      if (Number.isNaN(value)) return undefined
      const [x = 0, y = 0] = api.coord([value, api.value(0)])
      const size = api.size?.([0, 1])
      const band = Array.isArray(size) ? (size[1] ?? 0) : 0
      return { x, y: y + offset * band }
    }
    const before = at(1)
    const after = at(2)
    if (!before && !after) {
      if (!saysNotRun) return { type: 'group', children: [] }
      const [x = 0, y = 0] = api.coord([0, api.value(0)])
      const style = {
        text: 'not run',
        x: x + 6,
        y,
        verticalAlign: 'middle',
        fontSize: 11,
        fill: colors.quiet,
      } as const
      return { type: 'text', style }
    }
    return {
      type: 'group',
      children: [
        ...(before && after
          ? [
              {
                type: 'line' as const,
                shape: { x1: before.x, y1: before.y, x2: after.x, y2: after.y },
                style: { stroke: color, lineWidth: 2 },
              },
            ]
          : []),
        ...(before
          ? [
              {
                type: 'circle' as const,
                shape: { cx: before.x, cy: before.y, r: 4.5 },
                style: { fill: colors.paper, stroke: color, lineWidth: 2 },
              },
            ]
          : []),
        ...(after
          ? [{ type: 'circle' as const, shape: { cx: after.x, cy: after.y, r: 4.5 }, style: { fill: color } }]
          : []),
      ],
    }
  }
}

function formatTick(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Math.round(ms)} ms`
}
