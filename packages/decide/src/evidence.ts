/** How a figure came about; the report labels its cells with the same words. */
export type EvidenceLabel = 'counted' | 'priced' | 'modelled' | 'measured'

/** One figure about one option. */
export interface Measurement {
  /** What was measured: `footprint.packages`, `clause.CAC-05`. */
  metric: string
  option: string
  /** In the unit of the metric; a clause is 1 when it passes and 0 when it fails or cannot be asked. */
  value: number
  /** Bounds of its interval, where it was measured with one. */
  low?: number
  high?: number
  label: EvidenceLabel
  /** Where a reader finds it: `footprint, packages installed`. */
  source: string
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
}

/** The measurement of one metric for one option, if there is one. */
export function findMeasurement(evidence: Evidence, metric: string, option: string): Measurement | undefined {
  return evidence.measurements.find((one) => one.metric === metric && one.option === option)
}
