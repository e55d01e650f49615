import { randomUUID } from 'node:crypto'

import { LRUCache } from 'lru-cache'

import { systemClock, type Clock } from '../contract/clock.ts'
import type { ByteStore, Epochs } from './store.ts'

export interface MemoryStoreOptions {
  /** Bound over keys, values and a fixed overhead per entry. Default 64 MB. */
  maxBytes?: number | undefined
  clock?: Clock | undefined
}

/** Map slot, list links and typed-array header of one entry: about this much beyond key and value (measured on Node 24). */
const entryOverheadBytes = 200

/** Scopes whose end is remembered: with one more, all of them end, which costs hits and nothing else. */
const maxEpochs = 10_000

/** A store in this process, bounded in bytes, that forgets the least recently used first. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ByteStore & { readonly epochs: Epochs } {
  const { maxBytes = 64 * 1024 * 1024, clock = systemClock } = options
  if (!Number.isInteger(maxBytes) || maxBytes <= 0)
    throw new RangeError(`maxBytes must be a positive integer, not ${maxBytes}`)

  const entries = new LRUCache<string, { value: Uint8Array; expiresAtMs: number }>({
    maxSize: maxBytes,
    // A key is held as one byte per character: ours are ASCII.
    sizeCalculation: ({ value }, key) => key.length + value.byteLength + entryOverheadBytes,
  })

  // The expiry is kept here rather than as the library's `ttl`, which reads the machine's clock.
  function get(key: string): Uint8Array | undefined {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    if (clock.monotonicMs() >= entry.expiresAtMs) {
      entries.delete(key)
      return undefined
    }
    return entry.value
  }

  /** Of the scopes that were ended since `firstEpoch` began. */
  const epochs = new Map<string, string>()
  let firstEpoch = randomUUID()

  return {
    kind: 'memory',
    get,
    getMany: (keys) => keys.map(get),
    set(key, value, ttlMs) {
      entries.set(key, { value, expiresAtMs: clock.monotonicMs() + ttlMs })
    },
    delete(key) {
      entries.delete(key)
    },
    ping() {},
    close() {
      entries.clear()
    },
    epochs: {
      current: (scopes) => scopes.map((scope) => epochs.get(scope) ?? firstEpoch),
      end(scope) {
        // To forget one alone would begin its first epoch again.
        if (!epochs.has(scope) && epochs.size >= maxEpochs) {
          epochs.clear()
          firstEpoch = randomUUID()
        }
        epochs.set(scope, randomUUID())
      },
    },
  }
}
