import type { PairedRatio } from './report.ts'

/** What callers ask: distinct questions, the same as streams, and one question again and again, which a cache answers. */
export type GatewayLoad = 'chat' | 'stream' | 'hit'

/** The gateway benchmark: what a service between caller and provider adds, over loopback HTTP. */
export interface GatewayResult {
  /** Rounds that are counted, each with every row. */
  rounds: number
  seed: number
  /** Requests of each row in a round, and how many of them at once. */
  callsPerRound: number
  connections: number
  /** The fixed rate at which latency is measured, in requests a second. */
  perSecond: number
  /** Chunks of a stream. */
  streamChunks: number
  rows: GatewayRow[]
  /** What could not be measured, and the command that would. */
  notMeasured: { what: string; measuredBy: string }[]
}

export interface GatewayRow {
  name: string
  load: GatewayLoad
  /** CPU time of the process in between, in us, user and system: median over the rounds. Missing where there is none. */
  cpuUsPerRequest?: number
  /** CPU time against another row of the same load, in the same round, by its name. */
  ratios: Record<string, PairedRatio>
  /** As many as are answered with `connections` callers: median over the rounds. */
  requestsPerSecond: number
  /** At the fixed rate, from the moment a request was due to its last byte, in ms, over all rounds. */
  latencyMs: { p50: number; p95: number; p99: number; n: number }
  /** Of the process, after all rounds, in MB. */
  rssMb?: number
  /** Raw, by round. */
  samples: { cpuUsPerRequest: number[]; requestsPerSecond: number[] }
}
