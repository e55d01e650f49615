/** The streaming benchmark: what each row does to the first token and to each chunk, over loopback HTTP. */
export interface Streaming {
  /** Rounds that are counted, each with every row. */
  rounds: number
  seed: number
  /** Chunks of the streams whose CPU is measured. */
  longChunks: number
  rows: StreamingRow[]
}

export interface StreamingRow {
  name: string
  /** The row that it is set against: the bare client of the same library. */
  baseline: string
  /** From the call to the first chunk with content, in ms: median over the rounds. */
  firstChunkMs: number
  /** CPU time of the calling process per chunk, in us: median over the rounds. */
  cpuUsPerChunk: number
  /** Against the baseline in the same round, in ms; missing for the baseline itself. */
  addedFirstChunkMs?: PairedDifference
  /** Against the baseline in the same round, in us; missing for the baseline itself. */
  addedCpuUsPerChunk?: PairedDifference
  /** Heap in use while the result of a stream of 10,000 chunks is held, in MB; missing for an entrant that has no result. */
  heldMb?: number
  /** Raw, by round. */
  samples: { firstChunkMs: number[]; cpuUsPerChunk: number[] }
}

/** A difference of two things measured side by side, with its 95 % interval, in their unit. */
export interface PairedDifference {
  /** Median over the rounds of one less the other. */
  difference: number
  low: number
  high: number
  /** Rounds. */
  n: number
}
