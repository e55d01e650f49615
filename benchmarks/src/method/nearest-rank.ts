/**
 * The value that at least `share`, 0 to 1, of all values does not exceed: nearest rank, never between two values.
 * `sorted` is in rising order. NaN for an empty list.
 */
export function nearestRank(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1] ?? Number.NaN
}

/** The same of values in any order, which stay as they are. */
export function quantile(values: readonly number[], share: number): number {
  return nearestRank(
    values.toSorted((one, other) => one - other),
    share,
  )
}
