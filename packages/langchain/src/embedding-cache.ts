import {
  assertTtl,
  countLoss,
  createEpochCopy,
  createMemoryStore,
  decodeVectorEntry,
  encodeVectorEntry,
  invalidate,
  systemClock,
  type ByteStore,
  type Clock,
  type EmbeddingCacheOptions,
  type EntryScopes,
  type EpochCopy,
  type Invalidation,
  type MetricsCollector,
  type TokenUsage,
  type VectorEntry,
} from '@plumbline/core'

import type { Begun } from './response-cache.ts'
import type { Flight } from './single-flight.ts'

/** Vectors by key. */
export type Vectors = ReadonlyMap<string, VectorEntry>

/** What is known of one request for texts while it is under way, and after. */
export interface BatchReport {
  /** How often it was sent. */
  attempts: number
  /** Of all its texts. */
  usage: TokenUsage
  usageEstimated: boolean
  /** Keys of the texts whose vectors have come. */
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
  /** By key and epochs: the batch that fetches it. */
  readonly inFlight = new Map<string, Batch>()
  readonly #options: VectorCacheOptions
  readonly #epochs: EpochCopy

  constructor(options: VectorCacheOptions = {}) {
    assertTtl('embeddingCache.ttlMs', options.ttlMs)
    this.#options = options
    const { store, maxBytes, clock = systemClock } = options
    this.store = store ?? createMemoryStore({ maxBytes, clock })
    this.#epochs = createEpochCopy(this.store, clock)
  }

  /** As `ResponseStore.invalidate`. */
  async invalidate(what: Invalidation): Promise<void> {
    try {
      await invalidate([this.store], what)
    } finally {
      this.forgetEpochs()
    }
  }

  /** As `ResponseStore.forgetEpochs`. */
  forgetEpochs(): void {
    this.#epochs.forget()
  }

  /** What a call begins under; undefined where the store does not say: then it neither answers nor keeps, which is counted. */
  async begin(scopes: EntryScopes): Promise<Begun | undefined> {
    try {
      return { scopes, epochs: await this.#epochs.of(scopes) }
    } catch {
      countLoss(this.#options.metrics, 'cache_read')
      return undefined
    }
  }

  /** Those of `keys` that are stored; `dimensions` as asked for: an entry of another size is a miss. */
  async read(
    keys: readonly string[],
    dimensions: number | undefined,
    begun: Begun | undefined,
  ): Promise<Map<string, VectorEntry>> {
    const found = new Map<string, VectorEntry>()
    if (begun === undefined) return found
    const { epochs } = begun
    try {
      const stored = await this.store.getMany(keys)
      for (const [index, key] of keys.entries()) {
        const bytes = stored[index]
        const entry = bytes && decodeVectorEntry(key, bytes, { dimensions, epochs })
        if (entry) found.set(key, entry)
      }
    } catch {
      countLoss(this.#options.metrics, 'cache_read')
    }
    return found
  }

  /** Returns at once: a write never delays a paid answer. What was begun before an invalidation is dropped. */
  write(key: string, entry: VectorEntry, begun: Begun | undefined): void {
    if (begun === undefined) return
    const { ttlMs = 30 * 86_400_000, metrics } = this.#options
    const lose = () => countLoss(metrics, 'cache_write')
    const put = (current: string): void | Promise<void> => {
      const { epochs } = begun
      if (current === epochs) return this.store.set(key, encodeVectorEntry(key, entry, epochs), ttlMs)
    }
    try {
      const current = this.#epochs.of(begun.scopes)
      const written = typeof current === 'string' ? put(current) : current.then(put)
      Promise.resolve(written).catch(lose)
    } catch {
      lose()
    }
  }
}
