import { LRUCache } from 'lru-cache'

import type { CallFilter, CallSums, LedgerReader } from '@plumbline/core/ledger'

import { rangeNames, ranges } from './ranges.ts'

/** Some thousand buckets of all filters, each some kilobytes. */
const maxBuckets = 4_000

/**
 * The sums of whole buckets, kept from one look at a ledger to the next. A bucket is summed up again when a call was written that
 * started in it, or one of its calls was deleted: what is shown is always what the ledger holds.
 */
export interface BucketSums {
  /** To be called once for each reader, before `of`: forgets what has changed since the last one. `file` names the file itself. */
  refresh(reader: LedgerReader, file: string): void
  of(reader: LedgerReader, bucket: { startMs: number; bucketMs: number; filter: CallFilter }): CallSums
}

export function createBucketSums(): BucketSums {
  const kept = new LRUCache<string, { bucket: string; sums: CallSums }>({ max: maxBuckets })
  let known: { file: string; lastSeq: number; calls: number } | undefined

  return {
    refresh(reader, file) {
      const extent = reader.extent()
      const before = known
      known = extent && { file, lastSeq: extent.lastSeq, calls: extent.calls }
      if (before === undefined || known === undefined || before.file !== file) return kept.clear()
      const written = reader.startsAfter(before.lastSeq)
      // One that was deleted is in no list: a tenant's, who is to be forgotten, may have stood anywhere.
      if (known.calls !== before.calls + written.length) return kept.clear()
      const changed = new Set<string>()
      for (const startedAtMs of written) {
        for (const name of rangeNames) changed.add(bucketKey(startedAtMs, ranges[name].bucketMs))
      }
      if (changed.size === 0) return
      for (const [key, { bucket }] of kept.entries()) if (changed.has(bucket)) kept.delete(key)
    },
    of(reader, { startMs, bucketMs, filter }) {
      const bucket = bucketKey(startMs, bucketMs)
      const key = bucket + JSON.stringify(Object.entries(filter).toSorted())
      const found = kept.get(key)
      if (found) return found.sums
      const sums = reader.sumUp({ fromMs: startMs, toMs: startMs + bucketMs, filter })
      kept.set(key, { bucket, sums })
      return sums
    },
  }
}

function bucketKey(startedAtMs: number, bucketMs: number): string {
  return `${bucketMs}:${Math.floor(startedAtMs / bucketMs)}`
}
