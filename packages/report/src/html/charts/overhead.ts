import type { CustomSeriesRenderItem, CustomSeriesRenderItemReturn } from 'echarts'

import type { OverheadRow, PairedRatio } from '../../report.ts'
import { chartBase, colors, nameAxis, valueAxis, type Chart, type ChartRoom } from './chart.ts'
import type { LegendEntry } from './render-chart.ts'

/** The ratio of every row to the bare SDK, with its interval; the line is the SDK itself. */
export function overheadChart(rows: readonly OverheadRow[], room: ChartRoom): Chart {
  const compared = comparedRows(rows)
  const values = compared.flatMap(({ toSdk }) => [toSdk.low, toSdk.high])
  return {
    height: compared.length * (room.narrow ? 48 : 38) + 34,
    option: {
      ...chartBase,
      grid: { left: room.narrow ? 112 : 230, right: 24, top: 6, bottom: 26, outerBoundsMode: 'none' },
      xAxis: valueAxis((value) => `${Number(value.toPrecision(3))} x`, {
        min: 0,
        max: Math.max(1.1, ...values) * 1.05,
        splitNumber: room.narrow ? 3 : 6,
        axisLabel: { color: colors.quiet, formatter: formatTick, showMaxLabel: false },
      }),
      yAxis: nameAxis(
        compared.map(({ name }) => name),
        room,
      ),
      series: [
        { type: 'custom', silent: true, renderItem: drawBaseline, data: [[1, 0]] },
        {
          type: 'custom',
          silent: true,
          renderItem: drawInterval,
          encode: { x: [1, 2, 3], y: 0 },
          data: compared.map(({ toSdk, noDifferenceShown }, place) => [
            place,
            toSdk.ratio,
            toSdk.low,
            toSdk.high,
            noDifferenceShown ? 1 : 0,
          ]),
        },
      ],
    },
  }
}

/** Whether there is anything to draw. */
export function hasComparedRows(rows: readonly OverheadRow[]): boolean {
  return comparedRows(rows).length > 0
}

/** What the marks stand for. */
export const overheadLegend: LegendEntry[] = [
  { text: 'ratio to the SDK, with its 95 % interval', color: colors.exact, mark: 'dot' },
  { text: 'no difference shown', color: colors.quiet, mark: 'ring' },
  { text: 'the bare SDK, 1 x', color: colors.ink, mark: 'dashed' },
]

function comparedRows(rows: readonly OverheadRow[]): (OverheadRow & { toSdk: PairedRatio })[] {
  return rows.flatMap((row) => (row.toSdk ? [{ ...row, toSdk: row.toSdk }] : []))
}

const drawBaseline: CustomSeriesRenderItem = (params, api): CustomSeriesRenderItemReturn => {
  const [x = 0] = api.coord([1, 0])
  // The library types this as any record; a grid has these two.
  const { y, height } = params.coordSys as unknown as { y: number; height: number }
  return {
    type: 'line',
    shape: { x1: x, y1: y, x2: x, y2: y + height },
    style: { stroke: colors.ink, lineWidth: 1.5, lineDash: [4, 4] },
  }
}

const drawInterval: CustomSeriesRenderItem = (_params, api): CustomSeriesRenderItemReturn => {
  const place = api.value(0)
  const [x = 0, y = 0] = api.coord([api.value(1), place])
  const [low = 0] = api.coord([api.value(2), place])
  const [high = 0] = api.coord([api.value(3), place])
  const shown = api.value(4) === 0
  const color = shown ? colors.exact : colors.quiet
  const line = (shape: { x1: number; y1: number; x2: number; y2: number }) =>
    ({ type: 'line', shape, style: { stroke: color, lineWidth: 2 } }) as const
  return {
    type: 'group',
    children: [
      line({ x1: low, y1: y, x2: high, y2: y }),
      line({ x1: low, y1: y - 5, x2: low, y2: y + 5 }),
      line({ x1: high, y1: y - 5, x2: high, y2: y + 5 }),
      {
        type: 'circle',
        shape: { cx: x, cy: y, r: 4.5 },
        style: { fill: shown ? color : colors.paper, stroke: color, lineWidth: 2 },
      },
    ],
  }
}

function formatTick(value: number): string {
  return `${Number(value.toPrecision(3))} x`
}
