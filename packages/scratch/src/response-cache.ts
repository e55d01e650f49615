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
  read(key: string): Promise<ChatResponse | undefined>
  /** Stores a complete, guarded answer where plan and answer allow it. Returns at once: a write never delays a paid answer. */
  write(plan: CachePlan, response: ChatResponse): void
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
      read: () => Promise.resolve(undefined),
      write() {},
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

  /** A write that nobody waits for; one that fails is counted. Never rejects. */
  async function writeBehind(write: () => void | Promise<void>): Promise<void> {
    try {
      await write()
    } catch {
      countLoss(metrics, 'cache_write')
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
    async read(key) {
      try {
        const bytes = await store.get(key)
        const isSound = bytes !== undefined && bytes.byteLength <= maxEntryBytes
        const entry = isSound ? decodeEntry(key, bytes, clock.now()) : undefined
        // Stale, corrupt, too large or another's: it will never be an answer again.
        if (bytes && !entry) {
          countLoss(metrics, 'cache_entry')
          void writeBehind(() => store.delete(key))
        }
        return entry?.response
      } catch {
        countLoss(metrics, 'cache_read')
        return undefined
      }
    },
    write({ writeKey: key, ttlMs: ownTtlMs }, response) {
      if (key === undefined || !isStorable(response, { toolCalls: storeToolCalls })) return
      const createdAt = clock.now()
      const lifetimeMs = jitteredTtlMs(ownTtlMs ?? ttlMs, ttlJitter, random)
      // The entry is made at once: the caller may change the answer that it gets.
      void writeBehind(() => {
        const entry = encodeEntry(key, { response, createdAt, expiresAt: createdAt + lifetimeMs })
        if (entry.byteLength <= maxEntryBytes) return store.set(key, entry, lifetimeMs)
      })
    },
  }
}
