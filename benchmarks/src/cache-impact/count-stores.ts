import type { SettingRow, StoreRow } from '@plumbline/report'

import { countSetting, type CountOptions } from './count-settings.ts'
import { outlivingStores } from './stores.ts'

/**
 * Replays a trace with the answers of one build kept in SQLite and in Redis: from an empty store, and again by a new pipeline that finds
 * what the first has stored. Throws `Error` when an empty store counts something else than `memory`, the row of the same build's own
 * memory.
 */
export async function countStores(
  options: Omit<CountOptions, 'setting' | 'store'>,
  memory: SettingRow,
): Promise<StoreRow[]> {
  const rows: StoreRow[] = [toRow('memory', 'cold', memory)]
  for (const { name, open } of outlivingStores()) {
    const { store, close } = await open()
    try {
      for (const start of ['cold', 'warm'] as const)
        rows.push(toRow(name, start, await countSetting({ ...options, setting: 'exact', store })))
    } finally {
      await close()
    }
  }
  const counted = (row: StoreRow | undefined): string =>
    JSON.stringify({ ...row, store: undefined, start: undefined })
  for (const row of rows) {
    if (row.start === 'warm' || counted(row) === counted(rows[0])) continue
    throw new Error(
      `${row.entrant} counts ${counted(row)} in ${row.store}, and ${counted(rows[0])} in memory.`,
    )
  }
  return rows
}

function toRow(store: StoreRow['store'], start: StoreRow['start'], row: SettingRow): StoreRow {
  const { entrant, hitRate, chatCalls, inputTokens, outputTokens, costNanoUsd } = row
  return { entrant, store, start, hitRate, chatCalls, inputTokens, outputTokens, costNanoUsd }
}
