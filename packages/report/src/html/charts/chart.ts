import type { EChartsCoreOption } from 'echarts/core'

/** A chart before it is drawn. */
export interface Chart {
  option: EChartsCoreOption
  /** In px. */
  height: number
}

/** The room that a chart is drawn for. Text keeps its size, so a phone gets a drawing of its own. */
export interface ChartRoom {
  /** In px. */
  width: number
  narrow: boolean
}

/** The two drawings of each chart; the style sheet shows one. */
export const chartRooms = {
  wide: { width: 960, narrow: false },
  narrow: { width: 340, narrow: true },
} as const satisfies Record<string, ChartRoom>

/** Colours are custom properties of the page, so that one drawing serves both colour schemes. */
export const colors = {
  ink: 'var(--ink)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  paper: 'var(--paper)',
  before: 'var(--before)',
  /** Of answers that were another request's or another tenant's. */
  wrong: 'var(--fail)',
  exact: 'var(--exact)',
  normalised: 'var(--normalised)',
  'exact + embeddings': 'var(--vectors)',
} as const

/** How many entrant colours the style sheet has. */
const entrantColors = 8

/** The colour of an entrant: its place in the list of all entrants, the same in every chart. */
export function entrantColor(entrant: string, entrants: readonly string[]): string {
  return `var(--entrant-${(Math.max(0, entrants.indexOf(entrant)) % entrantColors) + 1})`
}

/** What every chart has in common: no animation, no hover, the page's own type. */
export const chartBase = {
  animation: false,
  backgroundColor: 'transparent',
  textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 12, color: colors.ink },
} as const

/** An axis of values in the page's colours. */
export function valueAxis(formatter: (value: number) => string, more: object = {}): object {
  return {
    type: 'value',
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: colors.quiet, formatter, hideOverlap: true },
    splitLine: { lineStyle: { color: colors.line }, showMaxLine: false },
    nameTextStyle: { color: colors.quiet },
    ...more,
  }
}

/** An axis of names, the first on top. */
export function nameAxis(names: readonly string[], { narrow }: ChartRoom, more: object = {}): object {
  return {
    type: 'category',
    data: names,
    inverse: true,
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    axisLabel: {
      color: colors.ink,
      interval: 0,
      width: narrow ? 88 : 190,
      fontSize: narrow ? 11 : 12,
      overflow: 'break',
      lineHeight: 14,
    },
    ...more,
  }
}
