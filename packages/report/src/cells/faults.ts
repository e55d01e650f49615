import { faultColumns, faultRow } from '../fault-columns.ts'
import { timeText } from '../fault-words.ts'
import type { Faults } from '../faults.ts'
import { nothing } from '../figures.ts'

/** How every entrant's call ended at its defaults, one row for each fault, the heading first: `error 3x 1.4 s`. */
export function faultCells(faults: Faults): string[][] {
  const columns = faultColumns(faults).filter(({ retries }) => retries === 'defaults')
  return [
    ['fault', ...columns.map(({ entrant }) => entrant)],
    ...faults.faults.map((fault) => [
      fault.what,
      ...columns.map((column) => {
        const row = faultRow(faults, fault, column)
        return row ? `${row.outcome} ${row.attempts}x ${timeText(row)}` : nothing
      }),
    ]),
  ]
}
