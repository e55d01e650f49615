import {
  assertTtl,
  countLoss,
  createEpochCopy,
  createMemoryStore,
  decodeEntry,
  encodeEntry,
  invalidate,
  isCacheable,
  isStorable,
  jitteredTtlMs,
  responseKey,
  systemClock,
  type ByteStore,
  type CacheStatus,
  type CallContext,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  type EntryScopes,
  type EpochCopy,
  type Invalidation,
  type KeyScope,
  type MetricsCollector,
  type ResponseCacheOptions,
} from '@plumbline/core'

import type { AnswerFlight } from './answer.ts'
import { Lease } from './lease.ts'

/** What the cache may do for one call. */
export interface CachePlan {
  /** What the record says unless a stored or shared answer serves the call. */
  status: CacheStatus
  /** Set when the cache may answer. */
  readKey?: string
  /** Set when the call may share a flight: of its key and epochs, so that nobody joins what was begun before an invalidation. */
  flightKey?: string
  /** Set when the answer may be stored. */
  writeKey?: string
  /** What the call began under. */
  begun?: Begun
  /** The call's own TTL; undefined for the cache's. */
  ttlMs?: number | undefined
}

/** What a call belongs to, and its epochs when it began. */
export interface Begun {
  scopes: EntryScopes
  epochs: string
}

/** What the store came to for one flight: an answer, or the turn to fetch it. */
export interface LookUp {
  stored?: ChatResponse
  /** Held while the answer is fetched: the other processes wait for it. */
  lease?: Lease
}

export interface ResponseStoreOptions extends ResponseCacheOptions {
  clock?: Clock | undefined
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: (() => number) | undefined
  /** Counts the reads and writes that were lost. */
  metrics?: MetricsCollector | undefined
}

/**
 * Guarded answers under the canonical key of their guarded request, and the calls in flight under the same keys. A store that
 * fails is a miss, counted, never an error.
 */
export class ResponseStore {
  readonly store: ByteStore
  /** By key and epochs: the call in flight that others may join. */
  readonly inFlight = new Map<string, AnswerFlight>()
  readonly #options: ResponseStoreOptions
  readonly #clock: Clock
  readonly #epochs: EpochCopy

  constructor(options: ResponseStoreOptions = {}) {
    const { clock = systemClock, maxBytes } = options
    assertTtl('responseCache.ttlMs', options.ttlMs)
    this.#options = options
    this.#clock = clock
    this.store = options.store ?? createMemoryStore({ maxBytes, clock })
    this.#epochs = createEpochCopy(this.store, clock)
  }

  /**
   * Ends what is stored of a tenant, a model or a tag, or all of it: at once here, within 250 ms in every process that shares the
   * store. What is in flight is not stored, and nobody joins it any more. Rejects with `StoreUnavailableError`.
   */
  async invalidate(what: Invalidation): Promise<void> {
    try {
      await invalidate([this.store], what)
    } finally {
      // Of what the store took after all, too.
      this.forgetEpochs()
    }
  }

  /** After an invalidation of the same store by another holder in this process, which is then at once here, too. */
  forgetEpochs(): void {
    this.#epochs.forget()
  }

  /** The largest answer that is stored, and as much as is kept of a stream in flight, in bytes. */
  get maxEntryBytes(): number {
    return this.#options.maxEntryBytes ?? 4 * 1024 * 1024
  }

  /** What becomes of those who share a call in flight that fails. */
  get onLeaderFailure(): 'fail' | 'next-leads' {
    return this.#options.onLeaderFailure ?? 'fail'
  }

  /**
   * Decides by the policy and what the call asks of the cache. `request` is the guarded one. A store that does not say its epochs
   * neither answers nor keeps, which is counted. A promise only now and then, when the store is asked for its epochs; never rejects.
   */
  plan(request: ChatRequest, scope: KeyScope, context: CallContext = {}): CachePlan | Promise<CachePlan> {
    const { cache: mode = 'use', cacheTtlMs: ttlMs } = context
    if (mode === 'bypass') return { status: 'bypass' }
    if (!isCacheable(request, this.#options.policy)) return { status: 'declined' }
    const key = responseKey(request, scope, this.#options)
    const scopes = { tenant: scope.tenant, model: request.model, tags: scope.tags }
    const planned = (epochs: string | undefined): CachePlan => {
      const kept = epochs === undefined ? undefined : { begun: { scopes, epochs }, writeKey: key }
      if (mode === 'refresh') return { status: 'refresh', ...kept, ttlMs }
      const flightKey = `${key} ${epochs}`
      return { status: 'miss', flightKey, ...kept, ...(kept && { readKey: key }), ttlMs }
    }
    const epochs = this.#epochsOf(scopes)
    return epochs instanceof Promise ? epochs.then(planned) : planned(epochs)
  }

  /** Undefined where the store does not say. Never rejects. */
  #epochsOf(scopes: EntryScopes): string | undefined | Promise<string | undefined> {
    const lose = (): undefined => {
      countLoss(this.#options.metrics, 'cache_read')
    }
    try {
      const epochs = this.#epochs.of(scopes)
      return typeof epochs === 'string' ? epochs : epochs.catch(lose)
    } catch {
      return lose()
    }
  }

  /**
   * The stored answer of `plan.readKey`, freshly parsed, after that of another process which is fetching it; or the turn to fetch
   * it, with a lease where the store has leases. A store that fails is a miss. Rejects when `signal`, the flight's, aborts.
   */
  async lookUp({ readKey: key, flightKey, begun }: CachePlan, signal: AbortSignal): Promise<LookUp> {
    if (key === undefined || flightKey === undefined || begun === undefined) return {}
    const stored = await this.#read(key, begun)
    if (typeof stored === 'object') return { stored }
    // A store that has just failed is not asked again, which would be another delay.
    const { leases } = this.store
    if (stored === 'unavailable' || leases === undefined) return {}
    const onLoss = () => countLoss(this.#options.metrics, 'cache_lease')
    const lease = new Lease(leases, flightKey, { clock: this.#clock, onLoss })
    for (let turn = 0; ; turn++) {
      const state = await lease.take()
      if (state === 'given up' || state === 'unavailable') return {}
      // The answer may have come since the look that missed it: it is stored before its lease ends.
      const found = signal.aborted ? 'unavailable' : await this.#read(key, begun)
      if (signal.aborted || typeof found === 'object') lease.release('free')
      signal.throwIfAborted()
      if (typeof found === 'object') return { stored: found }
      if (state === 'taken') return { lease }
      if (found === 'unavailable') return {}
      await lease.wait(turn, signal)
    }
  }

  async #read(key: string, { epochs }: Begun): Promise<ChatResponse | 'missing' | 'unavailable'> {
    try {
      const bytes = await this.store.get(key)
      if (bytes === undefined) return 'missing'
      const isSound = bytes.byteLength <= this.maxEntryBytes
      const entry = isSound ? decodeEntry(key, bytes, this.#clock.now()) : undefined
      // Stale, corrupt, too large or another's: it will never be an answer again.
      if (entry === undefined) {
        countLoss(this.#options.metrics, 'cache_entry')
        void this.#writeBehind(() => this.store.delete(key))
      }
      // It stays until another answer takes its place: an older copy of the epochs takes a new entry for an ended one.
      return entry?.epochs === epochs ? entry.response : 'missing'
    } catch {
      countLoss(this.#options.metrics, 'cache_read')
      return 'unavailable'
    }
  }

  /**
   * Stores an answer where plan and answer allow it. Nobody who waits for the answer waits for this: a write never delays a paid
   * answer. Resolves with whether it is stored; never rejects.
   */
  async write(plan: CachePlan, response: ChatResponse): Promise<boolean> {
    const { writeKey: key, begun, ttlMs: ownTtlMs } = plan
    const { storeToolCalls = false, random = Math.random } = this.#options
    if (key === undefined || begun === undefined) return false
    if (!isStorable(response, { toolCalls: storeToolCalls })) return false
    const { ttlMs = 3_600_000, ttlJitter = 0.1 } = this.#options
    const createdAt = this.#clock.now()
    const lifetimeMs = jitteredTtlMs(ownTtlMs ?? ttlMs, ttlJitter, random)
    // The entry is made at once: the caller may change the answer that it gets.
    let isKept = false
    const isDone = await this.#writeBehind(() => {
      const { scopes, epochs } = begun
      const entry = encodeEntry(key, { response, createdAt, expiresAt: createdAt + lifetimeMs, epochs })
      const put = (current: string): void | Promise<void> => {
        // Begun before an invalidation: nobody would be served it, and it may take the place of one that is served.
        isKept = current === epochs && entry.byteLength <= this.maxEntryBytes
        if (isKept) return this.store.set(key, entry, lifetimeMs)
      }
      const current = this.#epochs.of(scopes)
      return typeof current === 'string' ? put(current) : current.then(put)
    })
    return isDone && isKept
  }

  /** A write that nobody waits for; one that fails is counted. Resolves with whether it did not; never rejects. */
  async #writeBehind(write: () => void | Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch {
      countLoss(this.#options.metrics, 'cache_write')
      return false
    }
  }
}
