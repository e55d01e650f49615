import { createHash } from 'node:crypto'

import { LRUCache } from 'lru-cache'

import type { Clock } from '../contract/clock.ts'
import { scopeNames, sortedTags, type EntryScopes } from './scopes.ts'
import type { ByteStore } from './store.ts'

/**
 * How long a copy of epochs is used, in ms from when they were asked for. With the time that a look-up in Redis may take (60 ms by
 * default), an answer of an epoch that has ended is not served 250 ms after its end (CAC-23).
 */
const epochCopyMs = 150

/** Tenant, model and tags, of which a process keeps the epochs: the least recently used is forgotten. */
const maxCopies = 4_096

/** Of the token of an entry's epochs, which is written as base64url. */
export const epochBytes = 16

/** A copy of the epochs of one store, so that a hit asks for them now and then, and not each time. */
export interface EpochCopy {
  /**
   * The current epochs of what an entry belongs to, as one token; entries that were begun under another one are misses. At once while
   * the copy is young, else after one request to the store; rejects, or throws, as that does. The same for all entries of a store
   * without epochs.
   */
  of(scopes: EntryScopes): string | Promise<string>
  /** Asks anew from now on: after an invalidation of one's own, which is then at once. */
  forget(): void
}

/** The copy of a store's epochs. */
export function createEpochCopy({ epochs }: ByteStore, clock: Clock): EpochCopy {
  const copies = new LRUCache<string, { token: string; askedAtMs: number }>({ max: maxCopies })
  let asked = new Map<string, Promise<string>>()

  return {
    of(scopes) {
      if (epochs === undefined) return ''
      const { tenant, model, tags = [] } = scopes
      const key = JSON.stringify(tags.length === 0 ? [tenant, model] : [tenant, model, ...sortedTags(tags)])
      const askedAtMs = clock.monotonicMs()
      const copy = copies.get(key)
      if (copy !== undefined && askedAtMs - copy.askedAtMs < epochCopyMs) return copy.token
      const pending = asked.get(key)
      if (pending !== undefined) return pending

      const mine = asked
      const keep = (tokens: readonly string[]): string => {
        const token = createHash('sha256')
          .update(JSON.stringify(tokens))
          .digest()
          .toString('base64url', 0, epochBytes)
        // What was asked for before `forget` is for those who asked for it.
        if (mine === asked) copies.set(key, { token, askedAtMs })
        return token
      }
      const current = epochs.current(scopeNames(scopes))
      if (Array.isArray(current)) return keep(current)
      const answer = Promise.resolve(current)
        .then(keep)
        .finally(() => mine.delete(key))
      mine.set(key, answer)
      return answer
    },
    forget() {
      copies.clear()
      asked = new Map()
    },
  }
}
