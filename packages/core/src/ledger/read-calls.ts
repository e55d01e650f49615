import type { LLMCallMetrics } from '../metrics/record.ts'
import { openForReading } from './open-database.ts'
import { fromRow } from './row.ts'

export interface ReadCallsOptions {
  /** The SQLite file of the ledger. */
  path: string
  /** Calls that started at this time or later, in ms since the epoch. Default: all of them. */
  sinceMs?: number
}

/** Hands each record of a ledger to `onCall`, in the order they were written. Throws `LedgerError` as `readUsage` does. */
export function readCalls(
  { path, sinceMs = 0 }: ReadCallsOptions,
  onCall: (call: LLMCallMetrics) => void,
): void {
  const database = openForReading(path)
  try {
    const rows = database.prepare('SELECT * FROM calls NOT INDEXED WHERE started_at_ms >= ? ORDER BY seq')
    for (const row of rows.iterate(sinceMs)) onCall(fromRow(row))
  } finally {
    database.close()
  }
}
