import {
  assertTtl,
  countLoss,
  createEpochCopy,
  createMemoryStore,
  decodeVectorEntry,
  encodeVectorEntry,
  vectorKey,
  type ByteStore,
  type Clock,
  type EmbeddingCacheOptions,
  type EmbedRequest,
  type EntryScopes,
  type KeyScope,
  type MetricsCollector,
  type VectorEntry,
} from '@plumbline/core'

/** Vectors, one entry per text, kept as float32. A store that fails is a miss, counted, never an error. */
export interface EmbeddingCache {
  readonly store: ByteStore | undefined
  keyOf(text: string, request: EmbedRequest, scope: KeyScope): string
  /** What a call begins under. Never rejects. */
  begin(scopes: EntryScopes): Promise<Begun>
  /** The entries of `keys`, in their order. `dimensions` as asked for: an entry of another size is a miss. */
  read(
    keys: readonly string[],
    dimensions: number | undefined,
    begun: Begun,
  ): Promise<(VectorEntry | undefined)[]>
  /** Returns at once: a write never delays a paid answer. */
  write(key: string, entry: VectorEntry, begun: Begun): void
  /** After an invalidation of one's own: its epochs are asked for anew. */
  forgetEpochs(): void
}

/** What a call belongs to, and its epochs then; undefined where the store did not say: then it neither answers nor keeps. */
export interface Begun {
  scopes: EntryScopes
  epochs: string | undefined
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
      begin: (scopes) => Promise.resolve({ scopes, epochs: undefined }),
      read: (keys) => Promise.resolve(keys.map(() => undefined)),
      write() {},
      forgetEpochs() {},
    }
  }
  const { maxBytes, store = createMemoryStore({ maxBytes, clock }), ttlMs = 30 * 86_400_000 } = options
  assertTtl('embeddingCache.ttlMs', ttlMs)
  const epochCopy = createEpochCopy(store, clock)

  return {
    store,
    keyOf: vectorKey,
    async begin(scopes) {
      try {
        return { scopes, epochs: await epochCopy.of(scopes) }
      } catch {
        countLoss(metrics, 'cache_read')
        return { scopes, epochs: undefined }
      }
    },
    async read(keys, dimensions, { epochs }) {
      if (epochs === undefined) return keys.map(() => undefined)
      try {
        const entries = await store.getMany(keys)
        return keys.map((key, index) => {
          const bytes = entries[index]
          return bytes && decodeVectorEntry(key, bytes, { dimensions, epochs })
        })
      } catch {
        countLoss(metrics, 'cache_read')
        return keys.map(() => undefined)
      }
    },
    write(key, entry, { scopes, epochs }) {
      if (epochs === undefined) return
      const lose = () => countLoss(metrics, 'cache_write')
      const put = (current: string): void | Promise<void> => {
        if (current === epochs) return store.set(key, encodeVectorEntry(key, entry, epochs), ttlMs)
      }
      try {
        const current = epochCopy.of(scopes)
        const written = typeof current === 'string' ? put(current) : current.then(put)
        void Promise.resolve(written).catch(lose)
      } catch {
        lose()
      }
    },
    forgetEpochs: epochCopy.forget,
  }
}
