import type { LLMCallMetrics } from './record.ts'

/** What summaries split by. `mode` is `stream` or `whole`. */
export const labelNames = ['model', 'endpoint', 'promptVersion', 'tenant', 'mode', 'operation'] as const

export type LabelName = (typeof labelNames)[number]

/** The value under which calls are counted once a label has as many values as it may. */
export const overflowLabelValue = 'other'

/** The value of a call that does not carry the label. */
export const absentLabelValue = '(none)'

// Names and versions are shorter; a longer value is a mistake or an attack, and would be kept for good.
const maxLabelLength = 256

/** The value of one label of a call. */
export function labelValue(call: LLMCallMetrics, label: LabelName): string {
  switch (label) {
    case 'mode':
      return call.stream ? 'stream' : 'whole'
    case 'endpoint':
    case 'promptVersion':
      return call[label] ?? absentLabelValue
    default:
      return call[label]
  }
}

/**
 * Numbers the series of a collector: 0 is all calls, then one per label value in order of appearance. The first
 * `maxValues` values of a label have a series each; the others, and values over 256 characters, share `other`.
 */
export class SeriesIndex {
  readonly #maxValues: number
  /** Values and their series, in the order of `labelNames`. */
  readonly #byLabel = labelNames.map(() => new Map<string, number>())
  #nextSeries = 1

  constructor(maxValues: number) {
    this.#maxValues = maxValues
  }

  /** How many series there are, all calls included. */
  get size(): number {
    return this.#nextSeries
  }

  /** Writes the series of a call's labels to `series[1]` onwards, in the order of `labelNames`. */
  writeSeriesOf(call: LLMCallMetrics, series: number[]): void {
    for (let i = 0; i < labelNames.length; i++) {
      const label = labelNames[i] ?? 'model'
      const value = labelValue(call, label)
      series[i + 1] = this.#byLabel[i]?.get(value) ?? this.seriesOf(label, value)
    }
  }

  /** The series of a label value, numbered on first sight. */
  seriesOf(label: LabelName, value: string): number {
    const series = this.#valuesOf(label)
    const known = series.get(value)
    if (known !== undefined) return known
    const distinct = series.size - (series.has(overflowLabelValue) ? 1 : 0)
    const fits = distinct < this.#maxValues && value.length <= maxLabelLength
    if (!fits && value !== overflowLabelValue) return this.seriesOf(label, overflowLabelValue)
    series.set(value, this.#nextSeries)
    return this.#nextSeries++
  }

  /** The series of a label value that was seen before; undefined otherwise. */
  find(label: LabelName, value: string): number | undefined {
    return this.#valuesOf(label).get(value)
  }

  /** The values of a label with their series, in order of appearance. */
  entries(label: LabelName): Iterable<[value: string, series: number]> {
    return this.#valuesOf(label)
  }

  #valuesOf(label: LabelName): Map<string, number> {
    const values = this.#byLabel[labelNames.indexOf(label)]
    if (!values) throw new TypeError(`label must be one of ${labelNames.join(', ')}, got ${String(label)}`)
    return values
  }
}
