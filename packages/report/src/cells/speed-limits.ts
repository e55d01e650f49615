import { nothing } from '../figures.ts'
import type { Report } from '../report.ts'
import { speedLimitRows, type SpeedLimitRow } from '../speed-limits.ts'

/** The speed that the project sets itself beside what was measured, the heading first. */
export function speedLimitCells(report: Report): string[][] {
  return [
    ['what', 'measured', 'at most', 'goal', 'verdict'],
    ...speedLimitRows(report).map((row) => {
      const { what, unit, atMost, goal, measured } = row
      const interval = measured
        ? `${measured.value.toFixed(2)} [${measured.low.toFixed(2)}, ${measured.high.toFixed(2)}]`
        : nothing
      return [what, interval, `${atMost} ${unit}`, `${goal} ${unit}`, verdict(row)]
    }),
  ]
}

function verdict({ measured, atMost }: SpeedLimitRow): string {
  if (measured === undefined) return 'not measured'
  if (measured.high <= atMost) return 'holds'
  if (measured.low > atMost) return 'over the limit'
  return measured.value <= atMost
    ? 'holds; the interval spans the limit'
    : 'over; the interval spans the limit'
}
