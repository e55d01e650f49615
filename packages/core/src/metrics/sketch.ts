import { DDSketch } from '@datadog/sketches-js'

/** Relative error of every percentile, as a share: half of what the contract allows (MET-12). */
export const relativeError = 0.005

/** Latencies below a picosecond count as 0 and above 30,000 years as that, so that no sketch passes about 5,600 bins. */
const smallestMs = 1e-9
const largestMs = 1e15

// The bins of every sketch are the same, so counts can be kept anywhere and added up later.
const { mapping } = new DDSketch({ relativeAccuracy: relativeError })
const firstKey = mapping.key(smallestMs)

/** The bin of a latency: 0 for zero (and for what is no latency: negative, NaN), then upwards from 1; an integer below 5,600. */
export function latencyBin(latencyMs: number): number {
  if (!(latencyMs >= smallestMs)) return 0
  return mapping.key(Math.min(latencyMs, largestMs)) - firstKey + 1
}

/**
 * Percentiles of latencies in bounded memory, on DDSketch (Masson, Rim and Lee, VLDB 2019). Every percentile is within
 * 0.5 % of the nearest-rank value on any distribution, and a merged sketch equals the sketch of all its latencies.
 */
export class LatencySketch {
  readonly #sketch = new DDSketch({ relativeAccuracy: relativeError })

  /** How many latencies it holds. */
  get count(): number {
    return this.#sketch.zeroCount + this.#sketch.store.count
  }

  /** Adds one latency, in ms. */
  add(latencyMs: number): void {
    this.addBin(latencyBin(latencyMs), 1)
  }

  /** Adds `count` latencies of one bin, as `latencyBin` names them. */
  addBin(bin: number, count: number): void {
    if (bin === 0) this.#sketch.zeroCount += count
    else this.#sketch.store.add(bin + firstKey - 1, count)
  }

  /** Adds all of `other`, which stays as it is. */
  merge(other: LatencySketch): void {
    // Not DDSketch's own merge: version 2.1.1 takes a highest key of 0 (a slowest latency of 1 ms) for a missing one,
    // and turns counts into NaN.
    const { bins, offset } = other.#sketch.store
    this.#sketch.zeroCount += other.#sketch.zeroCount
    for (const [index, count] of bins.entries()) {
      if (count > 0) this.#sketch.store.add(index + offset, count)
    }
  }

  /**
   * The latency at a quantile between 0 and 1, by nearest rank (the smallest value that at least that share does not
   * exceed), in ms; 0 when there are none. DDSketch's own rank is `floor(quantile * (count - 1))`: of ten latencies it
   * takes the ninth for p95, where the nearest rank is the tenth.
   */
  quantile(quantile: number): number {
    if (this.count === 0) return 0
    const rank = Math.max(Math.ceil(quantile * this.count) - 1, 0)
    if (rank < this.#sketch.zeroCount) return 0
    return mapping.value(this.#sketch.store.keyAtRank(rank - this.#sketch.zeroCount))
  }
}
