/** Throws `RangeError` for a TTL that is no positive, finite number of ms; undefined is none. `name` is the option's. */
export function assertTtl(name: string, ttlMs: number | undefined): void {
  if (ttlMs === undefined || (ttlMs > 0 && Number.isFinite(ttlMs))) return
  throw new RangeError(`${name} must be a positive, finite number of ms, not ${ttlMs}`)
}

/**
 * The lifetime of one entry, in ms: between `1 - jitter` and 1 of the TTL, so that entries written together do not all expire
 * together and send their askers to the provider at once. `random` is uniform in [0, 1).
 */
export function jitteredTtlMs(ttlMs: number, jitter: number, random: () => number): number {
  return Math.max(1, Math.round(ttlMs * (1 - jitter * random())))
}
