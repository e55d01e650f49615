import {
  assertTtl,
  countLoss,
  createEpochCopy,
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
  type EntryScopes,
  type KeyScope,
  type MetricsCollector,
  type ResponseCacheOptions,
} from '@plumbline/core'

import { takeTurn, type Turn } from './lease.ts'

/** What the response cache may do for one call. */
export interface CachePlan {
  /** The status that the record of the call has unless a cached or shared answer serves it. */
  status: CacheStatus
  /** Set when the cache may answer. */
  readKey: string | undefined
  /** Set when the call may share a flight: of its key and epochs, so that nobody joins what was begun before an invalidation. */
  flightKey: string | undefined
  /** Set when the answer may be stored. */
  writeKey: string | undefined
  scopes: EntryScopes | undefined
  /** Of `scopes`, when the call began; undefined where the store did not say: then it neither answers nor keeps. */
  epochs: string | undefined
  /** The call's own TTL; undefined for the cache's. */
  ttlMs: number | undefined
}

/** Of `ResponseCacheOptions`. */
export const defaultMaxEntryBytes = 4 * 1024 * 1024

const noPlan = {
  readKey: undefined,
  flightKey: undefined,
  writeKey: undefined,
  scopes: undefined,
  epochs: undefined,
  ttlMs: undefined,
} as const

/** Answers, kept under the canonical key of their guarded request. A store that fails is a miss, counted, never an error. */
export interface ResponseStore {
  readonly store: ByteStore | undefined
  /**
   * Decides by the policy and what the call asks of the cache. `request` is the guarded one. Now and then it has to ask the store for
   * the epochs; never rejects.
   */
  plan(request: ChatRequest, scope: KeyScope, context: CallContext): CachePlan | Promise<CachePlan>
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
  /** After an invalidation of one's own: its epochs are asked for anew. */
  forgetEpochs(): void
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
      forgetEpochs() {},
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
  const epochCopy = createEpochCopy(store, clock)

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

  /** Undefined where the store does not say. Never rejects. */
  function epochsOf(scopes: EntryScopes): string | undefined | Promise<string | undefined> {
    const lose = (): undefined => {
      countLoss(metrics, 'cache_read')
    }
    try {
      const epochs = epochCopy.of(scopes)
      return typeof epochs === 'string' ? epochs : epochs.catch(lose)
    } catch {
      return lose()
    }
  }

  async function read(key: string, epochs: string): Promise<ChatResponse | 'missing' | 'unavailable'> {
    try {
      const bytes = await store.get(key)
      const isSound = bytes !== undefined && bytes.byteLength <= maxEntryBytes
      const entry = isSound ? decodeEntry(key, bytes, clock.now()) : undefined
      // Stale, corrupt, too large or another's: it will never be an answer again.
      if (bytes && !entry) {
        countLoss(metrics, 'cache_entry')
        void writeBehind(() => store.delete(key))
      }
      // It stays until another answer takes its place: an older copy of the epochs takes a new entry for an ended one.
      return entry?.epochs === epochs ? entry.response : 'missing'
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
      const { tenant, tags } = scope
      const scopes = { tenant, model: request.model, tags }
      const planned = (epochs: string | undefined): CachePlan => {
        const knownKey = epochs === undefined ? undefined : key
        return {
          status: mode === 'refresh' ? 'refresh' : 'miss',
          readKey: mode === 'use' ? knownKey : undefined,
          flightKey: mode === 'use' ? `${key} ${epochs}` : undefined,
          writeKey: knownKey,
          scopes,
          epochs,
          ttlMs: cacheTtlMs,
        }
      }
      const epochs = epochsOf(scopes)
      return epochs instanceof Promise ? epochs.then(planned) : planned(epochs)
    },
    async lookUp({ readKey: key, flightKey, epochs }, signal) {
      if (key === undefined || flightKey === undefined || epochs === undefined) return {}
      const found = await read(key, epochs)
      if (typeof found === 'object') return { answer: found }
      // A store that has just failed is not asked again, which would be another delay.
      if (found === 'unavailable' || store.leases === undefined) return {}
      const onLoss = () => countLoss(metrics, 'cache_lease')
      return takeTurn(store.leases, flightKey, { look: () => read(key, epochs), clock, signal, onLoss })
    },
    async write({ writeKey: key, scopes, epochs, ttlMs: ownTtlMs }, response) {
      if (key === undefined || scopes === undefined || epochs === undefined) return false
      if (!isStorable(response, { toolCalls: storeToolCalls })) return false
      const createdAt = clock.now()
      const lifetimeMs = jitteredTtlMs(ownTtlMs ?? ttlMs, ttlJitter, random)
      // The entry is made at once: the caller may change the answer that it gets.
      let isKept = false
      const isDone = await writeBehind(() => {
        const entry = encodeEntry(key, { response, createdAt, expiresAt: createdAt + lifetimeMs, epochs })
        const put = (current: string): void | Promise<void> => {
          // Begun before an invalidation: nobody would be served it, and it may take the place of one that is served.
          isKept = current === epochs && entry.byteLength <= maxEntryBytes
          if (isKept) return store.set(key, entry, lifetimeMs)
        }
        const current = epochCopy.of(scopes)
        return typeof current === 'string' ? put(current) : current.then(put)
      })
      return isDone && isKept
    },
    forgetEpochs: epochCopy.forget,
  }
}
