/** A token bucket for each tenant: a minute's worth at once, refilled evenly. */
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
      const bucket = buckets.get(tenant) ?? { tokens: perMinute, atMs: now }
      buckets.set(tenant, bucket)
      const perMs = perMinute / 60_000
      bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.atMs) * perMs)
      bucket.atMs = now
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs)
      bucket.tokens--
      return 0
    },
  }
}
