import { nanoUsdToUsd } from '../metrics/money.ts'
import { latencyBin, LatencySketch } from '../metrics/sketch.ts'

/** The figures of some calls, with the meaning that they have in `summary()` and in `readUsage`, but for percentiles (within 0.5 %), which are null where there are none. */
export interface CallFigures {
  totalCalls: number
  succeeded: number
  /** Neither succeeded nor blocked or cancelled. */
  failed: number
  blocked: number
  cancelled: number
  /** 0..1: failed / (succeeded + failed); 0 when there are none. */
  errorRate: number
  hits: number
  coalesced: number
  /** Calls that asked the cache: hits, coalesced and misses. */
  cacheLookups: number
  /** 0..1: hits / cacheLookups; 0 when there are none. */
  hitRate: number
  providerCalls: number
  /** Requests that reached the provider, retries included. */
  attempts: number
  inputTokens: number
  outputTokens: number
  /** Input and output tokens that a cache saved. */
  savedTokens: number
  /** Billed, in integer nano-dollars. */
  costNanoUsd: number
  costUsd: number
  /** What the caches saved, in integer nano-dollars. */
  savedNanoUsd: number
  savedUsd: number
  /** Of provider calls, in ms; null when there are none. */
  p50LatencyMs: number | null
  p95LatencyMs: number | null
  p99LatencyMs: number | null
  /** From call to first chunk of streamed provider calls, in ms; null when there are none. */
  p50FirstChunkMs: number | null
  p95FirstChunkMs: number | null
}

/** What a tally takes of one call, in the order of `tallyColumns`. */
export type TallyRow = [
  outcome: string,
  success: number,
  cacheStatus: string,
  attempts: number,
  latencyMs: number,
  firstChunkMs: number | null,
  inputTokens: number,
  outputTokens: number,
  savedTokens: number,
  costNanoUsd: number,
  savedNanoUsd: number,
]

/** The bins of a call's latency and time to first chunk, as `latencyBin` names them; null: it has none. */
export interface CallBins {
  latency: number | null
  firstChunk: number | null
}

/** Latencies are those of calls that reached the provider. */
export function callBins([, , , attempts, latencyMs, firstChunkMs]: TallyRow): CallBins {
  return {
    latency: attempts > 0 ? latencyBin(latencyMs) : null,
    firstChunk: attempts > 0 && firstChunkMs !== null ? latencyBin(firstChunkMs) : null,
  }
}

/** The SQL of a `TallyRow`. */
export const tallyColumns = `outcome, success, cache_status, attempts, latency_ms, first_chunk_ms,
  input_tokens, output_tokens, saved_tokens, cost_nano_usd, saved_nano_usd`

/**
 * Counts, sums and latencies of some calls; those of several add up. Most tallies are of few calls (one tenant in one minute), so
 * latencies are kept as the bins that occur, not as sketches, which have all bins between.
 */
export class CallTally {
  #calls = 0
  #succeeded = 0
  #blocked = 0
  #cancelled = 0
  #hits = 0
  #coalesced = 0
  #misses = 0
  #providerCalls = 0
  #attempts = 0
  #inputTokens = 0
  #outputTokens = 0
  #savedTokens = 0
  #costNanoUsd = 0
  #savedNanoUsd = 0
  readonly #latencies = new Map<number, number>()
  readonly #firstChunks = new Map<number, number>()

  get costNanoUsd(): number {
    return this.#costNanoUsd
  }

  /** Adds one call, whose bins are `callBins(row)`. */
  add(row: TallyRow, bins: CallBins): void {
    const [outcome, success, cacheStatus, attempts, , , input, output] = row
    this.#calls++
    this.#succeeded += success
    if (outcome === 'blocked') this.#blocked++
    else if (outcome === 'cancelled') this.#cancelled++
    if (cacheStatus === 'hit') this.#hits++
    else if (cacheStatus === 'coalesced') this.#coalesced++
    else if (cacheStatus === 'miss') this.#misses++
    this.#attempts += attempts
    if (attempts > 0) this.#providerCalls++
    if (bins.latency !== null) addBin(this.#latencies, bins.latency, 1)
    if (bins.firstChunk !== null) addBin(this.#firstChunks, bins.firstChunk, 1)
    this.#inputTokens += input
    this.#outputTokens += output
    this.#savedTokens += row[8]
    this.#costNanoUsd += row[9]
    this.#savedNanoUsd += row[10]
  }

  /** Adds all calls of `other`, which stays as it is. */
  merge(other: CallTally): void {
    this.#calls += other.#calls
    this.#succeeded += other.#succeeded
    this.#blocked += other.#blocked
    this.#cancelled += other.#cancelled
    this.#hits += other.#hits
    this.#coalesced += other.#coalesced
    this.#misses += other.#misses
    this.#providerCalls += other.#providerCalls
    this.#attempts += other.#attempts
    this.#inputTokens += other.#inputTokens
    this.#outputTokens += other.#outputTokens
    this.#savedTokens += other.#savedTokens
    this.#costNanoUsd += other.#costNanoUsd
    this.#savedNanoUsd += other.#savedNanoUsd
    for (const [bin, count] of other.#latencies) addBin(this.#latencies, bin, count)
    for (const [bin, count] of other.#firstChunks) addBin(this.#firstChunks, bin, count)
  }

  /** What the calls come to. */
  figures(): CallFigures {
    const failed = this.#calls - this.#blocked - this.#cancelled - this.#succeeded
    const cacheLookups = this.#hits + this.#coalesced + this.#misses
    const latencies = sketchOf(this.#latencies)
    const firstChunks = sketchOf(this.#firstChunks)
    return {
      totalCalls: this.#calls,
      succeeded: this.#succeeded,
      failed,
      blocked: this.#blocked,
      cancelled: this.#cancelled,
      errorRate: share(failed, this.#succeeded + failed),
      hits: this.#hits,
      coalesced: this.#coalesced,
      cacheLookups,
      hitRate: share(this.#hits, cacheLookups),
      providerCalls: this.#providerCalls,
      attempts: this.#attempts,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      savedTokens: this.#savedTokens,
      costNanoUsd: this.#costNanoUsd,
      costUsd: nanoUsdToUsd(this.#costNanoUsd),
      savedNanoUsd: this.#savedNanoUsd,
      savedUsd: nanoUsdToUsd(this.#savedNanoUsd),
      p50LatencyMs: quantileOf(latencies, 0.5),
      p95LatencyMs: quantileOf(latencies, 0.95),
      p99LatencyMs: quantileOf(latencies, 0.99),
      p50FirstChunkMs: quantileOf(firstChunks, 0.5),
      p95FirstChunkMs: quantileOf(firstChunks, 0.95),
    }
  }
}

function addBin(bins: Map<number, number>, bin: number, count: number): void {
  bins.set(bin, (bins.get(bin) ?? 0) + count)
}

function sketchOf(bins: ReadonlyMap<number, number>): LatencySketch {
  const sketch = new LatencySketch()
  // In order, so that it grows at its end.
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) sketch.addBin(bin, count)
  return sketch
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

function quantileOf(sketch: LatencySketch, quantile: number): number | null {
  return sketch.count > 0 ? sketch.quantile(quantile) : null
}
