import type { BinCounts } from './bin-counts.ts'
import type { LatencyLog } from './latency-log.ts'

/** Up to so many calls of one slot are kept as they came: packing them takes longer and saves no memory. */
export const fewCalls = 64

/** Latency bins of a few calls, each beside the series that it counts in: 2 bytes a number. */
export class FewCalls {
  /** For each call its series, then its bin. */
  readonly #numbers: Uint16Array
  readonly #seriesPerCall: number

  /** Copies what `log` holds. Series and bins must be below 65,536. */
  constructor(log: LatencyLog) {
    const { calls, bins, series, seriesPerCall } = log
    this.#seriesPerCall = seriesPerCall
    this.#numbers = new Uint16Array(calls * (seriesPerCall + 1))
    let to = 0
    for (let call = 0; call < calls; call++) {
      for (let i = 0; i < seriesPerCall; i++) this.#numbers[to++] = series[call * seriesPerCall + i] ?? 0
      this.#numbers[to++] = bins[call] ?? 0
    }
  }

  /** Calls `visit` for the bin of each call of one series, in no order; a bin may come twice. */
  forEach(series: number, visit: (bin: number, count: number) => void): void {
    const numbers = this.#numbers
    const step = this.#seriesPerCall + 1
    for (let end = step - 1; end < numbers.length; end += step) {
      for (let at = end - this.#seriesPerCall; at < end; at++) {
        if (numbers[at] === series) visit(numbers[end] ?? 0, 1)
      }
    }
  }

  /** Adds every call to `counts`. */
  unpackTo(counts: BinCounts): void {
    const numbers = this.#numbers
    const step = this.#seriesPerCall + 1
    for (let end = step - 1; end < numbers.length; end += step) {
      for (let at = end - this.#seriesPerCall; at < end; at++)
        counts.add(numbers[at] ?? 0, numbers[end] ?? 0, 1)
    }
  }
}
