/** Relative error of every percentile, as a share: half of what the contract allows (MET-12). */
export const relativeError = 0.005

/** Latencies below a picosecond count as 0 and above 30,000 years as that, so that no sketch passes about 5,600 bins. */
const smallestMs = 1e-9
const largestMs = 1e15

/** Each bin reaches from a power of this to the next: its middle is within the error of everything in it. */
const gamma = (1 + relativeError) / (1 - relativeError)
const logGamma = Math.log(gamma)
const firstKey = keyOf(smallestMs)

/** The bin of a latency: 0 for zero (and for what is no latency: negative, NaN), then upwards from 1; an integer below 5,600. */
export function latencyBin(latencyMs: number): number {
  if (!(latencyMs >= smallestMs)) return 0
  return keyOf(Math.min(latencyMs, largestMs)) - firstKey + 1
}

function keyOf(latencyMs: number): number {
  return Math.ceil(Math.log(latencyMs) / logGamma)
}

/** The latency that stands for everything in a bin, in ms. */
function latencyOf(bin: number): number {
  return bin === 0 ? 0 : (2 * gamma ** (bin + firstKey - 1)) / (1 + gamma)
}

/**
 * Percentiles of latencies in bounded memory, after DDSketch (Masson, Rim and Lee, VLDB 2019, sections 2.1 and 2.2). Every percentile
 * is within 0.5 % of the nearest-rank value on any distribution, and a merged sketch equals the sketch of all its latencies.
 */
export class LatencySketch {
  /** By bin, from `#first` on. */
  #counts: number[] = []
  #first = 0
  #count = 0

  /** How many latencies it holds. */
  get count(): number {
    return this.#count
  }

  /** Adds one latency, in ms. */
  add(latencyMs: number): void {
    this.addBin(latencyBin(latencyMs), 1)
  }

  /** Adds `count` latencies of one bin, as `latencyBin` names them. */
  addBin(bin: number, count: number): void {
    if (this.#counts.length === 0) this.#first = bin
    if (bin < this.#first) {
      this.#counts = [...Array.from({ length: this.#first - bin }, () => 0), ...this.#counts]
      this.#first = bin
    }
    const place = bin - this.#first
    while (this.#counts.length <= place) this.#counts.push(0)
    this.#counts[place] = (this.#counts[place] ?? 0) + count
    this.#count += count
  }

  /** Adds all of `other`, which stays as it is. */
  merge(other: LatencySketch): void {
    for (const [place, count] of other.#counts.entries()) {
      if (count > 0) this.addBin(place + other.#first, count)
    }
  }

  /**
   * The latency at a quantile between 0 and 1, by nearest rank (the smallest value that at least that share does not
   * exceed), in ms; 0 when there are none.
   */
  quantile(quantile: number): number {
    if (this.#count === 0) return 0
    const rank = Math.max(Math.ceil(quantile * this.#count), 1)
    let seen = 0
    const place = this.#counts.findIndex((count) => (seen += count) >= rank)
    return latencyOf(place + this.#first)
  }
}
