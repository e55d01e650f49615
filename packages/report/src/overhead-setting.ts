import type { PairedRatio } from './report.ts'
import type { PairedDifference } from './streaming.ts'

/** Rows measured side by side in one setting of the overhead benchmark. */
export interface OverheadSetting {
  id: 'in-process' | 'in-process-64' | 'http-32'
  /** In words: `in process, one at a time`. */
  name: string
  /** Calls of a row under way at once. */
  atOnce: number
  rounds: number
  /** Of each row, both turns together. */
  callsPerRound: number
  rows: OverheadSettingRow[]
}

export interface OverheadSettingRow {
  name: string
  /** The row that it is set against; its own name for a row that stands for itself. */
  baseline: string
  /** CPU time of the calling process per call, in us: user and system, median over the rounds. */
  cpuUsPerCall: number
  /** Against the baseline in the same round; missing for a row that stands for itself. */
  ratio?: PairedRatio
  /** The same as a difference, in us. */
  addedUs?: PairedDifference
  /** Whether `ratio` cannot be told from the bare SDK measured against itself. */
  noDifferenceShown: boolean
  /** Raw, in us, by round. */
  samples: number[]
}
