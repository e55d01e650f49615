import { absentLabelValue } from '../metrics/labels.ts'

/** The labels that calls in a ledger can be split by and narrowed to, and their columns. */
export const labelColumns = {
  model: 'model',
  endpoint: 'endpoint',
  promptVersion: 'prompt_version',
  tenant: 'tenant',
  build: 'build',
} as const

export type CallLabel = keyof typeof labelColumns
export const callLabels = Object.keys(labelColumns) as CallLabel[] // Its own keys.

/** Calls that have all of these values; `(none)` is the value of calls without the label. */
export type CallFilter = Partial<Record<CallLabel, string>>

/** The SQL of a label's value. */
export function labelSql(label: CallLabel): string {
  return `ifnull(${labelColumns[label]}, '${absentLabelValue}')`
}

/** The SQL condition of a filter, to follow others, and the values of its parameters. */
export function filterSql(filter: CallFilter): { sql: string; values: string[] } {
  const chosen = callLabels.filter((label) => filter[label] !== undefined)
  return {
    sql: chosen.map((label) => ` AND ${labelSql(label)} = ?`).join(''),
    values: chosen.map((label) => filter[label] ?? ''),
  }
}
