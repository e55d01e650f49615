/**
 * Latency bins of calls as they come, each with the series that it counts in: writing them down is all that a call has
 * to wait for. At most 65,536 calls.
 */
export class LatencyLog {
  /** How many calls; what stands behind them in the arrays is old. */
  calls = 0
  /** The bin of each call. */
  readonly bins: number[] = []
  /** The series of each call, `seriesPerCall` in a row. */
  readonly series: number[] = []
  readonly seriesPerCall: number

  constructor(seriesPerCall: number) {
    this.seriesPerCall = seriesPerCall
  }

  /** Adds one call. */
  add(bin: number, seriesOfCall: readonly number[]): void {
    const from = this.calls * this.seriesPerCall
    for (let i = 0; i < this.seriesPerCall; i++) this.series[from + i] = seriesOfCall[i] ?? 0
    this.bins[this.calls++] = bin
  }

  /** Forgets all calls. The arrays keep their size: growing them anew cost more than all else that a call does here. */
  clear(): void {
    this.calls = 0
  }
}
