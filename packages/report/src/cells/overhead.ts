import type { OverheadRow } from '../report.ts'

/** The rows of the overhead table as text, also for the terminal. */
export function overheadCells(rows: readonly OverheadRow[]): string[][] {
  return rows.map(({ name, cpuUsPerCall, toSdk, noDifferenceShown }) => [
    name,
    cpuUsPerCall.toFixed(0),
    toSdk ? `${toSdk.ratio.toFixed(2)} [${toSdk.low.toFixed(2)}, ${toSdk.high.toFixed(2)}]` : 'baseline',
    toSdk && noDifferenceShown ? 'no difference shown' : '',
  ])
}
