/** A token bucket for each tenant: a minute's worth at once, one request at least, refilled evenly. */
export interface RateLimiter {
  /** Takes one request; how long to wait in ms when there is none to take, else 0. */
  take(tenant: string, perMinute: number): number
}

/** Kept in this process: each of several gateways counts for itself. `nowMs` is monotonic. */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(tenant, perMinute) {
      const now = nowMs()
      // One request each two minutes is a rate, too.
      const most = Math.max(1, perMinute)
      const bucket = buckets.get(tenant) ?? { tokens: most, atMs: now }
      buckets.set(tenant, bucket)
      const perMs = perMinute / 60_000
      bucket.tokens = Math.min(most, bucket.tokens + (now - bucket.atMs) * perMs)
      bucket.atMs = now
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs)
      bucket.tokens--
      return 0
    },
  }
}
