/** What a score can be: with everything measured its ends differ by the measurement's own interval only. */
export interface Interval {
  low: number
  /** The score of the measured value; the middle where nothing was measured. */
  mid: number
  high: number
}

/** The interval of what was not measured: it could be anything. */
export const unknown: Interval = { low: 0, mid: 0.5, high: 1 }

/** The average of scores; of none, what is not known. */
export function average(intervals: readonly Interval[]): Interval {
  if (intervals.length === 0) return unknown
  return weighted(intervals.map((interval) => [interval, 1 / intervals.length]))
}

/** The sum of scores by their weights. */
export function weighted(parts: readonly (readonly [Interval, number])[]): Interval {
  const sum = { low: 0, mid: 0, high: 0 }
  for (const [{ low, mid, high }, weight] of parts) {
    sum.low += low * weight
    sum.mid += mid * weight
    sum.high += high * weight
  }
  return sum
}
