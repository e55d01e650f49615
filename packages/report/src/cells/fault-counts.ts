import { faultCounts } from '../fault-counts.ts'
import type { Faults } from '../faults.ts'
import { formatCount, nothing } from '../figures.ts'

/** How the faults ended for each entrant and retry setting, as counts, the heading first. */
export function faultCountCells(faults: Faults): string[][] {
  return [
    [
      'entrant',
      'retries',
      'success',
      'error with a code',
      'error without a code',
      'hangs',
      'errors with the caller in the stack',
    ],
    ...faultCounts(faults).map((counts) => {
      const errors = counts.errorsWithCode + counts.errorsWithoutCode
      return [
        `${counts.entrant} ${counts.version}`,
        counts.retries,
        formatCount(counts.successes),
        formatCount(counts.errorsWithCode),
        formatCount(counts.errorsWithoutCode),
        formatCount(counts.hangs),
        errors === 0 ? nothing : `${formatCount(counts.callerFrames)} of ${formatCount(errors)}`,
      ]
    }),
  ]
}
