import { faultColumns, faultRow } from '../fault-columns.ts'
import { errorText, timeText } from '../fault-words.ts'
import type { Faults } from '../faults.ts'
import { formatCount, nothing } from '../figures.ts'

/** How every call ended, one row for each fault, entrant and retry setting, the heading first. */
export function faultCells(faults: Faults): string[][] {
  const columns = faultColumns(faults)
  return [
    ['fault', 'entrant', 'retries', 'outcome', 'requests', 'time', 'error'],
    ...faults.faults.flatMap((fault) =>
      columns.flatMap((column) => {
        const row = faultRow(faults, fault, column)
        if (!row) return []
        const { entrant, retries, outcome, attempts } = row
        const error = outcome === 'error' ? errorText(row) : nothing
        return [[fault.what, entrant, retries, outcome, formatCount(attempts), timeText(row), error]]
      }),
    ),
  ]
}
