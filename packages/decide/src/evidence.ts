/** How a figure came about; the report labels its cells with the same words. */
export type EvidenceLabel = 'counted' | 'priced' | 'modelled' | 'measured'

/** One figure about one option. */
export interface Measurement {
  /** What was measured: `footprint.packages`, `clause.CAC-05`. */
  metric: string
  option: string
  /** In the unit of the metric; a clause is 1 when it passes and 0 when it fails or cannot be asked. */
  value: number
  /** How many it was counted over: 106 clauses, 13 errors. */
  of?: number
  /** Bounds of its interval, where it was measured with one. */
  low?: number
  high?: number
  /**
   * What its interval is over, where that is one thing for every option: `traffic`. Whatever it turns out to be, it is the same for
   * all, so between options with the same figure it decides nothing.
   */
  varies?: string
  label: EvidenceLabel
  /** Where a reader finds it: `footprint, packages installed`. */
  source: string
  /** The day of the run it is of, where that is an earlier one than the newest: `2026-11-24`. */
  recorded?: string
  /** Whether what it was measured from has changed since; only with `recorded`. */
  stale?: boolean
}

/** One benchmark of the evidence, and the run that it is of. */
export interface EvidenceSource {
  /** `change-cost`. */
  name: string
  commit: string
  /** ISO 8601. */
  measuredAt: string
  /** Whether the run is an earlier one than the newest. */
  recorded: boolean
  /** Whether what it was measured from has changed since. */
  stale: boolean
}

/** What is known about the options. */
export interface Evidence {
  /** In the order in which they are shown. */
  options: readonly string[]
  measurements: readonly Measurement[]
  /** What is no number: licences of everything that is installed, wire protocols that are spoken. Left out: not known. */
  facts?: Readonly<Record<string, { licences?: readonly string[]; providers?: readonly string[] }>>
  /** The commit that was measured, and when, ISO 8601. */
  commit?: string
  measuredAt?: string
  /** Which run each benchmark is of. */
  sources?: readonly EvidenceSource[]
}

/** The measurement of one metric for one option, if there is one. */
export function findMeasurement(evidence: Evidence, metric: string, option: string): Measurement | undefined {
  return evidence.measurements.find((one) => one.metric === metric && one.option === option)
}
