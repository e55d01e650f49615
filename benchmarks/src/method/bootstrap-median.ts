const resamples = 2_000

/** The median of something, and between what it lies. */
export interface MedianInterval {
  median: number
  low: number
  high: number
  /** Rounds. */
  n: number
}

/**
 * The median over the rounds of what `compare` makes of a sample and its baseline, with a percentile bootstrap interval of 95 % (Efron and
 * Tibshirani, 1993, chapter 13). Samples of one round share what the machine did in that moment, so what is compared within it is
 * steadier than either. Throws `RangeError` for lists of unequal length or fewer than three rounds. `random` is uniform in [0, 1).
 */
export function bootstrapMedian(
  samples: readonly number[],
  baseline: readonly number[],
  compare: (sample: number, baseline: number) => number,
  random: () => number,
): MedianInterval {
  if (samples.length !== baseline.length || samples.length < 3) {
    throw new RangeError(
      `Paired samples need equal lengths of at least 3, got ${samples.length} and ${baseline.length}.`,
    )
  }
  const compared = samples.map((sample, round) => compare(sample, baseline[round] ?? Number.NaN))
  const medians = Array.from({ length: resamples }, () =>
    median(compared.map(() => compared[Math.floor(random() * compared.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => medians[Math.floor(share * (resamples - 1))] ?? Number.NaN
  return { median: median(compared), low: at(0.025), high: at(0.975), n: compared.length }
}

/** The middle value, or the mean of the two in the middle. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
