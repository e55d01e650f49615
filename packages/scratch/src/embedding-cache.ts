import {
  countLoss,
  createMemoryStore,
  decodeVectorEntry,
  encodeVectorEntry,
  vectorKey,
  type ByteStore,
  type Clock,
  type EmbeddingCacheOptions,
  type EmbedRequest,
  type KeyScope,
  type MetricsCollector,
  type VectorEntry,
} from '@plumbline/core'

/** Vectors, one entry per text, kept as float32. A store that fails is a miss, counted, never an error. */
export interface EmbeddingCache {
  readonly store: ByteStore | undefined
  keyOf(text: string, request: EmbedRequest, scope: KeyScope): string
  /** The entries of `keys`, in their order. `dimensions` as asked for: an entry of another size is a miss. */
  read(keys: readonly string[], dimensions: number | undefined): Promise<(VectorEntry | undefined)[]>
  /** Returns at once: a write never delays a paid answer. */
  write(key: string, entry: VectorEntry): void
}

interface CacheParts {
  clock: Clock
  metrics: MetricsCollector
}

export function createEmbeddingCache(
  options: EmbeddingCacheOptions | false,
  { clock, metrics }: CacheParts,
): EmbeddingCache {
  if (options === false) {
    return {
      store: undefined,
      keyOf: (text) => text,
      read: (keys) => Promise.resolve(keys.map(() => undefined)),
      write() {},
    }
  }
  const { maxBytes, store = createMemoryStore({ maxBytes, clock }), ttlMs = 30 * 86_400_000 } = options

  return {
    store,
    keyOf: vectorKey,
    async read(keys, dimensions) {
      try {
        const entries = await store.getMany(keys)
        return keys.map((key, index) => {
          const bytes = entries[index]
          return bytes && decodeVectorEntry(key, bytes, dimensions)
        })
      } catch {
        countLoss(metrics, 'cache_read')
        return keys.map(() => undefined)
      }
    },
    write(key, entry) {
      const lose = () => countLoss(metrics, 'cache_write')
      try {
        void Promise.resolve(store.set(key, encodeVectorEntry(key, entry), ttlMs)).catch(lose)
      } catch {
        lose()
      }
    },
  }
}
