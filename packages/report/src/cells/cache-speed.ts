import type { CacheSpeed, SpeedComparison } from '../cache-speed.ts'
import { formatCount, nothing } from '../figures.ts'

/** What stands over one comparison: two of one name are told apart by their unit. */
export function speedTitle({ name, unit }: SpeedComparison): string {
  return `Hits: ${name} (${unit})`
}

/** One comparison as text, its heading first. */
export function speedCells({ unit, rows }: SpeedComparison): string[][] {
  return [
    ['row', `${unit} per hit`, 'ratio to the first', 'at most', 'verdict'],
    ...rows.map(({ name, us, toBaseline, atMost, noDifferenceShown }) => [
      name,
      us < 10 ? us.toFixed(2) : us.toFixed(1),
      toBaseline
        ? `${toBaseline.ratio.toFixed(2)} [${toBaseline.low.toFixed(2)}, ${toBaseline.high.toFixed(2)}]`
        : 'baseline',
      atMost === undefined ? nothing : atMost.toFixed(2),
      toBaseline === undefined
        ? ''
        : atMost !== undefined
          ? toBaseline.ratio <= atMost
            ? 'holds'
            : 'over the limit'
          : noDifferenceShown
            ? 'no difference shown'
            : '',
    ]),
  ]
}

/** What calls are late by while a Redis is frozen, the heading first; undefined where there was none. */
export function frozenCells({ frozen }: CacheSpeed): string[][] | undefined {
  return (
    frozen && [
      ['a Redis that is frozen', 'calls', 'failed', 'late ms, median', 'slowest', 'at most', 'verdict'],
      ...frozen.map(({ name, calls, failedCalls, medianMs, slowestMs, atMostMs }, index) => [
        name,
        formatCount(calls),
        formatCount(failedCalls),
        medianMs.toFixed(2),
        slowestMs.toFixed(1),
        atMostMs.toFixed(0),
        // Each of the first calls is late by a time that was set; of the others the clock of a busy machine has its outliers.
        failedCalls === 0 && (index === 0 ? slowestMs : medianMs) <= atMostMs ? 'holds' : 'over the limit',
      ]),
    ]
  )
}
