import {
  assertTtl,
  countLoss,
  createMemoryStore,
  decodeEntry,
  encodeEntry,
  isCacheable,
  isStorable,
  jitteredTtlMs,
  responseKey,
  type ByteStore,
  type CacheStatus,
  type CallContext,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  type KeyScope,
  type MetricsCollector,
  type ResponseCacheOptions,
} from '@plumbline/core'

import { takeTurn, type Turn } from './lease.ts'

/** What the response cache may do for one call. */
export interface CachePlan {
  /** The status that the record of the call has unless a cached or shared answer serves it. */
  status: CacheStatus
  /** Set when the cache may answer, and the call may share a flight. */
  readKey: string | undefined
  /** Set when the answer may be stored. */
  writeKey: string | undefined
  /** The call's own TTL; undefined for the cache's. */
  ttlMs: number | undefined
}

/** Of `ResponseCacheOptions`. */
export const defaultMaxEntryBytes = 4 * 1024 * 1024

const noPlan = { readKey: undefined, writeKey: undefined, ttlMs: undefined } as const

/** Answers, kept under the canonical key of their guarded request. A store that fails is a miss, counted, never an error. */
export interface ResponseStore {
  readonly store: ByteStore | undefined
  /** Decides by the policy and what the call asks of the cache. `request` is the guarded one. */
  plan(request: ChatRequest, scope: KeyScope, context: CallContext): CachePlan
  /**
   * The stored answer of `plan.readKey`, after that of another process which is fetching it; or the turn to fetch it. Rejects
   * when `signal`, the flight's, aborts.
   */
  lookUp(plan: CachePlan, signal: AbortSignal): Promise<Turn<ChatResponse>>
  /**
   * Stores a complete, guarded answer where plan and answer allow it. Nobody who waits for the answer waits for this: a write never
   * delays a paid answer. Resolves with whether it is stored; never rejects.
   */
  write(plan: CachePlan, response: ChatResponse): Promise<boolean>
}

interface CacheParts {
  clock: Clock
  random: () => number
  metrics: MetricsCollector
}

export function createResponseStore(
  options: ResponseCacheOptions | false,
  { clock, random, metrics }: CacheParts,
): ResponseStore {
  if (options === false) {
    return {
      store: undefined,
      plan: () => ({ status: 'off', ...noPlan }),
      lookUp: () => Promise.resolve({}),
      write: () => Promise.resolve(false),
    }
  }
  const {
    maxBytes,
    maxEntryBytes = defaultMaxEntryBytes,
    store = createMemoryStore({ maxBytes, clock }),
    ttlMs = 3_600_000,
    ttlJitter = 0.1,
    policy = 'deterministic',
    matching,
    storeToolCalls = false,
  } = options
  assertTtl('responseCache.ttlMs', ttlMs)

  /** A write that nobody waits for; one that fails is counted. Resolves with whether it did not; never rejects. */
  async function writeBehind(write: () => void | Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch {
      countLoss(metrics, 'cache_write')
      return false
    }
  }

  async function read(key: string): Promise<ChatResponse | 'missing' | 'unavailable'> {
    try {
      const bytes = await store.get(key)
      const isSound = bytes !== undefined && bytes.byteLength <= maxEntryBytes
      const entry = isSound ? decodeEntry(key, bytes, clock.now()) : undefined
      // Stale, corrupt, too large or another's: it will never be an answer again.
      if (bytes && !entry) {
        countLoss(metrics, 'cache_entry')
        void writeBehind(() => store.delete(key))
      }
      return entry?.response ?? 'missing'
    } catch {
      countLoss(metrics, 'cache_read')
      return 'unavailable'
    }
  }

  return {
    store,
    plan(request, scope, { cache: mode = 'use', cacheTtlMs }) {
      if (mode === 'bypass') return { status: 'bypass', ...noPlan }
      if (!isCacheable(request, policy)) return { status: 'declined', ...noPlan }
      const key = responseKey(request, scope, { matching })
      return {
        status: mode === 'refresh' ? 'refresh' : 'miss',
        readKey: mode === 'use' ? key : undefined,
        writeKey: key,
        ttlMs: cacheTtlMs,
      }
    },
    async lookUp({ readKey: key }, signal) {
      if (key === undefined) return {}
      const found = await read(key)
      if (typeof found === 'object') return { answer: found }
      // A store that has just failed is not asked again, which would be another delay.
      if (found === 'unavailable' || store.leases === undefined) return {}
      const onLoss = () => countLoss(metrics, 'cache_lease')
      return takeTurn(store.leases, key, { look: () => read(key), clock, signal, onLoss })
    },
    async write({ writeKey: key, ttlMs: ownTtlMs }, response) {
      if (key === undefined || !isStorable(response, { toolCalls: storeToolCalls })) return false
      const createdAt = clock.now()
      const lifetimeMs = jitteredTtlMs(ownTtlMs ?? ttlMs, ttlJitter, random)
      // The entry is made at once: the caller may change the answer that it gets.
      let isTooLarge = false
      const isWritten = await writeBehind(() => {
        const entry = encodeEntry(key, { response, createdAt, expiresAt: createdAt + lifetimeMs })
        isTooLarge = entry.byteLength > maxEntryBytes
        if (!isTooLarge) return store.set(key, entry, lifetimeMs)
      })
      return isWritten && !isTooLarge
    },
  }
}
