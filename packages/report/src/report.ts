import type { CacheImpact } from './cache-impact.ts'
import type { CacheSpeed } from './cache-speed.ts'
import type { ChangeCost } from './change-cost.ts'
import type { Faults } from './faults.ts'
import type { Footprint } from './footprint.ts'
import type { GatewayResult } from './gateway.ts'
import type { Guardrails } from './guardrails.ts'
import type { MetricsCost } from './metrics.ts'
import type { OverheadSetting } from './overhead-setting.ts'
import type { Streaming } from './streaming.ts'

/**
 * One run of `plumbline bench`, as `report.json` and the files in `benchmarks/results` hold it. Additions keep the schema
 * version; changes of meaning raise it. A section that was not asked for is missing.
 */
export interface Report {
  schemaVersion: 2
  /** ISO 8601, UTC. */
  startedAt: string
  endedAt: string
  environment: Environment
  /** Every clause by every entrant, held on this commit before anything was measured. */
  conformance: EntrantOutcomes[]
  /** What the clauses in `conformance` ask, in the order of the tables. */
  clauses?: ClauseFacts[]
  cacheImpact?: CacheImpact
  overhead?: Overhead
  faults?: Faults
  streaming?: Streaming
  footprint?: Footprint
  guardrails?: Guardrails
  metrics?: MetricsCost
  cacheSpeed?: CacheSpeed
  changeCost?: ChangeCost
  gateway?: GatewayResult
}

/** Where a result was measured, and from what. */
export interface Environment {
  commit: string
  /** Whether the checkout had changes that are not in `commit`. */
  dirty: boolean
  /** SHA-256 of package-lock.json, hex. */
  lockfileHash: string
  /** SHA-256 over the sources that the figures of cache-impact come from (core, both builds, entrants, the benchmark) and the lockfile, hex. */
  inputsHash: string
  /** The libraries that are compared, name to version, from the lockfile. */
  packages: Record<string, string>
  node: string
  os: string
  cpu: string
  cores: number
  /** One-minute load average when it was read; over the number of cores the machine was busy with other things. */
  loadAverage: number
}

/** What one clause asks, so that a table can be read without the sources. */
export interface ClauseFacts {
  id: string
  sentence: string
  /** Why it is asked: classic practice, user expectation, found defect. */
  origin: string
}

/** What the clauses found in one entrant. */
export interface EntrantOutcomes {
  name: string
  version: string
  outcomes: {
    id: string
    outcome: 'pass' | 'fail' | 'unsupported'
    reason?: string
    /** It is the machine that lacked something: the clause was not asked. */
    skipped?: true
    /** The scenarios that failed, by name. */
    failedScenarios?: string[]
    /** The scenarios that the entrant has nothing to ask of, by name: the outcome is that of the others. */
    notAsked?: string[]
    link?: string
  }[]
  /** Programs that each show one failure alone. */
  reproductions?: Reproduction[]
}

/** A program of under 30 lines that shows a failure of a library, with nothing of ours in it. */
export interface Reproduction {
  /** From the repository's root. */
  file: string
  /** Clauses that fail for this; none where no clause asks it. */
  clauses: string[]
  source: string
}

/** The overhead benchmark: what each row costs per call beside the bare SDK. */
export interface Overhead {
  /** Rounds that are counted, each with every row twice: in an order and in its reverse. */
  rounds: number
  /** Of each row, both times together. */
  callsPerRound: number
  seed: number
  /** Over loopback HTTP, one at a time. */
  rows: OverheadRow[]
  /** Other settings, with a row for each stage and seam. */
  settings?: OverheadSetting[]
}

export interface OverheadRow {
  name: string
  /** CPU time of the calling process per call, in us: user and system, median over the rounds. */
  cpuUsPerCall: number
  /** Against the bare SDK in the same round; undefined for the SDK itself. */
  toSdk?: PairedRatio
  /** Whether `toSdk` cannot be told from the SDK measured against itself. */
  noDifferenceShown: boolean
  /** Raw, in us, by round. */
  samples: number[]
}

/** A ratio of two things measured side by side, with its 95 % interval. */
export interface PairedRatio {
  /** Median over the rounds of one divided by the other. */
  ratio: number
  low: number
  high: number
  /** Rounds. */
  n: number
}
