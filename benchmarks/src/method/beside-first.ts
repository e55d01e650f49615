import type { PairedRatio } from '@plumbline/report'

import { pairedRatio } from './paired-ratio.ts'
import { seededRandom } from './seeded-random.ts'

/** How a row compares with the first one. */
export interface Beside {
  /** Missing for the first row, which is the baseline. */
  ratio?: PairedRatio
  /** Whether the ratio cannot be told from that of the baseline measured against itself. */
  noDifferenceShown: boolean
}

/**
 * Sets each row's samples, one for each round, beside those of the first row. The second row must be the first one measured again
 * (A/A): what its interval covers is no difference.
 */
export function besideFirst(samples: readonly (readonly number[])[], seed: number): Beside[] {
  const random = seededRandom(seed)
  const [baseline = [], again = []] = samples
  const same = pairedRatio(again, baseline, random)
  return samples.map((own, index) => {
    if (index === 0) return { noDifferenceShown: true }
    const ratio = index === 1 ? same : pairedRatio(own, baseline, random)
    return { ratio, noDifferenceShown: ratio.low <= same.high && ratio.high >= same.low }
  })
}
