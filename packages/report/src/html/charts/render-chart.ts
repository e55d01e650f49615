import type { ECharts, EChartsCoreOption } from 'echarts/core'

import { markup, trusted, type Markup } from '../markup.ts'
import { chartRooms, type Chart, type ChartRoom } from './chart.ts'

/** The figure that a chart stands in. */
export interface FigureOptions {
  /** Unique in the page; the ids inside the drawing begin with it. */
  id: string
  /** What the chart shows, for who does not see it. */
  label: string
  caption: string
  legend: readonly LegendEntry[]
}

/** One mark of a chart and what it stands for. */
export interface LegendEntry {
  text: string
  /** A CSS colour. */
  color: string
  mark: 'bar' | 'line' | 'dashed' | 'dot' | 'ring'
}

/** A chart as a figure with a legend in text, drawn once for a wide page and once for a phone. */
export async function figure(
  draw: (room: ChartRoom) => Chart,
  { id, label, caption, legend }: FigureOptions,
): Promise<Markup> {
  const drawings: Markup[] = []
  for (const [name, room] of Object.entries(chartRooms)) {
    const { option, height } = draw(room)
    const svg = await renderChart(option, { width: room.width, height, id: `${id}-${name}`, label })
    drawings.push(markup`<div class="drawing ${name}">${svg}</div>`)
  }
  return markup`<figure id="${id}">
<figcaption>${caption}</figcaption>
<ul class="legend">${legend.map(({ text, color, mark }) => markup`<li><span class="mark ${mark}" style="--mark:${color}"></span>${text}</li>`)}</ul>
${drawings}
</figure>`
}

/** One drawing as inline SVG that scales down with its box. */
async function renderChart(
  option: EChartsCoreOption,
  { width, height, id, label }: { width: number; height: number; id: string; label: string },
): Promise<Markup> {
  const init = await loadEcharts()
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${trusted(drawingOf(chart.renderToSVGString(), id))}</svg>`
  } finally {
    // Without it the library's timer keeps the process alive.
    chart.dispose()
  }
}

/**
 * What is inside the library's `<svg>`, without the hover rules and data attributes of its client, which this page does not have, and with
 * ids that do not depend on how many charts were drawn before. Text from data cannot look like a tag: the library escapes it.
 */
function drawingOf(svg: string, id: string): string {
  return svg
    .replace(/^[^]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll(/<style[^>]*>[^]*?<\/style>/g, '')
    .replaceAll(/ (?:ecmeta_[a-z_]+|class|pointer-events|xml:space)="[^"]*"/g, '')
    .replaceAll(/(id="|url\(#)zr\d+/g, `$1${id}`)
    .trim()
}

/**
 * Loaded when the first chart is drawn. The library as one file: as some three hundred modules, of which four parts are used, the import
 * takes 1.2 s of CPU rather than 0.2 s (2 shared cores, 2026-11-29).
 */
async function loadEcharts(): Promise<(dom: null, theme: null, options: object) => ECharts> {
  const file = 'echarts/dist/echarts.esm.min.mjs'
  // The library types its entry and not this file, which has the same exports.
  const { init } = (await import(file)) as typeof import('echarts')
  return init
}
