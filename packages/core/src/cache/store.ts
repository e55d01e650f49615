type MaybePromise<T> = T | Promise<T>

/**
 * Where cache entries live: bytes under a key, for a time. Small on purpose, so that a new store is one file.
 * A store may forget anything at any time; it never returns bytes it was not given for that key.
 */
export interface ByteStore {
  /** `memory`, `sqlite`, `redis`: shown in health and metrics. */
  readonly kind: string
  get(key: string): MaybePromise<Uint8Array | undefined>
  /** The entries of `keys`, in their order. */
  getMany(keys: readonly string[]): MaybePromise<(Uint8Array | undefined)[]>
  set(key: string, value: Uint8Array, ttlMs: number): MaybePromise<void>
  delete(key: string): MaybePromise<void>
  /** Rejects when the store cannot answer. */
  ping(): MaybePromise<void>
  close(): MaybePromise<void>
}
