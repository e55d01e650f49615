import {
  countLoss,
  createMemoryStore,
  decodeVectorEntry,
  encodeVectorEntry,
  systemClock,
  type ByteStore,
  type Clock,
  type EmbeddingCacheOptions,
  type MetricsCollector,
  type TokenUsage,
  type VectorEntry,
} from '@plumbline/core'

import type { Flight } from './single-flight.ts'

/** Vectors by key. */
export type Vectors = ReadonlyMap<string, VectorEntry>

/** What is known of one batch of texts while it is fetched, and after. */
export interface BatchReport {
  /** Requests sent. */
  attempts: number
  /** Of all texts that were sent. */
  usage: TokenUsage
  usageEstimated: boolean
  /** Keys of the texts that were sent; the others of the batch were in the store. */
  readonly sent: Set<string>
}

export type Batch = Flight<Vectors, BatchReport>

export interface VectorCacheOptions extends EmbeddingCacheOptions {
  clock?: Clock | undefined
  /** Counts the reads and writes that were lost. */
  metrics?: MetricsCollector | undefined
}

/** Vectors, one entry per text, and the texts in flight. A store that fails is a miss, counted, never an error. */
export class VectorCache {
  readonly store: ByteStore
  /** By key: the batch that fetches it. */
  readonly inFlight = new Map<string, Batch>()
  readonly #options: VectorCacheOptions

  constructor(options: VectorCacheOptions = {}) {
    this.#options = options
    const { store, maxBytes, clock = systemClock } = options
    this.store = store ?? createMemoryStore({ maxBytes, clock })
  }

  /** Those of `keys` that are stored; `dimensions` as asked for: an entry of another size is a miss. */
  async read(keys: readonly string[], dimensions: number | undefined): Promise<Map<string, VectorEntry>> {
    const found = new Map<string, VectorEntry>()
    try {
      const stored = await this.store.getMany(keys)
      for (const [index, key] of keys.entries()) {
        const bytes = stored[index]
        const entry = bytes && decodeVectorEntry(key, bytes, dimensions)
        if (entry) found.set(key, entry)
      }
    } catch {
      countLoss(this.#options.metrics, 'cache_read')
    }
    return found
  }

  /** Returns at once: a write never delays a paid answer. */
  write(key: string, entry: VectorEntry): void {
    const { ttlMs = 30 * 86_400_000, metrics } = this.#options
    const lose = () => countLoss(metrics, 'cache_write')
    try {
      Promise.resolve(this.store.set(key, encodeVectorEntry(key, entry), ttlMs)).catch(lose)
    } catch {
      lose()
    }
  }
}
