import { faultColumns, faultRow, type FaultColumn } from './fault-columns.ts'
import type { Faults } from './faults.ts'

/** How the faults ended for one entrant at one retry setting, as counts of faults. */
export interface FaultCounts extends FaultColumn {
  successes: number
  errorsWithCode: number
  errorsWithoutCode: number
  hangs: number
  /** Of the errors, how many show the function that made the call in their stack. */
  callerFrames: number
}

/** The counts of every column, in the order of the matrix. */
export function faultCounts(faults: Faults): FaultCounts[] {
  return faultColumns(faults).map((column) => {
    const rows = faults.faults.flatMap((fault) => faultRow(faults, fault, column) ?? [])
    const errors = rows.filter(({ outcome }) => outcome === 'error')
    const errorsWithCode = errors.filter(({ errorCode }) => errorCode !== undefined).length
    return {
      ...column,
      successes: rows.filter(({ outcome }) => outcome === 'success').length,
      errorsWithCode,
      errorsWithoutCode: errors.length - errorsWithCode,
      hangs: rows.filter(({ outcome }) => outcome === 'hangs').length,
      callerFrames: errors.filter(({ hasCallerFrame }) => hasCallerFrame).length,
    }
  })
}
