import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use, type ECharts, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import { chartBase, colors, nothing, valueAxis } from '@plumbline/report/page'

import { formatBucket } from './figures.ts'

use([BarChart, LineChart, GridComponent, SVGRenderer])

/** One line, or one layer of stacked bars. */
export interface Series {
  name: string
  /** A CSS colour. */
  color: string
  /** One for each bucket; null: nothing was measured in it. */
  values: readonly (number | null)[]
}

export interface ChartProps {
  title: string
  /** What the figures are, where the title does not say. */
  note?: string
  kind: 'line' | 'bars'
  /** When each bucket starts, ms since the epoch. */
  starts: readonly number[]
  bucketMs: number
  series: readonly Series[]
  format: (value: number) => string
  /** The same for its axis. Default `format`. */
  formatAxis?: (value: number) => string
  /** The highest value of the axis, where it is known. */
  most?: number
  /** Which bucket is pointed at, in all charts of the page alike. */
  pointedAt: number | undefined
  onPoint: (bucket: number | undefined) => void
}

const height = 172
const grid = { left: 56, right: 10, top: 12, bottom: 24 }

/** A chart over time. Its legend says the values of the bucket that is pointed at, by mouse or by arrow keys; else of the last one. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, note, kind, starts, bucketMs, series, format, most, pointedAt, onPoint } = props
  const { formatAxis = format } = props
  const box = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<ECharts>()
  const [width, setWidth] = useState(0)
  const heading = useId()

  useEffect(() => {
    if (box.current === null) return
    const drawn = init(box.current, null, { renderer: 'svg' })
    setChart(drawn)
    const watcher = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0))
    watcher.observe(box.current)
    return () => {
      watcher.disconnect()
      drawn.dispose()
    }
  }, [])
  useEffect(() => {
    if (chart === undefined || width === 0) return
    chart.resize({ width, height })
    chart.setOption(optionOf({ kind, starts, bucketMs, series, formatAxis, most, width }), { notMerge: true })
    // Not at every pointing: what is drawn comes anew with each answer alone.
  }, [chart, width, series])

  const count = starts.length
  const place = (bucket: number): number =>
    grid.left + ((bucket + 0.5) / count) * Math.max(0, width - grid.left - grid.right)
  function bucketAt(event: PointerEvent): number | undefined {
    const left = box.current?.getBoundingClientRect().left ?? 0
    const bucket = Math.floor(((event.clientX - left - grid.left) / (width - grid.left - grid.right)) * count)
    return bucket >= 0 && bucket < count ? bucket : undefined
  }
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (event.key === 'Escape') onPoint(undefined)
    if (step === undefined) return
    event.preventDefault()
    onPoint(Math.min(count - 1, Math.max(0, (pointedAt ?? count - 1) + step)))
  }

  const read = pointedAt ?? count - 1
  const isNothing = (value: number | null): boolean => value === null || (kind === 'bars' && value === 0)
  const isEmpty = series.every(({ values }) => values.every(isNothing))
  return (
    <section class="chart" aria-labelledby={heading}>
      <h3 id={heading}>
        {title} {note !== undefined && <span class="quiet">{note}</span>}
      </h3>
      <div
        class="plot"
        role="group"
        tabindex={0}
        aria-label={`${title}, over time. Arrow keys read one bucket after the other.`}
        onPointerMove={(event) => onPoint(bucketAt(event))}
        onPointerLeave={() => onPoint(undefined)}
        onKeyDown={onKeyDown}
        onBlur={() => onPoint(undefined)}
      >
        <div ref={box} aria-hidden="true" style={{ height: `${height}px` }} />
        {pointedAt !== undefined && <span class="pointer" style={{ left: `${place(pointedAt)}px` }} />}
        {isEmpty && <p class="no-data quiet">nothing in this range</p>}
      </div>
      <ul class="legend" aria-live={pointedAt === undefined ? 'off' : 'polite'}>
        <li class="quiet">{formatBucket(starts[read] ?? 0, bucketMs)}</li>
        {series.map(({ name, color, values }) => (
          <li key={name}>
            <span class={kind === 'line' ? 'mark line' : 'mark'} style={{ background: color }} />
            {name} <strong>{formatOr(values[read], format)}</strong>
          </li>
        ))}
      </ul>
    </section>
  )
}

function formatOr(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? nothing : format(value)
}

type Drawn = Pick<ChartProps, 'kind' | 'starts' | 'bucketMs' | 'series'> & {
  formatAxis: (value: number) => string
  most: number | undefined
  width: number
}

function optionOf({ kind, starts, bucketMs, series, formatAxis, most, width }: Drawn): EChartsCoreOption {
  const labels = Math.max(2, Math.floor((width - grid.left) / (bucketMs < 3_600_000 ? 90 : 110)))
  return {
    ...chartBase,
    grid: { ...grid, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      data: starts.map((startMs) => formatBucket(startMs, bucketMs)),
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { show: false },
      axisLabel: {
        color: colors.quiet,
        fontSize: 11,
        interval: Math.ceil(starts.length / labels) - 1,
        hideOverlap: true,
      },
    },
    yAxis: valueAxis(formatAxis, {
      min: 0,
      ...(most !== undefined && { max: most, interval: most / 2 }),
      splitNumber: 3,
      axisLabel: { color: colors.quiet, formatter: formatAxis, fontSize: 11 },
    }),
    series: series.map(({ name, color, values }) =>
      kind === 'bars'
        ? {
            name,
            type: 'bar',
            stack: 'all',
            silent: true,
            // One shape for each layer rather than one for each bar.
            large: true,
            largeThreshold: 1,
            barCategoryGap: '18%',
            itemStyle: { color },
            data: values,
          }
        : {
            name,
            type: 'line',
            silent: true,
            lineStyle: { color, width: 2 },
            itemStyle: { color },
            symbol: 'circle',
            // A value with nothing beside it is no line: it is a dot.
            showSymbol: values.some((_, at) => isLone(values, at)),
            // Not only where the axis has a label.
            showAllSymbol: true,
            symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
              isLone(values, dataIndex) ? 5 : 0,
            data: values,
          },
    ),
  }
}

function isLone(values: readonly (number | null)[], at: number): boolean {
  const isThere = (place: number): boolean => (values[place] ?? null) !== null
  return isThere(at) && !isThere(at - 1) && !isThere(at + 1)
}
