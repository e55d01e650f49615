/**
 * Of an entry in a store that keeps times, in ms: whoever asks for more, or for `Infinity`, gets ten years. Later than 2^53 no time can be read
 * back.
 */
export const longestTtlMs = 3_650 * 86_400_000

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
  /** Without them nothing can be invalidated. */
  readonly epochs?: Epochs
  /** Without them each process makes its own provider call. */
  readonly leases?: Leases
}

/** What invalidation is made of: everything is written in the epochs of its scopes, and is a miss once one of them has ended. */
export interface Epochs {
  /** The current epoch of each scope, in their order: a token that never comes back. One that was lost has ended. */
  current(scopes: readonly string[]): MaybePromise<string[]>
  /** Ends the epoch of a scope. */
  end(scope: string): MaybePromise<void>
}

/** Who fetches what, among the processes that share a store. A lease that is not renewed ends by itself. */
export interface Leases {
  /**
   * Takes a lease for `ttlMs`, or renews one's own. `given up`: the last owner ended it without an answer to share, a moment
   * ago (`givenUpMs`), so that those who waited need not wait for one another.
   */
  acquire(name: string, owner: string, ttlMs: number): MaybePromise<'acquired' | 'held' | 'given up'>
  /** Ends a lease of one's own. `free`: the next who asks may take it, since what it was for is in the store or was not wanted any more. */
  release(name: string, owner: string, end: LeaseEnd): MaybePromise<void>
}

export type LeaseEnd = 'free' | 'given up'

/** How long a lease that was given up is remembered, in ms: longer than anyone waits before asking again. */
export const givenUpMs = 1_000
