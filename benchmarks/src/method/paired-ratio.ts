import type { PairedRatio } from '@plumbline/report'

const resamples = 2_000

/**
 * The median of `samples[i] / baseline[i]` with a percentile bootstrap interval (Efron and Tibshirani, 1993, chapter 13). Samples
 * of one round share what the machine did in that moment, so their ratio is steadier than either. Throws `RangeError` for lists
 * of unequal length or fewer than three rounds. `random` is uniform in [0, 1).
 */
export function pairedRatio(
  samples: readonly number[],
  baseline: readonly number[],
  random: () => number,
): PairedRatio {
  if (samples.length !== baseline.length || samples.length < 3) {
    throw new RangeError(
      `Paired samples need equal lengths of at least 3, got ${samples.length} and ${baseline.length}.`,
    )
  }
  const ratios = samples.map((sample, round) => sample / (baseline[round] ?? Number.NaN))
  const medians = Array.from({ length: resamples }, () =>
    median(ratios.map(() => ratios[Math.floor(random() * ratios.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => medians[Math.floor(share * (resamples - 1))] ?? Number.NaN
  return { ratio: median(ratios), low: at(0.025), high: at(0.975), n: ratios.length }
}

/** The middle value, or the mean of the two in the middle. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
