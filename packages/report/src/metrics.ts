import type { PairedRatio } from './report.ts'

/** The metrics benchmark: what keeping metrics costs, and how far its percentiles are from the exact ones. */
export interface MetricsCost {
  /** Rounds that are counted, each with every row of `recording` twice. */
  rounds: number
  /** Of each row, both times together. */
  recordsPerRound: number
  seed: number
  /** What is allowed of the collector: the contract's own bounds. */
  limits: { growthMb: number; cpuNsPerRecord: number; errorShare: number }
  millions: MillionRow[]
  recording: RecordingRow[]
  percentiles: PercentileRow[]
}

/** A million records in a process of their own. */
export interface MillionRow {
  name: string
  /** Over which time the records are spread. */
  span: string
  /** Heap and buffers after a collection, against before the first record, in MB. */
  growthMb: number
  /** CPU time of the process, in ns: the mean over the million. */
  cpuNsPerRecord: number
}

export interface RecordingRow {
  name: string
  /** CPU time of the process, in ns: median over the rounds. */
  cpuNsPerRecord: number
  /** Against the first row in the same round; missing for that row itself. */
  toBaseline?: PairedRatio
  /** Whether `toBaseline` cannot be told from the first row measured against itself. */
  noDifferenceShown: boolean
  /** Raw, in ns, by round. */
  samples: number[]
}

/** The percentiles of one set of latencies, as the collector shows them and as they are. */
export interface PercentileRow {
  name: string
  /** Where the latencies come from, or how they are made. */
  what: string
  n: number
  quantiles: {
    quantile: number
    /** By nearest rank over all latencies, in ms. */
    exactMs: number
    /** What `summary()` says, in ms. */
    shownMs: number
    /** Their distance as a share of the exact one. */
    errorShare: number
  }[]
}
