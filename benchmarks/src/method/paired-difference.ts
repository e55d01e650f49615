import type { PairedDifference } from '@plumbline/report'

import { bootstrapMedian } from './bootstrap-median.ts'

/**
 * The median of `samples[i] - baseline[i]` with its bootstrap interval, in the unit of the samples. Throws `RangeError` for lists of
 * unequal length or fewer than three rounds. `random` is uniform in [0, 1).
 */
export function pairedDifference(
  samples: readonly number[],
  baseline: readonly number[],
  random: () => number,
): PairedDifference {
  const { median, low, high, n } = bootstrapMedian(samples, baseline, (sample, base) => sample - base, random)
  return { difference: median, low, high, n }
}
