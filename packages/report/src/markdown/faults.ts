import { captions } from '../captions.ts'
import { faultCountCells } from '../cells/fault-counts.ts'
import { faultColumns, faultRow } from '../fault-columns.ts'
import { callerFrameText, errorText, requestsText, timeText } from '../fault-words.ts'
import type { FaultRow, Faults } from '../faults.ts'
import { nothing } from '../figures.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { markdownTable } from './table.ts'

/** What each entrant makes of each fault: a table for each retry setting, and the counts. */
export function faultsSection({ faults }: Report): string[] {
  if (!faults) return ['## Faults', notMeasured('faults')]
  return [
    '## Faults',
    captions.faults(faults),
    captions.faultSettings,
    ...settingTable(faults, 'defaults'),
    ...settingTable(faults, '2 retries'),
    '### Faults in counts',
    captions.faultCounts,
    markdownTable(faultCountCells(faults), { rightFrom: 2 }),
  ]
}

function settingTable(faults: Faults, retries: FaultRow['retries']): string[] {
  const columns = faultColumns(faults).filter((column) => column.retries === retries)
  if (columns.length === 0) return []
  return [
    retries === 'defaults' ? '### Faults, defaults' : `### Faults, told ${retries}`,
    markdownTable([
      ['fault', ...columns.map(({ entrant, version }) => `${entrant} ${version}`)],
      ...faults.faults.map((fault) => [
        fault.what,
        ...columns.map((column) => {
          const row = faultRow(faults, fault, column)
          return row ? describeEnding(row) : nothing
        }),
      ]),
    ]),
  ]
}

function describeEnding(row: FaultRow): string {
  if (row.outcome === 'hangs') return `hangs, ${timeText(row)}, ${requestsText(row)}`
  const spent = `${row.outcome} after ${timeText(row)}, ${requestsText(row)}`
  return row.outcome === 'success' ? spent : `${spent}, ${errorText(row)}, ${callerFrameText(row)}`
}
