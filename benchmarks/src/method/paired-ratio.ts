import type { PairedRatio } from '@plumbline/report'

import { bootstrapMedian } from './bootstrap-median.ts'

/**
 * The median of `samples[i] / baseline[i]` with its bootstrap interval. Throws `RangeError` for lists of unequal length or fewer
 * than three rounds. `random` is uniform in [0, 1).
 */
export function pairedRatio(
  samples: readonly number[],
  baseline: readonly number[],
  random: () => number,
): PairedRatio {
  const { median, low, high, n } = bootstrapMedian(samples, baseline, (sample, base) => sample / base, random)
  return { ratio: median, low, high, n }
}
