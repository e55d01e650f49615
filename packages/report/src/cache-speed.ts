import type { PairedRatio } from './report.ts'

/** The cache-speed benchmark: what a hit costs, and what a store that has fallen silent costs. */
export interface CacheSpeed {
  /** Rounds that are counted, each with every row of a comparison twice. */
  rounds: number
  /** Of each row, each of the two times. */
  hitsPerTurn: number
  seed: number
  /** Characters of the question. */
  promptChars: number
  /** What is stored for its answer. */
  entryBytes: number
  comparisons: SpeedComparison[]
  /** Missing where there is no Redis. */
  frozen?: FrozenRow[]
}

/** Rows that were measured side by side. */
export interface SpeedComparison {
  name: string
  unit: 'CPU us' | 'us by the clock'
  rows: SpeedRow[]
}

export interface SpeedRow {
  name: string
  /** Of one hit, in the unit of the comparison: median over the rounds. */
  us: number
  /** Against the first row in the same round; missing for that row itself. */
  toBaseline?: PairedRatio
  /** The ratio that is allowed; missing where none is set. */
  atMost?: number
  /** Whether `toBaseline` cannot be told from the first row measured against itself. */
  noDifferenceShown: boolean
  /** Raw, by round. */
  samples: number[]
}

/** Calls while a Redis answers nothing, set against calls without a cache. */
export interface FrozenRow {
  name: string
  calls: number
  /** Of all calls while it was frozen, with and without a cache. */
  failedCalls: number
  /** How late they were, in ms. */
  medianMs: number
  slowestMs: number
  /** What is allowed of the median of later calls and of each first one, in ms. */
  atMostMs: number
  /** Raw, in ms, by call. */
  samples: number[]
}
